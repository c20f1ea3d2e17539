"""Writes an integration as a setup file, without its secrets."""

from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model

from integrations.models import AutoSync, Integration
from sync.models import TaxMapping
from sync.setup_file.facts import Lists
from sync.setup_file.format import INTEGRATION, REPORT, SECTIONS, Key, Section
from sync.setup_file.mappings import decided_methods, shown_code, shown_method
from sync.setup_file.modules import shown_modules


def export(integration: Integration) -> dict[str, Any]:
    """The file that describes the integration as it is. Applied where it came from, it changes nothing."""
    return {
        "business": integration.business.name,
        "integration": integration.slug,
        "store": _account(integration.store),
        "books": _account(integration.books),
        **_general(integration),
        "email_report": _values(integration, REPORT),
        **{section.name: _section(integration, section) for section in SECTIONS},
        "taxes": _taxes(integration),
        **_modules(integration),
    }


def _account(connection: Any) -> dict[str, Any]:
    return {"provider": connection.provider, "account_id": connection.account_id, "credentials": {}}


def _general(integration: Integration) -> dict[str, Any]:
    values = _values(integration, INTEGRATION)
    if integration.auto_sync != AutoSync.DAILY:
        del values["daily_hour"]
    return values


def _section(integration: Integration, section: Section) -> dict[str, Any]:
    try:
        row = getattr(integration, section.name)
    except ObjectDoesNotExist:
        row = section.model(integration=integration)
    values = _values(row, section.keys)
    if "methods" in section.lists:
        values["methods"] = {method.method: shown_method(method) for method in decided_methods(integration)}
    return values


def _values(row: Model, keys: tuple[Key, ...]) -> dict[str, Any]:
    return {key.name: key.kind.show(getattr(row, key.field)) for key in keys}


def _modules(integration: Integration) -> dict[str, Any]:
    modules = shown_modules(integration)
    return {"modules": modules} if modules else {}


def _taxes(integration: Integration) -> list[dict[str, Any]]:
    """What somebody decided; rows that merely turned up in orders are no part of the settings."""
    lists = Lists(integration.books)
    decided = TaxMapping.objects.filter(integration=integration).exclude(code="")
    return [{"store": row.taxes, "books": shown_code(row.code, lists)} for row in decided]
