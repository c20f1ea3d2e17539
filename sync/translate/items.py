"""The item of a line: a manual match, an item QuickBooks has, or one to create (I1-I3); that of its module where it has
no SKU (W1); and the items chosen in the settings for everything that is not a product (O9-O12)."""

import unicodedata
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from integrations.books import Company, ItemDraft, Known, LineKind
from integrations.commerce import OrderLine
from integrations.money import ZERO
from sync.translate.case import Case
from sync.translate.chosen import in_use
from sync.translate.held import Held, amount_text, hold
from sync.translate.numbers import shortened
from sync.translate.outcome import Hold
from sync.translate.reasons import Reason
from sync.translate.settings import Catalog, CreateAs, MatchBy, Options, match_key

NAME_LIMIT = 100
SKU_LIMIT = 100
_SUFFIX_LIMIT = 40  # of the SKU behind a name
_INVENTORY, _NON_INVENTORY, _SERVICE = "Inventory", "NonInventory", "Service"
_NOT_IN_NAMES = {":": " - ", '"': "''"}
_EMOJI_GLUE = "\u200d\ufe0f"  # what remains of an emoji once its picture is taken out
_REFUSED_CATEGORIES = {"Cc", "Cs", "Co", "Cn"}  # control, surrogate, private, unassigned


def special_item(kind: LineKind, amount: Decimal, case: Case) -> Known | ItemDraft:
    """The item chosen for a kind of line that is not a product."""
    item = case.options.items.get(kind)
    if item is None:
        currency = case.order.currency
        hold(Reason.SPECIAL_ITEM_MISSING, kind=kind, amount=amount_text(amount, currency), currency=currency)
    if isinstance(item, Known):
        in_use("Item", item.id, case.options)
    return item


def product_item(line: OrderLine, case: Case) -> Known | ItemDraft:
    """The item of a product line. SKUs are compared without regard to case and blanks."""
    sku = line.sku.strip()
    if not sku:
        return _module_item(line, case)
    found = matched_item(sku, case.catalog)
    if isinstance(found, Hold):
        raise Held(found)
    if found is not None:
        return found
    if not case.options.create_missing:
        hold(Reason.ITEM_MISSING, sku=sku, product=line.name)
    return item_draft(_goods(line, case), _options_for(line, case.options), case.company, case.catalog)


def _module_item(line: OrderLine, case: Case) -> Known:
    """The item of what has no SKU: that of the module which sold it. A SKU promises an item of its own, so a line with
    one never falls back on this."""
    if not line.module:
        hold(Reason.SKU_MISSING, product=line.name)
    module = case.options.modules.get(line.module)
    if module is None or module.item is None:
        hold(Reason.MODULE_ITEM_MISSING, product=line.name, module=line.module)
    in_use("Item", module.item.id, case.options)
    return module.item


def _options_for(line: OrderLine, options: Options) -> Options:
    """The settings for an item that is made for this line."""
    module = options.modules.get(line.module)
    income = module.income_account_id if module else ""
    return replace(options, income_account_id=income) if income else options


def matched_item(sku: str, catalog: Catalog) -> Known | Hold | None:
    """The item that answers to a SKU, or why none can be taken; None when QuickBooks has none."""
    key, named = match_key(sku), {"sku": sku}
    if key in catalog.matches:
        return catalog.matches[key]
    if key in catalog.ambiguous:
        return Hold(Reason.ITEM_AMBIGUOUS, named)
    if key in catalog.by_key:
        return catalog.by_key[key]
    return Hold(Reason.ITEM_INACTIVE, named) if key in catalog.inactive else None


@dataclass(frozen=True, slots=True)
class Goods:
    """What an item is made of, as a line of an order or the store's catalogue tells it.

    `price` is net and in the company's currency, None where the store's is not. `stock_from` is a day before every sale
    of it; `opening` what is on hand then.
    """

    sku: str
    name: str
    description: str
    is_variation: bool
    tracks_stock: bool
    price: Decimal | None
    stock_from: date
    opening: Decimal = ZERO


def _goods(line: OrderLine, case: Case) -> Goods:
    net = not case.order.prices_include_tax
    return Goods(
        sku=line.sku.strip(),
        name=line.name,
        description=line.name,
        is_variation=bool(line.variation_ref),
        tracks_stock=line.tracks_stock,
        # Items are priced net and in the home currency.
        price=line.unit_price if net and case.order.currency == case.company.currency else None,
        stock_from=case.options.start_date or case.date - timedelta(days=365),
    )


