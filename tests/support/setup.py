"""Going through the setup pages as a browser does, on accounts of the sandbox that are connected already."""

from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import requests
from django.urls import reverse

from accounts.models import Business
from integrations.connecting import check_books, check_store
from integrations.models import BooksConnection, Integration, StoreConnection
from tests.support.sandbox import UNTHROTTLED

# A store and a company of the sandbox that go together.
PAIRS = {
    "CA": ("1003", "9341450000000001"),
    "US": ("1004", "9341450000000002"),
    "US without sales tax": ("1004", "9341450000000003"),
    "GB": ("1005", "9341450000000004"),
    "FR": ("1006", "9341450000000006"),
}


@dataclass
class Pair:
    """A business with a store and a company that have both answered."""

    sandbox: object
    business: Business
    store: StoreConnection
    books: BooksConnection

    @classmethod
    def connect(cls, sandbox, name):
        store_id, realm = PAIRS[name]
        sandbox.quickbooks.switch(**UNTHROTTLED)
        sandbox.ecwid.switch(requests_per_minute=None)
        business = Business.objects.create(name="Maple Goods")
        secret, tokens = (
            {"access_token": f"secret_sim_{store_id}"},
            {
                "access_token": f"qbo_access_{realm}",
                "refresh_token": f"qbo_refresh_{realm}",
            },
        )
        store = StoreConnection.objects.create(
            business=business, provider="ecwid", account_id=store_id, credentials=secret
        )
        books = BooksConnection.objects.create(business=business, account_id=realm, credentials=tokens)
        check_store(store)
        check_books(books)
        return cls(sandbox, business, store, books)

    def place(self, *carts):
        return self.sandbox.ecwid.place(self.store.account_id, *carts)

    def orders(self):
        return self.sandbox.ecwid.orders(self.store.account_id)

    def documents(self, entity):
        return self.sandbox.quickbooks.books(self.books.account_id).get(entity, [])


def typed(form, **changes):
    """What pressing the button sends for this form as it is shown; a change to None leaves the field out."""
    values = {}
    for bound in form:
        value = bound.value()
        if bound.field.disabled or value is None or value is False or value == []:
            continue
        values[bound.html_name] = "on" if value is True else value
    values |= changes
    return {name: value for name, value in values.items() if value is not None}


def begin(client, business):
    """Join the two as they are offered; returns the draft."""
    url = reverse("sync:setup_connect", args=[business.pk, "books"])
    answer = client.post(url, typed(client.get(url).context["form"]))
    assert answer.status_code == 302, answer.context["form"].errors
    return Integration.objects.latest("pk")


def page(integration, step):
    return reverse("sync:setup_step", args=[integration.pk, step])


def save(client, integration, step, **changes):
    """Open a page, change what is to be changed, press its button; returns the answer."""
    url = page(integration, step)
    shown = client.get(url)
    assert shown.status_code == 200, url
    form = shown.context["form"]
    return client.post(url, typed(form, **changes) if form is not None else {})


def accept_everything(client, integration):
    """Press the button of each page until the last one; returns the pages that were met."""
    met, step = [], "options"
    while True:
        met.append(step)
        answer = save(client, integration, step)
        assert answer.status_code == 302, (step, answer.context["form"].errors)
        if "/setup/" not in answer.url:
            return met
        step = answer.url.rsplit("/", 1)[1]


def consent(address, decision="allow", **choice):
    """What the person does on the provider's page: choose, press the button. Returns the way back."""
    wanted = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    page = address.partition("?")[0]
    answer = requests.post(page, {**wanted, "decision": decision, **choice}, timeout=10, allow_redirects=False)
    assert answer.status_code == 302, answer.text
    back = urlsplit(answer.headers["Location"])
    return f"{back.path}?{back.query}"
