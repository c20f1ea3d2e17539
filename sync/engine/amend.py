"""Amend: a sale that is in the books follows its order, which was edited, shipped or cancelled since (O16-O18).

A document is changed only while it is as we left it (see `quickbooks.image`): what somebody else made of it, or made
from the start, is held with the difference, until a person says which version stands. Its version comes from the very
reading that was compared, so that QuickBooks refuses a change that came too late.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.db.models import F

from integrations.books import Company, ItemDraft, Known
from integrations.errors import NotFound
from integrations.money import ZERO
from integrations.quickbooks import writer
from integrations.quickbooks.faults import Cause, Fault
from sync.engine.amendment import Amendment, difference, restored, untold, wish
from sync.engine.conclusion import Conclusion, Refusals
from sync.engine.deliver import Delivery
from sync.engine.emptied import EVERYTHING, OF_SHIPPING, emptied
from sync.engine.payments import applying, payments_of, share
from sync.engine.period import in_closed_period, named
from sync.engine.search import is_done, surely_by_ids
from sync.engine.work import Change, Kind, total_differs, wished
from sync.models import Posting, Record, RecordKind
from sync.translate.held import amount_text
from sync.translate.outcome import Hold
from sync.translate.reasons import Reason

Json = Mapping[str, Any]
ItemId = Callable[[Known | ItemDraft], str]

# What a repair states: the lines, and the tax as it was stated before, so that QuickBooks makes the same of it.
_OF_A_REPAIR = frozenset({"Line", "GlobalTaxCalculation"})
# What an update says in any case; other fields only where the order has changed them.
_ALWAYS = frozenset({"Line", "TxnTaxDetail", "GlobalTaxCalculation"})


class Amender:
    """Changes what is posted, for one run."""

    def __init__(self, delivery: Delivery, company: Company, refusals: Refusals) -> None:
        self._delivery = delivery
        self._company = company
        self._refusals = refusals

    def amend(self, changing: Sequence[Conclusion], item_id: ItemId) -> None:
        """Bring each change to its end: carried out, found to be so already, or held. Two calls for a page and one
        more for each thirty; what somebody changes in this very moment is read once again."""
        stale = self._attempt(changing, item_id, self._listed(changing))
        if stale:
            for conclusion in self._attempt(stale, item_id, self._each(stale)):
                conclusion.problem = self._refusals.hold(_STALE)

    def foresee(self, changing: Sequence[Conclusion], item_id: ItemId) -> None:
        """Hold what `amend` would hold, and leave out what it would leave be; nothing is sent and nothing kept. As many
        calls as it takes to read the documents, and one more where payments would have to apply less."""
        ready = []
        for one in self._amendments(changing, self._listed(changing)):
            hold, is_there = self._weigh(one, item_id)
            if hold is None or is_there:
                ready.append(one)
            else:
                one.posting.change = None
                _put_off(one.conclusion, one.change, hold)
        for one, payments in self._lowerings([one for one in ready if one.excess]):
            for posting in (one.posting, *payments):
                posting.change = None

    def _attempt(self, changing: Sequence[Conclusion], item_id: ItemId, rows: Mapping[int, Json]) -> list[Conclusion]:
        """Returns those whose document changed after it was read."""
        amendments = [one for one in self._amendments(changing, rows) if self._prepare(one, item_id)]
        excessive = [one for one in amendments if one.excess]
        self._shrink_payments(excessive)
        shrunk = [one for one in excessive if one.conclusion.problem is None]
        again = self._each([one.conclusion for one in shrunk])
        for one in shrunk:  # the payments have moved the invoice's version
            one.row = again.get(one.posting.pk, one.row)
            one.posting.change["payload"]["SyncToken"] = str(one.row["SyncToken"])
        return self._send([one for one in amendments if one.conclusion.problem is None])

    def _send(self, amendments: Sequence[Amendment]) -> list[Conclusion]:
        _look_again_at_refunds(amendments)
        faults = self._delivery.send([one.posting for one in amendments])
        stale = []
        for one in amendments:
            fault = faults.get(one.posting.pk)
            if fault is None:
                _check_total(one)
            elif fault.cause is Cause.STALE:
                stale.append(one.conclusion)
            elif one.change.kind is not Kind.SHIPPING:
                one.conclusion.problem = self._refused(one, fault)
        return stale

    def _refused(self, one: Amendment, fault: Fault) -> Hold:
        """A person may leave the document as it is."""
        return wished(self._refusals.hold(fault), wish(one.change))

    # -- reading -------------------------------------------------------------------------------------------------------

    def _listed(self, changing: Sequence[Conclusion]) -> dict[int, Json]:
        """The documents, by their posting: one call for each type."""
        client, sales = self._delivery.client, _sales(changing)
        found: dict[int, Json] = {}
        for entity in dict.fromkeys(sale.books_type for sale in sales):
            pks = {sale.books_ref: sale.pk for sale in sales if sale.books_type == entity}
            found |= {pks[ref]: row for ref, row in surely_by_ids(client, entity, pks).items()}
        return found

    def _each(self, changing: Sequence[Conclusion]) -> dict[int, Json]:
        """The same one by one: lists may lag behind what was written a moment ago, a document by its id never does."""
        found: dict[int, Json] = {}
        for sale in _sales(changing):
            with suppress(NotFound):
                found[sale.pk] = self._delivery.client.read(sale.books_type, sale.books_ref)
        return found

    # -- deciding ------------------------------------------------------------------------------------------------------

    def _amendments(self, changing: Sequence[Conclusion], rows: Mapping[int, Json]) -> list[Amendment]:
        begun = (self._begun(conclusion, rows) for conclusion in changing)
        return [one for one in begun if one is not None]

    def _begun(self, conclusion: Conclusion, rows: Mapping[int, Json]) -> Amendment | None:
        posting, change = conclusion.sale, conclusion.work.change
        if posting is None or change is None:
            raise ValueError("nothing is to be changed")
        if posting.pk in rows:
            return Amendment(conclusion, posting, change, rows[posting.pk])
        if change.kind is Kind.REPAIR:
            conclusion.problem = total_differs(posting)
        else:
            _put_off(conclusion, change, Hold(Reason.DOCUMENT_GONE, named(posting) | {"wish": wish(change)}))
        return None

    def _prepare(self, one: Amendment, item_id: ItemId) -> bool:
        """Set the change up to be sent; False where there is nothing to send."""
        hold, is_there = self._weigh(one, item_id)
        if is_there:
            _look_again_at_refunds([one])
            self._delivery.take(one.posting, dict(one.row))
        elif hold is not None:
            one.posting.change = None
            _put_off(one.conclusion, one.change, hold)
        return hold is None and not is_there

    def _weigh(self, one: Amendment, item_id: ItemId) -> tuple[Hold | None, bool]:
        """Why the document must not be changed now, and whether it says already what it should."""
        payload = self._payload(one, item_id)
        one.posting.change = self._change(one, payload)
        hold = self._obstacle(one, payload)
        is_explained = hold is None or not one.change.missing
        return hold, is_explained and is_done(one.posting.change, one.row)

    def _obstacle(self, one: Amendment, payload: Json) -> Hold | None:
        """Why the document must not be changed now."""
        if one.change.kind is Kind.VOID and one.applied:
            return Hold(Reason.CANCELLED_AFTER_POSTING, named(one.posting) | {"wish": wish(one.change)})
        is_certain = one.is_untouched and not one.change.missing
        if is_certain or one.is_told_to_overwrite:
            return None
        if one.change.kind is Kind.REPAIR:
            return total_differs(one.posting)
        return difference(one, payload)

    # -- what is sent --------------------------------------------------------------------------------------------------

    def _payload(self, one: Amendment, item_id: ItemId) -> dict[str, Any]:
        known = one.posting.payload
        address: dict[str, Any] = {"Id": one.posting.books_ref, "SyncToken": str(one.row["SyncToken"])}
        if one.change.kind is Kind.VOID:
            return address
        address["sparse"] = True
        if one.change.kind is Kind.SHIPPING:
            stated = writer.shipping_update(one.sale)
            one.emptied = emptied(known, stated, one.row, OF_SHIPPING)
            news = {name: value for name, value in stated.items() if known.get(name) != value}
            return address | news | dict(one.emptied.stated)
        stated = writer.sale_update(one.sale, self._company, item_id=item_id)
        if one.change.kind is Kind.REPAIR:
            tax = {"TxnTaxDetail": known["TxnTaxDetail"]} if "TxnTaxDetail" in known else {}
            return address | {name: value for name, value in stated.items() if name in _OF_A_REPAIR} | tax
        names, overwrites = EVERYTHING - one.says_otherwise, one.is_told_to_overwrite
        one.emptied = emptied(known, stated, one.row, names, overwrites=overwrites)
        if overwrites:
            kept = {name: value for name, value in restored(one.posting).items() if name not in one.emptied.dropped}
            return address | kept | stated | dict(one.emptied.stated)
        news = {name: value for name, value in stated.items() if name in _ALWAYS or known.get(name) != value}
        return address | news | dict(one.emptied.stated)

    def _change(self, one: Amendment, payload: dict[str, Any]) -> dict[str, Any]:
        amounts = {Kind.EDIT: _edited_total, Kind.REPAIR: _edited_total, Kind.VOID: _no_total, Kind.SHIPPING: _as_it_is}
        return {
            "operation": "void" if one.change.kind is Kind.VOID else "update",
            "payload": payload,
            "proven_total": amounts[one.change.kind](one),
            "content": one.change.content,
            "untold": untold(one, payload),
            "given_back": one.given_back,
            "dropped": list(one.emptied.dropped),
        }

    # -- payments of more than the new total ---------------------------------------------------------------------------

    def _shrink_payments(self, excessive: Sequence[Amendment]) -> None:
        """Our payments of these invoices apply less; what was paid too much is the customer's credit from now on."""
        shrinking = [(one, payment) for one, lowered in self._lowerings(excessive) for payment in lowered]
        faults = self._delivery.send([payment for _, payment in shrinking])
        for one, payment in shrinking:
            if payment.pk in faults:
                one.conclusion.problem = self._refused(one, faults[payment.pk])
                one.posting.change = None

    def _lowerings(self, excessive: Sequence[Amendment]) -> list[tuple[Amendment, list[Posting]]]:
        """The payments of each that must apply less, each with its change."""
        payments = {id(one): payments_of(one.conclusion.planned.postings.values()) for one in excessive}
        refs = [payment.books_ref for some in payments.values() for payment in some]
        rows = surely_by_ids(self._delivery.client, "Payment", refs)
        return [(one, self._lowered(one, payments[id(one)], rows)) for one in excessive]

    def _lowered(self, one: Amendment, payments: Sequence[Posting], rows: Mapping[str, Json]) -> list[Posting]:
        """The payments that must apply less, the latest first, each with its change; none where ours are not enough."""
        left, lowered = one.excess, []
        for payment in payments:
            row = rows.get(payment.books_ref, {})
            applied = share(row, one.posting.books_ref)
            cut = min(applied, left)
            if cut > 0:
                payment.change = applying(payment, row, one.posting.books_ref, applied - cut)
                lowered.append(payment)
                left -= cut
        problem = next((hold for hold in (in_closed_period(each, self._company) for each in lowered) if hold), None)
        if left > 0:
            problem = _paid_too_much(one)
        if problem is None:
            return lowered
        for payment in lowered:
            payment.change = None
        one.posting.change, one.conclusion.problem = None, problem
        return []


