"""What saving a setup page would change, without saving it."""

from copy import copy
from typing import Any

from django.db.models import Model

from integrations.models import BooksObject
from sync.engine.compare import Unsaved
from sync.forms.base import StepForm
from sync.forms.modules import ModulesForm
from sync.forms.money import PaymentsForm, RefundsForm
from sync.forms.options import FlowsForm
from sync.forms.sales import NEW_ITEMS, CreatingItems
from sync.forms.taxes import TaxesForm
from sync.wizard.creating import clearing_name


def step_unsaved(form: StepForm) -> Unsaved:
    """The rows as a valid form has them."""
    rows: list[Model] = []
    if isinstance(getattr(form, "instance", None), Model):
        rows.append(form.instance)  # type: ignore[attr-defined]
    if isinstance(form, CreatingItems) and form.cleaned_data.get("create_items"):
        _with_new_items(form)
    if isinstance(form, PaymentsForm):
        rows += _payment_rows(form)
    if isinstance(form, RefundsForm) and form.missing:
        rows.append(_with(form.setup.integration.orders, payment_statuses=form.statuses))
    if isinstance(form, ModulesForm):
        rows += form.unsaved()
    if isinstance(form, TaxesForm):
        rows += [_with(row, code=form.cleaned_data[f"code_{row.pk}"]) for row in form.rows]
    if isinstance(form, FlowsForm):
        settings = form.setup.integration
        rows += [_with(getattr(settings, name), enabled=form.cleaned_data[name]) for name in form.fields]
    return Unsaved(tuple(rows))


def _with(row: Model, **values: Any) -> Model:
    changed = copy(row)
    for name, value in values.items():
        setattr(changed, name, value)
    return changed


def _payment_rows(form: PaymentsForm) -> list[Model]:
    if form.instance.account is None and form.cleaned_data.get("create_account"):
        form.instance.account = _to_be_made("Account", clearing_name(form.setup.integration))
    return [
        _with(
            row,
            account=form.cleaned_data[f"account_{row.pk}"],
            payment_method=form.cleaned_data[f"method_{row.pk}"],
        )
        for row in form.rows
    ]


def _with_new_items(form: CreatingItems) -> None:
    for field, (name, _detail) in NEW_ITEMS.items():
        if field in form.fields and form.cleaned_data.get(field) is None:
            setattr(form.instance, field, _to_be_made("Item", name))


def _to_be_made(entity: str, name: str) -> BooksObject:
    """Stands for what saving the page makes in QuickBooks; its name serves as its id until it has one."""
    return BooksObject(type=entity, books_ref=name, name=name)
