"""The simulated systems from a test's point of view: started as processes, driven through their control API."""

import re
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from functools import cached_property
from pathlib import Path

import requests

from integrations.money import json_dumps, json_loads
from sync.demo.systems import NAMES, settings_for

ROOT = Path(__file__).parents[2]
UNTHROTTLED = {"requests_per_minute": None, "requests_per_second": None, "batches_per_minute": None}


class Side:
    """One system."""

    def __init__(self, url):
        self.url = url
        self._session = requests.Session()

    def control(self, method, path, body=None):
        sent = None if body is None else json_dumps(body).encode()
        answer = self._session.request(
            method, f"{self.url}/control/{path}", data=sent, headers={"Content-Type": "application/json"}, timeout=120
        )
        assert answer.ok, f"{method} {path}: {answer.status_code} {answer.text}"
        return json_loads(answer.text)

    def fault(self, kind, *, method="", path="", times=1, skip=0, **more):
        rule = {"kind": kind, "method": method, "path": path, "times": times, "skip": skip, **more}
        return self.control("POST", "faults", {key: value for key, value in rule.items() if value != ""})

    def clear_faults(self):
        self.control("DELETE", "faults")

    def switch(self, **switches):
        return self.control("PATCH", "switches", switches)

    def webhooks(self, **settings):
        """url, automatic, time_scale, duplicates, reorder, delay_seconds, drop, signature."""
        return self.control("PATCH", "webhooks", settings)

    def deliver(self, *, everything=False):
        """Send what is due, or all that waits as if its time had come; how many messages were sent."""
        return self.control("POST", "webhooks/deliver", {"all": everything})["sent"]

    def deliveries(self):
        return self.control("GET", "webhooks/deliveries")

    def repeat(self, number):
        """A delivery once more, word for word."""
        return self.control("POST", f"webhooks/deliveries/{number}/repeat", {})

    def tell(self, **event):
        """An event that is made up."""
        return self.control("POST", "webhooks/events", event)

    def counters(self):
        return self.control("GET", "counters")

    def reset_counters(self):
        self.control("POST", "counters/reset")


class Ecwid(Side):
    def place(self, store, *carts):
        """Place computed orders; returns their ids as the API gives them."""
        return self.control("POST", f"stores/{store}/orders/bulk", {"carts": list(carts)})["ids"]

    def place_raw(self, store, order):
        return self.control("POST", f"stores/{store}/orders", {"order": order})

    def patch(self, store, order_id, **changes):
        return self.control("PATCH", f"stores/{store}/orders/{order_id}", changes)

    def refund(self, store, order_id, amount=None, **more):
        """Through the payment gateway; without an amount, all that is left."""
        sent = {**more, **({} if amount is None else {"amount": amount})}
        return self.control("POST", f"stores/{store}/orders/{order_id}/refund", sent)

    def status(self, store, order_id, payment_status):
        """Set by hand: no money moves."""
        return self.control("POST", f"stores/{store}/orders/{order_id}/status", {"paymentStatus": payment_status})

    def cancel(self, store, order_id, **more):
        return self.control("POST", f"stores/{store}/orders/{order_id}/cancel", more)

    def edit(self, store, order_id, cart):
        """The order becomes that cart; lines that stay keep their old taxes."""
        return self.control("POST", f"stores/{store}/orders/{order_id}/edit", {"cart": cart})

    def delete(self, store, order_id):
        return self.control("DELETE", f"stores/{store}/orders/{order_id}")

    def change_product(self, store, product_id, **changes):
        return self.control("PATCH", f"stores/{store}/products/{product_id}", changes)

    def change_variation(self, store, product_id, variation_id, **changes):
        path = f"stores/{store}/products/{product_id}/combinations/{variation_id}"
        return self.control("PATCH", path, changes)

    def orders(self, store):
        return self.control("GET", f"stores/{store}/orders")

    def totals(self, store):
        return self.control("GET", f"stores/{store}/totals")


