"""The lines of a sales form: checked, completed and numbered; tax comes after."""

from dataclasses import dataclass
from decimal import Decimal

from sandbox.quickbooks.drafts import Draft
from sandbox.quickbooks.faults import QboError, bad_reference, business, missing
from sandbox.quickbooks.money import ZERO, half_up, money, spread
from sandbox.quickbooks.references import check_all, resolve
from sandbox.quickbooks.store import Books, Json

SHIPPING_ITEM = "SHIPPING_ITEM_ID"
GRATUITY_ITEM = "GRATUITY_ITEM_ID"
_BUILT_IN = {SHIPPING_ITEM: "AllowShipping", GRATUITY_ITEM: "AllowGratuity"}
_MAX_AMOUNT = Decimal(10) ** 10


@dataclass(frozen=True)
class Lines:
    """`items` are the lines with an amount of their own, `others` the rest, `discount` the discount line if any.
    All carry their line ids; `order` is their order as ids."""

    items: list[Json]
    others: list[Json]
    discount: Json | None
    order: list[str]

    @property
    def subtotal(self) -> Decimal:
        return sum((line["Amount"] for line in self.items), ZERO)

    @property
    def discount_amount(self) -> Decimal:
        return self.discount["Amount"] if self.discount else ZERO

    def after_discount(self, amounts: list[Decimal]) -> list[Decimal]:
        """The given line amounts with the document's discount taken off in proportion."""
        parts = spread(self.discount_amount, amounts)
        return [amount - part for amount, part in zip(amounts, parts, strict=True)]

    def in_order(self) -> list[Json]:
        """All lines as the client ordered them."""
        discount = [self.discount] if self.discount else []
        by_id = {line["Id"]: line for line in [*self.items, *self.others, *discount]}
        return [{**by_id[line_id], "LineNum": number} for number, line_id in enumerate(self.order, 1)]


def read_lines(draft: Draft) -> Lines:
    """Raises QboError for the first line that QuickBooks would refuse."""
    wanted = _wanted_lines(draft)
    built = [_BUILDERS[line["DetailType"]](draft, line) for line in wanted]
    items = [line for line in built if line["DetailType"] == "SalesItemLineDetail"]
    discounts = [line for line in built if line["DetailType"] == "DiscountLineDetail"]
    others = [line for line in built if line["DetailType"] in {"DescriptionOnly", "GroupLineDetail"}]
    if len(discounts) > 1:
        raise business("Only one discount line is allowed on a transaction")
    discount = _with_amount(discounts[0], items) if discounts else None
    return Lines(items, others, discount, [line["Id"] for line in built])


def _wanted_lines(draft: Draft) -> list[Json]:
    """The request's lines with their ids settled, without the subtotal that QuickBooks adds by itself."""
    if draft.given.get("Line") is None:
        raise missing("Line")
    lines = [dict(line) for line in draft.given["Line"] if line.get("DetailType") != "SubTotalLineDetail"]
    if not lines:
        raise QboError(2250, "A transaction needs at least one line", "Line")
    for line in lines:
        if line.get("DetailType") is None:
            raise missing("DetailType")
        if line["DetailType"] not in _BUILDERS:
            raise business(f"{line['DetailType']} has no place on a {draft.type_name}")
    return _with_ids(draft, lines)


def _with_ids(draft: Draft, lines: list[Json]) -> list[Json]:
    known = {line["Id"] for line in draft.old["Line"] if "Id" in line} if draft.old else set()
    last = max((int(line_id) for line_id in known), default=0)
    for line in lines:
        if line.get("Id") not in known:
            last += 1
            line["Id"] = str(last)
        known.discard(line["Id"])  # an id names one line: its second use gets a new one
    return lines


def _item_line(draft: Draft, line: Json) -> Json:
    detail = dict(line.get("SalesItemLineDetail") or {})
    if line.get("Amount") is None:
        raise missing("Line.Amount")
    _check_amount(line["Amount"], detail)
    if detail.get("ItemRef") is None:
        if draft.books.switches["line_without_item"] == "documentation":
            return _description_line(draft, line)
        detail["ItemRef"] = {"value": _default_item(draft.books)}
    _check_item(draft, detail)
    check_all(draft.books, detail, ("ClassRef",))
    allowed = draft.books.preference("AccountingInfoPrefs", "ClassTrackingPerTxnLine")
    drop_unless(draft.books, detail, "ClassRef", allowed=bool(allowed))
    if draft.books.is_us:
        detail.setdefault("TaxCodeRef", {"value": "NON"})
    else:
        resolve(draft.books, detail, "TaxCodeRef")
    return {**line, "Amount": money(line["Amount"]), "SalesItemLineDetail": detail}


