"""Whether a sale in the books is the order that the shop has: nothing left out, nothing twice, every cent in its place.

The order is the shop's own payload, so nothing that is under test takes part in reading it.
"""

from decimal import ROUND_HALF_UP, Decimal

from tests.support.ledger import ZERO, dec


class Sold:
    """The shop's order in figures."""

    def __init__(self, payload, *, places=2):
        """`places` are those of the shop's currency."""
        self.payload = payload
        self.unit = Decimal(1).scaleb(-places)
        self.total = dec(payload["total"])
        self.tax = dec(payload["tax"])
        self.contained = payload["pricesIncludeTax"]
        self.discount = dec(payload["couponDiscount"]) + dec(payload["discount"])
        self.redeemed = dec(payload["giftCardRedemption"])
        self.delivery = dec(payload.get("shippingOption", {}).get("shippingRate")) + dec(
            payload["handlingFee"]["value"]
        )
        self.delivery_tax = sum((dec(tax["total"]) for tax in payload["taxesOnShipping"]), ZERO)
        self.tip = sum((dec(row["total"]) for row in payload["customSurcharges"]), ZERO)
        self.products = [item for item in payload["items"] if not item["giftCard"]]
        self.gift_cards = [item for item in payload["items"] if item["giftCard"]]
        self.is_paid = payload["paymentStatus"] == "PAID"

    def net(self, amount, tax):
        return amount - tax if self.contained else amount

    def gross_of(self, item):
        return (dec(item["price"]) * item["quantity"]).quantize(self.unit, ROUND_HALF_UP)


def check_sale(sold, sale, ledger, *, tax_as_line=False):
    """Assert that the sale says what the order says."""
    amounts = sum((dec(line["Amount"]) for _, line in ledger.lines(sale)), ZERO)
    assert dec(sale["TotalAmt"]) == sold.total
    assert amounts + ledger.tax(sale) == sold.total
    tax = sum(ledger.on_item(sale, "Sales tax"), ZERO) if tax_as_line else ledger.tax(sale)
    assert tax == sold.tax
    _check_goods(sold, sale, ledger)
    _check_extras(sold, sale, ledger)


def _check_goods(sold, sale, ledger):
    """Each product of the order is a line, in the order's order, with its quantity and its amount."""
    lines = ledger.products(sale)
    assert [(item["Sku"], line["SalesItemLineDetail"]["Qty"]) for item, line in lines] == [
        (item["sku"], item["quantity"]) for item in sold.products
    ]
    for item, (_, line) in zip(sold.products, lines, strict=True):
        _check_amount(sold, item, dec(line["Amount"]))
    goods = sum((sold.gross_of(item) for item in sold.products), ZERO) - sold.discount
    in_the_books = sum((dec(line["Amount"]) for _, line in lines), ZERO) + sum(ledger.on_item(sale, "Discount"), ZERO)
    assert in_the_books == sold.net(goods, sold.tax - sold.delivery_tax)


def _check_amount(sold, item, amount):
    """To the cent where prices are net. Where they contain the tax, the net price before a discount follows from the
    discounted one, whose roundings grow with the discount."""
    gross = sold.gross_of(item)
    if not sold.contained:
        assert amount == gross
        return
    share = sum((dec(tax["value"]) for tax in item["taxes"]), ZERO)
    charged = gross - dec(item.get("couponAmount")) - sum((dec(each["total"]) for each in item["discounts"]), ZERO)
    roundings = sold.unit * len(item["taxes"]) / 2 * (gross / charged if charged else 1) + sold.unit
    assert abs(amount - gross * 100 / (100 + share)) <= roundings


def _check_extras(sold, sale, ledger):
    delivery = sum(ledger.on_item(sale, "Shipping") + ledger.on_item(sale, "Fees"), ZERO)
    assert delivery == sold.net(sold.delivery, sold.delivery_tax)
    assert sum(ledger.on_item(sale, "Tips"), ZERO) == sold.tip
    cards = ledger.on_item(sale, "Gift cards")
    assert [amount for amount in cards if amount > 0] == [sold.gross_of(item) for item in sold.gift_cards]
    assert sum((amount for amount in cards if amount < 0), ZERO) == -sold.redeemed
    assert not ledger.on_item(sale, "Rounding")


def check_money(sold, sale, ledger, *, account):
    """Assert that what was paid is in the books, on that account, and nothing else."""
    payments = ledger.payments(sale)
    if sale["type"] == "SalesReceipt":
        assert sold.is_paid or not sold.total
        assert not payments
        assert sale["DepositToAccountRef"]["value"] == account
        return
    paid = sold.total if sold.is_paid else ZERO
    assert [dec(payment["TotalAmt"]) for payment in payments] == ([paid] if paid else [])
    assert all(payment["DepositToAccountRef"]["value"] == account for payment in payments)
    assert dec(sale["Balance"]) == sold.total - paid
