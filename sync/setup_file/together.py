"""Checks of values that must fit together, wherever each comes from: the file, else what is stored already."""

from typing import Any

from django.utils.translation import gettext as _

from integrations.models import Integration, ReportWhen
from sync.models import ItemSettings
from sync.models.settings import CreateAs
from sync.setup_file.entries import COST_OF_GOODS
from sync.setup_file.plan import Plan
from sync.setup_file.reading import Reading


def check_together(slug: str, plan: Plan, reading: Reading) -> None:
    stored = Integration.objects.filter(slug=slug).first()
    _check_report(plan.integration, stored, reading)
    _check_items(plan.sections.get("items", {}), ItemSettings.objects.filter(integration__slug=slug).first(), reading)


def _check_report(given: dict[str, Any], stored: Integration | None, reading: Reading) -> None:
    when = _held(given, stored, "report_when")
    mentioned = {"report_when", "report_recipients"} & given.keys()
    if mentioned and when not in {None, ReportWhen.OFF} and _held(given, stored, "report_recipients") in (None, []):
        reading.problem("email_report.recipients", _("a report needs somebody to go to; or write “off” for when"))


def _check_items(given: dict[str, Any], stored: ItemSettings | None, reading: Reading) -> None:
    """QuickBooks takes nothing but a cost of goods sold account for what an inventory item costs."""
    expense = _held(given, stored, "expense_account")
    if _held(given, stored, "create_as") == CreateAs.INVENTORY and expense and expense.kind != COST_OF_GOODS:
        reading.problem(
            "items.expense_account",
            _("inventory items need a Cost of Goods Sold account; “%(name)s” is of type %(kind)s")
            % {"name": expense.name, "kind": expense.kind},
        )


def _held(given: dict[str, Any], stored: Any, field: str) -> Any:
    """The value that holds once the file is applied; None where a default will be chosen."""
    return given[field] if field in given else getattr(stored, field, None)
