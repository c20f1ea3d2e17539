"""What a refund takes from: the sale as it was posted, and what was taken back of it before."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from integrations.books import Company, Form, FormLine, ItemDraft, Known, LineKind, TaxModel
from integrations.commerce import Order, RefundLine
from integrations.money import ZERO, currency_places, total_of
from sync.translate.chosen import in_use
from sync.translate.held import hold
from sync.translate.reasons import Reason
from sync.translate.settings import Options

_INVENTORY = "Inventory"

Charges = Mapping[str, Decimal]
Sameness = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Taking:
    """What a refund takes from, and what the store says of it: `restocked` of all its goods, `lines` of each of them
    where it names them (`names_lines`: it would have), `gift_card` of what went back to gift cards (see
    `commerce.Refund`)."""

    sold: Form
    credited: tuple[Form, ...]
    restocked: bool
    order: Order
    options: Options
    company: Company
    lines: tuple[RefundLine, ...] = ()
    names_lines: bool = False
    gift_card: Decimal | None = None

    @property
    def places(self) -> int:
        return currency_places(self.sold.currency)

    @property
    def left(self) -> Decimal:
        return self.sold.total - total_of(form.total for form in self.credited)

    @property
    def before(self) -> list[FormLine]:
        """The lines of what was taken back before."""
        return [one for form in self.credited for one in form.lines]

    @property
    def rest_of_taxes(self) -> dict[str, Decimal]:
        """What is left of the sale's tax at each rate."""
        rest = self.sold.taxes
        for form in self.credited:
            for rate, tax in form.taxes.items():
                rest[rate] = rest.get(rate, ZERO) - tax
        return rest

    def after(self, lines: Iterable[FormLine]) -> "Taking":
        """The same once these lines are taken back, too."""
        return replace(self, credited=(*self.credited, Form(self.sold.currency, tuple(lines))))


def sameness(one: FormLine) -> Sameness:
    return *likeness(one), one.line.amount, one.line.quantity


def likeness(one: FormLine) -> Sameness:
    """Two lines are alike when they are of the same thing, however much of it."""
    return identity(one.line.item), one.line.tax_code, one.line.description


def identity(item: Known | ItemDraft) -> str:
    return item.id if isinstance(item, Known) else item.key


def counts_off(counted: Counter[Sameness], one: FormLine) -> bool:
    """Whether the line is among those that are counted, once for each time that it is."""
    key = sameness(one)
    counted[key] -= 1
    return counted[key] >= 0


def is_tax_line(one: FormLine, taking: Taking) -> bool:
    item = taking.options.items.get(LineKind.TAX)
    return (
        taking.company.tax_model is TaxModel.US_NONE and item is not None and identity(one.line.item) == identity(item)
    )


# -- what is no line of the sale ---------------------------------------------------------------------------------------


def is_stock(one: FormLine) -> bool:
    return one.line.item.type == _INVENTORY


def off_the_shelf(one: FormLine, taking: Taking) -> FormLine:
    """Goods that did not go back on the shelf are no return of stock."""
    if not is_stock(one):
        return one
    line = replace(one.line, kind=LineKind.REFUND, item=adjustment_item(taking), quantity=None, unit_price=None)
    return replace(one, line=line)


def adjustment_item(taking: Taking) -> Known | ItemDraft:
    item = taking.options.items.get(LineKind.REFUND)
    if item is None:
        hold(Reason.REFUND_ITEM_MISSING)
    if isinstance(item, Known):
        in_use("Item", item.id, taking.options)
    return item
