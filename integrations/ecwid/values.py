"""What is special about Ecwid's values: ids that mean "none", amounts with noise, its own way to write times."""

from datetime import UTC, datetime
from decimal import Decimal

from integrations.errors import Malformed
from integrations.money import ZERO, round_half_up
from integrations.values import Json, number, text

# Some of Ecwid's numbers carry the noise of a float (78.96000000000001). What is nearer than this to an amount of
# whole cents is that amount; anything else is copied as it stands.
_NOISE = Decimal("0.000001")


def reference(row: Json, *keys: str) -> str:
    """An id as text; Ecwid's 0 and -1 mean "none"."""
    for key in keys:
        found = text(row, key)
        if found and found not in {"0", "-1"}:
            return found
    return ""


def amount(row: Json, key: str, places: int) -> Decimal:
    """The money under `key` as the store states it, zero where it is missing."""
    return without_noise(number(row, key) or ZERO, places)


def without_noise(value: Decimal, places: int) -> Decimal:
    rounded = round_half_up(value, places)
    return rounded if abs(value - rounded) < _NOISE else value


def moment(row: Json, name: str) -> datetime | None:
    """When `name` ("create", "update") happened: the UNIX seconds if there are any, else the text; None without."""
    seconds = number(row, f"{name}Timestamp")
    if not seconds:
        return parsed_date(text(row, f"{name}Date"))
    try:
        return datetime.fromtimestamp(int(seconds), UTC)
    except (OverflowError, OSError, ValueError) as error:
        raise Malformed(f"{name}Timestamp is not a time") from error


def parsed_date(written: str) -> datetime | None:
    """A date as Ecwid writes it ("2026-03-02 14:05:09 +0000"); without an offset it means UTC."""
    try:
        parsed = datetime.fromisoformat(written.replace(" +", "+").replace(" -", "-"))
    except ValueError:
        return None
    return parsed.replace(tzinfo=parsed.tzinfo or UTC).astimezone(UTC)
