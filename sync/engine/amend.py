"""Amend: a sale that is in the books follows its order, which was edited, shipped or cancelled since (O16-O18).

A document is changed only while it is as we left it (see `quickbooks.image`): what somebody else made of it, or made
from the start, is held with the difference, until a person says which version stands. Its version comes from the very
reading that was compared, so that QuickBooks refuses a change that came too late.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from integrations.books import Company, ItemDraft, Known, Sale, SaleType
from integrations.errors import NotFound
from integrations.money import ZERO
from integrations.quickbooks import writer
from integrations.quickbooks.faults import Cause, Fault
from integrations.quickbooks.image import Image, differing, image
from sync.engine.conclusion import Conclusion, Refusals
from sync.engine.content import digest
from sync.engine.deliver import Delivery
from sync.engine.period import in_closed_period, named
from sync.engine.plan import OVERWRITE, Change, Kind, total_differs, wished
from sync.engine.search import balance_of, is_done, surely_by_ids
from sync.models import Action, Posting, Role
from sync.translate.held import amount_text
from sync.translate.outcome import Hold
from sync.translate.reasons import Reason

Json = Mapping[str, Any]
ItemId = Callable[[Known | ItemDraft], str]

# What a repair states: the lines, and the tax as it was stated before, so that QuickBooks makes the same of it.
_OF_A_REPAIR = frozenset({"Line", "GlobalTaxCalculation"})
# What an update says in any case; other fields only where the order has changed them.
_ALWAYS = frozenset({"Line", "TxnTaxDetail", "GlobalTaxCalculation"})


@dataclass(slots=True)
class _Amendment:
    """One change under way; `row` is the document as QuickBooks has it."""

    conclusion: Conclusion
    posting: Posting
    change: Change
    row: Json

    @property
    def sale(self) -> Sale:
        if self.change.sale is None:
            raise TypeError("a void has no sale")
        return self.change.sale

    @property
    def applied(self) -> Decimal:
        """What payments and credits have taken from the invoice."""
        return _total(self.row) - balance_of(self.row) if self.posting.books_type == SaleType.INVOICE else ZERO

    @property
    def excess(self) -> Decimal:
        """By how much what is applied exceeds the new total."""
        is_edit = self.change.kind in (Kind.EDIT, Kind.REPAIR)
        return max(self.applied - self.sale.total, ZERO) if is_edit else ZERO

    @property
    def version(self) -> str:
        """Identifies what the document says."""
        return digest(json.dumps(image(self.row), sort_keys=True))

    @property
    def is_ours(self) -> bool:
        """Whether we wrote what it says; of an adopted document, whether we were asked to since."""
        return bool(self.posting.image) and bool(self.posting.payload or not self.posting.adopted)

    @property
    def is_untouched(self) -> bool:
        return self.is_ours and not differing(self.posting.image, image(self.row))

    @property
    def is_told_to_overwrite(self) -> bool:
        """A person has seen this very version, and wants the store's in its place."""
        decided = self.posting.decided
        return bool(decided.get("do") == OVERWRITE and decided.get("version") == self.version)


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

    def _attempt(self, changing: Sequence[Conclusion], item_id: ItemId, rows: Mapping[int, Json]) -> list[Conclusion]:
        """Returns those whose document changed after it was read."""
        amendments = [one for one in (self._begun(conclusion, rows) for conclusion in changing) if one is not None]
        amendments = [one for one in amendments if self._prepare(one, item_id)]
        excessive = [one for one in amendments if one.excess]
        self._shrink_payments(excessive)
        shrunk = [one for one in excessive if one.conclusion.problem is None]
        again = self._each([one.conclusion for one in shrunk])
        for one in shrunk:  # the payments have moved the invoice's version
            one.row = again.get(one.posting.pk, one.row)
            one.posting.change["payload"]["SyncToken"] = str(one.row["SyncToken"])
        return self._send([one for one in amendments if one.conclusion.problem is None])

    def _send(self, amendments: Sequence[_Amendment]) -> list[Conclusion]:
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

    def _refused(self, one: _Amendment, fault: Fault) -> Hold:
        """A person may leave the document as it is."""
        return wished(self._refusals.hold(fault), _wish(one.change))

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

    def _begun(self, conclusion: Conclusion, rows: Mapping[int, Json]) -> _Amendment | None:
        posting, change = conclusion.sale, conclusion.work.change
        if posting is None or change is None:
            raise ValueError("nothing is to be changed")
        if posting.pk in rows:
            return _Amendment(conclusion, posting, change, rows[posting.pk])
        if change.kind is Kind.REPAIR:
            conclusion.problem = total_differs(posting)
        elif change.kind is not Kind.SHIPPING:
            conclusion.problem = Hold(Reason.DOCUMENT_GONE, named(posting) | {"wish": _wish(change)})
        return None

    def _prepare(self, one: _Amendment, item_id: ItemId) -> bool:
        """Set the change up to be sent; False where there is nothing to send."""
        payload = self._payload(one, item_id)
        one.posting.change = self._change(one, payload)
        if is_done(one.posting.change, one.row):
            self._delivery.take(one.posting, dict(one.row))
            return False
        hold = self._obstacle(one, payload)
        if hold is None:
            return True
        one.posting.change = None
        one.conclusion.problem = None if one.change.kind is Kind.SHIPPING else hold
        return False

    def _obstacle(self, one: _Amendment, payload: Json) -> Hold | None:
        """Why the document must not be changed now."""
        if one.change.kind is Kind.VOID and one.applied:
            return Hold(Reason.CANCELLED_AFTER_POSTING, named(one.posting) | {"wish": _wish(one.change)})
        if one.is_untouched or one.is_told_to_overwrite:
            return None
        if one.change.kind is Kind.REPAIR:
            return total_differs(one.posting)
        return _difference(one, payload)

    # -- what is sent --------------------------------------------------------------------------------------------------

    def _payload(self, one: _Amendment, item_id: ItemId) -> dict[str, Any]:
        known = one.posting.payload
        address: dict[str, Any] = {"Id": one.posting.books_ref, "SyncToken": str(one.row["SyncToken"])}
        if one.change.kind is Kind.VOID:
            return address
        address["sparse"] = True
        if one.change.kind is Kind.SHIPPING:
            stated = writer.shipping_update(one.sale)
            return address | {name: value for name, value in stated.items() if known.get(name) != value}
        stated = writer.sale_update(one.sale, self._company, item_id=item_id)
        if one.change.kind is Kind.REPAIR:
            tax = {"TxnTaxDetail": known["TxnTaxDetail"]} if "TxnTaxDetail" in known else {}
            return address | {name: value for name, value in stated.items() if name in _OF_A_REPAIR} | tax
        if one.is_told_to_overwrite:
            return address | _restored(one.posting) | stated
        news = {name: value for name, value in stated.items() if name in _ALWAYS or known.get(name) != value}
        return address | news

    def _change(self, one: _Amendment, payload: dict[str, Any]) -> dict[str, Any]:
        amounts = {Kind.EDIT: _edited_total, Kind.REPAIR: _edited_total, Kind.VOID: _no_total, Kind.SHIPPING: _as_it_is}
        return {
            "operation": "void" if one.change.kind is Kind.VOID else "update",
            "payload": payload,
            "proven_total": amounts[one.change.kind](one),
            "content": one.change.content,
            "untold": _untold(one),
        }

    # -- payments of more than the new total ---------------------------------------------------------------------------

    def _shrink_payments(self, excessive: Sequence[_Amendment]) -> None:
        """Our payments of these invoices apply less; what was paid too much is the customer's credit from now on."""
        payments = {id(one): _payments(one) for one in excessive}
        refs = [payment.books_ref for some in payments.values() for payment in some]
        rows = surely_by_ids(self._delivery.client, "Payment", refs)
        shrinking: list[tuple[_Amendment, Posting]] = []
        for one in excessive:
            lowered = self._lowered(one, payments[id(one)], rows)
            shrinking += [(one, payment) for payment in lowered]
        faults = self._delivery.send([payment for _, payment in shrinking])
        for one, payment in shrinking:
            if payment.pk in faults:
                one.conclusion.problem = self._refused(one, faults[payment.pk])
                one.posting.change = None

    def _lowered(self, one: _Amendment, payments: Sequence[Posting], rows: Mapping[str, Json]) -> list[Posting]:
        """The payments that must apply less, the latest first, each with its change; none where ours are not enough."""
        left, lowered = one.excess, []
        for payment in payments:
            row = rows.get(payment.books_ref, {})
            share = _share(row, one.posting.books_ref)
            cut = min(share, left)
            if cut > 0:
                stated = writer.applications_update(dict(row), one.posting.books_ref, share - cut)
                payment.change = _payment_change(payment, row, stated)
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


