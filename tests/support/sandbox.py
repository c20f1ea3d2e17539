"""The simulated systems from a test's point of view: started as processes, driven through their control API."""

import re
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import requests

from integrations.money import json_dumps, json_loads

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
    """Both systems."""

    def __init__(self, ecwid_url, quickbooks_url):
        self.ecwid = Ecwid(ecwid_url)
        self.quickbooks = QuickBooks(quickbooks_url)

    @classmethod
    @contextmanager
    def started(cls, *options):
        with _process("sandbox.ecwid", *options) as ecwid, _process("sandbox.quickbooks", *options) as quickbooks:
            yield cls(ecwid, quickbooks)

    def reset(self):
        self.ecwid.control("POST", "reset", {})
        self.quickbooks.control("POST", "reset", {})

    def settings(self):
        """Our settings for these systems, by name."""
        ecwid, books = self.ecwid.url, self.quickbooks.url
        return {
            "ECWID_API_URL": f"{ecwid}/api/v3",
            "ECWID_OAUTH_URL": f"{ecwid}/api/oauth",
            "ECWID_CLIENT_ID": "sandbox-client",
            "ECWID_CLIENT_SECRET": "sandbox-secret",
            "QUICKBOOKS_API_URL": books,
            "QUICKBOOKS_AUTHORIZE_URL": f"{books}/connect/oauth2",
            "QUICKBOOKS_TOKEN_URL": f"{books}/oauth2/v1/tokens/bearer",
            "QUICKBOOKS_REVOKE_URL": f"{books}/v2/oauth2/tokens/revoke",
            "QUICKBOOKS_CLIENT_ID": "sandbox-client",
            "QUICKBOOKS_CLIENT_SECRET": "sandbox-secret",
            "QUICKBOOKS_WEBHOOK_TOKEN": "sandbox-verifier",
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
