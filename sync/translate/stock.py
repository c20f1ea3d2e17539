"""What a product's level in the store should be: what QuickBooks has on hand, less what was sold and is not in the
books yet (K1, K3, K4); and when a push of levels must be shown to a person first (K2). Pure."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_FLOOR, Decimal
from enum import StrEnum

from integrations.books import Known
from integrations.commerce import LineKind, Order, OrderLine, PaymentState, Product, Refund, product_ref
from integrations.money import ZERO
from sync.translate.items import matched_item
from sync.translate.outcome import Hold, Skip
from sync.translate.reasons import Reason
from sync.translate.settings import Catalog, match_key

_LARGEST = 2**31 - 1
Found = Known | Hold | None  # the item of a SKU, see `matched_item`


class Ask(StrEnum):
    """Why a push stops and asks."""

    FIRST = "first"
    ZEROS = "zeros"
    NO_INVENTORY = "no_inventory"
    RESTORED = "restored"


@dataclass(frozen=True, slots=True)
class Level:
    """What the store should show, in whole units; `before` is what it shows, None where it does not count."""

    before: int | None
    after: int

    @property
    def differs(self) -> bool:
        return self.before != self.after

    @property
    def falls_to_zero(self) -> bool:
        """What is not counted can be bought, too."""
        return self.after == 0 and (self.before is None or self.before > 0)


# -- sold, but not in the books ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Range:
    """The products of our own store, by ref and by SKU."""

    refs: frozenset[str]
    by_key: Mapping[str, str]

    @classmethod
    def of(cls, products: Iterable[Product]) -> "Range":
        all_of_them = list(products)
        by_key = {match_key(product.sku): product.ref for product in all_of_them if product.sku.strip()}
        return cls(frozenset(product.ref for product in all_of_them), by_key)

    def sold_from(self, line: OrderLine) -> str:
        """The ref of the product from whose stock a line is sold.

        One that was deleted and made anew is known by its SKU. A variation without a SKU of its own is no product
        here: it is sold under its product's SKU from its product's stock.
        """
        own = product_ref(line.product_ref, line.variation_ref)
        return own if own in self.refs else self.by_key.get(match_key(line.sku), line.product_ref)


@dataclass(slots=True)
class Outstanding:
    """Quantities that left a store and not the books, or (negative) came back to the store alone.

    Of our own store by product; of other stores on the same books by item id, or by SKU where they have no item for it.
    """

    by_ref: dict[str, Decimal] = field(default_factory=dict)
    by_item: dict[str, Decimal] = field(default_factory=dict)
    by_key: dict[str, Decimal] = field(default_factory=dict)

    def count(
        self,
        order: Order,
        *,
        in_books: bool,
        known: Range | None,
        taken_back: Collection[str] = (),
        stated: Mapping[str, Decimal] | None = None,
    ) -> None:
        """Add an order; `known` is None for one of another store.

        `in_books`: its sale is there, and so are the refunds with the refs `taken_back`. `stated` are the units that
        the sale states, by item id, where it is not what the order sells by now.
        """
        for line in order.lines:
            if line.kind is not LineKind.PRODUCT:
                continue
            entered = line.quantity if in_books and stated is None else ZERO
            quantity = _left(line, order) - entered + (_back(line, order, taken_back) if in_books else ZERO)
            counts, name = self.by_key, match_key(line.sku)
            if known is not None:
                counts, name = self.by_ref, known.sold_from(line)
            _add(counts, name, quantity)
        for item, quantity in (stated or {}).items():
            _add(self.by_item, item, -quantity)

    def add_other_store(self, other: "Outstanding", catalog: Catalog) -> None:
        """Add what another store sold; `catalog` are its own items for its SKUs."""
        for item, quantity in other.by_item.items():
            _add(self.by_item, item, quantity)
        for key, quantity in other.by_key.items():
            found = matched_item(key, catalog)
            if isinstance(found, Known):
                _add(self.by_item, found.id, quantity)
            else:
                _add(self.by_key, key, quantity)

    def of_items(self, items: Mapping[str, tuple[Product, Found]]) -> dict[str, Decimal]:
        """Per item id, for the products of our own store by their refs: products may share an item."""
        sold: dict[str, Decimal] = {}
        keys: dict[str, set[str]] = {}
        for ref, (product, found) in items.items():
            if isinstance(found, Known):
                _add(sold, found.id, self.by_ref.get(ref, ZERO))
                keys.setdefault(found.id, set()).add(match_key(product.sku))
        for item, skus in keys.items():
            sold[item] += self.by_item.get(item, ZERO) + sum((self.by_key.get(key, ZERO) for key in skus), ZERO)
        return sold


def _add(counts: dict[str, Decimal], name: str, quantity: Decimal) -> None:
    counts[name] = counts.get(name, ZERO) + quantity


def _left(line: OrderLine, order: Order) -> Decimal:
    """How many units left the store and did not come back."""
    return ZERO if order.payment_state is PaymentState.CANCELLED else _kept_by_buyer(line, order.refunds)


def _back(line: OrderLine, order: Order, taken_back: Collection[str]) -> Decimal:
    """How many units the books have back, by the refunds that are in them."""
    return line.quantity - _kept_by_buyer(line, (refund for refund in order.refunds if refund.ref in taken_back))


def _kept_by_buyer(line: OrderLine, refunds: Iterable[Refund]) -> Decimal:
    """How many units are not on the shelf again: of those that refunds name, and of all where one restocks without
    naming any."""
    back = ZERO
    for refund in refunds:
        if refund.lines:
            back += sum((said.restocked for said in refund.lines if said.ref == line.ref), ZERO)
        elif refund.restocked:
            back = line.quantity
    return line.quantity - min(back, line.quantity)


# -- levels ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Shelves:
    """What levels follow from, for all products of a store.

    `on_hand` are QuickBooks' quantities by item id, None where QuickBooks tells none: blank is not zero. `uses` counts
    the products that are sold under a SKU, by its key; `parts` are the products that bundles are made of.
    """

    on_hand: Mapping[str, Decimal | None]
    outstanding: Mapping[str, Decimal]
    uses: Mapping[str, int]
    parts: frozenset[str]
    include_unlimited: bool = False


def items_of(products: Iterable[Product], catalog: Catalog) -> dict[str, tuple[Product, Found]]:
    """Each product with its item, by the product's ref."""
    return {one.ref: (one, matched_item(one.sku.strip(), catalog) if one.sku.strip() else None) for one in products}


