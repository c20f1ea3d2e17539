"""The shop of a world, one class for each shop system: what tests do to it in the same words, whichever it is.

Carts are in the words of their own shop system; `Shopper`s fill them.
"""

from functools import cached_property

from tests.support.sites import ADDED

# What most tests do not care about in a cart.
STANDARD = {
    "payment_status": "PAID",
    "payment_method": "Credit card",
    "buyer": {"id": 3301, "email": "ana@example.test", "name": "Ana Ruiz"},
}
WIX_STANDARD = {"buyer": {"first": "Ana", "last": "Ruiz", "email": "ana@example.test", "contact_id": "contact-3301"}}


class Shop:
    """What shops have in common; `standard` completes a cart, `kind` is what the control API calls a shop."""

    standard, kind = {}, ""

    def __init__(self, side, key):
        self.side, self.key = side, key

    def open(self):
        self.side.switch(requests_per_minute=None)

    def place(self, *carts):
        """Place orders. Returns their ids."""
        return self.side.place(self.key, *({**self.standard, **cart} for cart in carts))

    def act(self, ref, deed, body):
        return self.side.control("POST", f"{self.kind}/{self.key}/orders/{ref}/{deed}", body)


class EcwidShop(Shop):
    """A store of the simulated Ecwid."""

    provider, label, prefix, kind = "ecwid", "Ecwid", "EW-", "stores"
    standard = STANDARD

    def __init__(self, sandbox, key):
        super().__init__(sandbox.ecwid, key)
        self.account_id, self.credentials = key, {"access_token": f"secret_sim_{key}"}

    def orders(self):
        """What the shop says of each order, by the number that the books know it by."""
        return {order["id"]: order for order in self.side.orders(self.key)}


class WixShop(Shop):
    """A site of the simulated Wix."""

    provider, label, prefix, kind = "wix", "Wix", "WX-", "sites"
    standard = WIX_STANDARD

    def __init__(self, sandbox, key):
        super().__init__(sandbox.wix, key)
        self.credentials = {}

    @cached_property
    def account_id(self):
        return self.side.site(self.key)["instanceId"]

    def open(self):
        super().open()
        if self.key not in {site["key"] for site in self.side.control("GET", "sites")}:
            self.side.add_site(self.key, **ADDED[self.key])

    def orders(self):
        """What the site says of each order with its payments and refunds, by the number that the books know it by."""
        money = {told["orderId"]: told for told in self.side.control("GET", f"sites/{self.key}/transactions")}
        orders = self.side.orders(self.key)
        return {order["number"]: {"order": order, "transactions": money[order["id"]]} for order in orders}


SHOPS = {shop.provider: shop for shop in (EcwidShop, WixShop)}
