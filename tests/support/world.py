"""A small world to test in: a simulated shop, a simulated company, and an integration of both with all mapped."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from accounts.models import Business
from integrations.connecting import check_books, check_store
from integrations.models import BooksConnection, BooksObject, Integration, StoreConnection
from sync.engine.run import run_integration
from sync.models import (
    ItemSettings,
    LogEntry,
    OrderSettings,
    PaymentMapping,
    PaymentSettings,
    ProductSettings,
    Record,
    RefundSettings,
    Run,
    StockSettings,
    TaxMapping,
)
from tests.support.sandbox import UNTHROTTLED
from tests.support.shops import SHOPS

CA, US, US_NONE, GB, US_MANUAL, FR = (f"934145000000000{number}" for number in range(1, 7))


@dataclass(frozen=True)
class Place:
    """Which shop and which company make a world, and how the shop's taxes are mapped: (store taxes, code name)."""

    store: str
    realm: str
    time_zone: str
    taxes: tuple
    provider: str = "ecwid"


WORLDS = {
    "CA": Place("1003", CA, "America/Toronto", ((["GST", "QST"], "GST/QST QC"), (["GST"], "GST"), ([], "Zero-rated"))),
    "US": Place("1004", US, "America/Chicago", ((["Sales tax"], "TAX"), ([], "NON"))),
    "US_NONE": Place("1004", US_NONE, "America/Chicago", ((["Sales tax"], "TAX"), ([], "NON"))),
    "US_MANUAL": Place("1004", US_MANUAL, "America/Chicago", ((["Sales tax"], "TAX"), ([], "NON"))),
    "GB": Place(
        "1005",
        GB,
        "Europe/London",
        ((["VAT 20"], "20.0% S"), (["VAT 5"], "5.0% R"), (["VAT zero-rated"], "0.0% Z"), ([], "No VAT")),
    ),
    "FR": Place("1006", FR, "Europe/Paris", ((["TVA"], "TVA 20 %"), (["TVA réduite"], "TVA 5,5 %"), ([], "0 %"))),
    "WIX_CA": Place(
        "erable",
        CA,
        "America/Toronto",
        (
            (["GST", "QST"], "GST/QST QC"),
            (["GST"], "GST"),
            (["Zero-rated"], "Zero-rated"),
            (["No tax named 0"], "Exempt"),
            ([], "Exempt"),
        ),
        "wix",
    ),
    "WIX_US": Place(
        "harbor",
        US,
        "America/New_York",
        (
            (["Sales tax"], "TAX"),
            (["NY State tax"], "TAX"),
            (["NY City tax"], "TAX"),
            (["MCTD"], "TAX"),
            (["No tax named 0"], "NON"),
            ([], "NON"),
        ),
        "wix",
    ),
    "WIX_GB": Place(
        "fern",
        GB,
        "Europe/London",
        (
            (["VAT 20"], "20.0% S"),
            (["VAT 5"], "5.0% R"),
            (["VAT 0"], "0.0% Z"),
            (["No tax named 0"], "No VAT"),
            ([], "No VAT"),
        ),
        "wix",
    ),
    "WIX_FR": Place(
        "lumiere",
        FR,
        "Europe/Paris",
        (
            (["TVA 20"], "TVA 20 %"),
            (["TVA 5.5"], "TVA 5,5 %"),
            (["TVA 0"], "0 %"),
            (["No tax named 0"], "0 %"),
            ([], "0 %"),
        ),
        "wix",
    ),
    "WIX_JP": Place("kissa", FR, "Asia/Tokyo", ((["No tax named 0"], "0 %"), ([], "0 %")), "wix"),
}
SPECIAL_ITEMS = {
    "discount_item": "Discount",
    "rounding_item": "Rounding",
    "shipping_item": "Shipping",
    "fee_item": "Fees",
    "tip_item": "Tips",
    "gift_card_item": "Gift cards",
    "tax_item": "Sales tax",
}


