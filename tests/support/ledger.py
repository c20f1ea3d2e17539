"""The books of a company, ready to be compared with the orders of a shop: each document apart into what it says."""

from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal

SALES = ("Invoice", "SalesReceipt")
SPECIAL = ("Discount", "Rounding", "Shipping", "Fees", "Tips", "Gift cards", "Sales tax")
CENT = Decimal("0.01")
ZERO = Decimal(0)


def dec(value):
    return Decimal(str(value or 0))


def half_up(value):
    return value.quantize(CENT, ROUND_HALF_UP)


class Ledger:
    """`books` as the control API tells them."""

    def __init__(self, books):
        self._items = {item["Id"]: item for item in books["Item"]}
        self._rates = {rate["Id"]: dec(rate["RateValue"]) for rate in books["TaxRate"]}
        self._codes = {code["Id"]: code for code in books["TaxCode"]}
        self._sales = defaultdict(list)
        for entity in SALES:
            for sale in books[entity]:
                self._sales[sale["DocNumber"]].append({**sale, "type": entity})
        self._payments = defaultdict(list)
        for payment in books["Payment"]:
            for line in payment["Line"]:
                for link in line["LinkedTxn"]:
                    self._payments[link["TxnType"], link["TxnId"]].append(payment)
        self.sale_count = sum(map(len, self._sales.values()))
        self.payment_count = len(books["Payment"])
        self.total = sum((dec(sale["TotalAmt"]) for sales in self._sales.values() for sale in sales), ZERO)

    def sales(self, number):
        return self._sales.get(number, [])

    def payments(self, sale):
        return self._payments.get((sale["type"], sale["Id"]), [])

    def lines(self, sale):
        """The lines with an amount, each as (item, detail line); the item is the list entry."""
        return [
            (self._items[line["SalesItemLineDetail"]["ItemRef"]["value"]], line)
            for line in sale["Line"]
            if line["DetailType"] == "SalesItemLineDetail"
        ]

    def products(self, sale):
        return [(item, line) for item, line in self.lines(sale) if item["Name"] not in SPECIAL]

    def on_item(self, sale, name):
        """The amounts of the lines on one of the special items."""
        return [dec(line["Amount"]) for item, line in self.lines(sale) if item["Name"] == name]

    def tax(self, sale):
        return dec((sale.get("TxnTaxDetail") or {}).get("TotalTax"))

    def tax_by_rate(self, sale):
        """What the document shows for each rate."""
        rows = (sale.get("TxnTaxDetail") or {}).get("TaxLine") or []
        return {row["TaxLineDetail"]["TaxRateRef"]["value"]: dec(row["Amount"]) for row in rows}

    def natural_tax_by_rate(self, sale):
        """What its lines give at each rate, rounded line by line."""
        taxes = defaultdict(Decimal)
        for _, line in self.lines(sale):
            code = self._codes[line["SalesItemLineDetail"]["TaxCodeRef"]["value"]]
            for detail in code["SalesTaxRateList"]["TaxRateDetail"]:
                rate = detail["TaxRateRef"]["value"]
                taxes[rate] += half_up(dec(line["Amount"]) * self._rates[rate] / 100)
        return dict(taxes)

    def deviation(self, sale):
        """By how much the largest of the stated taxes differs from what QuickBooks would have computed."""
        shown, natural = self.tax_by_rate(sale), self.natural_tax_by_rate(sale)
        return max((abs(shown[rate] - natural[rate]) for rate in shown), default=ZERO)
