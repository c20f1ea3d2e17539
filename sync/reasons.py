"""Says what a reason means, in the language of whoever reads it: `explain` for the whole, `next_step` for the way out.

Only codes and parameters are stored; the sentences are in `sync.reason_texts`.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

from django.utils import formats
from django.utils.translation import gettext_lazy as _

from integrations.detail_texts import detail_in_words
from integrations.words import rates_in_words, status_in_words
from sync.document_texts import PARTS as FIELDS
from sync.module_names import modules_in_words
from sync.reason_texts import TEXTS, Actor, ReasonText, Severity, Text
from sync.translate.reasons import Reason

__all__ = ["TEXTS", "Actor", "ReasonText", "Severity", "explain", "fix_target", "in_words", "next_step", "text_of"]

# Parameters whose values are codes, and the words for them.
_WORDS: Mapping[str, Mapping[str, Text]] = {
    "cause": {
        "unpaid": _("it is not paid yet"),
        "partly_paid": _("it is only partly paid"),
        "several_tenders": _("it was paid in several parts"),
        "overpaid": _("more was paid than it comes to"),
        "changed": _("it was changed in QuickBooks"),
        "closed": _("the books are closed on its date"),
    },
    "kind": {
        "shipping": _("shipping"),
        "fee": _("other fees"),
        "tip": _("tips"),
        "gift_card_sold": _("gift cards sold"),
        "gift_card_redeemed": _("gift cards redeemed"),
        "discount": _("discounts"),
        "tax": _("tax"),
        "rounding": _("rounding differences"),
    },
    "books_type": {
        "Invoice": _("invoice"),
        "SalesReceipt": _("sales receipt"),
        "RefundReceipt": _("refund receipt"),
        "CreditMemo": _("credit memo"),
        "Payment": _("payment"),
    },
    "accounts": {
        "income": _("the income account"),
        "expense": _("the cost of goods sold account"),
        "asset": _("the inventory asset account"),
    },
    "taxes": {"": _("no tax")},
    "detail": {"": _("no details were given")},
    "method": {"": _("an unnamed payment method")},
}
# What two versions of a document may differ in (see `quickbooks.image`).
PARTS: Mapping[str, Text] = {
    "customer": _("customer"),
    "number": _("number"),
    "date": _("date"),
    "due_date": _("due date"),
    "currency": _("currency"),
    "total": _("total"),
    "tax": _("tax"),
    "class": _("class"),
    "location": _("location"),
    "account": _("account"),
    "method": _("payment method"),
    "reference": _("reference"),
    "note": _("private note"),
    "lines": _("lines"),
}
# Parameters that are days (2026-09-30) and amounts (1234.50), which every language writes in its own way.
_DAYS = {"date", "start_date", "closed_until"}
_MODULES = {"module", "modules", "on", "off"}  # ids of one or several
_AMOUNTS = {
    "amount",
    "after",
    "back",
    "before",
    "balance",
    "books_tax",
    "books_price",
    "books_total",
    "cap",
    "computed",
    "difference",
    "left",
    "line_tax",
    "order_tax",
    "paid",
    "store_price",
    "store_tax",
    "store_total",
    "total",
}


class _Shown(dict[str, str]):
    """Parameters ready to be read; one that was not recorded shows as a question mark."""

    def __missing__(self, key: str) -> str:
        return "?"


def in_words(params: Mapping[str, object]) -> Mapping[str, str]:
    """Parameters as sentences show them, in the active language."""
    return _Shown({name: _word(name, str(value)) for name, value in params.items()})


def _word(name: str, value: str) -> str:
    if name == "status":
        return status_in_words(value)
    if name in {"taxes", "rates"}:
        value = rates_in_words(value)
    words = _WORDS.get(name, {})
    if name in _DAYS or name in _AMOUNTS:
        return _localised(name, value)
    if name == "accounts":
        return ", ".join(str(words.get(part, part)) for part in value.split(", "))
    if name == "parts":
        return ", ".join(str(PARTS.get(part, part)) for part in value.split(", "))
    if name == "fields":
        return ", ".join(str(FIELDS.get(field, field)) for field in value.split(", "))
    if name in _MODULES:
        return modules_in_words(value.split(", ")) if value else value
    if name == "detail":
        value = detail_in_words(value.rstrip(". "))  # the sentence has its own full stop
    return str(words.get(value, value))


def _localised(name: str, value: str) -> str:
    """A day or an amount as the active language writes it; anything else is shown as it was recorded."""
    try:
        if name in _DAYS:
            return formats.date_format(date.fromisoformat(value), "DATE_FORMAT")
        return formats.number_format(Decimal(value), force_grouping=True)
    except (ValueError, InvalidOperation):
        return value


def text_of(reason: str) -> ReasonText | None:
    """The row of a reason code; None for no reason, or one that this version does not know."""
    try:
        return TEXTS[Reason(reason)]
    except ValueError:
        return None


def explain(reason: str, params: Mapping[str, object] | None = None) -> str:
    """What happened and what to do, in the active language. Empty for no reason; never raises."""
    text = text_of(reason)
    if text is None:
        return reason
    params = params or {}
    shown = in_words(params)
    said = [str(part) % shown for part in (text.sentence, text.way_out) if part]
    also = params.get("also")  # what else is worth telling, each with parameters of its own
    said += [explain(one["reason"], one["params"]) for one in also] if isinstance(also, list) else []
    return " ".join(said)


def next_step(reason: str, params: Mapping[str, object] | None = None) -> str:
    """Only the next step, in the active language; empty where there is nothing to do."""
    text = text_of(reason)
    return str(text.way_out) % in_words(params or {}) if text else ""


def fix_target(reason: str) -> str:
    """Where it is mended (see `ReasonText.fix`)."""
    text = text_of(reason)
    return text.fix if text else ""
