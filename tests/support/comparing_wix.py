"""The same for orders of Wix: whether a sale in the books is the order that the site has.

The order and its payments are the site's own, so nothing that is under test takes part in reading them.
"""

from decimal import Decimal

from tests.support.ledger import ZERO, dec

_UNIT = Decimal("0.01")
_GOODS = ("Discount", "Shipping", "Fees", "Sales tax")


class WixSold:
    """The site's order in figures; what a gift card paid is no money, what cash was rounded by is."""

    def __init__(self, told):
        order = self.payload = told["order"]
        payments = told["transactions"]["payments"]
        self.number, self.contained = (
            order["number"],
            any(
                item["taxInfo"]["taxIncludedInPrice"] if "taxInfo" in item else order["taxIncludedInPrices"]
                for item in order["lineItems"]
            ),
        )
        self.redeemed = _sum(one for one in payments if "giftcardPaymentDetails" in one)
        self.paid = [_amount(one["amount"]) for one in payments if "regularPaymentDetails" in one]
        self.rounding = sum((_amount(one.get("cashRounding", {}).get("roundingAdjustment")) for one in payments), ZERO)
        self.total = _amount(order["priceSummary"]["total"]) + self.rounding - self.redeemed
        self.tax = _amount(order["priceSummary"]["tax"])
        self.products = [item for item in order["lineItems"] if item["itemType"].get("preset") != "GIFT_CARD"]
        self.gift_cards = [item for item in order["lineItems"] if item["itemType"].get("preset") == "GIFT_CARD"]
        fees = order.get("additionalFees", [])
        self.tips = [_amount(fee["priceBeforeTax"]) for fee in fees if "code" in fee]
        self.fees = sum((_amount(fee["priceBeforeTax"]) for fee in fees if "code" not in fee), ZERO)
        cost = order.get("shippingInfo", {}).get("cost", {})
        self.delivery = _amount(cost.get("totalPriceBeforeTax"))


def check_wix_sale(sold, sale, ledger, *, tax_as_line=False):
    """Assert that the sale says what the order says."""
    assert not tax_as_line
    amounts = sum((dec(line["Amount"]) for _, line in ledger.lines(sale)), ZERO)
    assert dec(sale["TotalAmt"]) == sold.total
    assert (ledger.tax(sale), amounts + ledger.tax(sale)) == (sold.tax, sold.total)
    lines = ledger.products(sale)
    assert [(item["Sku"], line["SalesItemLineDetail"]["Qty"]) for item, line in lines] == [
        (item["physicalProperties"]["sku"], item["quantity"]) for item in sold.products
    ]
    for item, (_, line) in zip(sold.products, lines, strict=True):
        _check_amount(sold, item, dec(line["Amount"]))
    others = sum((sum(ledger.on_item(sale, name), ZERO) for name in _GOODS), ZERO)
    cards = ledger.on_item(sale, "Gift cards")
    sold_cards = [amount for amount in cards if amount > 0]
    goods = sum((dec(line["Amount"]) for _, line in lines), ZERO) + sum(sold_cards, ZERO) + others
    charged = sum((_amount(item["totalPriceBeforeTax"]) for item in sold.payload["lineItems"]), ZERO)
    assert goods == charged + sold.delivery + sold.fees + sold.rounding
    assert sum(ledger.on_item(sale, "Shipping"), ZERO) == sold.delivery
    assert sum(ledger.on_item(sale, "Fees"), ZERO) == sold.fees + sold.rounding
    assert ledger.on_item(sale, "Tips") == sold.tips
    assert sold_cards == [_amount(item["lineItemPrice"]) for item in sold.gift_cards]
    assert sum((amount for amount in cards if amount < 0), ZERO) == -sold.redeemed
    assert not ledger.on_item(sale, "Rounding")


def _check_amount(sold, item, amount):
    """What the catalogue asks. Where prices contain the tax, the net price before a discount follows from the
    discounted one, whose roundings grow with the discount."""
    listed, charged = _amount(item["lineItemPrice"]), _amount(item["totalPriceAfterTax"])
    if not sold.contained:
        assert amount == listed
        return
    rate = dec((item.get("taxInfo") or item["taxDetails"])["taxRate"])
    roundings = _UNIT * (listed / charged if charged else 1) + _UNIT
    assert abs(amount - listed / (1 + rate)) <= roundings


def check_wix_money(sold, sale, ledger, *, account):
    """Assert that what was paid is in the books, each payment by itself, on that account, and nothing else."""
    payments = ledger.payments(sale)
    if sale["type"] == "SalesReceipt":
        assert sold.paid == [sold.total] or not sold.total
        assert not payments
        assert sale["DepositToAccountRef"]["value"] == account
        return
    assert sorted(dec(payment["TotalAmt"]) for payment in payments) == sorted(sold.paid)
    assert all(payment["DepositToAccountRef"]["value"] == account for payment in payments)
    assert dec(sale["Balance"]) == sold.total - sum(sold.paid, ZERO)


def _sum(payments):
    return sum((_amount(one["amount"]) for one in payments), ZERO)


def _amount(money):
    return dec((money or {}).get("amount"))
