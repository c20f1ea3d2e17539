"""The item of a line: a manual match, an item QuickBooks has, or one to create (I1-I3); and the items chosen in the
settings for everything that is not a product (O9-O12)."""

import unicodedata
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from integrations.books import ItemDraft, Known, LineKind
from integrations.commerce import OrderLine
from sync.translate.case import Case
from sync.translate.chosen import in_use
from sync.translate.held import amount_text, hold
from sync.translate.numbers import shortened
from sync.translate.reasons import Reason
from sync.translate.settings import CreateAs, MatchBy, match_key

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
        hold(Reason.SKU_MISSING, product=line.name)
    key, catalog = match_key(sku), case.catalog
    if key in catalog.matches:
        return catalog.matches[key]
    if key in catalog.ambiguous:
        hold(Reason.ITEM_AMBIGUOUS, sku=sku)
    if key in catalog.by_key:
        return catalog.by_key[key]
    if key in catalog.inactive:
        hold(Reason.ITEM_INACTIVE, sku=sku)
    if not case.options.create_missing:
        hold(Reason.ITEM_MISSING, sku=sku, product=line.name)
    return _draft(line, sku, case)


def _draft(line: OrderLine, sku: str, case: Case) -> ItemDraft:
    _check_usable(sku, line, case)
    kind = _item_type(line, case)
    _check_accounts(kind, sku, case)
    options = case.options
    stocked = kind == _INVENTORY
    return ItemDraft(
        key=match_key(sku),
        name=_draft_name(line, sku, case),
        sku=sku,
        type=kind,
        income_account_id=options.income_account_id,
        expense_account_id=options.expense_account_id,
        asset_account_id=options.asset_account_id if stocked else "",
        description=line.name,
        unit_price=_list_price(line, case),
        inventory_start=_inventory_start(case) if stocked else None,
    )


def _check_usable(sku: str, line: OrderLine, case: Case) -> None:
    """A created item must be found again by its SKU, so QuickBooks must be able to hold the SKU unchanged."""
    kept = item_name(sku) if case.options.match_by is MatchBy.NAME else plain_text(sku)[:SKU_LIMIT]
    if match_key(kept) != match_key(sku):
        hold(Reason.SKU_UNUSABLE, sku=sku, product=line.name)


def _item_type(line: OrderLine, case: Case) -> str:
    create_as = case.options.create_as
    if create_as is CreateAs.INVENTORY and line.tracks_stock and case.company.inventory:
        return _INVENTORY
    return _SERVICE if create_as is CreateAs.SERVICE else _NON_INVENTORY


def _check_accounts(kind: str, sku: str, case: Case) -> None:
    """QuickBooks insists on an income account; inventory also on those for cost of goods sold and for the asset."""
    options = case.options
    needed = {"income": options.income_account_id}
    if kind == _INVENTORY:
        needed |= {"expense": options.expense_account_id, "asset": options.asset_account_id}
    missing = [name for name, account in needed.items() if not account]
    if missing:
        hold(Reason.ITEM_ACCOUNTS_MISSING, sku=sku, accounts=", ".join(missing))
    for account in {*needed.values(), options.expense_account_id}:
        in_use("Account", account, options)


def _draft_name(line: OrderLine, sku: str, case: Case) -> str:
    """The SKU itself, or the product's name; with the SKU where the name would not be the only one of its kind.

    The variations of a product share its name, so they always carry their SKU: two of them may be new at once.
    """
    if case.options.match_by is MatchBy.NAME:
        return item_name(sku)
    name = item_name(line.name)
    if not name:
        return item_name(sku)
    taken = match_key(name) in case.catalog.by_name
    return _with_sku(name, sku) if line.variation_ref or taken else name


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


def _with_sku(name: str, sku: str) -> str:
    return item_name(name, f" ({shortened(item_name(sku), _SUFFIX_LIMIT)})")


def named_apart(draft: ItemDraft) -> ItemDraft:
    """The same item under a name that holds its SKU, for when the plain name turns out to be taken."""
    return replace(draft, name=_with_sku(draft.description or draft.name, draft.sku))


def _list_price(line: OrderLine, case: Case) -> Decimal | None:
    """The item's own price, where the store's is one: items are priced net and in the home currency."""
    net = not case.order.prices_include_tax
    return line.unit_price if net and case.order.currency == case.company.currency else None


def _inventory_start(case: Case) -> date:
    """A day before every sale of the item, since QuickBooks refuses sales dated earlier, and in an open period.

    The opening quantity is zero, so nothing is posted on that day.
    """
    start = case.options.start_date or case.date - timedelta(days=365)
    closed = case.company.closed_until
    return start if closed is None else max(start, closed + timedelta(days=1))
