"""What one simulated shop remembers: profile, tokens, orders, products. Stored objects are never changed in place:
a write puts a new one, so whoever holds the old one (the lagging search index, for one) keeps what it saw.
"""

from dataclasses import dataclass
from decimal import Decimal

from sandbox.documents import Documents
from sandbox.ecwid.carts import Listing
from sandbox.ecwid.events import Tell, tell_of_deleted_order, tell_of_order
from sandbox.ecwid.levels import component_ids, settled
from sandbox.ecwid.values import Json
from sandbox.search_index import SearchIndex

_FIRST_NUMBER = 481_920_377


@dataclass(frozen=True)
class StoredOrder:
    """`stock_taken` tells whether cancelling has to put the goods back; `paid` is what the buyer paid, whatever the
    order was edited to afterwards."""

    number: int
    payload: Json
    stock_taken: bool = False
    paid: Decimal | int = 0


class ShopState:
    """One shop. Every `put` and `remove` also reaches the documents that survive a restart, and the apps (`tell`)."""

    def __init__(self, store_id: int, profile: Json, statuses: list[Json], documents: Documents, tell: Tell) -> None:
        self.id = store_id
        self.tell = tell
        self.profile = profile
        self.statuses = statuses
        self.tokens: dict[str, list[str]] = {}
        self.orders: dict[int, StoredOrder] = {}
        self.products: dict[int, Json] = {}
        self.deleted_orders: dict[int, Json] = {}
        self.deleted_products: dict[int, Json] = {}
        self.customers: dict[int, Json] = {}
        self.deleted_customers: dict[int, Json] = {}
        self.locations: list[str] = []
        self.order_index: SearchIndex[int] = SearchIndex()
        self.product_index: SearchIndex[int] = SearchIndex()
        self.next_order_number = _FIRST_NUMBER
        self._numbers: dict[str, int] = {}
        self._bundles: set[int] = set()
        self._listings: dict[str, list[Listing]] | None = None
        self._documents = documents

    # -- orders --------------------------------------------------------------------------------------------------

    def put_order(self, order: StoredOrder, timestamp: float) -> None:
        old = self.orders.get(order.number)
        tell_of_order(self.tell, order.number, old.payload if old else None, order.payload)
        self.take_order(order)
        self.order_index.note(timestamp, order.number, order.payload)
        self._documents.put("order", f"{self.id}/{order.number}", vars(order))

    def take_order(self, order: StoredOrder) -> None:
        """Into the memory only."""
        self.orders[order.number] = order
        self.next_order_number = max(self.next_order_number, order.number + 1)
        self._numbers[str(order.payload.get("id", order.number))] = order.number

    def remove_order(self, order: StoredOrder, tombstone: Json, timestamp: float) -> None:
        tell_of_deleted_order(self.tell, order.number, order.payload)
        del self.orders[order.number]
        self._numbers.pop(str(order.payload.get("id", order.number)), None)
        self.take_tombstone(tombstone)
        self.order_index.note(timestamp, order.number, None)
        self._documents.remove("order", f"{self.id}/{order.number}")
        self._documents.put("deleted", f"{self.id}/{order.number}", tombstone)

    def take_tombstone(self, tombstone: Json) -> None:
        """Into the memory only. A deleted order's number is never given again."""
        self.deleted_orders[tombstone["id"]] = tombstone
        self.next_order_number = max(self.next_order_number, tombstone["id"] + 1)

    def find_order(self, reference: str) -> StoredOrder | None:
        """By text id (with prefix and suffix) or by internal number."""
        number = self._numbers.get(reference)
        if number is None and reference.isascii() and reference.isdigit():
            number = int(reference)
        return self.orders.get(number) if number is not None else None

    def has_text_id(self, text: str) -> bool:
        return text in self._numbers

    # -- products ------------------------------------------------------------------------------------------------

    def put_product(self, product: Json, timestamp: float) -> Json:
        """The product as it is stored: with the levels that follow from others. Bundles of it follow in turn."""
        stored = settled(product, self.products, self.locations)
        self.tell("product.updated" if stored["id"] in self.products else "product.created", stored["id"], {})
        self.products[stored["id"]] = stored
        self._listings = None
        self.product_index.note(timestamp, stored["id"], stored)
        self._documents.put("product", f"{self.id}/{stored['id']}", stored)
        if component_ids(stored):
            self._bundles.add(stored["id"])
        for bundle in [self.products[bundle_id] for bundle_id in self._bundles]:
            if stored["id"] in component_ids(bundle) and settled(bundle, self.products, self.locations) != bundle:
                self.put_product({**bundle, **_dated(stored)}, timestamp)
        return stored

    def remove_product(self, product_id: int, tombstone: Json, timestamp: float) -> None:
        self.tell("product.deleted", product_id, {})
        del self.products[product_id]
        self._bundles.discard(product_id)
        self._listings = None
        self.deleted_products[product_id] = tombstone
        self.product_index.note(timestamp, product_id, None)
        self._documents.remove("product", f"{self.id}/{product_id}")
        self._documents.put("deleted_product", f"{self.id}/{product_id}", tombstone)

    def listings(self, sku: str) -> list[Listing]:
        """Everything sold under exactly this SKU: products first come, then variations of their own SKU."""
        if self._listings is None:
            self._listings = {}
            for product in self.products.values():
                self._listings.setdefault(product["sku"], []).append(Listing(product, None))
                for variation in product["combinations"]:
                    if variation.get("sku", product["sku"]) != product["sku"]:
                        self._listings.setdefault(variation["sku"], []).append(Listing(product, variation))
        return self._listings.get(sku, [])

    def listing(self, sku: str) -> Listing | None:
        found = self.listings(sku)
        return found[0] if found else None

    # -- customers -----------------------------------------------------------------------------------------------

    def put_customer(self, customer: Json) -> None:
        number = customer["id"]
        verb = "updated" if number in self.customers else "created"
        self.tell(f"customer.{verb}", number, {"customerEmail": customer["email"]})
        self.customers[number] = customer
        self._documents.put("customer", f"{self.id}/{number}", customer)

    def remove_customer(self, customer: Json, tombstone: Json) -> None:
        number = customer["id"]
        self.tell("customer.deleted", number, {"customerEmail": customer["email"]})
        del self.customers[number]
        self.deleted_customers[number] = tombstone
        self._documents.remove("customer", f"{self.id}/{number}")
        self._documents.put("deleted_customer", f"{self.id}/{number}", tombstone)

    # -- the shop itself -----------------------------------------------------------------------------------------

    def remember(self) -> None:
        """To be called after a change of profile, statuses or tokens."""
        names = ("profile", "statuses", "tokens", "locations")
        self._documents.put("shop", str(self.id), {name: getattr(self, name) for name in names})


def _dated(product: Json) -> Json:
    return {name: product[name] for name in ("updated", "updateTimestamp")}
