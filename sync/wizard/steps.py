"""The pages of the setup, in their order, as a table. The same pages serve to change everything later (L10)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from integrations.models import ConnectionState
from sync.forms.base import SettingsForm, StepForm
from sync.forms.goods import ProductsForm, StockForm
from sync.forms.modules import ModulesForm
from sync.forms.money import ItemsForm, PaymentsForm, RefundsForm
from sync.forms.options import FlowsForm, OptionsForm
from sync.forms.sales import AdvancedForm, SalesForm
from sync.forms.taxes import TaxesForm
from sync.services.previewing import next_orders
from sync.translate.numbers import shortened
from sync.wizard import golive, skus
from sync.wizard.setup import Setup

Given = QueryDict | None
MakeForm = Callable[[Setup, Given], StepForm]
More = Callable[[Setup, Mapping[str, str]], dict[str, Any]]

_TROUBLES_A_PAGE = 25
_PREVIEWED = 10
_SAMPLE_NUMBER = "1234"


def _always(_setup: Setup) -> bool:
    return True


def _posts_orders(setup: Setup) -> bool:
    return setup.posts_orders


def _nothing_more(_setup: Setup, _asked: Mapping[str, str]) -> dict[str, Any]:
    return {}


@dataclass(frozen=True, slots=True)
class Step:
    """One page. `form` None: there is nothing to fill in. `more` is what its template shows besides; `refresh` names
    what can be read anew on it."""

    id: str
    title: Promise
    intro: Promise
    form: MakeForm | None = None
    applies: Callable[[Setup], bool] = _always
    more: More = _nothing_more
    template: str = "sync/wizard_form.html"

    def is_complete(self, setup: Setup) -> bool:
        """Whether nobody needs to look at it any more. What was set up by a file is live and complete."""
        if self.id in _SIDES:
            return bool(_SIDES[self.id](setup).state == ConnectionState.CONNECTED)
        return not setup.is_draft or self.id in setup.progress.saved


_SIDES: Mapping[str, Callable[[Setup], Any]] = {
    "store": lambda setup: setup.integration.store,
    "books": lambda setup: setup.integration.books,
}


# -- forms -------------------------------------------------------------------------------------------------------------


def _options(setup: Setup, given: Given) -> StepForm:
    return OptionsForm.of(setup)(given, instance=setup.integration)


def _flows(setup: Setup, given: Given) -> StepForm:
    return FlowsForm(given, setup=setup)


def _modules(setup: Setup, given: Given) -> StepForm:
    return ModulesForm(given, setup=setup)


def _taxes(setup: Setup, given: Given) -> StepForm:
    return TaxesForm(given, setup=setup)


def _settings(form: type[SettingsForm], row: str) -> MakeForm:
    return lambda setup, given: form.of(setup)(given, instance=getattr(setup.integration, row))


# -- what pages show besides their form --------------------------------------------------------------------------------


def example_number(setup: Setup, prefix: str) -> dict[str, Any]:
    """What an order's document would be numbered under this prefix."""
    number = prefix + (setup.progress.sample_number or _SAMPLE_NUMBER)
    return {"example": shortened(number), "is_shortened": shortened(number) != number}


def _number(setup: Setup, _asked: Mapping[str, str]) -> dict[str, Any]:
    return {"number": example_number(setup, setup.integration.orders.number_prefix)}


def _sku_health(setup: Setup, asked: Mapping[str, str]) -> dict[str, Any]:
    progress = setup.progress
    found = skus.Health.from_json(progress.skus)
    page = Paginator(found.troubles, _TROUBLES_A_PAGE).get_page(asked.get("page"))
    by_name = setup.integration.items.match_by == "name"
    rows = [
        {
            "trouble": trouble,
            "problem": skus.Problem(trouble.problem).label,
            "waits": skus.holds_orders(trouble.problem, match_by_name=by_name, sku=trouble.sku),
        }
        for trouble in page
    ]
    counts = [
        (problem.label, found.counts[problem.value]) for problem in skus.Problem if found.counts.get(problem.value)
    ]
    return {"checked_at": progress.skus_checked_at, "health": found, "counts": counts, "page": page, "troubles": rows}


def _looked_at(setup: Setup, _asked: Mapping[str, str]) -> dict[str, Any]:
    return {"checked_at": setup.progress.orders_checked_at}


def _checklist(setup: Setup, _asked: Mapping[str, str]) -> dict[str, Any]:
    found = golive.findings(setup)
    unseen = [step for step in steps_of(setup) if step.id != "live" and not step.is_complete(setup)]
    return {"findings": found, "unseen": unseen, "may_start": all(one.weight != golive.Weight.BLOCKS for one in found)}


