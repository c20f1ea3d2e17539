"""A day of products and stock: new products become items, and levels that QuickBooks counted are set in the shop."""

from tests.faults.scenario import STORE
from tests.faults.shape import shape
from tests.support.world import CA

# What the shop shows and what QuickBooks counts; the last two are new to QuickBooks.
_LEVELS = {"LVL-1": (8, 12), "LVL-2": (5, 0), "LVL-3": (7, 7), "LVL-4": (2, 30), "LVL-5": (4, None), "LVL-6": (9, None)}
_FLOWS = ("products", "stock")


class GoodsDay:
    """`begin` puts books, database and shop back to the moment before the sync."""

    def __init__(self, lab):
        self.lab = lab
        self._ids = {sku: self._sell(sku) for sku in _LEVELS}
        self._undisturbed = None
        self._expected = None

    def begin(self, **switches):
        for sku, (shown, _counted) in _LEVELS.items():
            self._show(sku, shown)
        self._counted(**switches)

    def _counted(self, **switches):
        self.lab.begin(**switches)
        for sku, (_shown, counted) in _LEVELS.items():
            if counted is not None:
                self._count(sku, counted)
        self.lab.switch_on(products={}, stock={"guard_percent": 50})

    def sync(self, *strikes):
        """Somebody approves whatever is asked."""
        return self.lab.sync(*strikes, flows=_FLOWS, approve=True)

    def undisturbed(self):
        """The sync when nothing happens to it, done once; what it leaves is what all others must come to."""
        if self._undisturbed is None:
            self.begin()
            self._undisturbed = self.sync()
            assert self._undisturbed.state == "finished", self.lab.complaints()
            self._expected = self._left_behind(self._undisturbed)
        return self._undisturbed

    def differences(self, ended):
        if ended.state != "finished":
            return [f"the run ended as {ended.state} {ended.reason}: {self.lab.complaints()}"]
        found = self._left_behind(ended)
        return [
            f"{name}: {found[name]} instead of {expected}"
            for name, expected in self._expected.items()
            if found[name] != expected
        ]

    def _left_behind(self, ended):
        goods = ended.result["goods"]
        return {**goods, "shown": self.shown(), "books": shape(self.lab.books())}

    def shown(self):
        """The shop's levels."""
        products = self.lab.sandbox.ecwid.control("GET", f"stores/{STORE}/products")
        return {product["sku"]: product.get("quantity") for product in products if product["sku"] in _LEVELS}

    def close(self):
        """The shop as the other tests know it."""
        for product in self._ids.values():
            self.lab.sandbox.ecwid.control("DELETE", f"stores/{STORE}/products/{product}")

    def _sell(self, sku):
        product = {"sku": sku, "name": f"Thing {sku}", "price": 20, "quantity": 1, "unlimited": False}
        return self.lab.sandbox.ecwid.control("POST", f"stores/{STORE}/products", product)["id"]

    def _show(self, sku, level):
        self.lab.sandbox.ecwid.change_product(STORE, self._ids[sku], quantity=level, unlimited=False)

    def _count(self, sku, level):
        accounts = {row["Name"]: {"value": row["Id"]} for row in self.lab.books()["Account"]}
        item = {"Name": f"Thing {sku}", "Sku": sku, "Type": "Inventory", "TrackQtyOnHand": True, "QtyOnHand": level}
        needed = {
            "IncomeAccountRef": accounts["Sales of Product Income"],
            "ExpenseAccountRef": accounts["Cost of Goods Sold"],
            "AssetAccountRef": accounts["Inventory Asset"],
        }
        self.lab.sandbox.quickbooks.add(CA, "Item", {**item, **needed, "InvStartDate": "2025-01-01"})


class WixGoodsDay(GoodsDay):
    """The same on a site, which is as new each time, in one of its catalogues."""

    def __init__(self, lab, catalog):
        self.lab = lab
        self._catalog = catalog
        self._undisturbed = None
        self._expected = None

    def begin(self, **switches):
        self._counted(**switches)
        self.lab.scenario.sell({sku: shown for sku, (shown, _counted) in _LEVELS.items()}, self._catalog)

    def shown(self):
        levels = self.lab.scenario.levels()
        return {sku: level for sku, level in levels.items() if sku in _LEVELS}

    def close(self):
        """The next one begins with a new site."""
