"""A write on its way into the books: what the client asked for, and what was there before."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.quickbooks.faults import QboError, missing
from sandbox.quickbooks.store import Books, Json


@dataclass(frozen=True)
class Draft:
    """`given` is the complete object wanted (for a sparse update the old one with the changes laid over it);
    `touched` names what the client itself mentioned; `options` are words like `allowduplicatedocnum`."""

    books: Books
    type_name: str
    given: Json
    old: Json | None = None
    touched: frozenset[str] = frozenset()
    options: frozenset[str] = field(default_factory=frozenset)
    sparse: bool = False

    def require(self, *names: str) -> None:
        for name in names:
            if self.given.get(name) is None:
                raise missing(name)


Build = Callable[[Draft], Json]
Settle = Callable[[Books, str, Json | None, Json | None], None]


def nothing_to_settle(_books: Books, _type_name: str, _old: Json | None, _new: Json | None) -> None:
    """For objects that move nothing else."""


@dataclass(frozen=True)
class Kind:
    """How one type is written. `build` checks and computes the object and leaves the books alone; `settle` moves
    what depends on it (stock, balances, links) from the old state (None: new) to the new one (None: deleted)."""

    build: Build
    settle: Settle = nothing_to_settle
    deletable: bool = False
    void: Callable[[Books, str, Json], Json] | None = None
    before_delete: Callable[[Books, str, Json], None] | None = None


def check_period_open(books: Books, *documents: Json | None) -> None:
    """Refuse to touch what is dated on or before the closing date."""
    closed_until = books.preference("AccountingInfoPrefs", "BookCloseDate")
    if not closed_until:
        return
    for document in documents:
        if document is not None and document.get("TxnDate", "9999") <= closed_until:
            detail = (
                f"The account period has closed and the account books cannot be updated. Closing date {closed_until}"
            )
            raise QboError(6210, detail)


def company_today(books: Books) -> date:
    """The date at the company, which is the default date of its documents."""
    zone = ZoneInfo(str(books.info.get("DefaultTimeZone", "America/Los_Angeles")))
    return books.now().astimezone(zone).date()


def currency(draft: Draft, *, required: bool) -> Json:
    """The CurrencyRef to store; the home currency where the request says nothing and need not."""
    books, reference = draft.books, draft.given.get("CurrencyRef")
    if reference is None:
        if required and books.multi_currency:
            raise missing("CurrencyRef")
        return {"value": books.home_currency}
    code: Any = reference.get("value")
    if code != books.home_currency and not books.multi_currency:
        detail = f"Multi-currency is off, {code} cannot be used"
        raise QboError(books.switches["foreign_currency_code"], detail, "CurrencyRef")
    if not (isinstance(code, str) and len(code) == 3 and code.isalpha() and code.isupper()):
        raise QboError(2220, f"Invalid currency : {code}", "CurrencyRef")
    return {"value": code}
