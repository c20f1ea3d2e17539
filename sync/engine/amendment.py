"""One change of a posted sale under way: the document as QuickBooks has it, what is to become of it, and the words."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from integrations.books import Sale, SaleType
from integrations.money import ZERO, plain, total_of
from integrations.quickbooks.image import Image, differing, image
from sync.engine.conclusion import Conclusion
from sync.engine.content import digest
from sync.engine.emptied import OF_SHIPPING, Emptied
from sync.engine.given_back import unaccounted
from sync.engine.payments import credit_of, payments_of
from sync.engine.period import named
from sync.engine.search import balance_of
from sync.engine.work import OVERWRITE, Change, Kind
from sync.models import Action, Posting
from sync.translate.held import amount_text
from sync.translate.outcome import Hold
from sync.translate.reasons import Reason

Json = Mapping[str, Any]


@dataclass(slots=True)
class Amendment:
    """One change under way; `row` is the document as QuickBooks has it."""

    conclusion: Conclusion
    posting: Posting
    change: Change
    row: Json
    emptied: Emptied = field(default_factory=Emptied)

    @property
    def says_otherwise(self) -> frozenset[str]:
        """The fields that the document does not have from the order any more, because of a setting: QuickBooks' own
        message to customers takes the place of the order's notes only in what is posted from now on."""
        order = self.conclusion.planned.order
        return frozenset({"CustomerMemo"} if order is not None and order.comments.strip() else ())

    @property
    def sale(self) -> Sale:
        if self.change.sale is None:
            raise TypeError("a void has no sale")
        return self.change.sale

    @property
    def applied(self) -> Decimal:
        """What payments and credits have taken from the invoice."""
        return total_of_row(self.row) - balance_of(self.row) if self.posting.books_type == SaleType.INVOICE else ZERO

    @property
    def excess(self) -> Decimal:
        """By how much what is applied exceeds the new total."""
        is_edit = self.change.kind in (Kind.EDIT, Kind.REPAIR)
        return max(self.applied - self.sale.total, ZERO) if is_edit else ZERO

    @property
    def takes_back(self) -> bool:
        """Whether less of it counts as given back by lowering it than before."""
        return total_of(self.given_back.values()) < total_of(self.posting.given_back.values())

    @property
    def given_back(self) -> dict[str, Decimal]:
        return {**self.posting.given_back, **self.change.given_back}

    @property
    def version(self) -> str:
        """Identifies what the document says, and the money of it that is not accounted for: both are decided about."""
        missing = plain(self.change.missing.normalize()) if self.change.missing else ""
        return digest(json.dumps(image(self.row), sort_keys=True) + missing)

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

    @property
    def before(self) -> Decimal:
        return self.posting.total if self.posting.total is not None else total_of_row(self.row)

    @property
    def currency(self) -> str:
        return self.posting.currency or self.sale.currency

    @property
    def amounts(self) -> dict[str, str]:
        """The totals before and after, for sentences."""
        after = amount_text(self.sale.total, self.currency)
        return {"before": amount_text(self.before, self.currency), "after": after, "currency": self.currency}


def wish(change: Change) -> str:
    return str(Kind.VOID) if change.kind is Kind.VOID else change.content


def total_of_row(row: Json) -> Decimal:
    return Decimal(row["TotalAmt"])


def restored(posting: Posting) -> dict[str, Any]:
    """All that was stated when the document was posted, or answered to it, so that nothing stays of what somebody made
    of it."""
    answered = {"DocNumber": posting.doc_number, "DueDate": posting.image.get("due_date", "")}
    stated = {name: value for name, value in posting.payload.items() if name != "DocNumber"}
    return {name: value for name, value in answered.items() if value} | stated


# -- words -------------------------------------------------------------------------------------------------------------


def difference(one: Amendment, payload: Json) -> Hold:
    """The document as it was posted, as it is now and as the order wants it; figures first, the rest for the table."""
    posting, now = one.posting, image(one.row)
    said = named(posting) | {"version": one.version, "wish": wish(one.change), "now": json.dumps(now)}
    if one.change.kind is Kind.VOID:
        return Hold(Reason.CANCELLED_AFTER_POSTING, said)
    said |= one.amounts | {"store": json.dumps(_wanted(one, payload))}
    if one.change.missing:
        why = unaccounted(posting, one.change)
        return Hold(why.reason, {**said, **why.params})
    if not one.is_ours:
        return Hold(Reason.EDITED_AFTER_POSTING, said)
    total, parts = amount_text(total_of_row(one.row), one.currency), ", ".join(differing(posting.image, now))
    return Hold(Reason.CHANGED_IN_BOOKS, said | {"books_total": total, "parts": parts})


def _wanted(one: Amendment, payload: Json) -> Image:
    """What the document would say if the store's version were posted over it."""
    kept = image(restored(one.posting)) if one.is_ours else {}
    before = {**image(one.row), **{name: value for name, value in kept.items() if name != "lines"}}
    tax = {"tax": str(one.sale.tax)}
    return {**before, **image(payload), **tax, "total": amount_text(one.sale.total, one.currency)}


def untold(one: Amendment, payload: Json) -> dict[str, Any]:
    """What the log says of the change once it is carried out; nothing where there is nothing to say."""
    kind, by_hand = one.change.kind, _by_hand(one)
    if kind is Kind.VOID:
        return {"action": Action.VOIDED, "reason": Reason.SALE_VOIDED, "params": named(one.posting)}
    if kind is Kind.REPAIR:
        return {"action": Action.UPDATED, "reason": "", "params": {}}
    if kind is Kind.EDIT:
        reason, params = _edited(one)
        return {"action": Action.UPDATED, "reason": reason, "params": one.amounts | params, "also": by_hand}
    if stated := payload.keys() & OF_SHIPPING:
        reason = Reason.TRACKING_REMOVED if stated <= one.emptied.stated.keys() else Reason.SHIPPING_ADDED
        return {"action": Action.UPDATED, "reason": reason, "params": named(one.posting), "also": by_hand}
    return {"action": Action.UNCHANGED, **by_hand[0]} if by_hand else {}


def _by_hand(one: Amendment) -> list[dict[str, Any]]:
    """What somebody must empty in QuickBooks."""
    fields = ", ".join(one.emptied.by_hand)
    about = {"doc_number": one.posting.doc_number or one.posting.books_ref, "fields": fields}
    return [{"reason": Reason.EMPTIED_IN_STORE, "params": about}] if fields else []


def _edited(one: Amendment) -> tuple[Reason, dict[str, str]]:
    if one.is_told_to_overwrite:
        return Reason.OVERWRITTEN, {"user": one.posting.decided["user"]}
    paid = payments_of(one.conclusion.planned.postings.values())
    credit = one.excess + total_of(credit_of(payment, one.posting.books_ref) for payment in paid)
    if credit and one.sale.total < one.before:
        return Reason.SALE_UPDATED_LEFT_CREDIT, {"amount": amount_text(credit, one.currency)}
    left = one.sale.total - one.applied
    if one.applied and left > 0 and not one.conclusion.work.payments:
        return Reason.SALE_UPDATED_LEFT_OPEN, {"amount": amount_text(left, one.currency)}
    return Reason.SALE_UPDATED, {}
