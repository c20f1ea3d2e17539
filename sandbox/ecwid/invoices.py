"""The invoices that a shop writes for its orders, where its settings want them: one for the sale, and one that takes
it back when all is refunded or cancelled."""

from sandbox.ecwid.store import ShopState
from sandbox.ecwid.values import Json, date_text

_TAKEN_BACK = {"REFUNDED", "CANCELLED"}


def with_invoices(shop: ShopState, order: Json, now: int) -> Json:
    """The order with the invoices that its state asks for."""
    if not shop.profile["taxInvoiceSettings"]["enableTaxInvoices"]:
        return order
    written = list(order.get("invoices") or ())
    wanted = ["SALE"] if order.get("paymentStatus") != "INCOMPLETE" else []
    if order.get("paymentStatus") in _TAKEN_BACK:
        wanted.append("FULL_CANCEL")
    for kind in wanted:
        if all(invoice["type"] != kind for invoice in written):
            written.append(_invoice(shop, order, kind, len(written) + 1, now))
    return {**order, "invoices": written}


def _invoice(shop: ShopState, order: Json, kind: str, number: int, now: int) -> Json:
    identifier = int(order["internalId"]) * 10 + number
    shop.tell("invoice.created", identifier, {"orderId": order["id"]})
    return {
        "internalId": identifier,
        "id": f"INV-{order['id']}-{number}",
        "created": date_text(now),
        "link": f"{shop.profile['generalInfo']['storeUrl']}/invoices/{identifier}.pdf",
        "type": kind,
    }