class World:
    """Place orders, sync, look at the books."""

    def __init__(self, sandbox, time, place, integration):
        self.sandbox, self.time, self.place_, self.integration = sandbox, time, place, integration
        self.ecwid, self.wix, self.quickbooks = sandbox.ecwid, sandbox.wix, sandbox.quickbooks
        self.shop = SHOPS[place.provider](sandbox, place.store)
        self.store_id, self.realm = place.store, place.realm

    @classmethod
    def make(cls, sandbox, time, name, *, slug="shop", start=date(2026, 1, 1), **order_settings):
        place = WORLDS[name]
        sandbox.quickbooks.switch(**UNTHROTTLED)
        shop = SHOPS[place.provider](sandbox, place.store)
        shop.open()
        business, _ = Business.objects.get_or_create(name=f"Business of {slug}")
        store = StoreConnection.objects.create(
            business=business,
            provider=shop.provider,
            account_id=shop.account_id,
            credentials=shop.credentials,
        )
        books = BooksConnection.objects.create(
            business=business,
            account_id=place.realm,
            credentials={
                "access_token": f"qbo_access_{place.realm}",
                "refresh_token": f"qbo_refresh_{place.realm}",
            },
        )
        check_store(store, clock=time.clock)
        check_books(books, clock=time.clock)
        integration = Integration.objects.create(
            business=business, slug=slug, store=store, books=books, time_zone=place.time_zone, start_date=start
        )
        world = cls(sandbox, time, place, integration)
        world._configure(order_settings)
        sandbox.quickbooks.reset_counters()
        shop.side.reset_counters()
        return world

    def _configure(self, order_settings):
        items = {setting: self.entry("Item", item) for setting, item in SPECIAL_ITEMS.items()}
        options = {"number_prefix": self.shop.prefix, "payment_statuses": ["PAID"], **items, **order_settings}
        OrderSettings.objects.create(integration=self.integration, **options)
        ItemSettings.objects.create(
            integration=self.integration,
            income_account=self.entry("Account", "Sales of Product Income"),
            expense_account=self.entry("Account", "Cost of Goods Sold"),
            asset_account=self.entry("Account", "Inventory Asset"),
        )
        PaymentSettings.objects.create(integration=self.integration, account=self.entry("Account", "Ecwid Clearing"))
        for settings in (RefundSettings, ProductSettings, StockSettings):
            settings.objects.create(integration=self.integration)
        for taxes, code in self.place_.taxes:
            self.map_tax(taxes, code)

    # -- settings ------------------------------------------------------------------------------------------------------

    def entry(self, entity, name):
        """A list entry of the company by its name."""
        return BooksObject.objects.get(books=self.integration.books, type=entity, name=name)

    def set(self, group, **changes):
        """Change settings: set("orders", post_as="sales_receipt")."""
        settings = getattr(Integration.objects.get(pk=self.integration.pk), group)
        for name, value in changes.items():
            setattr(settings, name, value)
        settings.save()

    def map_tax(self, taxes, code):
        """Map a combination of taxes to a tax code by its name (TAX and NON for US companies)."""
        code_id = code if code in {"TAX", "NON"} else self.entry("TaxCode", code).books_ref
        row, _ = TaxMapping.objects.get_or_create(
            integration=self.integration, key=TaxMapping.key_of(taxes), defaults={"taxes": taxes}
        )
        row.code = code_id
        row.save()
        return row

    def map_method(self, method, account=None, payment_method=None):
        row, _ = PaymentMapping.objects.get_or_create(integration=self.integration, method=method)
        row.account = self.entry("Account", account) if account else None
        row.payment_method = self.entry("PaymentMethod", payment_method) if payment_method else None
        row.save()
        return row

    # -- acting --------------------------------------------------------------------------------------------------------

    def place(self, *carts):
        """Place orders; each cart is completed with what most tests do not care about. Returns their ids."""
        return self.shop.place(*carts)

    def act(self, number, deed, body=None):
        """Something happens to a filed order in the shop: "edit", "cancel", "status", ..."""
        return self.shop.act(self.record(number).store_ref, deed, body or {})

    def sync(self, **options):
        """Run, and return the run. Time moves on a little, as it does."""
        self.time.forward(seconds=1)
        return run_integration(Integration.objects.get(pk=self.integration.pk), clock=self.time.clock, **options)

    # -- looking -------------------------------------------------------------------------------------------------------

    def books(self):
        return self.quickbooks.books(self.realm)

    def documents(self, entity="Invoice"):
        """The company's documents of a type, by number (payments by id)."""
        return {row.get("DocNumber", row["Id"]): row for row in self.books().get(entity, [])}

    def only(self, entity="Invoice"):
        (document,) = self.documents(entity).values()
        return document

    def books_entry(self, entity, books_id):
        """An object of the company by its id, as the books hold it."""
        return next(row for row in self.books()[entity] if row["Id"] == books_id)

    def record(self, number):
        return Record.objects.get(integration=self.integration, number=number, kind="order")

    def refunds(self, number):
        """The refunds of an order, as they were made."""
        found = Record.objects.filter(integration=self.integration, order__number=number, kind="refund")
        return list(found.order_by("created_in_store_at", "pk"))

    def log(self, run=None):
        run = run or Run.objects.latest("pk")
        return list(LogEntry.objects.filter(run=run).order_by("pk"))


def money(value):
    return Decimal(str(value))