class Wix(Side):
    """A site is named by its key (harbor, fern, studio, gone, kissa), its site id or its instance id."""

    def app(self):
        """{"appId", "appSecret", "apiKey", "publicKey"}"""
        return self.control("GET", "app")

    def site(self, site):
        return self.control("GET", f"sites/{site}")

    def change_site(self, site, **changes):
        return self.control("PATCH", f"sites/{site}", changes)

    def add_site(self, key, **settings):
        return self.control("POST", "sites", {"key": key, **settings})

    def place(self, site, *carts):
        """Place computed orders; returns their ids."""
        return self.control("POST", f"sites/{site}/orders/bulk", {"carts": list(carts)})["ids"]

    def place_raw(self, site, order, transactions=None):
        more = {} if transactions is None else {"transactions": transactions}
        return self.control("POST", f"sites/{site}/orders", {"order": order, **more})

    def patch(self, site, order_id, **changes):
        return self.control("PATCH", f"sites/{site}/orders/{order_id}", changes)

    def pay(self, site, order_id, *payments):
        sent = {"payments": list(payments)} if payments else {}
        return self.control("POST", f"sites/{site}/orders/{order_id}/pay", sent)

    def refund(self, site, order_id, **asked):
        """Without anything asked, all that is left."""
        return self.control("POST", f"sites/{site}/orders/{order_id}/refund", asked)

    def settle_refund(self, site, order_id, refund_id, outcome):
        return self.control("POST", f"sites/{site}/orders/{order_id}/refunds/{refund_id}/settle", {"outcome": outcome})

    def chargeback(self, site, order_id, **asked):
        return self.control("POST", f"sites/{site}/orders/{order_id}/chargeback", asked)

    def cancel(self, site, order_id, **more):
        return self.control("POST", f"sites/{site}/orders/{order_id}/cancel", more)

    def edit(self, site, order_id, cart):
        return self.control("POST", f"sites/{site}/orders/{order_id}/edit", {"cart": cart})

    def approve(self, site, order_id, **paid_with):
        """A buyer finishes an order that was INITIALIZED or PENDING."""
        return self.control("POST", f"sites/{site}/orders/{order_id}/approve", paid_with)

    def fulfil(self, site, order_id, **parcel):
        return self.control("POST", f"sites/{site}/orders/{order_id}/fulfil", parcel)

    def transactions(self, site, order_id):
        return self.control("GET", f"sites/{site}/orders/{order_id}/transactions")

    def book(self, site, **booking):
        """A booking that a line of the module bookings can name by its id."""
        return self.control("POST", f"sites/{site}/bookings", booking)

    def sell_tickets(self, site, *tickets, **cart):
        return self.control("POST", f"sites/{site}/events/orders", {"tickets": list(tickets), **cart})

    def subscribe(self, site, **cart):
        return self.control("POST", f"sites/{site}/plans/orders", cart)

    def next_cycle(self, site, order_id, *, paid=True):
        return self.control("POST", f"sites/{site}/plans/orders/{order_id}/cycle", {"paid": paid})

    def order_meal(self, site, *items, **cart):
        return self.control("POST", f"sites/{site}/restaurants/orders", {"items": list(items), **cart})

    def install(self, site):
        return self.control("POST", f"sites/{site}/install", {})

    def uninstall(self, site):
        return self.control("POST", f"sites/{site}/uninstall", {})

    def stock(self, site):
        """SKU to its inventory item at the default location."""
        return self.control("GET", f"sites/{site}/stock")

    def set_stock(self, site, sku, **changes):
        return self.control("PATCH", f"sites/{site}/stock/{sku}", changes)

    def orders(self, site):
        return self.control("GET", f"sites/{site}/orders")

    def totals(self, site):
        return self.control("GET", f"sites/{site}/totals")


class QuickBooks(Side):
    def books(self, realm):
        return self.control("GET", f"companies/{realm}/books")

    def totals(self, realm):
        return self.control("GET", f"companies/{realm}/totals")

    def add(self, realm, entity, obj):
        return self.control("POST", f"companies/{realm}/objects", {"type": entity, "object": obj})

    def change(self, realm, entity, books_id, **changes):
        return self.control("PATCH", f"companies/{realm}/objects/{entity}/{books_id}", changes)

    def delete(self, realm, entity, books_id):
        return self.control("DELETE", f"companies/{realm}/objects/{entity}/{books_id}")

    def void(self, realm, entity, books_id):
        return self.control("POST", f"companies/{realm}/objects/{entity}/{books_id}/void")

    def preferences(self, realm, **changes):
        return self.control("PATCH", f"companies/{realm}/preferences", changes)


class Sandbox:
    """All three systems."""

    def __init__(self, ecwid_url, quickbooks_url, wix_url):
        self.ecwid = Ecwid(ecwid_url)
        self.quickbooks = QuickBooks(quickbooks_url)
        self.wix = Wix(wix_url)

    @classmethod
    @contextmanager
    def started(cls, *options):
        with ExitStack() as stack:
            yield cls(*(stack.enter_context(_process(f"sandbox.{name}", *options)) for name in NAMES))

    def reset(self):
        for side in (self.ecwid, self.quickbooks, self.wix):
            side.control("POST", "reset", {})

    @cached_property
    def _wix_app(self):
        return self.wix.app()

    def settings(self):
        """Our settings for these systems, by name."""
        addresses = {name: getattr(self, name).url for name in NAMES}
        app = self._wix_app
        return settings_for(addresses) | {
            "WIX_APP_ID": app["appId"],
            "WIX_APP_SECRET": app["appSecret"],
            "WIX_PUBLIC_KEY": app["publicKey"],
        }


@contextmanager
def _process(module, *options):
    command = [sys.executable, "-m", module, "--port", "0", "--with-parent", *options]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True) as process:
        try:
            line = process.stdout.readline()
            yield re.search(r"http://\S+", line).group()
        finally:
            process.terminate()
            process.wait(timeout=20)
