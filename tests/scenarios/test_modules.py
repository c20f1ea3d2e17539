"""What a Wix site sells besides goods, through whole syncs: classes, tickets, plans (W1, W2)."""

from decimal import Decimal

import pytest

from sync.engine.wanted import orders_want
from sync.models import ModuleSettings
from sync.translate.reasons import Reason
from tests.support.documents import lines_of
from tests.support.expect import books_are_whole, held, payments_of, posted, skipped
from tests.support.ledger import dec

D = Decimal
CLASS = {"name": "Wheel taster", "price": 48, "module": "bookings"}
LAMP = {"sku": "LAMP-GRE"}


@pytest.fixture
def fern(make_world):
    """A British studio that sells goods, classes and tickets."""
    return make_world("WIX_GB")


def choose(world, module, item=None, *, enabled=True):
    row, _made = ModuleSettings.objects.get_or_create(integration=world.integration, module=module)
    row.item, row.enabled = world.entry("Item", item) if item else None, enabled
    row.save()


def known(world):
    return sorted(ModuleSettings.objects.filter(integration=world.integration).values_list("module", flat=True))


def sync_later(world):
    """What a module sold is compared with the site's orders, whose index lags: it is taken some minutes later."""
    world.time.forward(minutes=11)
    return world.sync()


def items(world, number):
    return [line[0] for line in lines_of(world, posted(world, number))]


def test_a_class_waits_for_its_item_and_for_nothing_else(fern):
    fern.place({"number": "1", "lines": [CLASS]}, {"number": "2", "lines": [LAMP]})
    fern.sync()
    held(
        fern, "1", Reason.MODULE_ITEM_MISSING, "“Wheel taster” has no SKU", "Choose the item for “Bookings” in Modules"
    )
    assert items(fern, "2") == ["LAMP-GRE"]
    assert known(fern) == ["bookings", "stores"]

    choose(fern, "bookings", "Fees")
    fern.sync()
    assert items(fern, "1") == ["Fees"]
    books_are_whole(fern)


def test_a_class_is_posted_once_it_is_paid(make_world):
    """Whatever statuses are chosen; goods go by their status."""
    fern = make_world("WIX_GB", payment_statuses=["PAID", "NOT_PAID"], fulfillment_statuses=["NOT_FULFILLED"])
    choose(fern, "bookings", "Fees")
    unpaid = {"paid": False}
    fern.place({"number": "1", "lines": [CLASS], **unpaid}, {"number": "2", "lines": [LAMP], "shipping": 5, **unpaid})
    fern.sync()
    skipped(fern, "1", Reason.AWAITS_PAYMENT, "“Bookings” is posted once it is paid", "nothing to do here")
    assert not payments_of(fern, posted(fern, "2"))

    fern.act("1", "pay")
    fern.sync()
    assert [dec(paid["TotalAmt"]) for paid in payments_of(fern, posted(fern, "1"))] == [D("48.00")]
    assert fern.sync().counts == {}


def test_a_class_sold_with_goods_goes_by_the_status(fern):
    choose(fern, "bookings", "Fees")
    fern.place({"number": "1", "lines": [CLASS, LAMP], "paid": False})
    fern.sync()
    skipped(fern, "1", Reason.STATUS_NOT_SELECTED)
    fern.act("1", "pay")
    fern.sync()
    assert items(fern, "1") == ["Fees", "LAMP-GRE"]


def test_a_class_that_was_given_back_was_paid(fern):
    choose(fern, "bookings", "Fees")
    [ref] = fern.place({"number": "1", "lines": [CLASS]})
    fern.wix.refund("fern", ref)
    fern.sync()
    assert items(fern, "1") == ["Fees"]


