"""What a setup file asks for, read and checked as a whole."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.utils.translation import gettext as _

from integrations.providers import PROVIDERS
from sync.setup_file.connections import Account
from sync.setup_file.format import INTEGRATION, REPORT, SECTIONS, TOP_LEVEL, Section
from sync.setup_file.kinds import Text, one_of
from sync.setup_file.mappings import Method, Tax, read_methods, read_taxes
from sync.setup_file.modules import read_modules
from sync.setup_file.problems import Wrong
from sync.setup_file.reading import Reading, inside

Json = Any

SIDES = ("store", "books")


@dataclass(frozen=True, slots=True)
class Identity:
    """The four keys that no file can do without."""

    business: str
    slug: str
    store: Account
    books: Account


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything else: column -> value of what is given. None: the file does not mention it."""

    integration: dict[str, Any]
    sections: dict[str, dict[str, Any]]
    methods: list[Method] | None
    taxes: list[Tax] | None
    modules: dict[str, dict[str, Any]]


# -- who and where -----------------------------------------------------------------------------------------------------


def read_identity(given: dict[str, Json], reading: Reading) -> Identity | None:
    """Who is to be set up; None when that does not become clear."""
    before = len(reading.problems)
    business = reading.value(Text(200, required=True), given.get("business"), "business")
    slug = reading.value(Text(60, required=True), given.get("integration"), "integration")
    if slug is not None:
        reading.attempt("integration", lambda: _check_slug(slug))
    store, books = (_account(side, given.get(side), reading) for side in SIDES)
    if store is None or books is None or len(reading.problems) > before:
        return None
    return Identity(business.strip(), slug, store, books)


def _check_slug(slug: str) -> None:
    try:
        validate_slug(slug)
    except ValidationError:
        raise Wrong(_("use letters without accents, digits, - and _ only")) from None


def _account(side: str, value: Json, reading: Reading) -> Account | None:
    given = reading.object(value, side, ("provider", "account_id", "credentials"))
    if not isinstance(value, dict):
        return None
    account_id = reading.value(Text(64, required=True), given.get("account_id"), inside(side, "account_id"))
    provider = reading.attempt(inside(side, "provider"), lambda: _provider(side, given.get("provider")))
    if provider is None:
        return None
    credentials = _credentials(given.get("credentials", {}), side, provider, reading)
    return None if account_id is None else Account(provider, account_id.strip(), credentials)


def _provider(side: str, value: Json) -> str:
    return one_of(value, tuple(name for name, provider in PROVIDERS.items() if provider.side == side))


def _credentials(value: Json, side: str, provider: str, reading: Reading) -> dict[str, str]:
    """Either all of the provider's credentials, or none: then the stored ones are used. Never shown in a message."""
    path, names = inside(side, "credentials"), PROVIDERS[provider].credentials
    given = reading.object(value, path, names)
    if not given:
        return {}
    for name in names:
        if not isinstance(given.get(name), str) or not given[name].strip():
            reading.problem(inside(path, name), _("write it as text in quotes"))
    return {name: str(text).strip() for name, text in given.items()}


# -- everything else ---------------------------------------------------------------------------------------------------


def read_plan(given: dict[str, Json], reading: Reading) -> Plan:
    """The settings and mappings. Only to be used when `reading` has no problems."""
    sections: dict[str, dict[str, Any]] = {}
    methods = None
    for section in SECTIONS:
        if section.name in given:
            content = reading.object(given[section.name], section.name, _names(section))
            sections[section.name] = reading.values(content, section.name, section.keys)
            if "methods" in content:
                methods = read_methods(content["methods"], inside(section.name, "methods"), reading)
    taxes = read_taxes(given["taxes"], reading) if "taxes" in given else None
    modules = read_modules(given["modules"], reading) if "modules" in given else {}
    return Plan(_integration(given, reading), sections, methods, taxes, modules)


def read_top_level(document: Json, reading: Reading) -> dict[str, Json]:
    return reading.object(document, "", TOP_LEVEL)


def _names(section: Section) -> tuple[str, ...]:
    return (*(key.name for key in section.keys), *section.lists)


def _integration(given: dict[str, Json], reading: Reading) -> dict[str, Any]:
    values = reading.values(given, "", INTEGRATION)
    if "email_report" in given:
        report = reading.object(given["email_report"], "email_report", tuple(key.name for key in REPORT))
        values |= reading.values(report, "email_report", REPORT)
    return values