def _wish(change: Change) -> str:
    return str(Kind.VOID) if change.kind is Kind.VOID else change.content


def _total(row: Json) -> Decimal:
    return Decimal(row["TotalAmt"])


def _edited_total(one: _Amendment) -> Decimal | None:
    return one.sale.total


def _no_total(_one: _Amendment) -> Decimal | None:
    return ZERO


def _as_it_is(one: _Amendment) -> Decimal | None:
    return one.posting.proven_total


def _check_total(one: _Amendment) -> None:
    """Verify: after a change, too, the books must show the total that was proven."""
    posting = one.posting
    if posting.proven_total is not None and posting.total != posting.proven_total:
        one.conclusion.problem = total_differs(posting)


def _restored(posting: Posting) -> dict[str, Any]:
    """All that was stated when the document was posted, or answered to it, so that nothing stays of what somebody made
    of it."""
    answered = {"DocNumber": posting.doc_number, "DueDate": posting.image.get("due_date", "")}
    stated = {name: value for name, value in posting.payload.items() if name != "DocNumber"}
    return {name: value for name, value in answered.items() if value} | stated


# -- words -------------------------------------------------------------------------------------------------------------


def _difference(one: _Amendment, payload: Json) -> Hold:
    """The document as it was posted, as it is now and as the order wants it; figures first, the rest for the table."""
    posting, now = one.posting, image(one.row)
    said = named(posting) | {"version": one.version, "wish": _wish(one.change), "now": json.dumps(now)}
    if one.change.kind is Kind.VOID:
        return Hold(Reason.CANCELLED_AFTER_POSTING, said)
    said |= _amounts(one) | {"store": json.dumps(_wanted(one, payload))}
    if not one.is_ours:
        return Hold(Reason.EDITED_AFTER_POSTING, said)
    parts = ", ".join(differing(posting.image, now))
    return Hold(
        Reason.CHANGED_IN_BOOKS, said | {"books_total": amount_text(_total(one.row), _currency(one)), "parts": parts}
    )