def test_modules_that_are_switched_off(fern):
    choose(fern, "bookings", "Fees", enabled=False)
    fern.place({"number": "1", "lines": [CLASS]}, {"number": "2", "lines": [CLASS, LAMP]})
    fern.sync()
    skipped(fern, "1", Reason.MODULE_OFF, "sold by “Bookings”", "Switch it on in Modules")
    held(fern, "2", Reason.MODULES_MIXED, "“Store products”", "Switch “Bookings” on in Modules")

    choose(fern, "bookings", "Fees")
    fern.sync()
    assert items(fern, "1") == ["Fees"]
    assert items(fern, "2") == ["Fees", "LAMP-GRE"]
    books_are_whole(fern)


def test_what_is_in_the_books_stays_there(fern):
    choose(fern, "bookings", "Fees")
    fern.place({"number": "1", "lines": [CLASS]}, {"number": "2", "lines": [CLASS, LAMP]})
    fern.sync()
    books = fern.books()
    choose(fern, "bookings", enabled=False)
    fern.sync()
    assert fern.books() == books
    for number in ("1", "2"):
        posted(fern, number)


def test_tickets_come_by_their_own_api_each_once(fern):
    choose(fern, "events", "Fees")
    sold = fern.wix.sell_tickets("fern", {"name": "Clay & supper", "price": 55, "quantity": 2}, fee="FEE_ADDED")
    unpaid = fern.wix.sell_tickets("fern", {"name": "Spring fair", "price": 6}, status="OFFLINE_PENDING")
    assert fern.sync().counts == {}
    sync_later(fern)
    sale = posted(fern, sold["orderNumber"])
    assert dec(sale["TotalAmt"]) == D("112.75")
    assert [line[0] for line in lines_of(fern, sale)] == ["Fees", "Fees"]  # the tickets, and what Wix adds to them
    skipped(fern, unpaid["orderNumber"], Reason.AWAITS_PAYMENT, "“Event tickets” is posted")
    books_are_whole(fern)
    books = fern.books()
    sync_later(fern)
    assert fern.books() == books


def test_tickets_that_are_an_order_of_the_site_too_are_posted_once(fern):
    """Also while the index does not show that order, although a message tells of it."""
    choose(fern, "events", "Fees")
    fern.sync()
    fern.wix.switch(index_lag_seconds=300)
    ticket = fern.wix.sell_tickets("fern", {"name": "Spring fair", "price": 6})
    line = {"name": "Spring fair", "price": 6, "module": "events", "item_id": ticket["reservationId"]}
    [twin] = fern.place({"number": "TWIN", "lines": [line]})
    orders_want(fern.integration, [twin], now=fern.time.now())
    fern.sync()
    posted(fern, "TWIN")

    fern.wix.switch(index_lag_seconds=0)
    sync_later(fern)
    assert len(fern.documents()) == 1
    books_are_whole(fern)


def test_each_paid_cycle_of_a_plan_is_a_sale(fern):
    fern.wix.change_site("fern", modules=["stores", "bookings", "pricing_plans"])
    choose(fern, "pricing_plans", "Fees")
    plan = fern.wix.subscribe("fern", name="Gold", price=15)
    sync_later(fern)
    fern.wix.next_cycle("fern", plan["id"], paid=False)
    sync_later(fern)
    first, second = (f"{plan['id'][:8]}-{cycle}" for cycle in (1, 2))
    assert items(fern, first) == ["Fees"]
    skipped(fern, second, Reason.AWAITS_PAYMENT, "“Pricing plans”")
    books_are_whole(fern)


def test_a_site_without_any_module_but_goods(make_world):
    """Modules that are not installed are absent, and no error."""
    harbor = make_world("WIX_US")
    harbor.place({"number": "1", "lines": [{"sku": "MUG"}]})
    run = harbor.sync()
    assert run.counts == {"created": 1}
    assert known(harbor) == ["stores"]


def test_a_store_without_modules_knows_none(make_world):
    world = make_world("CA")
    world.place({"order_id": "A", "lines": [{"sku": "TSH-M", "quantity": 1, "price": 20}]})
    world.sync()
    posted(world, "A")
    assert known(world) == []
