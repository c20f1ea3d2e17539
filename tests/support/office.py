"""Two businesses that know nothing of each other, with people in every role: for tests of who sees what."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from accounts.models import Business, Membership, User
from integrations.models import (
    BooksConnection,
    BooksObject,
    Integration,
    StoreConnection,
    WebhookDelivery,
    WebhookEvent,
)
from sync.causes import cause_of
from sync.models import (
    Batch,
    CustomerLink,
    ItemSettings,
    LogEntry,
    ModuleSettings,
    OrderSettings,
    PaymentMapping,
    PaymentSettings,
    Posting,
    ProductMatch,
    ProductSettings,
    Record,
    RefundSettings,
    Run,
    SettingChange,
    StockPush,
    StockSettings,
    TaxMapping,
)

NOW = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
SECRETS = ("secret_of_the_store", "access_of_the_books", "refresh_of_the_books", "hash-of-what-was-typed")
SETTINGS = (OrderSettings, ItemSettings, PaymentSettings, RefundSettings, ProductSettings, StockSettings)

_PROFILE = {
    "payment_statuses": [["PAID", "Paid"], ["AWAITING_PAYMENT", "Awaiting payment"]],
    "fulfillment_statuses": [["SHIPPED", "Shipped"]],
}
_PREFERENCES = {
    "CurrencyPrefs": {"HomeCurrency": {"value": "CAD"}},
    "TaxPrefs": {"UsingSalesTax": True},
    "AccountingInfoPrefs": {"TrackDepartments": True},
}
# type, id, name, kind, detail, active
ENTRIES = (
    ("Account", "1", "Clearing", "Bank", "Checking", True),
    ("Account", "2", "Closed bank", "Bank", "Checking", False),
    ("Account", "3", "Sales", "Income", "SalesOfProductIncome", True),
    ("Account", "4", "Stock on hand", "Other Current Asset", "Inventory", True),
    ("Account", "5", "Cost of goods", "Cost of Goods Sold", "SuppliesMaterialsCogs", True),
    ("Item", "6", "Shipping", "Service", "", True),
    ("Item", "7", "Mug", "Inventory", "", True),
    ("Item", "8", "Old freight", "Service", "", False),
    ("Customer", "9", "Ada", "", "", True),
    ("PaymentMethod", "10", "Card", "", "", True),
    ("Department", "11", "Montréal", "", "", True),
    ("Class", "12", "Wholesale", "", "", True),
)
_TAX_CODES = (("20", "GST", True), ("21", "Gone", False))


def person(name, **more):
    """A user; without a password, whose hashing is slow on purpose."""
    return User.objects.create_user(name, f"{name}@example.test", **more)


def member(business, role, name=""):
    """A person with this role in the business, called like it unless told otherwise."""
    user = person(name or role)
    Membership.objects.create(user=user, business=business, role=role)
    return user


@dataclass
class Office:
    """One business with everything in it."""

    business: Business
    store: StoreConnection
    books: BooksConnection
    integration: Integration

    @classmethod
    def open(cls, name, realm):
        business = Business.objects.create(name=name)
        slug = name.lower()
        store = StoreConnection.objects.create(
            business=business, provider="ecwid", account_id="1003", name=f"{name} shop", currency="CAD",
            state="connected", checked_at=NOW, profile=_PROFILE, credentials={"access_token": SECRETS[0]},
            credentials_given=SECRETS[3],
        )  # fmt: skip
        books = BooksConnection.objects.create(
            business=business, account_id=realm, name=f"{name} Inc.", currency="CAD", state="connected",
            checked_at=NOW, mirrored_at=NOW, info={"Id": "1", "Country": "CA"}, preferences=_PREFERENCES,
            credentials={"access_token": SECRETS[1], "refresh_token": SECRETS[2]}, credentials_given=SECRETS[3],
        )  # fmt: skip
        integration = Integration.objects.create(
            business=business, slug=slug, store=store, books=books, time_zone="America/Toronto"
        )
        for settings in SETTINGS:
            settings.objects.create(integration=integration)
        office = cls(business, store, books, integration)
        office._list()
        office._map()
        office._tell()
        office._count()
        office.trade()
        return office

    def _list(self):
        for kind, ref, name, account_type, detail, active in ENTRIES:
            self.add(kind, ref, name, kind=account_type, detail=detail, active=active)
        for ref, name, active in _TAX_CODES:
            data = {"Id": ref, "Name": name, "Active": active}
            self.add("TaxCode", ref, name, active=active, data=data)

    def add(self, entity, ref, name, **more):
        return BooksObject.objects.create(
            books=self.books, type=entity, books_ref=ref, name=name, name_key=name.casefold(), **more
        )

    def entry(self, name):
        return BooksObject.objects.get(books=self.books, name=name)

    def _map(self):
        TaxMapping.objects.create(integration=self.integration, taxes=["GST"], code="20")
        TaxMapping.objects.create(integration=self.integration, taxes=["TVA 5,5 %"])
        PaymentMapping.objects.create(integration=self.integration, method="PayPal", account=self.entry("Clearing"))
        ProductMatch.objects.create(integration=self.integration, sku="MUG-1", item=self.entry("Mug"))
        ModuleSettings.objects.create(integration=self.integration, module="bookings")
        CustomerLink.objects.create(
            integration=self.integration, buyer_ref="77", currency="CAD", customer=self.entry("Ada")
        )
        SettingChange.objects.create(
            business=self.business, integration=self.integration, by="ana", at=NOW - timedelta(days=1),
            model="sync.ordersettings", field="post_as", old="invoice", new="sales_receipt",
        )  # fmt: skip

    def trade(self, orders=2):
        """A run that posted the first order and held the others; may be called again for more."""
        start = Record.objects.filter(integration=self.integration).count()
        run = Run.objects.create(
            integration=self.integration, trigger="schedule", state="finished", started_at=NOW,
            finished_at=NOW + timedelta(seconds=65), counts={"created": 1, "held": orders - 1},
            totals={"created": {"CAD": "1234.5"}}, calls={"ecwid": 1},
        )  # fmt: skip
        batch = Batch.objects.create(books=self.books, request_id=f"{self.integration.slug}-{start}", sent_at=NOW)
        for number in range(start, start + orders):
            self._order(run, batch, number, posted=number == start)
        return run

    def _order(self, run, batch, number, *, posted):
        amount = Decimal("1234.50") + number
        reason, params = ("", {}) if posted else ("tax_unmapped", {"taxes": "TVA 5,5 %"})
        record = Record.objects.create(
            integration=self.integration, kind="order", store_ref=str(9000 + number), number=str(1000 + number),
            payload={"order": {"total": amount}}, fingerprint="f", created_in_store_at=NOW, updated_in_store_at=NOW,
            amount=amount, currency="CAD", payment_status="PAID", state="posted" if posted else "held",
            reason=reason, params=params, cause=cause_of(reason, params), done=1, decided_revision=99,
        )  # fmt: skip
        document = {"books_type": "Invoice", "books_ref": str(300 + number), "doc_number": f"EW-{record.number}"}
        if posted:
            Posting.objects.create(
                books=self.books, record=record, role="sale", state="posted", batch=batch, payload={"Line": []},
                total=amount, currency="CAD", txn_date=NOW.date(), posted_at=NOW, **document,
            )  # fmt: skip
        LogEntry.objects.create(
            run=run, integration=self.integration, record=record, kind="order", store_ref=record.store_ref,
            action="created" if posted else "held", amount=amount, currency="CAD", reason=reason, params=params,
            created_at=NOW, trace="tid-1", **(document if posted else {}),
        )  # fmt: skip

    def _count(self):
        """Levels that wait for somebody to approve them."""
        push = StockPush.objects.create(
            integration=self.integration, state="waiting", because="first", digest="d", compared=4, falling=1,
            created_at=NOW,
        )  # fmt: skip
        for sku, before, after in (("MUG-1", 8, 12), ("MUG-2", 3, 0)):
            push.changes.create(store_ref=sku, sku=sku, product=f"Mug {sku}", before=before, after=after)

    def _tell(self):
        """A message of each side that came to nothing, and one that is still to be looked at."""
        for side, kind, state in (("store", "order.updated", "stored"), ("books", "item.updated", "ignored")):
            delivery = WebhookDelivery.objects.create(provider=side, received_at=NOW, body=b"{}")
            WebhookEvent.objects.create(
                delivery=delivery, business=self.business, event_id=f"{side} {self.business.pk}", topic="other",
                kind=kind, entity="7", happened_at=NOW, state=state, **{side: getattr(self, side)},
            )  # fmt: skip

    def hire(self, name, role):
        return member(self.business, role, name)
