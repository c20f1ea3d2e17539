"""Quantity on hand: sales take it, credits and refunds bring it back, voids and deletions undo that."""

from collections import Counter
from decimal import Decimal

from sandbox.quickbooks.store import Books, Json

_DIRECTION = {"Invoice": -1, "SalesReceipt": -1, "CreditMemo": 1, "RefundReceipt": 1}


def move_stock(books: Books, type_name: str, old: Json | None, new: Json | None) -> None:
    """Apply the difference between two states of a document (None: it does not exist)."""
    before, after = _quantities(books, old), _quantities(books, new)
    for item_id in before.keys() | after.keys():
        change = (after.get(item_id, Decimal(0)) - before.get(item_id, Decimal(0))) * _DIRECTION[type_name]
        if change:
            change_quantity(books, item_id, change)


def _quantities(books: Books, document: Json | None) -> dict[str, Decimal]:
    """Quantity per inventory item."""
    totals: Counter[str] = Counter()
    for line in (document or {}).get("Line", ()):
        detail = line.get("SalesItemLineDetail", {})
        item = books.find("Item", detail.get("ItemRef", {}).get("value", ""))
        if item is not None and item["Type"] == "Inventory":
            totals[item["Id"]] += detail.get("Qty") or 0
    return {item_id: Decimal(quantity) for item_id, quantity in totals.items()}


def change_quantity(books: Books, item_id: str, change: Decimal) -> None:
    books.quantity_moves(item_id)
    item = books.get("Item", item_id)
    quantity = {"QtyOnHand": item["QtyOnHand"] + change}
    if books.switches["stock_moves_touch_item"]:
        books.replace("Item", item, {**item, **quantity})
    else:
        books.amend("Item", item_id, quantity)
