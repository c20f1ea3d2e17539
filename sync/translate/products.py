"""A product of the store becomes an item, or is found to be one already (I5). Pure.

What QuickBooks has is never overwritten without being asked: it is compared, and what differs is told.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from integrations.books import Company, ItemDraft, Known
from integrations.commerce import Product
from integrations.money import ZERO, plain
from sync.translate.held import Held, hold
from sync.translate.items import Goods, item_draft, item_name, matched_item, named_with_sku
from sync.translate.outcome import Hold, Skip
from sync.translate.reasons import Reason
from sync.translate.settings import Catalog, MatchBy, Options, match_key


@dataclass(frozen=True, slots=True)
class ProductOptions:
    """How products become items: `options` are those of orders, with the accounts and the type chosen for products.

    `net_prices`: the store's prices are net and in the company's currency, as those of items are. `opening`: a new
    inventory item begins with the store's level; `stock_from` is then the day from which it is counted, `today` the day
    in the integration's time zone.
    """

    options: Options
    net_prices: bool
    today: date
    opening: bool = False
    stock_from: date | None = None
    updates: bool = False


@dataclass(frozen=True, slots=True)
class Listed:
    """An item as QuickBooks lists it. `ours`: Tillbridge made it."""

    id: str
    name: str
    description: str
    price: Decimal | None
    ours: bool


@dataclass(frozen=True, slots=True)
class Linked:
    """The product is an item already; `differs` where its name or price is another one there."""

    item: Listed
    differs: bool
    price: Decimal | None


@dataclass(frozen=True, slots=True)
class ItemChange:
    """What an item that we made should be like now."""

    item: Listed
    name: str
    description: str
    price: Decimal | None


Outcome = ItemDraft | Linked | ItemChange | Hold | Skip


def names_of(product: Product) -> tuple[str, ...]:
    """The keys of the names under which `Catalog.by_name` is asked for a product."""
    return (match_key(item_name(product.family or product.name)),)


@dataclass(frozen=True, slots=True)
class Lists:
    """What is known of a page of products: items under their keys and names, the listed ones by id, how many products
    are sold under a SKU (by its key), and what is sold of each product and not in the books yet (by its ref)."""

    catalog: Catalog
    items: Mapping[str, Listed]
    uses: Mapping[str, int]
    outstanding: Mapping[str, Decimal]


def translate_product(product: Product, settings: ProductOptions, company: Company, lists: Lists) -> Outcome:
    """What becomes of a product."""
    named = {"sku": product.sku.strip(), "product": product.name}
    if not product.enabled:
        return Skip(Reason.PRODUCT_DISABLED, named)
    if product.is_gift_card:
        return Skip(Reason.PRODUCT_IS_GIFT_CARD, named)
    try:
        return _item_of(product, settings, company, lists)
    except Held as held:
        return held.hold


def _item_of(product: Product, settings: ProductOptions, company: Company, lists: Lists) -> Outcome:
    sku = product.sku.strip()
    if not sku:
        hold(Reason.SKU_MISSING, product=product.name)
    if lists.uses.get(match_key(sku), 0) > 1:
        hold(Reason.SKU_DUPLICATE, sku=sku, product=product.name)
    found = matched_item(sku, lists.catalog)
    if isinstance(found, Hold):
        return found
    if found is not None:
        return _compared(product, settings, lists.catalog, lists.items.get(found.id) or _unlisted(found))
    goods = _goods(product, settings, lists.outstanding.get(product.ref, ZERO))
    return item_draft(goods, settings.options, company, lists.catalog)


def _unlisted(item: Known) -> Listed:
    return Listed(item.id, item.name, "", None, ours=False)


def _goods(product: Product, settings: ProductOptions, outstanding: Decimal) -> Goods:
    begins = product.stock + outstanding if settings.opening and product.stock is not None else ZERO
    return Goods(
        sku=product.sku.strip(),
        name=product.family or product.name,
        description=product.name,
        is_variation=bool(product.variation_ref),
        tracks_stock=product.stock is not None,
        price=product.price if settings.net_prices else None,
        stock_from=settings.stock_from or settings.options.start_date or settings.today - timedelta(days=365),
        opening=max(ZERO, begins),
    )


def _compared(product: Product, settings: ProductOptions, catalog: Catalog, item: Listed) -> Linked | ItemChange:
    goods = _goods(product, settings, ZERO)
    plain_name = item_name(goods.name)
    names = {plain_name, named_with_sku(goods.name, goods.sku), named_with_sku(goods.description, goods.sku)}
    by_name = settings.options.match_by is MatchBy.NAME
    renamed = not by_name and item.name not in names
    repriced = goods.price is not None and item.price != goods.price
    redescribed = item.description not in {goods.description, goods.name}
    if settings.updates and item.ours and (renamed or repriced or redescribed):
        owner = catalog.by_name.get(match_key(plain_name))
        is_free = not goods.is_variation and (owner is None or owner.id == item.id)
        name = plain_name if is_free else named_with_sku(goods.name, goods.sku)
        return ItemChange(item, name if renamed else item.name, goods.description, goods.price)
    return Linked(item, renamed or repriced, goods.price)


def told(linked: Linked, product: Product) -> tuple[Reason, dict[str, str]]:
    """The reason of a product that is an item already."""
    if not linked.differs:
        return Reason.ITEM_EXISTS, {"sku": product.sku.strip(), "item": linked.item.name}
    prices = {"store_price": linked.price or product.price, "books_price": linked.item.price or ZERO}
    shown = {name: plain(price) for name, price in prices.items()}
    return Reason.ITEM_DIFFERS, {"product": product.name, "item": linked.item.name, **shown}


def with_accounts(options: Options, **chosen: str) -> Options:
    """The options of orders with what is chosen for products in place of it; empty stands for nothing chosen."""
    return replace(options, **{name: value for name, value in chosen.items() if value})  # type: ignore[arg-type]