def drop_unless(books: Books, fields: Json, name: str, *, allowed: bool) -> None:
    """Take away a property that the company's preferences do not allow, or refuse it (see `class_when_off`)."""
    if allowed or name not in fields:
        return
    if books.switches["class_when_off"] == "refused":
        raise business(f"{name} is not enabled in the company's preferences")
    del fields[name]


def _check_amount(amount: Decimal, detail: Json) -> None:
    if abs(amount) >= _MAX_AMOUNT:
        raise QboError(2140, f"Amount is not supported : {amount}", "Amount")
    quantity, price = detail.get("Qty"), detail.get("UnitPrice")
    if quantity is not None and price is not None and amount != half_up(Decimal(quantity) * Decimal(price)):
        detail_text = f"Amount is not equal to UnitPrice * Qty. Supplied value:{amount:,f}"
        raise QboError(6070, detail_text, "Line.Amount")


def _check_item(draft: Draft, detail: Json) -> None:
    identifier = detail["ItemRef"].get("value")
    if identifier in _BUILT_IN:
        if not draft.books.preference("SalesFormsPrefs", _BUILT_IN[identifier]):
            raise bad_reference("Items", identifier)
        return
    item = resolve(draft.books, detail, "ItemRef")
    if item is None or item["Type"] == "Category":
        raise business("A category cannot be sold")
    if item["Type"] != "Inventory":
        return
    if detail.get("Qty") is None:
        raise QboError(6520, f"Quantity is required for the inventory item {item['Name']}", "Qty")
    if draft.given["TxnDate"] < item["InvStartDate"]:
        detail_text = f"Transaction date is prior to start date for inventory item : {item['Name']}"
        raise QboError(6270, detail_text, "TxnDate")


def _default_item(books: Books) -> str:
    return str(books.preference("SalesFormsPrefs", "DefaultItem") or "1")


def _description_line(_draft: Draft, line: Json) -> Json:
    kept: Json = {key: line[key] for key in ("Id", "Description") if key in line}
    return {**kept, "DetailType": "DescriptionOnly", "DescriptionLineDetail": {}}


def _group_line(_draft: Draft, line: Json) -> Json:
    """No company here has bundles, for they cannot be made through the API."""
    reference = (line.get("GroupLineDetail") or {}).get("GroupItemRef") or {}
    raise bad_reference("Items", str(reference.get("value")))


def _discount_line(draft: Draft, line: Json) -> Json:
    if not draft.books.preference("SalesFormsPrefs", "AllowDiscount"):
        raise business("Discounts are not enabled in the company's preferences")
    detail = dict(line.get("DiscountLineDetail") or {})
    percent_based = bool(detail.get("PercentBased"))
    value = detail.get("DiscountPercent") if percent_based else line.get("Amount")
    if value is None:
        raise QboError(6090, "A discount line needs an amount or a percentage", "DiscountLineDetail")
    resolve(draft.books, detail, "DiscountAccountRef")
    default = draft.books.preference("SalesFormsPrefs", "DefaultDiscountAccount")
    if default:
        detail.setdefault("DiscountAccountRef", {"value": default})
    return {**line, "DiscountLineDetail": {**detail, "PercentBased": percent_based}}


def _with_amount(discount: Json, items: list[Json]) -> Json:
    detail = discount["DiscountLineDetail"]
    if not detail["PercentBased"]:
        return {**discount, "Amount": money(discount["Amount"])}
    subtotal = sum((line["Amount"] for line in items), ZERO)
    return {**discount, "Amount": half_up(subtotal * detail["DiscountPercent"] / 100)}


_BUILDERS = {
    "SalesItemLineDetail": _item_line,
    "DescriptionOnly": _description_line,
    "DiscountLineDetail": _discount_line,
    "GroupLineDetail": _group_line,
}
