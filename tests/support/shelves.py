"""A shop with shelves: products in the store, inventory items in the books, and what a person does about levels."""

from accounts.models import User
from sync.models import PushState, Record, RecordKind, StockPush
from sync.services.stock import push_approve

START = "2025-01-01"


class Shop:
    """What these tests do to a shop and look at in it."""

    def __init__(self, world):
        self.world, self.store, self.realm = world, world.store_id, world.realm

    def keep_in_books(self, sku, quantity, name="", **fields):
        """An inventory item with so many on hand."""
        counted = {
            "Type": "Inventory",
            "TrackQtyOnHand": True,
            "QtyOnHand": quantity,
            "InvStartDate": START,
            "ExpenseAccountRef": self._account("Cost of Goods Sold"),
            "AssetAccountRef": self._account("Inventory Asset"),
        }
        return self._add(sku, Name=name or f"Item {sku}", **{**counted, **fields})

    def list_in_books(self, sku):
        """An item of which QuickBooks counts nothing: its quantity is blank."""
        return self._add(sku, Name=sku, Type="NonInventory")

    def _add(self, sku, **fields):
        item = {"Sku": sku, "IncomeAccountRef": self._account("Sales of Product Income"), **fields}
        return self.world.quickbooks.add(self.realm, "Item", item)["Item"]

    def _account(self, name):
        return {"value": self.world.entry("Account", name).books_ref}

    def shelve(self, sku, *, books, store):
        """A product with its item, and what each side says is there of it."""
        self.keep_in_books(sku, books)
        self.sell(sku, store)

    def sell(self, sku, quantity=10, **fields):
        """A product of the store."""
        product = {
            "sku": sku,
            "name": f"Product {sku}",
            "price": 20,
            "quantity": quantity,
            "unlimited": False,
            **fields,
        }
        return self.world.ecwid.control("POST", f"stores/{self.store}/products", product)

    def count(self, sku, quantity):
        """Somebody counts in QuickBooks."""
        item = next(row for row in self.world.books()["Item"] if row.get("Sku") == sku)
        self.world.quickbooks.change(self.realm, "Item", item["Id"], QtyOnHand=quantity)

    def level(self, sku):
        """What the store shows."""
        for product in self.world.ecwid.control("GET", f"stores/{self.store}/products"):
            for one in (product, *product["combinations"]):
                if one.get("sku") == sku:
                    return one.get("quantity")
        raise AssertionError(f"the store has no {sku}")

    def sync(self, **options):
        return self.world.sync(flows=options.pop("flows", ["stock"]), **options)

    def approved(self):
        """Past the first push: somebody has seen and approved how the levels compare."""
        self.sync(approve=True)
        return self

    def record(self, sku):
        return Record.objects.get(integration=self.world.integration, kind=RecordKind.STOCK, number=sku)

    def state(self, sku):
        record = self.record(sku)
        return record.state, record.reason

    def states(self):
        """Of all levels, by SKU."""
        return {
            record.number: (record.state, record.reason)
            for record in Record.objects.filter(integration=self.world.integration, kind=RecordKind.STOCK)
        }

    def approve(self):
        """Olga has seen the table that waits, and approves it."""
        push = waiting(self)
        return push_approve(push.pk, digest=push.digest, user=self.olga, now=self.world.time.now())

    @property
    def olga(self):
        return User.objects.get_or_create(username="olga")[0]

    def store_calls(self, run):
        return run.calls["store"]


class WixShop(Shop):
    """The same on a site."""

    def sell(self, sku, quantity=10, **fields):
        """A product of the site; without a quantity it does not count it."""
        product = {"name": f"Product {sku}", "quantity": quantity, "variants": [{"sku": sku, "price": 20}], **fields}
        return self.world.wix.control("POST", f"sites/{self.store}/products", product)

    def level(self, sku):
        """What the site shows; None where it does not count."""
        item = self.world.wix.stock(self.store)[sku]
        return item["quantity"] if item["tracked"] else None


def waiting(shop):
    return StockPush.objects.get(integration=shop.world.integration, state=PushState.WAITING)


def table(push):
    return {change.sku: (change.before, change.after) for change in push.changes.all()}


def product_id(shop, sku):
    products = shop.world.ecwid.control("GET", f"stores/{shop.store}/products")
    return next(product["id"] for product in products if product["sku"] == sku)