def item_draft(goods: Goods, options: Options, company: Company, catalog: Catalog) -> ItemDraft:
    """The item to create. Raises Held where QuickBooks would not take it."""
    _check_usable(goods, options)
    kind = _item_type(goods, options, company)
    _check_accounts(kind, goods.sku, options)
    stocked = kind == _INVENTORY
    return ItemDraft(
        key=match_key(goods.sku),
        name=_draft_name(goods, options, catalog),
        sku=goods.sku,
        type=kind,
        income_account_id=options.income_account_id,
        expense_account_id=options.expense_account_id,
        asset_account_id=options.asset_account_id if stocked else "",
        description=goods.description,
        unit_price=goods.price,
        quantity_on_hand=goods.opening if stocked else ZERO,
        inventory_start=_in_open_period(goods.stock_from, company) if stocked else None,
    )


def _check_usable(goods: Goods, options: Options) -> None:
    """A created item must be found again by its SKU, so QuickBooks must be able to hold the SKU unchanged."""
    sku = goods.sku
    kept = item_name(sku) if options.match_by is MatchBy.NAME else plain_text(sku)[:SKU_LIMIT]
    if match_key(kept) != match_key(sku):
        hold(Reason.SKU_UNUSABLE, sku=sku, product=goods.name)


def _item_type(goods: Goods, options: Options, company: Company) -> str:
    if options.create_as is CreateAs.INVENTORY and goods.tracks_stock and company.inventory:
        return _INVENTORY
    return _SERVICE if options.create_as is CreateAs.SERVICE else _NON_INVENTORY


def _check_accounts(kind: str, sku: str, options: Options) -> None:
    """QuickBooks insists on an income account; inventory also on those for cost of goods sold and for the asset."""
    needed = {"income": options.income_account_id}
    if kind == _INVENTORY:
        needed |= {"expense": options.expense_account_id, "asset": options.asset_account_id}
    missing = [name for name, account in needed.items() if not account]
    if missing:
        hold(Reason.ITEM_ACCOUNTS_MISSING, sku=sku, accounts=", ".join(missing))
    for account in {*needed.values(), options.expense_account_id}:
        in_use("Account", account, options)


def _draft_name(goods: Goods, options: Options, catalog: Catalog) -> str:
    """The SKU itself, or the product's name; with the SKU where the name would not be the only one of its kind.

    The variations of a product share its name, so they always carry their SKU: two of them may be new at once.
    """
    if options.match_by is MatchBy.NAME:
        return item_name(goods.sku)
    name = item_name(goods.name)
    if not name:
        return item_name(goods.sku)
    taken = match_key(name) in catalog.by_name
    return named_with_sku(name, goods.sku) if goods.is_variation or taken else name


def item_name(text: str, suffix: str = "") -> str:
    """A name that QuickBooks takes and keeps as it is, so that it can be compared with the names there: one line of at
    most 100 characters, without colons and straight double quotes. The suffix is never cut."""
    name = plain_text(text)
    for refused, instead in _NOT_IN_NAMES.items():
        name = name.replace(refused, instead)
    return " ".join(name.split())[: NAME_LIMIT - len(suffix)].rstrip() + suffix


def plain_text(text: str) -> str:
    """Composed characters of the basic plane only: QuickBooks refuses emoji and control characters."""
    if text.isascii() and text.isprintable():
        return text
    composed = unicodedata.normalize("NFC", text)
    return "".join(char for char in composed if char.isspace() or _is_accepted(char))


def _is_accepted(char: str) -> bool:
    return ord(char) <= 0xFFFF and char not in _EMOJI_GLUE and unicodedata.category(char) not in _REFUSED_CATEGORIES


def named_with_sku(name: str, sku: str) -> str:
    """The name with the SKU behind it, which makes it the only one of its kind."""
    return item_name(name, f" ({shortened(item_name(sku), _SUFFIX_LIMIT)})")


def named_apart(draft: ItemDraft) -> ItemDraft:
    """The same item under a name that holds its SKU, for when the plain name turns out to be taken."""
    return replace(draft, name=named_with_sku(draft.description or draft.name, draft.sku))


def _in_open_period(day: date, company: Company) -> date:
    """QuickBooks refuses sales dated before the day from which stock is counted, and openings in a closed period."""
    closed = company.closed_until
    return day if closed is None else max(day, closed + timedelta(days=1))
