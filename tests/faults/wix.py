"""A Wix site with a bit of everything: orders on the first day, what becomes of them on the second, and goods.

The site is made anew before each run, with the same ids: tokens that were kept are no longer good then, so that every
run also asks for a token.
"""

from dataclasses import replace

from tests.faults.edits import SecondDay
from tests.support.shops import WixShop
from tests.support.world import WORLDS


def _id(kind, number):
    """The same for the same thing, whenever the site is made anew."""
    return f"0000000{kind}-0000-4000-8000-{number:012d}"


def _buyer(number, name, **more):
    first, last = name.split()
    return {"first": first, "last": last, "email": f"buyer{number}@example.test", "contact_id": f"c{number}", **more}


def _cart(number, buyer, *lines, pays=({},), **more):
    payments = [
        {"kind": "card", **each, "id": _id(2, 10 * number + place), "provider_id": f"pi_{number}_{place}"}
        for place, each in enumerate(pays)
    ]
    when = f"2026-03-{number:02d}T15:00:00.000Z"
    known = {"id": _id(1, number), "number": f"W{number:02d}", "created": when}
    return {**known, "buyer": buyer, "lines": list(lines), "payments": payments, **more}


def _line(sku, price, quantity=1, **more):
    return {"sku": sku, "name": f"Thing {sku}", "price": price, "quantity": quantity, "module": "stores", **more}


_ZOE, _TOM = _buyer(1, "Zoé Novak"), _buyer(2, "Tom Li")
SIX_ORDERS = (
    _cart(1, _ZOE, _line("NEW-1", "25.00", 2)),
    # Two tenders.
    _cart(2, _TOM, _line("NEW-2", "9.99", 3), _line("NEW-1", "25.00"), pays=({"kind": "paypal", "amount": 20}, {})),
    _cart(3, _ZOE, _line("NEW-3", "14.35"), _line("SIROP", "14.35"), shipping="12.50"),
    # Two people of one name: two customers.
    _cart(4, _buyer(4, "Tom Li"), _line("NEW-2", "9.99"), coupon={"code": "SAVE", "percent": 15}, pays=(), paid=False),
    # A gift card pays a part, and a tip is asked about.
    _cart(
        5, _buyer(5, "Ola Berg"), _line("NEW-4", "120.00"), tip="5.00", pays=({"kind": "gift_card", "amount": 10}, {})
    ),
    _cart(6, _buyer(6, "Ida Chen"), _line("NEW-1", "25.00"), pays=({"amount": 10},)),
)


class WixScenario:
    """The site erable, on the company of Québec."""

    world, settings = "WIX_CA", {"payment_statuses": []}

    def __init__(self, sandbox):
        self.side = sandbox.wix
        self._shop = WixShop(sandbox, WORLDS[self.world].store)

    def open(self):
        """All is done before each run."""

    def begin(self):
        self.side.clear_faults()
        self.side.control("POST", "reset", {})
        self._shop.open()
        self._shop.place(*SIX_ORDERS)

    def does(self, number, deed, **body):
        """Something happens to an order, given by its number in these lists."""
        self._shop.act(_id(1, number), deed, body)

    def sell(self, levels, catalog):
        """Products with these levels; the first two are variants of one product, whose counting they share."""
        self.side.change_site(self._shop.key, catalog=catalog)
        first, second, *others = levels
        for place, skus in enumerate([(first, second), *((sku,) for sku in others)]):
            self._sell(place, *skus)
        for sku, level in levels.items():
            self.side.set_stock(self._shop.key, sku, quantity=level)

    def _sell(self, place, *skus):
        sizes = [{"Size": sku} for sku in skus] if len(skus) > 1 else [{}]
        variants = [
            {"id": _id(5, 10 * place + number), "sku": sku, "price": 20, "choices": size}
            for number, (sku, size) in enumerate(zip(skus, sizes, strict=True))
        ]
        product = {"id": _id(4, place), "name": f"Thing {skus[0]}", "variants": variants, "quantity": 1}
        self.side.control("POST", f"sites/{self._shop.key}/products", product)

    def levels(self):
        return {sku: item["quantity"] for sku, item in self.side.stock(self._shop.key).items()}


class WixSecondDay(SecondDay):
    """Orders are edited, shipped, cancelled, paid and given back. `begin` leaves it to the sync that sees all that."""

    def __init__(self, lab):
        self.lab = lab
        self._undisturbed = {}
        self._expected = None

    def begin(self, **switches):
        self.lab.begin(**switches)
        self.lab.post_refunds()
        assert self.lab.sync().state == "finished", self.lab.complaints()
        self._happens(self.lab.scenario.does)
        self.lab.sandbox.quickbooks.reset_counters()

    def restore(self):
        """The next one begins with a new site."""

    def differences(self, ended):
        shape, ours = self._expected
        return self.lab.differences(replace(ended, result=_without_hint(ended.result)), (shape, _without_hint_of(ours)))

    @staticmethod
    def _happens(does):
        does(1, "edit", cart={"lines": [_line("NEW-9", "60.00", 2)]})
        does(2, "refund", id=_id(3, 1), lines=[{"line": 0, "quantity": 1}], restock=True)
        does(2, "refund", id=_id(3, 2))
        does(3, "fulfil", tracking="1ZW03")
        does(3, "refund", id=_id(3, 3), amount="5.00", external=True)
        does(4, "cancel")
        does(6, "pay", payments=[{"kind": "card", "id": _id(2, 99), "provider_id": "pi_late"}])


def _without_hint(result):
    return result and {**result, "ours": _without_hint_of(result["ours"])}


def _without_hint_of(ours):
    """That a payment came later is told by the run that posts it; after one that died then, nobody tells it."""
    records = [[*row[:2], row[2].replace("payment_added", ""), *row[3:]] for row in ours["records"]]
    return {**ours, "records": records}
