"""QuickBooks' faults: what a code means and which of our errors it becomes.

Decisions are made on codes alone: messages and details are for people, and change. A code that is not in the table is a
refusal like any other.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from html import unescape
from typing import Any

from integrations.errors import (
    NotAllowed,
    NotFound,
    OperatorError,
    OutcomeUnknown,
    ReadOnly,
    ReconnectNeeded,
    Refused,
    RemoteError,
    TemporaryError,
)
from integrations.http import Answer, redact


class Cause(StrEnum):
    """Why QuickBooks said no, as far as the reaction differs."""

    DUPLICATE_NUMBER = "duplicate_number"
    DUPLICATE_NAME = "duplicate_name"
    STALE = "stale"  # somebody changed the object since it was read
    CLOSED_PERIOD = "closed_period"
    INACTIVE = "inactive"  # the object, or something it refers to, is gone or made inactive
    MISSING_REFERENCE = "missing_reference"  # an id in the payload does not exist
    BEFORE_STOCK_START = "before_stock_start"  # dated before the item's stock is counted
    LINK_IMPOSSIBLE = "link_impossible"  # the invoice is paid already, or belongs to somebody else
    LOCKED = "locked"  # part of a bank deposit, matched with the bank, or settled
    WRONG_ACCOUNT = "wrong_account"  # the account's type does not suit this use
    TAX = "tax"  # the tax codes on the lines are not what the company accepts
    THROTTLED = "throttled"
    TOKEN = "token"  # noqa: S105 - a cause, not a secret
    NOT_AUTHORIZED = "not_authorized"  # the app, or who connected it, lost the right to this company
    NOT_PERMITTED = "not_permitted"  # the user's role or the company's plan lacks it
    COMPANY_READ_ONLY = "company_read_only"  # subscription or trial over
    TEMPORARY = "temporary"  # nothing was done, later it may work
    UNCLEAR = "unclear"  # QuickBooks broke down: the work may have been done
    BROKE_DOWN = "broke_down"  # it breaks down at this one each time, and does not hold it afterwards
    OUR_BUG = "our_bug"  # the request itself is wrong
    REFUSED = "refused"  # anything else in the data


def _table(*rows: tuple[Cause, str]) -> dict[str, Cause]:
    return {code: cause for cause, codes in rows for code in codes.split()}


# Codes of our own: a batch item that the answer does not mention, and one that QuickBooks breaks down at.
NO_ANSWER, BROKE_DOWN = "no_answer", "broke_down"

# 6000 is QuickBooks' catch-all for business rules and stays a plain refusal, its detail shown to a person. 600 says
# that the request id was used before, 1000-1020 and 10000 that the work broke: whether it was done must be looked up.
_CAUSES = _table(
    (Cause.DUPLICATE_NUMBER, "6140"),
    (Cause.DUPLICATE_NAME, "6240"),
    (Cause.STALE, "5010"),
    (Cause.CLOSED_PERIOD, "6200 6210"),
    (Cause.INACTIVE, "610 6250"),
    (Cause.MISSING_REFERENCE, "2500"),
    (Cause.BEFORE_STOCK_START, "6270"),
    (Cause.LINK_IMPOSSIBLE, "620"),
    (Cause.LOCKED, "6450 6480 6540"),
    (Cause.WRONG_ACCOUNT, "6010 6430"),
    (Cause.TAX, "6100 6160 6170 6230 6470"),
    (Cause.THROTTLED, "3001"),
    (Cause.TOKEN, "100 110 3200 3202"),
    (Cause.NOT_AUTHORIZED, "120 3100"),
    (Cause.NOT_PERMITTED, "5020 5030"),
    (Cause.COMPANY_READ_ONLY, "6190"),
    (Cause.TEMPORARY, "130 140 150"),
    (Cause.UNCLEAR, "600 1000 1010 1020 10000 " + NO_ANSWER),
    (Cause.BROKE_DOWN, BROKE_DOWN),
    (Cause.OUR_BUG, "500 1040 2010 2020 2030 2040 2050 2060 2070 2080 2090 2100 2110 2130 2170"),
    (Cause.OUR_BUG, "2230 2250 2600 4000 4001 4002 6070 6080 6090 6440 6520"),
)


@dataclass(frozen=True, slots=True)
class Fault:
    """One error of a Fault, its texts free of tokens. `element` names the field, where QuickBooks does."""

    code: str
    message: str = ""
    detail: str = ""
    element: str = ""

    @property
    def cause(self) -> Cause:
        return _CAUSES.get(self.code, Cause.REFUSED)

    def __str__(self) -> str:
        return self.detail or self.message or f"code {self.code}"


@dataclass
class QuickBooksRefused(Refused):
    """A refusal with its evidence; `faults` is never empty."""

    faults: tuple[Fault, ...] = ()

    @property
    def cause(self) -> Cause:
        return self.faults[0].cause


def parse_faults(body: object) -> list[Fault]:
    """The faults in an answer's parsed JSON, or in its text when it is XML; [] when there are none.

    Keys come capitalised from the API and in lower case from the gateway; codes as text or number, some with leading
    zeros.
    """
    if isinstance(body, str):
        return _faults_in_xml(body)
    if not isinstance(body, Mapping):
        return []
    fault = _either(body, "Fault")
    errors = _either(fault, "Error") if isinstance(fault, Mapping) else None
    return [_fault(error) for error in errors or () if isinstance(error, Mapping)]


def faults_of(answer: Answer) -> list[Fault]:
    return parse_faults(answer.json if answer.is_json else answer.text)


def _either(mapping: Mapping[str, Any], key: str) -> Any:
    return mapping.get(key, mapping.get(key.lower()))


def _fault(error: Mapping[str, Any]) -> Fault:
    return _clean_fault(
        *(_either(error, "Code"), _either(error, "Message"), _either(error, "Detail"), _either(error, "Element"))
    )


_XML_ERROR = re.compile(r"<(?:\w+:)?Error\b([^>]*)>(.*?)</(?:\w+:)?Error>", re.DOTALL | re.IGNORECASE)


def _faults_in_xml(text: str) -> list[Fault]:
    """Read with patterns: the gateway's XML is small and fixed, and nobody's XML deserves a full parser here."""
    return [
        _clean_fault(
            _attribute(head, "code"), _element(body, "Message"), _element(body, "Detail"), _attribute(head, "element")
        )
        for head, body in _XML_ERROR.findall(text)
    ]


def _attribute(text: str, name: str) -> str:
    found = re.search(rf"\b{name}\s*=\s*[\"']([^\"']*)", text)
    return unescape(found[1]) if found else ""


def _element(text: str, name: str) -> str:
    found = re.search(rf"<(?:\w+:)?{name}>(.*?)</", text, re.DOTALL)
    return unescape(found[1]) if found else ""


def _clean_fault(code: object, message: object, detail: object, element: object) -> Fault:
    number = str(code if code is not None else "").strip()
    return Fault(number.lstrip("0") or number, *(redact(str(text or "")) for text in (message, detail, element)))


_ASSIGNED = re.compile(r"TxnType\s*=\s*([A-Za-z ]+?)\s+with\s+TxnId\s*=\s*(\d+)")


def duplicate_of(fault: Fault) -> tuple[str, str] | None:
    """(type, id) of the document that has the number already. A hint only: it is read from text; look it up."""
    found = _ASSIGNED.search(fault.detail) if fault.cause is Cause.DUPLICATE_NUMBER else None
    return (found[1].replace(" ", ""), found[2]) if found else None


# Which error each cause becomes for a call of its own; causes that are not listed are refusals of the data.
_ERRORS: dict[Cause, type[RemoteError]] = {
    Cause.THROTTLED: TemporaryError,
    Cause.TOKEN: ReconnectNeeded,
    Cause.NOT_AUTHORIZED: ReconnectNeeded,
    Cause.NOT_PERMITTED: NotAllowed,
    Cause.COMPANY_READ_ONLY: ReadOnly,
    Cause.TEMPORARY: TemporaryError,
}
_SENTENCES: dict[Cause, str] = {
    Cause.TOKEN: "the access token is not accepted",
    Cause.NOT_AUTHORIZED: "this app may not use the company: connect it again as one of the company's administrators "
    "(if that does not help, the app's keys belong to another environment)",
}


def error_for(answer: Answer, *, is_write: bool, is_read_of_one: bool = False) -> RemoteError:
    """The error that a failed answer becomes: by its first fault's cause, without faults by its status."""
    faults = faults_of(answer)
    if not faults:
        return _error_by_status(answer)
    first = faults[0]
    facts: dict[str, Any] = {"status": answer.status, "code": first.code, "trace": answer.trace}
    message = _SENTENCES.get(first.cause, str(first))
    if first.cause is Cause.UNCLEAR:
        return (OutcomeUnknown if is_write else TemporaryError)(message, **facts)
    if first.cause is Cause.INACTIVE and is_read_of_one:
        return NotFound(message, **facts)
    kind = _ERRORS.get(first.cause)
    return kind(message, **facts) if kind else QuickBooksRefused(message, **facts, faults=tuple(faults))


def _error_by_status(answer: Answer) -> RemoteError:
    kinds: dict[int, tuple[type[RemoteError], str]] = {
        403: (NotAllowed, "access was refused without a reason"),
        404: (OperatorError, "nothing answers at this address: the API address is probably wrong"),
    }
    kind, message = kinds.get(answer.status, (Refused, "the request was refused without a reason"))
    return kind(message, status=answer.status, trace=answer.trace)