_STALE = Fault("5010", "Stale Object Error", "somebody is working on the document in QuickBooks at the same time")


def _sales(changing: Iterable[Conclusion]) -> list[Posting]:
    return [one.sale for one in changing if one.sale is not None]


def _put_off(conclusion: Conclusion, change: Change, hold: Hold) -> None:
    """How goods were sent is no reason to ask anybody: the document stays as it is."""
    if change.kind is Kind.SHIPPING:
        conclusion.planned.decision = replace(conclusion.work, change=None)
    else:
        conclusion.problem = hold


def _edited_total(one: Amendment) -> Decimal | None:
    return one.sale.total


def _no_total(_one: Amendment) -> Decimal | None:
    return ZERO


def _as_it_is(one: Amendment) -> Decimal | None:
    return one.posting.proven_total


def _look_again_at_refunds(amendments: Sequence[Amendment]) -> None:
    """Parts of refunds that receipts take back, because they become more, want documents. Asked for beforehand, so that
    a run that dies after the change leaves them due."""
    orders = [one.posting.record_id for one in amendments if one.takes_back]
    if orders:
        Record.objects.filter(order__in=orders, kind=RecordKind.REFUND).update(wanted=F("wanted") + 1)


def _check_total(one: Amendment) -> None:
    """Verify: after a change, too, the books must show the total that was proven."""
    posting = one.posting
    if posting.proven_total is not None and posting.total != posting.proven_total:
        one.conclusion.problem = total_differs(posting)


def _paid_too_much(one: Amendment) -> Hold:
    """Others' payments are theirs to change."""
    figures = {"paid": amount_text(one.applied, one.currency), "wish": wish(one.change)}
    return Hold(Reason.PAID_MORE_THAN_NEW_TOTAL, named(one.posting) | one.amounts | figures)
