"""The orders flow: which order records are due, and what orders teach us of the store's taxes, methods and
modules."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db.models import QuerySet

from integrations.books import Company, TaxModel
from integrations.commerce import Order
from integrations.models import Integration
from sync.flows.due import is_due, oldest_first
from sync.models import ModuleSettings, PaymentMapping, Record, RecordKind, RecordState, TaxMapping
from sync.translate.mapping import combined, mapped_code, tax_tokens, us_code
from sync.translate.payments import received
from sync.translate.reasons import Reason
from sync.translate.settings import Options

_ABOUT_TAX_CODES = (Reason.TAX_CODE_INACTIVE, Reason.TAX_RATE_MISMATCH, Reason.TAX_DIFFERS)


def due(integration: Integration, *, now: datetime) -> QuerySet[Record]:
    """The order records that a run must look at."""
    return Record.objects.filter(is_due(integration, now=now), integration=integration, kind=RecordKind.ORDER)


def due_pages(integration: Integration, *, now: datetime, size: int) -> Iterator[list[Record]]:
    """The due records, oldest order first, each at most once; memory does not grow with their number."""
    return oldest_first(due(integration, now=now), size=size)


def is_waiting(integration: Integration) -> bool:
    """Whether any order is held: a change in QuickBooks' lists may release it."""
    return Record.objects.filter(integration=integration, kind=RecordKind.ORDER, state=RecordState.HELD).exists()


def waits_for_taxes(integration: Integration) -> bool:
    """Whether any order is held for what a tax code is in QuickBooks: then taxes are worth reading again."""
    return Record.objects.filter(
        integration=integration, kind=RecordKind.ORDER, state=RecordState.HELD, reason__in=_ABOUT_TAX_CODES
    ).exists()


def learn_taxes(integration: Integration, orders: Iterable[Order], options: Options, company: Company) -> None:
    """Make a mapping row for every combination of taxes that these orders were held for (T1); it waits for a choice."""
    code_of = mapped_code if company.tax_model is TaxModel.GLOBAL else us_code
    unmapped = {
        tax_tokens(line.taxes)
        for order in orders
        for line in order.lines
        if code_of(combined(line.taxes), options.taxes) is None
    }
    TaxMapping.objects.bulk_create(
        [
            TaxMapping(integration=integration, taxes=list(taxes), key=TaxMapping.key_of(list(taxes)))
            for taxes in sorted(unmapped)
        ],
        ignore_conflicts=True,
    )


def learn_methods(integration: Integration, orders: Iterable[Order], options: Options) -> None:
    """Make a mapping row for every new payment method (M3); the default account serves until somebody chooses."""
    seen = {tender.method[:200] for order in orders for tender in received(order) if tender.method}
    new = sorted(seen - set(options.payment_methods))
    PaymentMapping.objects.bulk_create(
        [PaymentMapping(integration=integration, method=method) for method in new], ignore_conflicts=True
    )


def learn_modules(integration: Integration, orders: Iterable[Order], options: Options) -> None:
    """Make a row for every module that is new to us (W1): it is posted until somebody switches it off."""
    seen = {line.module for order in orders for line in order.lines if line.module}
    new = sorted(seen - set(options.modules))
    ModuleSettings.objects.bulk_create(
        [ModuleSettings(integration=integration, module=module) for module in new], ignore_conflicts=True
    )
