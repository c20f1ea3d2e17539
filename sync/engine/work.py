"""What is decided about a record that may be in the books, and what is still to be written for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum

from integrations.books import Payment, Sale
from integrations.commerce import Order
from integrations.money import ZERO
from sync.models import Posting, PostingState, Record, Role
from sync.translate.held import amount_text
from sync.translate.outcome import Hold, Note, Skip
from sync.translate.reasons import Reason

# What a person may decide about a posted document that differs: leave it, or post the store's version over it.
LEAVE, OVERWRITE = "leave", "overwrite"

Postings = Mapping[tuple[str, int], Posting]


@dataclass(slots=True)
class Planned:
    """A record and what is to be done about it. `wanted` is the wish that this answers (see Record)."""

    record: Record
    wanted: int
    order: Order | None
    postings: Postings
    decision: "Work | Hold | Skip"

    @property
    def sale(self) -> Posting | None:
        """The sale's posting when it is in the books."""
        return posted_sale(self.postings)

    @property
    def latest_sale(self) -> Posting | None:
        """The posting of the sale, whatever became of it."""
        return max(_sales(self.postings), key=lambda one: one.ordinal, default=None)

    @property
    def voided(self) -> int:
        """How many sales of the order were voided; the next one is told apart from them by this."""
        return len(voided_sales(self.postings))


class Kind(StrEnum):
    """What a change does to a posted sale."""

    EDIT = "edit"  # all of it, as the order is now
    REPAIR = "repair"  # its lines, so that the total is the proven one
    SHIPPING = "shipping"  # how the goods were sent, and nothing else
    VOID = "void"


@dataclass(frozen=True, slots=True)
class Change:
    """What is to become of a sale that is in the books. `content` is the order's digest (see `content`).

    A receipt says that its total came in. Where it becomes less, `given_back` is what refunds gave back of it, by their
    refs, and `missing` what nobody gave back. Of an invoice, `missing` is what documents of refunds may have taken back
    of it before: a person says whether it is the same.
    """

    kind: Kind
    content: str
    sale: Sale | None = None
    given_back: Mapping[str, Decimal] = field(default_factory=dict)
    missing: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Work:
    """What is still to be written: nothing at all for a record that is in the books as it should be."""

    sale: Sale | None = None
    payments: tuple[Payment, ...] = ()
    notes: tuple[Note, ...] = ()
    change: Change | None = None


def posted_sale(postings: Postings) -> Posting | None:
    """The sale that stands in the books; of an order whose earlier sales were voided, the latest."""
    return next((one for one in _sales(postings) if one.is_in_books), None)


def voided_sales(postings: Postings) -> list[Posting]:
    return [one for one in _sales(postings) if one.state == PostingState.VOIDED]


def _sales(postings: Postings) -> list[Posting]:
    return sorted((one for (role, _), one in postings.items() if role == Role.SALE), key=lambda one: one.ordinal)


def wished(hold: Hold, wish: str) -> Hold:
    """A hold that a person may end by leaving the document as it is, whatever the order wishes."""
    return replace(hold, params={**hold.params, "wish": str(wish)})


def adoption(posted: Posting) -> Note:
    """Says that a document of somebody else was taken over."""
    about = {"number": posted.doc_number, "books_type": posted.books_type, "books_id": posted.books_ref}
    return Note(Reason.ADOPTED, about)


def total_differs(posted: Posting) -> Hold:
    """The alarm of a document whose total in the books is not the one that was proven."""
    store, books = (amount_text(total or ZERO, posted.currency) for total in (posted.proven_total, posted.total))
    return Hold(Reason.BOOKS_TOTAL_DIFFERS, {"store_total": store, "books_total": books, "books_id": posted.books_ref})
