"""What a document says, in a form that can be kept and compared: so we can tell whether anybody changed it since. Pure.

An image leaves out what QuickBooks fills in or changes by itself (versions, times, balances, links, print status,
names beside ids) and what nobody keeps books by (addresses, messages, tracking). All its values are texts.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from integrations.money import plain

Json = Mapping[str, Any]
Image = dict[str, Any]

_ITEM_LINE = "SalesItemLineDetail"


def image(obj: Json) -> Image:
    """The image of a sale, a payment or any other document, without what it does not say."""
    said = {name: read(obj) for name, read in _FIELDS.items()}
    lines = [_line(line) for line in obj.get("Line") or () if line.get("DetailType") != "SubTotalLineDetail"]
    return {name: value for name, value in said.items() if value} | {"lines": lines}


def differing(one: Image, other: Image) -> list[str]:
    """The names of the fields in which two images differ, in a fixed order."""
    return [name for name in (*_FIELDS, "lines") if one.get(name) != other.get(name)]


def shows(obj: Json, payload: Json, total: Decimal | None) -> bool:
    """Whether an object is as an update with this payload leaves it: its lines and its plain fields say the same, and
    its total is the expected one."""
    if total is not None and _number(obj.get("TotalAmt")) != plain(total.normalize()):
        return False
    if any(str(obj.get(name) or "") != str(payload[name] or "") for name in _PLAIN if name in payload):
        return False
    if "Line" not in payload:
        return True
    have, wanted = image(obj)["lines"], image(payload)["lines"]
    same_count = len(have) == len(wanted)
    return same_count and all(
        all(found.get(name) == value for name, value in stated.items() if name not in _NOT_CERTAIN)
        for found, stated in zip(have, wanted, strict=True)
    )


def is_void(obj: Json) -> bool:
    """Whether nothing is left of a document: no total, and no amount on any line."""
    amounts = (obj.get("TotalAmt"), *(line.get("Amount") for line in obj.get("Line") or ()))
    return all(_number(amount) in {"", "0"} for amount in amounts)


# What an update may say beside lines, compared as it stands.
_PLAIN = ("TrackingNum", "ShipDate", "Name", "Description", "Active")
# QuickBooks drops a class where the company's preferences do not allow it, and may touch up white space in texts.
_NOT_CERTAIN = frozenset({"class", "text"})


def _ref(name: str) -> Callable[[Json], str]:
    return lambda obj: str((obj.get(name) or {}).get("value") or "")


def _text(name: str) -> Callable[[Json], str]:
    return lambda obj: " ".join(str(obj.get(name) or "").split())


def _amount(name: str) -> Callable[[Json], str]:
    return lambda obj: _number(obj.get(name))


_FIELDS: Mapping[str, Callable[[Json], str]] = {
    "customer": _ref("CustomerRef"),
    "number": _text("DocNumber"),
    "date": _text("TxnDate"),
    "due_date": _text("DueDate"),
    "currency": _ref("CurrencyRef"),
    "total": _amount("TotalAmt"),
    "tax": lambda obj: _number((obj.get("TxnTaxDetail") or {}).get("TotalTax")),
    "class": _ref("ClassRef"),
    "location": _ref("DepartmentRef"),
    "account": _ref("DepositToAccountRef"),
    "method": _ref("PaymentMethodRef"),
    "reference": _text("PaymentRefNum"),
    "note": _text("PrivateNote"),
}


def _line(line: Json) -> Image:
    """A line; one of another kind than an item's by its kind, one of a payment by what it pays."""
    detail = line.get(_ITEM_LINE) or {}
    linked = line.get("LinkedTxn") or ()
    said = {
        "item": _ref("ItemRef")(detail) or ("" if linked else str(line.get("DetailType") or "")),
        "pays": " ".join(f"{one.get('TxnType')} {one.get('TxnId')}" for one in linked),
        "text": _text("Description")(line),
        "amount": _number(line.get("Amount")),
        "quantity": _number(detail.get("Qty")),
        "price": _number(detail.get("UnitPrice")),
        "code": _ref("TaxCodeRef")(detail),
        "class": _ref("ClassRef")(detail),
    }
    return {name: value for name, value in said.items() if value}


def _number(value: object) -> str:
    """The same text for 9.9 and 9.90; empty for nothing."""
    try:
        return "" if value is None else plain(Decimal(str(value)).normalize())
    except InvalidOperation:
        return str(value)
