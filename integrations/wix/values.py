"""What is special about the values in Wix's JSON: amounts are objects that hold a text, rates are fractions, and what
is not set is absent."""

from datetime import UTC, datetime
from decimal import Decimal

from integrations.errors import Malformed
from integrations.money import ZERO
from integrations.values import Json, child, number, text


def told_money(row: Json, key: str) -> Decimal | None:
    """The amount under `key`, `{"amount": "12.5"}` or the newer `{"value": "12.5"}` beside it; None where it is absent.
    The scale says nothing: 25, 25.0 and 25.00 are the same."""
    amount = child(row, key)
    for name in ("value", "amount"):
        found = number(amount, name) if amount.get(name) != "" else None
        if found is not None:
            return found
    return None


def money(row: Json, key: str) -> Decimal:
    """The amount under `key`, zero where it is absent."""
    return told_money(row, key) or ZERO


def told_moment(row: Json, key: str) -> datetime | None:
    """The time under `key`, in UTC; None where it is absent. Raises Malformed."""
    written = text(row, key)
    if not written:
        return None
    try:
        parsed = datetime.fromisoformat(written)
    except ValueError as error:
        raise Malformed(f"{key} is not a time: {written}") from error
    return parsed.replace(tzinfo=parsed.tzinfo or UTC).astimezone(UTC)


def moment(row: Json, *keys: str) -> datetime:
    """The first of the times that is told. Raises Malformed when none is."""
    found = next((when for key in keys if (when := told_moment(row, key))), None)
    if found is None:
        raise Malformed(f"{keys[0]} is missing")
    return found


def readable_moment(row: Json, *keys: str) -> datetime | None:
    """The first of the times that is told and can be read: filing an order does not fail on it, reading it may."""
    for key in keys:
        try:
            found = told_moment(row, key)
        except Malformed:
            continue
        if found is not None:
            return found
    return None


def is_since(row: Json, since: datetime, *keys: str) -> bool:
    """Whether it happened since, or nobody can tell when."""
    when = readable_moment(row, *keys)
    return when is None or when >= since


def percent(row: Json, key: str) -> Decimal | None:
    """A rate, which Wix writes as a fraction ("0.0825"), in percent (8.25); None where it is absent."""
    rate = number(row, key) if row.get(key) != "" else None
    if rate is None:
        return None
    exact = rate * 100
    return Decimal(int(exact)) if exact == int(exact) else exact.normalize()


def iso(when: datetime) -> str:
    """A time as Wix writes it: UTC, milliseconds, Z."""
    return when.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def named(value: str, what: str) -> str:
    if not value:
        raise Malformed(f"{what} is missing")
    return value
