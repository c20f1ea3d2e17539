"""Every setting of an integration as text: two of these, from before and after, say what somebody changed (L8)."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import ForeignKey, Model

from integrations.models import BooksObject, Integration
from integrations.money import plain
from sync.models import (
    ItemSettings,
    ModuleSettings,
    OrderSettings,
    PaymentMapping,
    PaymentSettings,
    ProductMatch,
    ProductSettings,
    RefundSettings,
    StockSettings,
    TaxMapping,
)

# (model, subject, field) -> value. What is not there has the value of an empty field: a row that appeared by itself and
# that nobody has decided on yet is no change.
Snapshot = Mapping[tuple[str, str, str], str]

_OF_THE_INTEGRATION = (
    "slug", "time_zone", "start_date", "auto_sync", "daily_hour", "paused", "live_at",
    "report_when", "report_recipients", "report_language",
)  # fmt: skip
_SINGLE: tuple[type[Model], ...] = (
    OrderSettings,
    ItemSettings,
    PaymentSettings,
    RefundSettings,
    ProductSettings,
    StockSettings,
)
# Models with several rows, the field that names a row, and the fields that are decided.
_SEVERAL: tuple[tuple[type[Model], str, tuple[str, ...]], ...] = (
    (ModuleSettings, "module", ("enabled", "item", "income_account")),
    (TaxMapping, "taxes", ("code",)),
    (PaymentMapping, "method", ("account", "payment_method")),
    (ProductMatch, "sku", ("item",)),
)


MODELS = (
    "integrations.integration",
    *(model._meta.label_lower for model in _SINGLE),  # noqa: SLF001 - Django's public name for a model's description
    *(model._meta.label_lower for model, _named_by, _fields in _SEVERAL),  # noqa: SLF001 - as above
    "sync.record",  # the amount of a refund that the store does not tell
    "integrations.storeconnection",
    "integrations.booksconnection",
)


def settings_snapshot(integration: Integration) -> Snapshot:
    """As the database holds them now; the same number of statements however many mappings there are."""
    row = Integration.objects.filter(pk=integration.pk).first()
    if row is None:
        return {}
    found = dict(_fields(row, "", _OF_THE_INTEGRATION))
    for model in _SINGLE:
        for settings in _rows(model, integration):
            found.update(_fields(settings, "", _decided(model)))
    for model, named_by, fields in _SEVERAL:
        for mapping in _rows(model, integration):
            found.update(_given(mapping, as_text(getattr(mapping, named_by), joined_by=" + "), fields))
    return _with_names_of_codes(found, integration)


def model_key(model: type[Model]) -> str:
    """How a change names a model: "sync.ordersettings"."""
    return str(model._meta.label_lower)  # noqa: SLF001 - Django's public name for a model's description


def as_text(value: Any, *, joined_by: str = ", ") -> str:
    """A value as it is kept: an entry of QuickBooks by its name, a choice by its code, nothing as nothing."""
    if value is None:
        return ""
    if isinstance(value, BooksObject):
        return value.name
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, datetime):
        return value.isoformat(timespec="minutes")
    if isinstance(value, list | tuple):
        return joined_by.join(str(part) for part in value)
    return str(value)


def _rows(model: type[Model], integration: Integration) -> Any:
    entries = [field.name for field in model._meta.fields if field.related_model is BooksObject]  # noqa: SLF001 - public
    rows = model._default_manager.filter(integration=integration)  # noqa: SLF001 - Django's own name for a manager
    return rows.select_related(*entries) if entries else rows


def _decided(model: type[Model]) -> tuple[str, ...]:
    fields = model._meta.fields  # noqa: SLF001 - Django's public name for a model's description
    return tuple(
        field.name
        for field in fields
        if not field.primary_key and not (isinstance(field, ForeignKey) and field.related_model is Integration)
    )


def _fields(row: Model, subject: str, names: tuple[str, ...]) -> Iterator[tuple[tuple[str, str, str], str]]:
    for name in names:
        yield (model_key(type(row)), subject, name), as_text(getattr(row, name))


def _given(row: Model, subject: str, names: tuple[str, ...]) -> Iterator[tuple[tuple[str, str, str], str]]:
    """The same of a row that may have appeared by itself: what it holds then is nothing that anybody said."""
    defaults = {field.name: as_text(field.get_default()) for field in row._meta.concrete_fields}  # noqa: SLF001 - public
    for key, value in _fields(row, subject, names):
        yield key, "" if value == defaults[key[2]] else value


def _with_names_of_codes(found: dict[tuple[str, str, str], str], integration: Integration) -> Snapshot:
    """Tax codes are kept by their id; people know them by their name."""
    codes = {key for key in found if key[0] == model_key(TaxMapping) and found[key]}
    known = BooksObject.objects.filter(
        books=integration.books_id, type="TaxCode", books_ref__in={found[key] for key in codes}
    )
    names = dict(known.values_list("books_ref", "name"))
    return {key: names.get(value, value) if key in codes else value for key, value in found.items()}
