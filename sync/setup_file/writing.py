"""Writes what a checked file asks for, row by row, and tells what changed."""

from typing import Any

from integrations.models import BooksConnection, Integration, StoreConnection
from sync.setup_file.changes import Change
from sync.setup_file.facts import Facts, Lists
from sync.setup_file.format import INTEGRATION, REPORT, SECTIONS, Key, Section
from sync.setup_file.mappings import write_methods, write_taxes
from sync.setup_file.modules import write_modules
from sync.setup_file.plan import Plan
from sync.setup_file.values import assign


def write(slug: str, plan: Plan, store: StoreConnection, books: BooksConnection, facts: Facts) -> list[Change]:
    """Inside the caller's transaction."""
    integration, changes = _write_integration(slug, plan.integration, store, books, facts)
    for section in SECTIONS:
        changes += _write_section(section, integration, plan.sections.get(section.name, {}), facts)
    if plan.methods is not None:
        changes += write_methods(integration, plan.methods)
    if plan.taxes is not None:
        changes += write_taxes(integration, plan.taxes, Lists(books))
    return changes + write_modules(integration, plan.modules)


def _write_integration(
    slug: str, given: dict[str, Any], store: StoreConnection, books: BooksConnection, facts: Facts
) -> tuple[Integration, list[Change]]:
    row = Integration.objects.filter(slug=slug).first()
    is_new = row is None
    if row is None:
        row = Integration(slug=slug, business=store.business, store=store, books=books)
        given = defaults(INTEGRATION, facts) | given
        given.setdefault("start_date", facts.today(given["time_zone"]))
    changes = [*assign(row, INTEGRATION, given, "", is_new=is_new)]
    changes += assign(row, REPORT, given, "email_report", is_new=is_new)
    if is_new:
        row.save()
        return row, [Change("integration", None, slug), *changes]
    if changes:
        row.save(update_fields=[key.field for key in (*INTEGRATION, *REPORT)])
        row.touch()
    return row, changes


def _write_section(section: Section, integration: Integration, given: dict[str, Any], facts: Facts) -> list[Change]:
    row = section.model.objects.filter(integration=integration).first()
    is_new = row is None
    if row is None:
        row = section.model(integration=integration)
        given = defaults(section.keys, facts) | given
    changes = assign(row, section.keys, given, section.name, is_new=is_new)
    if is_new or changes:
        row.save()
    return changes


def defaults(keys: tuple[Key, ...], facts: Facts) -> dict[str, Any]:
    """What a new row holds where nobody says otherwise and the model's own default is not enough."""
    return {key.field: key.default(facts) for key in keys if key.default is not None}
