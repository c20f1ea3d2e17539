"""Money: the one place where amounts are rounded, spread and parsed.

All amounts are `Decimal` in units of their currency (12.34 is twelve dollars and thirty-four cents).
"""

import json
import re
from collections.abc import Callable, Iterable, Sequence
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Any

ZERO = Decimal(0)

# ISO 4217 currencies whose smallest unit is not a hundredth.
_PLACES = dict.fromkeys(
    [
        "BIF",
        "CLP",
        "DJF",
        "GNF",
        "ISK",
        "JPY",
        "KMF",
        "KRW",
        "PYG",
        "RWF",
        "UGX",
        "UYI",
        "VND",
        "VUV",
        "XAF",
        "XOF",
        "XPF",
    ],
    0,
) | dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3)


def currency_places(currency: str) -> int:
    """Decimal places of an ISO currency code: CAD 2, JPY 0, KWD 3."""
    return _PLACES.get(currency.upper(), 2)


def round_half_up(value: Decimal, places: int = 2) -> Decimal:
    """Round as QuickBooks and the stores do: 0.005 becomes 0.01, and -0.005 becomes -0.01."""
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def allocate(total: Decimal, weights: Sequence[Decimal], places: int = 2) -> list[Decimal]:
    """Spread `total` over `weights` so that the parts add up to it exactly (largest remainder).

    `total` must be a multiple of the smallest unit. Weights must not be negative; when all are zero the first
    part takes everything. Ties go to the earlier part, so the result does not depend on chance.
    """
    if not weights:
        raise ValueError("nothing to spread the amount over")
    unit = Decimal(1).scaleb(-places)
    weight_sum = sum(weights, ZERO)
    if weight_sum == 0:
        return [total, *([ZERO] * (len(weights) - 1))]
    exact = [total * weight / weight_sum for weight in weights]
    parts = [share.quantize(unit, ROUND_DOWN) for share in exact]
    missing = int((total - sum(parts, ZERO)) / unit)
    step = unit if missing > 0 else -unit
    by_remainder = sorted(range(len(parts)), key=lambda i: -abs(exact[i] - parts[i]))
    for index in by_remainder[: abs(missing)]:
        parts[index] += step
    return parts


def total_of(amounts: Iterable[Decimal]) -> Decimal:
    """The sum as a Decimal, also of nothing."""
    return sum(amounts, ZERO)


def plain(value: Decimal) -> str:
    """A Decimal in plain notation: never 1E+2."""
    return format(value, "f")


# Half an emoji, left where somebody cut a text, and NUL: JSON can spell them, databases and UTF-8 refuse them.
_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")
_SPELLS_UNSTORABLE = re.compile(r"\\u(?:0000|d[89a-f])", re.IGNORECASE)


def json_loads(text: str | bytes) -> Any:
    """Parse JSON without a single float: every number with a fraction becomes a Decimal.

    Characters that cannot be stored become U+FFFD, so that one broken name does not stop all orders.
    """
    text = text.decode() if isinstance(text, bytes) else text
    value = json.loads(text, parse_float=Decimal)
    return _storable(value) if _SPELLS_UNSTORABLE.search(text) else value


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", value)
    if isinstance(value, list):
        return [_storable(item) for item in value]
    return {_storable(key): _storable(item) for key, item in value.items()} if isinstance(value, dict) else value


def json_dumps(value: Any) -> str:
    """Write JSON with Decimals as exact numbers (9.90 stays 9.90), which the standard encoder cannot do.

    Keys keep their order, so the same value always gives the same text. A float is refused.
    """
    kind = type(value)
    if kind is dict:
        return "{" + ",".join([f"{_quoted(str(key))}:{json_dumps(item)}" for key, item in value.items()]) + "}"
    if kind is list or kind is tuple:
        return "[" + ",".join([json_dumps(item) for item in value]) + "]"
    write = _WRITERS.get(kind)
    return write(value) if write is not None else _written_as(value)


def _written_as(value: Any) -> str:
    """What is rarer: subclasses (enumerations, named tuples), and what must not be written at all."""
    if isinstance(value, float):
        raise TypeError(f"a float must not reach the wire: {value!r}")
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, dict | list | tuple):
        return json_dumps(dict(value) if isinstance(value, dict) else list(value))
    return json.dumps(value)


# Escaping all but ASCII also keeps the halves of torn emoji, which stores do send, from breaking the database.
_quoted = json.encoder.encode_basestring_ascii
# The plain types, by themselves: a look-up is twice as fast as asking for one type after the other.
_WRITERS: dict[type, Callable[[Any], str]] = {
    str: _quoted,
    Decimal: plain,
    bool: {True: "true", False: "false"}.__getitem__,
    type(None): lambda _nothing: "null",
    int: int.__repr__,
}
