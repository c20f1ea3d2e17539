"""Ten orders with a bit of everything, and what stands in the books already when they are synced."""

STORE = "1003"


def _buyer(number, name, **more):
    return {"id": 5000 + number, "email": f"buyer{number}@example.test", "name": name, **more}


def _line(sku, price, quantity=1, **more):
    return {"sku": sku, "name": f"Thing {sku}", "price": price, "quantity": quantity, **more}


def _cart(order_id, buyer, *lines, **more):
    paid = {"payment_status": "PAID", "payment_method": "Credit card", "transaction_id": f"pi_{order_id}"}
    return {**paid, "order_id": order_id, "buyer": buyer, "lines": list(lines), **more}


# Unpaid orders are invoices without a payment.
ORDER_SETTINGS = {"payment_statuses": ["PAID", "AWAITING_PAYMENT"]}

_ZOE, _TOM = _buyer(1, "Zoé Novak"), _buyer(2, "Tom Li")

TEN_ORDERS = (
    _cart("T01", _ZOE, _line("NEW-1", "25.00", 2)),
    _cart("T02", _TOM, _line("NEW-2", "9.99", 3), _line("NEW-1", "25.00")),
    _cart("T03", _ZOE, _line("NEW-3", "14.35"), shipping="12.50"),
    # Two people of one name: two customers.
    _cart("T04", _buyer(4, "Tom Li"), _line("NEW-2", "9.99"), coupon={"type": "percent", "value": 15}),
    # Her customer was typed by hand and has her e-mail.
    _cart("T05", _buyer(5, "Maria Roy"), _line("SPR-1", "3.50", 7)),
    _cart("T06", _buyer(6, "Ola Berg"), _line("NEW-4", "120.00"), tip="5.00", payment_method="PayPal"),
    # A vendor holds the name: the customer gets a suffix.
    _cart("T07", _buyer(7, "Acme Supplies"), _line("NEW-5", "18.00", 2), gift_card="10.00"),
    _cart("T08", _buyer(8, "Ida Chen"), _line("NEW-1", "25.00"), payment_status="AWAITING_PAYMENT"),
    _cart("T09", _buyer(9, "Max Kohl", company="Kohl GmbH"), _line("NEW-6", "1.05", 11, taxes=["GST"])),
    # Its invoice was typed by hand, and paid there.
    _cart("T10", _TOM, _line("NEW-2", "40.00", taxes=[])),
)


class EcwidScenario:
    """A store whose orders are placed once; syncs change nothing in it."""

    world, settings = "CA", ORDER_SETTINGS

    def __init__(self, sandbox):
        self.side = sandbox.ecwid

    def open(self):
        """Before all runs."""
        self.side.place(STORE, *TEN_ORDERS)

    def begin(self):
        """Before each run."""
        self.side.clear_faults()


def type_by_hand(quickbooks, realm):
    """What somebody entered in QuickBooks before the first sync."""
    books = quickbooks.books(realm)
    maria = {"DisplayName": "Roy, Maria", "PrimaryEmailAddr": {"Address": "buyer5@example.test"}}
    quickbooks.add(realm, "Customer", maria)
    tom = quickbooks.add(realm, "Customer", {"DisplayName": "Li & Co"})["Customer"]["Id"]
    line = {
        "Amount": 40,
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": {
            "ItemRef": {"value": _id(books["Item"], "Services")},
            "TaxCodeRef": {"value": _id(books["TaxCode"], "Zero-rated")},
        },
    }
    invoice = {"CustomerRef": {"value": tom}, "DocNumber": "EW-T10", "GlobalTaxCalculation": "TaxExcluded"}
    made = quickbooks.add(realm, "Invoice", {**invoice, "Line": [line]})["Invoice"]["Id"]
    paid = [{"Amount": 40, "LinkedTxn": [{"TxnId": made, "TxnType": "Invoice"}]}]
    quickbooks.add(realm, "Payment", {"CustomerRef": {"value": tom}, "TotalAmt": 40, "Line": paid})


def _id(rows, name):
    return next(row["Id"] for row in rows if row["Name"] == name)
