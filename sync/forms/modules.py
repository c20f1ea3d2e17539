"""Modules: what of a store's parts is posted, and on which items (W1, W2)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldBooleanWidget

from integrations.http import Clock
from integrations.models import BooksObject
from sync.forms.base import SettingsForm, StepForm
from sync.models import ModuleSettings
from sync.module_names import GIFT_CARDS, in_order
from sync.wizard.creating import income_for_items, line_item_create
from sync.wizard.setup import Setup

# What the item of a module is called when it is made. Goods should have SKUs, and what other apps sell may be anything:
# theirs are left to people.
NEW_ITEMS: Mapping[str, str] = {
    "bookings": "Bookings",
    "events": "Event tickets",
    "pricing_plans": "Pricing plans",
    "restaurants": "Restaurant orders",
    "table_reservations": "Table reservations",
    "hotels": "Hotel rooms",
    "invoices": "Store invoices",
    "programs": "Online programs",
    "custom": "Custom lines",
}
_SERVICES = "ServiceFeeIncome"  # the detail type of the income account that suits them best


class ModuleForm(SettingsForm):
    """One module of the store; its row is made when something is said of it."""

    class Meta:
        model = ModuleSettings
        fields = ("enabled", "item", "income_account")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.module == GIFT_CARDS:
            for name in ("item", "income_account"):
                del self.fields[name]

    def keep(self) -> None:
        row = self.instance
        if row.pk is not None:
            super().keep()
        elif not row.enabled or row.item is not None or row.income_account is not None:
            row.save()


class ModulesForm(StepForm, forms.Form):
    """A row for each module that the store has, or had when it sold something through it."""

    def __init__(self, data: Any = None, *, setup: Setup) -> None:
        super().__init__(data)
        self.setup = setup
        integration = setup.integration
        known = ModuleSettings.objects.filter(integration=integration).select_related("item", "income_account")
        rows = {row.module: row for row in known}
        make = ModuleForm.of(setup)
        self.rows = [
            make(
                data,
                prefix=module,
                instance=rows.get(module) or ModuleSettings(integration=integration, module=module),
            )
            for module in in_order([*setup.modules, *rows])
        ]
        names = [NEW_ITEMS[row.module] for row in self._without_item()]
        if names:
            self.fields["create_items"] = forms.BooleanField(
                required=False,
                initial=True,
                label=_("Make the items that are not chosen above"),
                help_text=gettext("As services in QuickBooks: %(names)s. Existing ones of that name are used.")
                % {"names": ", ".join(f"“{name}”" for name in names)},
                widget=UnfoldBooleanWidget(),
            )

    def _without_item(self) -> Iterator[ModuleSettings]:
        for form in self.rows:
            row = form.instance
            if row.enabled and row.item is None and row.module in NEW_ITEMS:
                yield row

    def __iter__(self) -> Iterator[forms.BoundField]:
        """Every field of the page."""
        for form in self.rows:
            yield from form
        yield from super().__iter__()

    @property
    def columns(self) -> list[str]:
        widest = max(self.rows, key=lambda form: len(form.fields))
        return [str(field.label) for field in widest.fields.values()]

    def parts(self) -> Sequence[Any]:
        return tuple(self.fields)

    def table(self) -> list[dict[str, Any]]:
        return [
            {
                "title": str(form.instance),
                "form": form,
                "fields": [form[name] for name in ("item", "income_account") if name in form.fields],
            }
            for form in self.rows
        ]

    def clean(self) -> dict[str, Any]:
        valid = [form.is_valid() for form in self.rows]  # all of them, so that each says what is wrong
        if not all(valid):
            raise ValidationError(_("Not everything that is chosen can be used: see the modules."))
        return self.cleaned_data

    def to_make(self) -> dict[str, ModuleSettings]:
        """The items that saving makes, by their names, and the modules they are for."""
        wanted = self.cleaned_data.get("create_items")
        return {NEW_ITEMS[row.module]: row for row in self._without_item()} if wanted else {}

    def prepare(self, clock: Clock) -> None:
        for name, row in self.to_make().items():
            income = row.income_account or income_for_items(self.setup.integration, _SERVICES)
            if income is not None:
                row.item = line_item_create(self.setup.integration, name, income, clock=clock)

    def keep(self) -> None:
        for form in self.rows:
            form.keep()

    def unsaved(self) -> list[ModuleSettings]:
        """The rows as they would be; the name of an item that would be made serves as its id until it has one."""
        for name, row in self.to_make().items():
            row.item = BooksObject(type="Item", books_ref=name, name=name)
        return [form.instance for form in self.rows]
