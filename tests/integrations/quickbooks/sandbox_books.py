"""The simulated companies as the engine would see them, and sales to post into them."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

import requests

from integrations.books import (
    Company,
    CustomerDraft,
    ItemDraft,
    Known,
    LineKind,
    Sale,
    SaleLine,
    SaleType,
    TaxLine,
    TaxModel,
)
from integrations.commerce import Address
from integrations.http import Transport
from integrations.quickbooks import entry_writer, oauth, reader
from integrations.quickbooks.arithmetic import natural_taxes
from integrations.quickbooks.client import BatchItem, QuickBooksClient

D = Decimal
MAPLE, LONE_STAR = "9341450000000001", "9341450000000002"
COMPANIES = [f"934145000000000{n}" for n in range(1, 7)]
APP = {"client_id": "sandbox-client", "client_secret": "sandbox-secret"}


def control(sandbox: str, method: str, path: str, body: Any = None) -> Any:
    answer = requests.request(method, f"{sandbox}/control/{path}", json=body, timeout=10)
    assert answer.ok, answer.text
    return answer.json()


@dataclass
class Stored:
    """Tokens kept in memory; renewed at the simulated Intuit."""

    sandbox: str
    realm: str
    access: str = ""
    refresh: str = ""
    renewals: int = 0

    def __post_init__(self) -> None:
        self.access, self.refresh = f"qbo_access_{self.realm}", f"qbo_refresh_{self.realm}"

    def current(self) -> str:
        return self.access

    def renew(self, stale: str) -> str:
        assert stale == self.access
        pair = oauth.refresh(
            url=f"{self.sandbox}/oauth2/v1/tokens/bearer", **APP, refresh_token=self.refresh, transport=Transport()
        )
        self.access, self.refresh = pair.access_token, pair.refresh_token
        self.renewals += 1
        return self.access


@dataclass
class Books:
    """One simulated company as the engine would see it."""

    client: QuickBooksClient
    tokens: Stored
    slept: list[float]
    company: Company = field(init=False)

    def __post_init__(self) -> None:
        info, preferences = self.client.company_info(), self.client.preferences()
        codes, rates = self.client.query("TaxCode"), self.client.query("TaxRate")
        self.company = reader.company(info, preferences, codes, rates, realm_id=self.tokens.realm)

    def id_of(self, entity: str, name: str) -> str:
        return next(row.id for row in map(self._listed(entity), self.client.query(entity)) if row.name == name)

    @staticmethod
    def _listed(entity: str) -> Callable[[dict[str, Any]], reader.Listed]:
        return lambda obj: reader.listed(entity, obj)

    def batch(self, *items: BatchItem, request_id: str) -> list[dict[str, Any]]:
        answers = self.client.batch(items, request_id)
        faults = {bid: str(answer.fault) for bid, answer in answers.items() if answer.fault}
        assert not faults
        return [answers[item.bid].object or {} for item in items]


HOME = Address("Zoë Novak", "Acme: Goods", ("1 Main St",), "Austin", "TX", "78701", "US", "United States", "")
BUYER = CustomerDraft(
    "shop", "7", "zoe@x.test", "Zoë: Novak 😀", "", "zoe@x.test", "Zoë", "Novak", "Acme", "+1 555 0100", HOME, HOME
)


def line(amount: str, code: str, quantity: str | None = None, price: str | None = None) -> SaleLine:
    return SaleLine(
        LineKind.ITEM,
        Known("new"),
        D(amount),
        code,
        ("item:1",),
        "Mug, “blue” 😀",
        quantity=D(quantity) if quantity else None,
        unit_price=D(price) if price else None,
    )


def codes_of(company: Company) -> tuple[str, str]:
    """A code that charges tax (the one with most rates) and one that does not."""
    if company.tax_model is not TaxModel.GLOBAL:
        return "TAX", "NON"
    by_rates = sorted(company.tax_codes.values(), key=lambda code: (len(code.rates), code.percent))
    return by_rates[-1].id, next(code.id for code in by_rates if code.percent == 0)


def sale(company: Company, number: str | None, kind: SaleType = SaleType.INVOICE, **more: Any) -> Sale:
    """Goods, one of them at a price that does not divide, untaxed shipping and a discount."""
    taxed, untaxed = codes_of(company)
    lines = (
        line("25.98", taxed, "2", "12.99"),
        line("10.00", taxed, "3", "3.33"),
        line("1861.08", taxed, "128.350", "14.50"),
        line("7.50", untaxed),
        line("-2.60", taxed),
    )
    drafted = Sale(
        kind,
        BUYER,
        date(2026, 9, 3),
        company.currency,
        lines,
        total=D(0),
        tax=D("156.30"),
        marker="TB-ABCDEFGHIJ",
        private_note="Shop order 1 [TB-ABCDEFGHIJ]",
        number=number,
        message="Leave it at the door",
        email="zoe@x.test",
        billing=HOME,
        shipping=HOME,
        shipping_method="Express",
        shipping_date=date(2026, 9, 4),
        tracking_number="1Z999",
        due_date=date(2026, 10, 3),
    )
    return replace(drafted, **more) if more else drafted


def overridden(document: Sale, company: Company, by: str) -> Sale:
    """The same sale with a store's taxes that are off by a little at each rate."""
    natural = natural_taxes(document, company)
    percents = {rate.id: rate.percent for code in company.tax_codes.values() for rate in code.rates}
    stated = [TaxLine(rate, percents[rate], D(100), tax + (D(by) if tax else 0)) for rate, tax in natural.items()]
    return replace(document, tax_lines=tuple(stated), override_tax=True, tax=sum((t.amount for t in stated), D(0)))


def prepare(books: Books) -> tuple[str, str]:
    """A customer and an item, created in one batch."""
    buyer = replace(BUYER, currency=books.company.currency)
    item = ItemDraft(
        "mug",
        'Mug 12" : blue',
        "M-1",
        "NonInventory",
        books.id_of("Account", "Sales of Product Income"),
        books.id_of("Account", "Cost of Goods Sold"),
        description="A mug",
        unit_price=D("12.99"),
    )
    customer, made = books.batch(
        BatchItem("c", "create", "Customer", entry_writer.customer_payload(buyer, books.company, name=buyer.name)),
        BatchItem("i", "create", "Item", entry_writer.item_payload(item)),
        request_id="lists",
    )
    assert customer["DisplayName"] == "Zoë - Novak"
    assert made["Name"] == "Mug 12'' - blue"
    return customer["Id"], made["Id"]
