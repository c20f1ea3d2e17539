"""The shop's way of writing numbers and instants, and of reading them from bodies and query strings."""

from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

Json = dict[str, Any]

_TEXT_FORMS = ("%Y-%m-%d %H:%M:%S %z", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d")


class WrongParameterError(ValueError):
    """A value in a query or body that the shop refuses with 400 WRONG_PARAMETER."""


def plain(value: Decimal | int) -> Decimal | int:
    """An amount as the shop prints it: 10 and 0.91, never 10.00."""
    number = Decimal(value)
    if number == number.to_integral_value():
        return int(number)
    return number.normalize()


def decimal(value: Any, name: str = "amount") -> Decimal:
    """A number or numeric text as Decimal; nothing counts as 0."""
    try:
        return Decimal(str(value if value not in {None, ""} else 0))
    except InvalidOperation:
        raise WrongParameterError(f"{name} is not a number: {value!r}") from None


def date_text(timestamp: int) -> str:
    """UNIX seconds as `2026-03-02 14:05:09 +0000`."""
    return datetime.fromtimestamp(timestamp, UTC).strftime("%Y-%m-%d %H:%M:%S +0000")


def timestamp_of(value: str) -> int:
    """UNIX seconds from UNIX seconds or one of the three text forms; without an offset they mean UTC."""
    if value.lstrip("-").isdigit():
        return int(value)
    for form in _TEXT_FORMS:
        try:
            moment = datetime.strptime(value, form)  # noqa: DTZ007 - the zone is added below where it is missing
        except ValueError:
            continue
        return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
    raise WrongParameterError(f"Wrong date value: {value}")


def iso_timestamp(value: str) -> int:
    """UNIX seconds of an ISO instant with an offset."""
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise WrongParameterError(f"{value} needs an offset such as -05:00")
    return int(moment.timestamp())
