"""How the API writes amounts, moments and identities, and how it reads them."""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

Json = dict[str, Any]

ZERO = Decimal(0)
ZERO_ID = "00000000-0000-0000-0000-000000000000"
_PLACES = {"JPY": 0, "KRW": 0, "VND": 0, "CLP": 0, "ISK": 0, "KWD": 3, "BHD": 3, "OMR": 3, "TND": 3, "JOD": 3}
_SIGNS = {"USD": "$", "GBP": "£", "EUR": "€", "JPY": "¥", "CAD": "C$"}
_NAMESPACE = uuid.UUID("6f1d2c0e-77aa-4a8e-9d57-1f6f7ab0c001")


class WrongValueError(ValueError):
    """A value that cannot be read."""


def places_of(currency: str) -> int:
    return _PLACES.get(currency, 2)


def decimal(value: Any, name: str = "amount") -> Decimal:
    """A number, numeric text or money object; nothing counts as 0."""
    if isinstance(value, dict):
        value = value.get("amount")
    try:
        return Decimal(str(value if value not in {None, ""} else 0))
    except InvalidOperation:
        raise WrongValueError(f"{name} is not a number: {value!r}") from None


def plain(value: Decimal) -> Decimal | int:
    """A number as Catalog V1 prints it: 24 and 9.5, never 24.00."""
    return int(value) if value == value.to_integral_value() else value.normalize()


@dataclass(frozen=True)
class Money:
    """Writes amounts of one currency. Nobody can rely on the scale: 25, 25.0 and 25.00 all occur when `mixed`."""

    currency: str
    mixed: bool = True

    @property
    def places(self) -> int:
        return places_of(self.currency)

    def __call__(self, amount: Decimal) -> Json:
        sign = "-" if amount < 0 else ""
        formatted = f"{sign}{_SIGNS.get(self.currency, self.currency)}{abs(amount):,.{self.places}f}"
        return {"amount": self.text(amount), "formattedAmount": formatted}

    def text(self, amount: Decimal) -> str:
        full = f"{amount:.{self.places}f}"
        if not self.mixed or "." not in full:
            return full
        short = full.rstrip("0").rstrip(".")
        styles = (short, short if "." in short else f"{short}.0", full)
        return styles[int(abs(amount)) % len(styles)] if amount else "0"


def moment(timestamp: float) -> str:
    """`2026-11-19T10:15:30.120Z`"""
    return datetime.fromtimestamp(timestamp, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def timestamp_of(text: Any) -> float:
    """UNIX seconds of an ISO moment; without an offset it means UTC. Raises WrongValueError."""
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        raise WrongValueError(f"{text!r} is no moment") from None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()


def new_id() -> str:
    return str(uuid.uuid4())


def stable_id(*parts: object) -> str:
    """The same identity for the same parts, for what is there from the start."""
    return str(uuid.uuid5(_NAMESPACE, "/".join(map(str, parts))))


def tidy(value: Any) -> Any:
    """What is unset is absent: without nulls, empty texts, empty objects and empty lists."""
    if isinstance(value, dict):
        kept = {key: tidy(part) for key, part in value.items()}
        return {key: part for key, part in kept.items() if part is not None and part not in ("", {}, [])}
    if isinstance(value, list):
        return [tidy(each) for each in value]
    return value
