"""Several stores in one world."""

from datetime import date

from integrations.connecting import check_store
from integrations.models import Integration, StoreConnection
from sync.models import (
    ItemSettings,
    OrderSettings,
    PaymentSettings,
    ProductSettings,
    RefundSettings,
    StockSettings,
)
from tests.support.world import World


def second_store(world):
    """A second shop, of another provider account, on the same company; it has no taxes."""
    store = StoreConnection.objects.create(
        business=world.integration.business,
        provider="ecwid",
        account_id="1007",
        credentials={"access_token": "secret_sim_1007"},
    )
    check_store(store, clock=world.time.clock)
    integration = Integration.objects.create(
        business=world.integration.business,
        slug="other",
        store=store,
        books=world.integration.books,
        time_zone="America/Chicago",
        start_date=date(2026, 1, 1),
    )
    OrderSettings.objects.create(integration=integration, payment_statuses=["PAID"])
    ItemSettings.objects.create(integration=integration, income_account=world.entry("Account", "Services"))
    PaymentSettings.objects.create(integration=integration, account=world.entry("Account", "PayPal Clearing"))
    for settings in (RefundSettings, ProductSettings, StockSettings):
        settings.objects.create(integration=integration)
    place = type(world.place_)("1007", world.realm, "America/Chicago", ())
    return World(world.sandbox, world.time, place, integration)
