"""The kinds of values a setup file holds: each reads JSON into what the table stores, and shows it as JSON again.

A value that cannot be used raises `Wrong` with what could stand there instead.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, Protocol
from zoneinfo import available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import TextChoices
from django.utils.translation import gettext as _

from integrations.commerce import StoreProfile
from integrations.money import plain
from sync.setup_file.facts import Facts
from sync.setup_file.problems import Wrong, choices_text

Json = Any


class Kind(Protocol):
    """How one value is read and shown."""

    def read(self, value: Json, facts: Facts) -> Any:
        """What the table stores. Raises Wrong."""

    def show(self, value: Any) -> Json:
        """The same as the file says it."""


class Plain:
    """Base of kinds whose stored value is their JSON value."""

    def show(self, value: Any) -> Json:
        return value


class Flag(Plain):
    def read(self, value: Json, _facts: Facts) -> bool:
        if not isinstance(value, bool):
            raise Wrong(_("write true or false"))
        return value


@dataclass(frozen=True)
class Text(Plain):
    """Text on one line; null is the same as empty."""

    longest: int
    required: bool = False

    def read(self, value: Json, _facts: Facts) -> str:
        text = "" if value is None else value
        if not isinstance(text, str) or not text.isprintable():
            raise Wrong(_("write text on one line, in quotes"))
        if self.required and not text.strip():
            raise Wrong(_("write a name"))
        if len(text) > self.longest:
            raise Wrong(_("at most %(longest)d characters fit") % {"longest": self.longest})
        return text


@dataclass(frozen=True)
class Choice(Plain):
    """One of a setting's choices; null, where nothing may be chosen."""

    options: type[TextChoices]
    optional: bool = False

    def read(self, value: Json, _facts: Facts) -> str:
        return "" if value is None and self.optional else one_of(value, self.options.values)

    def show(self, value: str) -> str | None:
        return value or None


@dataclass(frozen=True)
class Whole(Plain):
    """A whole number from 0 to `most`."""

    most: int
    optional: bool = False

    def read(self, value: Json, _facts: Facts) -> int | None:
        if value is None and self.optional:
            return None
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= self.most:
            raise Wrong(_("write a whole number from 0 to %(most)d") % {"most": self.most})
        return value


@dataclass(frozen=True)
class Amount:
    """An amount of money from 0 to `most`, as text so that no program in between rounds it."""

    most: Decimal

    def read(self, value: Json, _facts: Facts) -> Decimal:
        try:
            amount = Decimal(value) if isinstance(value, str | Decimal) or _is_whole(value) else None
        except InvalidOperation:
            amount = None
        if amount is None or not amount.is_finite() or not 0 <= amount <= self.most or amount != round(amount, 2):
            raise Wrong(_("write an amount from 0 to %(most)s in quotes, such as “0.05”") % {"most": plain(self.most)})
        return amount

    def show(self, value: Decimal) -> str:
        return plain(round(value, 2))


def _is_whole(value: Json) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


class Day:
    """A date, or null for none."""

    def read(self, value: Json, _facts: Facts) -> date | None:
        if value is None:
            return None
        try:
            return date.fromisoformat(value)
        except (TypeError, ValueError):
            raise Wrong(_("write a date such as “2026-09-30”")) from None

    def show(self, value: date | None) -> str | None:
        return value.isoformat() if value else None


@cache
def _zones() -> frozenset[str]:
    """Finding them reads the whole time zone database."""
    return frozenset(available_timezones())


class Zone(Plain):
    def read(self, value: Json, _facts: Facts) -> str:
        zones = _zones()
        if not isinstance(value, str) or value not in zones:
            raise Wrong(_("no such time zone; there are %(zones)s") % {"zones": choices_text(zones, str(value))})
        return value


class Language(Plain):
    def read(self, value: Json, _facts: Facts) -> str:
        return one_of(value, [code for code, _name in settings.LANGUAGES])


class Emails(Plain):
    """A list of e-mail addresses, each once."""

    def read(self, value: Json, _facts: Facts) -> list[str]:
        addresses = texts(value)
        wrong = [address for address in addresses if not _is_email(address)]
        if wrong:
            raise Wrong(_("not an e-mail address: %(addresses)s") % {"addresses": ", ".join(wrong)})
        return list(dict.fromkeys(addresses))


def _is_email(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


@dataclass(frozen=True)
class Statuses(Plain):
    """A list of the store's statuses, by their id or by the name that the store shows; ids are kept."""

    of: Callable[[StoreProfile], Sequence[tuple[str, str]]]

    def read(self, value: Json, facts: Facts) -> list[str]:
        wanted = texts(value)
        known = self.of(facts.profile) if facts.profile else ()
        if not known:
            return list(dict.fromkeys(wanted))
        ids = {name.casefold(): status for status, name in known} | {status.casefold(): status for status, _n in known}
        unknown = [status for status in wanted if status.casefold() not in ids]
        if unknown:
            options = [status if status == name else f"{status} ({name})" for status, name in known]
            raise Wrong(
                _("the store has no status %(unknown)s; it has %(known)s")
                % {"unknown": ", ".join(unknown), "known": ", ".join(options)}
            )
        return list(dict.fromkeys(ids[status.casefold()] for status in wanted))


def one_of(value: Json, options: Sequence[str]) -> str:
    if not isinstance(value, str) or value not in options:
        raise Wrong(_("write one of: %(options)s") % {"options": ", ".join(options)})
    return value


def texts(value: Json) -> list[str]:
    """A list of texts that are not blank, without blanks around them."""
    if not isinstance(value, list) or not all(isinstance(text, str) and text.strip() for text in value):
        raise Wrong(_("write a list of texts, such as [“A”, “B”]"))
    return [text.strip() for text in value]
