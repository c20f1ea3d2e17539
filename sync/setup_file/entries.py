"""Values that name an entry of one of QuickBooks' lists: an account, item, class, location or payment method."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integrations.books import Company
from integrations.models import BooksObject
from sync.setup_file.facts import Facts, Lists
from sync.setup_file.problems import Wrong, choices_text

BANK, OTHER_CURRENT_ASSET, INCOME = "Bank", "Other Current Asset", "Income"
COST_OF_GOODS, EXPENSE = "Cost of Goods Sold", "Expense"


def _anything(_given: object) -> bool:
    return True


@dataclass(frozen=True)
class ListEntry:
    """The name of an active list entry that fits, or null.

    `demand` says in words what `fits` asks for; `absent` what a company that is not `offered` the list lacks. Entries
    that are `shy` are taken when they are named, but never suggested.
    """

    type: str
    fits: Callable[[BooksObject], bool] = _anything
    demand: str | Promise = ""
    offered: Callable[[Company], bool] = _anything
    absent: str | Promise = ""
    shy: Callable[[BooksObject], bool] = lambda _entry: False

    def read(self, value: Any, facts: Facts) -> BooksObject | None:
        if value is None:
            return None
        if not isinstance(value, str) or not value.strip():
            raise Wrong(_("write a name as QuickBooks shows it, or null for none"))
        if facts.company is not None and not self.offered(facts.company):
            raise Wrong(str(self.absent))
        return None if facts.lists is None else self._found(value, facts.lists)

    def show(self, value: BooksObject | None) -> str | None:
        return value.name if value else None

    def _found(self, name: str, lists: Lists) -> BooksObject:
        # QuickBooks adds its own suffix to the name of an entry that is made inactive.
        named = lists.named(self.type, name) or lists.named(self.type, f"{name} (deleted)")
        active = [entry for entry in named if entry.active]
        fitting = [entry for entry in active if self.fits(entry)]
        if len(fitting) == 1:
            return fitting[0]
        raise Wrong(f"{self._complaint(name, named, active, fitting)} {self._options(name, lists)}")

    def _complaint(
        self, name: str, named: list[BooksObject], active: list[BooksObject], fitting: list[BooksObject]
    ) -> str:
        if fitting:
            return _("QuickBooks has several entries named “%(name)s”: rename all but one.") % {"name": name}
        if active:
            found = {"name": name, "kind": active[0].kind, "demand": self.demand}
            return _("“%(name)s” is of type %(kind)s, but this must be %(demand)s.") % found
        if named:
            return _("“%(name)s” is inactive in QuickBooks: make it active there, or choose another.") % {"name": name}
        return _("QuickBooks has no “%(name)s” here.") % {"name": name}

    def _options(self, name: str, lists: Lists) -> str:
        names = [entry.name for entry in lists.active(self.type) if self.fits(entry) and not self.shy(entry)]
        return _("There are: %(names)s.") % {"names": choices_text(names, name)}


def account(demand: str | Promise, *types: str, detail: str = "") -> ListEntry:
    """An account of one of these AccountTypes, and of this AccountSubType when one is given."""

    def fits(entry: BooksObject) -> bool:
        return entry.kind in types and detail in {"", entry.detail}

    return ListEntry("Account", fits, demand, shy=lambda entry: entry.detail == "UndepositedFunds")


# Money may only be put into, or taken from, these (M5).
MONEY_ACCOUNT = account(gettext_lazy("a Bank or Other Current Asset account"), BANK, OTHER_CURRENT_ASSET)
INCOME_ACCOUNT = account(gettext_lazy("an Income account"), INCOME)
EXPENSE_ACCOUNT = account(gettext_lazy("a Cost of Goods Sold or Expense account"), COST_OF_GOODS, EXPENSE)
ASSET_ACCOUNT = account(
    gettext_lazy("an Other Current Asset account of detail type Inventory"), OTHER_CURRENT_ASSET, detail="Inventory"
)
ITEM = ListEntry(
    "Item",
    lambda entry: entry.kind in {"Service", "NonInventory"},
    gettext_lazy("a service or non-inventory item"),
)
PAYMENT_METHOD = ListEntry("PaymentMethod")
CLASS = ListEntry(
    "Class",
    offered=lambda company: bool(company.classes),
    absent=gettext_lazy("this QuickBooks company does not use classes; write null"),
)
LOCATION = ListEntry(
    "Department",
    offered=lambda company: company.locations,
    absent=gettext_lazy("this QuickBooks company does not use locations; write null"),
)
