"""Stock adjustments: so many more or fewer of an inventory item, without a sale."""

from decimal import Decimal

from sandbox.quickbooks.drafts import Draft, check_period_open, company_today
from sandbox.quickbooks.faults import QboError, business, missing
from sandbox.quickbooks.references import resolve, wrong_account
from sandbox.quickbooks.stock import change_quantity
from sandbox.quickbooks.store import Books, Json

_ACCOUNTS = ("Cost of Goods Sold", "Expense", "Other Expense", "Equity")


def build_adjustment(draft: Draft) -> Json:
    _check_supported(draft.books)
    draft.require("AdjustAccountRef", "Line")
    if draft.old and not draft.sparse:
        raise business("An inventory adjustment can be changed by a sparse update only")
    given = {**draft.given, "TxnDate": draft.given.get("TxnDate") or company_today(draft.books).isoformat()}
    check_period_open(draft.books, draft.old, given)
    account = resolve(draft.books, given, "AdjustAccountRef")
    if account is not None and account["AccountType"] not in _ACCOUNTS:
        raise wrong_account(account, _ACCOUNTS)
    if not given["Line"]:
        raise QboError(2250, "An adjustment needs at least one line", "Line")
    lines = [_line(draft, line, given["TxnDate"], number) for number, line in enumerate(given["Line"], 1)]
    kept = draft.old["DocNumber"] if draft.old else None
    number = given.get("DocNumber") or kept or draft.books.next_number(draft.type_name)
    return {**given, "DocNumber": number, "Line": lines}


def settle_adjustment(books: Books, _type_name: str, old: Json | None, new: Json | None) -> None:
    before, after = _differences(old), _differences(new)
    for item_id in before.keys() | after.keys():
        change = after.get(item_id, Decimal(0)) - before.get(item_id, Decimal(0))
        if change and books.find("Item", item_id) is not None:
            change_quantity(books, item_id, change)


def _check_supported(books: Books) -> None:
    where = books.switches["inventory_adjustments"]
    tracked = bool(books.preference("ProductAndServicesPrefs", "QuantityOnHand"))
    if not tracked or where == "nowhere" or (where == "us_only" and not books.is_us):
        raise QboError(5030, "Feature Not Supported : inventory adjustments are not available in this company")


def _line(draft: Draft, line: Json, dated: str, number: int) -> Json:
    """As stored: with the difference, and without the kind of line."""
    detail = dict(line.get("ItemAdjustmentLineDetail") or {})
    if detail.get("ItemRef") is None:
        raise missing("ItemRef")
    item = resolve(draft.books, detail, "ItemRef")
    if item is None or item["Type"] != "Inventory":
        raise business("Only the quantity of an inventory item can be adjusted")
    if dated < item["InvStartDate"]:
        detail_text = f"Transaction date is prior to start date for inventory item : {item['Name']}"
        raise QboError(6270, detail_text, "TxnDate")
    new_quantity = detail.pop("NewQty", None)
    if new_quantity is not None:
        detail["QtyDiff"] = Decimal(new_quantity) - item["QtyOnHand"]
    if detail.get("QtyDiff") is None:
        raise missing("QtyDiff")
    return {"Id": str(number), "ItemAdjustmentLineDetail": detail}


def _differences(document: Json | None) -> dict[str, Decimal]:
    totals: dict[str, Decimal] = {}
    for line in (document or {}).get("Line", ()):
        detail = line["ItemAdjustmentLineDetail"]
        item_id = detail["ItemRef"]["value"]
        totals[item_id] = totals.get(item_id, Decimal(0)) + detail["QtyDiff"]
    return totals