def uses_of(products: Iterable[Product]) -> dict[str, int]:
    """How many products are sold under each SKU, by its key."""
    return Counter(match_key(product.sku) for product in products if product.enabled and product.sku.strip())


def level_of(product: Product, found: Found, shelves: Shelves) -> Level | Hold | Skip:
    """What the store's level should be, or why it is left alone."""
    named = {"sku": product.sku.strip(), "product": product.name}
    alone = _left_alone(product, shelves)
    if alone is not None:
        return Skip(alone, named)
    if shelves.uses.get(match_key(product.sku), 0) > 1:
        return Hold(Reason.SKU_DUPLICATE, named)
    if isinstance(found, Hold) and found.reason is Reason.ITEM_AMBIGUOUS:
        return found
    if not isinstance(found, Known):
        return Skip(Reason.STOCK_ITEM_MISSING, named)
    on_hand = shelves.on_hand.get(found.id)
    if on_hand is None:
        return Skip(Reason.STOCK_NOT_COUNTED, named)
    before = None if product.stock is None else _whole(product.stock)
    return Level(before, max(0, _whole(on_hand - shelves.outstanding.get(found.id, ZERO))))


def _left_alone(product: Product, shelves: Shelves) -> Reason | None:
    """Why this product's level is not QuickBooks' to tell, whatever item it is."""
    uncounted = product.stock is None and not (product.unlimited and shelves.include_unlimited)
    reasons = {
        Reason.PRODUCT_DISABLED: not product.enabled,
        Reason.STOCK_OF_BUNDLE: bool(product.components),
        Reason.STOCK_IN_BUNDLES: product.ref in shelves.parts,
        Reason.STOCK_IN_PLACES: product.in_places,
        Reason.STOCK_UNLIMITED: uncounted,
        Reason.PRODUCT_WITHOUT_SKU: not product.sku.strip(),
    }
    return next((reason for reason, holds in reasons.items() if holds), None)


def _whole(quantity: Decimal) -> int:
    """Half a unit cannot be sold. No shelf holds two thousand million: more is a slip of the pen, and no column of the
    database or store takes it."""
    return max(-_LARGEST, min(_LARGEST, int(quantity.to_integral_value(ROUND_FLOOR))))


# -- asking ------------------------------------------------------------------------------------------------------------


def asks(
    changes: Sequence[Level], *, compared: int, percent: int, is_first: bool, was_restored: bool, counts_stock: bool
) -> Ask | None:
    """Why these changes, of `compared` levels, must be seen by a person first; None when they need not be."""
    falling = sum(1 for change in changes if change.falls_to_zero)
    reasons = {
        Ask.NO_INVENTORY: not counts_stock,
        Ask.FIRST: is_first,
        Ask.RESTORED: was_restored,
        Ask.ZEROS: falling * 100 > percent * compared,
    }
    return next((ask for ask, holds in reasons.items() if holds), None) if changes else None
