"""What an order does not say any more of what we had put into its document (O17).

An update leaves alone what it does not name, so what was taken out in the store is named with nothing in it. That is
certain for texts alone: a reference, a date or an e-mail address is refused or ignored without a value, so a person is
told of them. Only what still stands as we had put it is ours to empty; whatever somebody typed in its place stays.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

Json = Mapping[str, Any]

_ADDRESSES = ("BillAddr", "ShipAddr")
_TEXTS = frozenset({"TrackingNum", "PaymentRefNum", "CustomerMemo", *_ADDRESSES})
# What a person must empty, and what sentences call it.
_BY_HAND = {"BillEmail": "email", "ShipMethodRef": "shipping_method", "ShipDate": "shipping_date"}
EVERYTHING = _TEXTS | _BY_HAND.keys()
OF_SHIPPING = frozenset({"TrackingNum", "ShipMethodRef", "ShipDate"})
# What QuickBooks adds to an address by itself.
_NOT_SAID = frozenset({"Id", "Lat", "Long"})


@dataclass(frozen=True, slots=True)
class Emptied:
    """`stated` empties the document's fields, `by_hand` are those that a person must empty, `dropped` the fields of
    ours that we do not speak of any more."""

    stated: Mapping[str, Any] = field(default_factory=dict)
    by_hand: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()


def missing(known: Json, stated: Json, names: Collection[str]) -> list[str]:
    """The fields that we had filled, and that the order does not fill any more."""
    return sorted(name for name in names if _words(known.get(name)) and name not in stated)


def emptied(known: Json, stated: Json, row: Json, names: Collection[str], *, overwrites: bool = False) -> Emptied:
    """What becomes of these fields, of which `known` is what we had put there, `stated` what the order fills now, and
    `row` the document as QuickBooks has it. `overwrites`: also what somebody typed in the place of ours goes."""
    gone = missing(known, stated, names)
    ours = [name for name in gone if _words(row.get(name)) and (overwrites or _stands(name, known, row))]
    texts = {name: _nothing(known[name]) for name in ours if name in _TEXTS}
    parts = {name: _without_parts(known[name], stated[name]) for name in _ADDRESSES if {name} <= known.keys() & stated}
    return Emptied(
        {**texts, **{name: address for name, address in parts.items() if address != stated[name]}},
        tuple(_BY_HAND[name] for name in ours if name in _BY_HAND),
        tuple(name for name in gone if name not in texts),
    )


def _stands(name: str, known: Json, row: Json) -> bool:
    """QuickBooks may write an address in other lines."""
    shown = row[name]
    if isinstance(shown, Mapping) and name not in _ADDRESSES:
        shown = {part: shown.get(part) for part in known[name]}
    return _words(shown) == _words(known[name])


def _words(value: Any) -> list[str]:
    if isinstance(value, Mapping):
        return sorted(word for part, text in value.items() if part not in _NOT_SAID for word in _words(text))
    return sorted(str(value or "").replace(",", " ").casefold().split())


def _nothing(value: Any) -> Any:
    return dict.fromkeys(value, "") if isinstance(value, Mapping) else ""


def _without_parts(before: Json, after: Json) -> Json:
    """An address without the parts that it does not have any more."""
    return {**{part: "" for part, text in before.items() if text and part not in after}, **after}
