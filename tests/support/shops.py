"""The shop of a world, one class for each shop system: what tests do to it in the same words, whichever it is.

Carts are in the words of their own shop system; `Shopper`s fill them.
"""

from functools import cached_property

from tests.support.sites import ADDED

STANDARD = {
    "payment_status": "PAID",
    "payment_method": "Credit card",
    "buyer": {"id": 3301, "email": "ana@example.test", "name": "Ana Ruiz"},
}
WIX_STANDARD = {"buyer": {"first": "Ana", "last": "Ruiz", "email": "ana@example.test", "contact_id": "contact-3301"}}


class EcwidShop:
    """A store of the simulated Ecwid."""

    provider, label, prefix = "ecwid", "Ecwid", "EW-"

    def __init__(self, sandbox, key):
        self.side, self.key = sandbox.ecwid, key
        self.account_id, self.credentials = key, {"access_token": f"secret_sim_{key}"}

    def open(self):
        self.side.switch(requests_per_minute=None)

    def place(self, *carts):
        """Place orders; each cart is completed with what most tests do not care about. Returns their ids."""
        return self.side.place(self.key, *({**STANDARD, **cart} for cart in carts))

    def act(self, ref, deed, body):
        return self.side.control("POST", f"stores/{self.key}/orders/{ref}/{deed}", body)

    def orders(self):
        """What the shop says of each order, by the number that the books know it by."""
        return {order["id"]: order for order in self.side.orders(self.key)}


class WixShop:
    """A site of the simulated Wix."""

    provider, label, prefix = "wix", "Wix", "WX-"

    def __init__(self, sandbox, key):
        self.side, self.key, self.credentials = sandbox.wix, key, {}

    @cached_property
    def account_id(self):
        return self.side.site(self.key)["instanceId"]

    def open(self):
        self.side.switch(requests_per_minute=None)
        if self.key not in {site["key"] for site in self.side.control("GET", "sites")}:
            self.side.add_site(self.key, **ADDED[self.key])

    def place(self, *carts):
        """Place orders; each cart is completed with what most tests do not care about. Returns their ids."""
        return self.side.place(self.key, *({**WIX_STANDARD, **cart} for cart in carts))

    def act(self, ref, deed, body):
        return self.side.control("POST", f"sites/{self.key}/orders/{ref}/{deed}", body)

    def orders(self):
        """What the site says of each order with its payments and refunds, by the number that the books know it by."""
        money = {told["orderId"]: told for told in self.side.control("GET", f"sites/{self.key}/transactions")}
        orders = self.side.orders(self.key)
        return {order["number"]: {"order": order, "transactions": money[order["id"]]} for order in orders}


SHOPS = {shop.provider: shop for shop in (EcwidShop, WixShop)}