def _next_orders(setup: Setup, _asked: Mapping[str, str]) -> dict[str, Any]:
    return {"next": next_orders(setup.integration, limit=_PREVIEWED)}


# -- the table ---------------------------------------------------------------------------------------------------------

STEPS: tuple[Step, ...] = (
    Step(
        "store",
        _("Store"),
        _("Where the orders come from."),
        template="sync/wizard_connection.html",
    ),
    Step(
        "books",
        _("QuickBooks"),
        _("The company whose books they go into."),
        template="sync/wizard_connection.html",
    ),
    Step(
        "options",
        _("Sync options"),
        _("Your time zone decides the date of every document, the start date from when on orders are taken."),
        form=_options,
    ),
    Step(
        "flows",
        _("Flows"),
        _("What travels between the store and QuickBooks. Each can be switched on or off later."),
        form=_flows,
    ),
    Step(
        "modules",
        _("Modules"),
        _("Which parts of the store are posted, and on which items."),
        form=_modules,
        applies=lambda setup: setup.posts_orders and bool(setup.modules),
        template="sync/wizard_modules.html",
    ),
    Step(
        "sales",
        _("Sale options"),
        _("Which orders are posted, as what, under which number and for which customer."),
        form=_settings(SalesForm, "orders"),
        applies=_posts_orders,
        more=_number,
    ),
    Step(
        "advanced",
        _("Advanced"),
        _("Most companies can leave this page as it is."),
        form=_settings(AdvancedForm, "orders"),
        applies=_posts_orders,
    ),
    Step(
        "items",
        _("Items"),
        _("How the products of the store find their items in QuickBooks: by their SKU."),
        form=_settings(ItemsForm, "items"),
        applies=_posts_orders,
        more=_sku_health,
        template="sync/wizard_items.html",
    ),
    Step(
        "taxes",
        _("Taxes"),
        _("What each tax of the store is in QuickBooks. Amounts are always the store's own, to the cent."),
        form=_taxes,
        applies=lambda setup: setup.maps_taxes,
        more=_looked_at,
        template="sync/wizard_taxes.html",
    ),
    Step(
        "payments",
        _("Payments"),
        _("Which account holds the money between the sale and the payout to your bank."),
        form=_settings(PaymentsForm, "payments"),
        applies=lambda setup: setup.records_money,
        more=_looked_at,
        template="sync/wizard_payments.html",
    ),
    Step(
        "refunds",
        _("Refunds"),
        _("How money that you gave back gets into the books."),
        form=_settings(RefundsForm, "refunds"),
        applies=lambda setup: setup.posts_orders and setup.integration.refunds.enabled,
    ),
    Step(
        "products",
        _("New products"),
        _("How a product that is new in the store becomes an item, before anybody orders it."),
        form=_settings(ProductsForm, "products"),
        applies=lambda setup: setup.integration.products.enabled,
    ),
    Step(
        "stock",
        _("Stock"),
        _("QuickBooks counts, the store follows: less what is sold and not in the books yet, in whole units."),
        form=_settings(StockForm, "stock"),
        applies=lambda setup: setup.integration.stock.enabled,
    ),
    Step(
        "preview",
        _("Preview"),
        _("The documents that your next orders would become, line by line. Nothing is sent."),
        applies=_posts_orders,
        more=_next_orders,
        template="sync/wizard_preview.html",
    ),
    Step(
        "live",
        _("Go live"),
        _("From now on orders are posted by themselves."),
        more=_checklist,
        template="sync/wizard_live.html",
    ),
)


def steps_of(setup: Setup) -> list[Step]:
    """The pages that concern this integration."""
    return [step for step in STEPS if step.applies(setup)]


def step_named(setup: Setup, step_id: str) -> Step | None:
    return next((step for step in steps_of(setup) if step.id == step_id), None)


def step_after(setup: Setup, step: Step) -> Step:
    """The page that follows; saving a page may have made others appear or disappear."""
    steps = steps_of(setup)
    later = STEPS[STEPS.index(step) + 1 :]
    return next((one for one in later if one in steps), steps[-1])


def step_to_resume(setup: Setup) -> Step:
    """The first page that nobody has saved yet; for an integration that is live, its options."""
    steps = steps_of(setup)
    if not setup.is_draft:
        return next(step for step in steps if step.id == "options")
    return next((step for step in steps if not step.is_complete(setup)), steps[-1])