def _wanted(one: _Amendment, payload: Json) -> Image:
    """What the document would say if the store's version were posted over it."""
    kept = image(_restored(one.posting)) if one.is_ours else {}
    before = {**image(one.row), **{name: value for name, value in kept.items() if name != "lines"}}
    tax = {"tax": str(one.sale.tax)}
    return {**before, **image(payload), **tax, "total": amount_text(one.sale.total, _currency(one))}


def _untold(one: _Amendment) -> dict[str, Any]:
    """What the log says of the change once it is carried out."""
    kind = one.change.kind
    if kind is Kind.VOID:
        return {"action": Action.VOIDED, "reason": Reason.SALE_VOIDED, "params": named(one.posting)}
    if kind is Kind.REPAIR:
        return {"action": Action.UPDATED, "reason": "", "params": {}}
    if kind is Kind.SHIPPING:
        return {"action": Action.UPDATED, "reason": Reason.SHIPPING_ADDED, "params": named(one.posting)}
    reason, params = _edited(one)
    return {"action": Action.UPDATED, "reason": reason, "params": _amounts(one) | params}


def _edited(one: _Amendment) -> tuple[Reason, dict[str, str]]:
    if one.is_told_to_overwrite:
        return Reason.OVERWRITTEN, {"user": one.posting.decided["user"]}
    credit = one.excess + _unapplied(one)
    if credit and one.sale.total < _before(one):
        return Reason.SALE_UPDATED_LEFT_CREDIT, {"amount": amount_text(credit, _currency(one))}
    left = one.sale.total - one.applied
    if one.applied and left > 0 and not one.conclusion.work.payments:
        return Reason.SALE_UPDATED_LEFT_OPEN, {"amount": amount_text(left, _currency(one))}
    return Reason.SALE_UPDATED, {}


def _amounts(one: _Amendment) -> dict[str, str]:
    currency = _currency(one)
    return {
        "before": amount_text(_before(one), currency),
        "after": amount_text(one.sale.total, currency),
        "currency": currency,
    }


def _before(one: _Amendment) -> Decimal:
    return one.posting.total if one.posting.total is not None else _total(one.row)


def _currency(one: _Amendment) -> str:
    return one.posting.currency or one.sale.currency


# -- payments ----------------------------------------------------------------------------------------------------------


def _payments(one: _Amendment) -> list[Posting]:
    found = [
        posting
        for (role, _), posting in one.conclusion.planned.postings.items()
        if role == Role.PAYMENT and posting.is_in_books
    ]
    return sorted(found, key=lambda posting: -posting.ordinal)


def _unapplied(one: _Amendment) -> Decimal:
    """What earlier edits, or a run that died in the middle of this one, took from what our payments apply."""
    invoice = one.posting.books_ref
    return sum(((paid.total or ZERO) - _share(paid.payload, invoice) for paid in _payments(one)), ZERO)


def _share(payment: Json, invoice_id: str) -> Decimal:
    """How much of a payment is applied to this invoice."""
    mine = [line for line in payment.get("Line") or () if _pays(line, invoice_id)]
    return sum((Decimal(line["Amount"]) for line in mine), ZERO)


def _pays(line: Json, invoice_id: str) -> bool:
    return any((one["TxnType"], one["TxnId"]) == ("Invoice", invoice_id) for one in line.get("LinkedTxn") or ())


def _payment_change(payment: Posting, row: Json, stated: dict[str, Any]) -> dict[str, Any]:
    version = {"Id": payment.books_ref, "SyncToken": str(row["SyncToken"]), "sparse": True}
    return {
        "operation": "update",
        "payload": version | stated,
        "proven_total": _total(row),
        "content": payment.content,
        "untold": {},
    }


def _paid_too_much(one: _Amendment) -> Hold:
    """Others' payments are theirs to change."""
    figures = {"paid": amount_text(one.applied, _currency(one)), "wish": _wish(one.change)}
    return Hold(Reason.PAID_MORE_THAN_NEW_TOTAL, named(one.posting) | _amounts(one) | figures)
