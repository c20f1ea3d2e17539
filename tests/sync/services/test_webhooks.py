"""What providers' messages mean (S6): an order is wanted, lists are read, a sync is asked for; or nothing, and why."""

from datetime import timedelta

import pytest
import time_machine
from django_q.models import Schedule

from integrations.models import (
    BooksConnection,
    BooksObject,
    Integration,
    StoreConnection,
    WebhookDelivery,
    WebhookEvent,
)
from sync import tasks
from sync.engine.lease import leased
from sync.engine.wanted import orders_want
from sync.models import OrderSettings, Record, RefundSettings, Run, RunState, WantedOrder
from sync.reports.alarms import AlarmKind, alarms_for
from sync.reports.overview import current_runs
from sync.services import webhooks
from sync.services.syncing import sync_ask, sync_carry_out, sync_on_message
from sync.services.webhooks import books_events_handle, events_sweep, store_events_handle
from tests.support.messages import (
    ECWID_SECRET,
    QUICKBOOKS_SECRET,
    WIX_PUBLIC_KEY,
    cloud_event,
    ecwid_message,
    post,
    quickbooks_message,
    wix_message,
    wix_order,
)
from tests.support.office import NOW, Office
from tests.support.time import StillTime

REALM = "934145001"
FOUR_MINUTES = timedelta(minutes=4)


@pytest.fixture
def time():
    return StillTime()


@pytest.fixture(autouse=True)
def secrets(settings):
    settings.ECWID_CLIENT_SECRET, settings.QUICKBOOKS_WEBHOOK_TOKEN = ECWID_SECRET, QUICKBOOKS_SECRET


@pytest.fixture(autouse=True)
def queue(monkeypatch):
    """What was handed to the background workers, as (task, id)."""
    handed = []
    for module in ("syncing", "webhooks"):
        monkeypatch.setattr(f"sync.services.{module}.async_task", lambda task, pk, **_how: handed.append((task, pk)))
    return handed


@pytest.fixture
def office(db):
    office = Office.open("Maple", REALM)
    WebhookDelivery.objects.all().delete()
    Run.objects.all().delete()
    return office


@pytest.fixture
def tell(client, time, settings, django_capture_on_commit_callbacks):
    """Events of the store, each in a message of its own, that happened just now."""
    ids = iter(range(1000))

    def told(*kinds, **more):
        for kind in kinds:
            secret = settings.ECWID_CLIENT_SECRET  # with a world it is the sandbox's
            message = ecwid_message(kind, event_id=f"e{next(ids)}", created=time.now(), secret=secret, **more)
            with django_capture_on_commit_callbacks(execute=True), time_machine.travel(time.now(), tick=False):
                assert post(client, "ecwid", message).status_code == 200

    return told


@pytest.fixture
def tell_books(client, time, settings, django_capture_on_commit_callbacks):
    """Events of the company, in one message."""
    ids = iter(range(1000))

    def told(*kinds, realm=REALM, created=None, **more):
        created = created or time.now()
        events = [
            cloud_event(f"c{next(ids)}", realm=realm, created=created, kind=f"qbo.{kind}.v1", **more) for kind in kinds
        ]
        with django_capture_on_commit_callbacks(execute=True), time_machine.travel(time.now(), tick=False):
            assert (
                post(
                    client, "quickbooks", quickbooks_message(events, secret=settings.QUICKBOOKS_WEBHOOK_TOKEN)
                ).status_code
                == 200
            )

    return told


@pytest.fixture
def handle(time, django_capture_on_commit_callbacks):
    """Let a worker do what the events of a connection ask for."""

    def handled(connection):
        act = store_events_handle if isinstance(connection, StoreConnection) else books_events_handle
        with django_capture_on_commit_callbacks(execute=True):
            return act(connection.pk, clock=time.clock)

    return handled


def outcomes():
    return list(WebhookEvent.objects.order_by("pk").values_list("kind", "state", "outcome"))


def only_outcome():
    ((_kind, state, outcome),) = outcomes()
    return state, outcome


# -- waking ------------------------------------------------------------------------------------------------------------


def test_the_workers_tasks_are_the_ones_that_are_named():
    for side, task in {"store": tasks.handle_store_events, "books": tasks.handle_books_events}.items():
        assert webhooks.TASKS[side] == f"{task.__module__}.{task.__name__}"


def test_a_burst_wakes_one_worker_and_makes_one_run(office, tell, handle, queue):
    tell(*["order.created", "order.updated", "product.updated"] * 20)
    assert queue == [("sync.tasks.handle_store_events", office.store.pk)]
    assert handle(office.store) == 60
    run = Run.objects.get()
    assert (run.state, run.trigger, run.user) == ("queued", "webhook", None)
    assert queue[1:] == [("sync.tasks.carry_out_sync", run.pk)]


def test_what_comes_after_that_wakes_again_and_waits_for_the_same_run(office, tell, handle, queue):
    tell("order.created")
    handle(office.store)
    tell("order.updated")
    handle(office.store)
    assert [task for task, _pk in queue].count("sync.tasks.handle_store_events") == 2
    assert Run.objects.count() == 1


def test_what_comes_while_events_are_looked_at_is_looked_at_too(office, tell, time, queue, monkeypatch):
    """It woke nobody, because an event was waiting; so whoever is at work must look again."""
    real, late = webhooks._of_store, iter(["order.updated"])

    def interrupted(*args):
        for kind in late:
            tell(kind)
        return real(*args)

    monkeypatch.setattr(webhooks, "_of_store", interrupted)
    tell("order.created")
    assert store_events_handle(office.store.pk, clock=time.clock) == 2
    assert [task for task, _pk in queue].count("sync.tasks.handle_store_events") == 1
    assert {outcome for _kind, _state, outcome in outcomes()} == {"sync_asked"}


def test_an_event_that_lies_there_for_long_does_not_keep_others_from_waking(office, tell, queue, time):
    tell("order.created")
    time.forward(minutes=2)
    tell("order.updated")
    assert len(queue) == 2


def test_events_that_no_worker_came_to_are_swept_up(office, tell, tell_books, queue, time):
    tell("order.created")
    tell_books("item.updated")
    queue.clear()
    assert events_sweep(now=time.now()) == 0
    assert events_sweep(now=time.now() + timedelta(minutes=1)) == 2
    assert sorted(queue) == [
        ("sync.tasks.handle_books_events", office.books.pk),
        ("sync.tasks.handle_store_events", office.store.pk),
    ]


def test_nothing_waits_for_a_connection_that_is_gone(db, time):
    assert store_events_handle(4711, clock=time.clock) == 0
    assert books_events_handle(4711, clock=time.clock) == 0


# -- runs --------------------------------------------------------------------------------------------------------------


def test_a_sync_that_works_already_may_have_looked_too_early_so_another_waits(office, tell, handle, time):
    running = Run.objects.create(integration=office.integration, trigger="schedule", started_at=time.now())
    tell("order.created")
    handle(office.store)
    tell("order.updated")
    handle(office.store)
    assert Run.objects.exclude(pk=running.pk).get().state == RunState.QUEUED


def test_the_one_that_works_is_the_one_that_is_shown(office, time):
    running = Run.objects.create(integration=office.integration, trigger="schedule", started_at=time.now())
    sync_on_message(office.integration, now=time.now() + timedelta(seconds=5))
    assert current_runs([office.integration.pk], now=time.now()) == {office.integration.pk: running}


def test_a_person_who_asks_meanwhile_gets_the_run_that_waits(office, tell, handle, time):
    tell("order.created")
    handle(office.store)
    assert sync_ask(office.integration, user=None, now=time.now()) == Run.objects.get()


def test_a_run_that_no_worker_took_up_is_handed_over_again(office, queue, django_capture_on_commit_callbacks):
    for minutes in (0, 0, 2):
        with django_capture_on_commit_callbacks(execute=True):
            sync_on_message(office.integration, now=NOW + timedelta(minutes=minutes))
    assert Run.objects.count() == 1
    assert len(queue) == 2


def test_a_run_that_waited_for_the_company_is_woken_when_it_is_free(world, queue, django_capture_on_commit_callbacks):
    """It was put off by a minute, which is longer than most syncs take."""
    run = sync_on_message(world.integration, now=world.time.now())
    with leased(world.integration.books, clock=world.time.clock):
        assert sync_carry_out(run.pk, clock=world.time.clock, works_for=FOUR_MINUTES) is None
    queue.clear()
    with django_capture_on_commit_callbacks(execute=True):
        tasks.sync_once(world.integration.pk, world.time.clock)
    assert queue == [("sync.tasks.carry_out_sync", run.pk)]
    assert sync_carry_out(run.pk, clock=world.time.clock, works_for=FOUR_MINUTES) == run


def test_a_run_that_is_handed_over_by_many_messages_comes_back_once(world):
    run = sync_on_message(world.integration, now=world.time.now())
    with leased(world.integration.books, clock=world.time.clock):
        for _message in range(3):
            assert sync_carry_out(run.pk, clock=world.time.clock, works_for=FOUR_MINUTES) is None
    assert Schedule.objects.filter(name=f"run {run.pk}").count() == 1


def test_a_run_is_given_up_when_the_integration_was_paused_since(office, time):
    run = sync_on_message(office.integration, now=time.now())
    Integration.objects.update(paused=True)
    assert sync_carry_out(run.pk, clock=time.clock, works_for=FOUR_MINUTES) is None
    assert not Run.objects.exists()


@pytest.mark.parametrize(("trigger", "reports"), [("webhook", 0), ("person", 1)])
def test_no_mail_for_every_message(office, monkeypatch, trigger, reports):
    """What happened is told after the next sync of the schedule."""
    run = Run.objects.create(integration=office.integration, trigger=trigger, state="finished", started_at=NOW)
    told = []
    monkeypatch.setattr(tasks, "sync_carry_out", lambda *_run, **_how: run)
    monkeypatch.setattr(tasks, "report_after_run", lambda run, now: told.append(run))
    tasks.carry_out_sync(run.pk)
    assert len(told) == reports


# -- orders ------------------------------------------------------------------------------------------------------------


def test_an_order_is_wanted_once_however_often_it_is_told_of(office, tell, handle, time):
    tell("order.updated", "order.created", "order.updated")
    tell("order.created", entityId=7)
    handle(office.store)
    rows = WantedOrder.objects.order_by("store_ref").values_list("integration", "store_ref")
    assert list(rows) == [(office.integration.pk, "481920377"), (office.integration.pk, "7")]
    assert {state for _kind, state, _outcome in outcomes()} == {"handled"}
    assert WebhookEvent.objects.filter(handled_at__isnull=True).count() == 0


def test_every_integration_of_the_store_wants_it(office, tell, handle):
    other = BooksConnection.objects.create(business=office.business, account_id="934145009")
    second = Integration.objects.create(business=office.business, slug="second", store=office.store, books=other)
    second_paused = Integration.objects.create(
        business=office.business,
        slug="third",
        store=office.store,
        books=BooksConnection.objects.create(business=office.business, account_id="934145010"),
        paused=True,
    )
    for integration in (second, second_paused):
        OrderSettings.objects.create(integration=integration)
        RefundSettings.objects.create(integration=integration)
    tell("order.created")
    handle(office.store)
    wanting = set(WantedOrder.objects.values_list("integration__slug", flat=True))
    assert wanting == {"maple", "second"}
    assert set(Run.objects.values_list("integration__slug", flat=True)) == wanting
    assert only_outcome() == ("handled", "sync_asked")


def test_a_deleted_order_is_a_reason_to_look_and_not_wanted_by_its_id(office, tell, handle):
    tell("order.deleted")
    handle(office.store)
    assert only_outcome() == ("handled", "sync_asked")
    assert Run.objects.count() == 1
    assert not WantedOrder.objects.exists()


def test_an_order_without_a_number_is_a_reason_to_look(office, tell, handle):
    tell("order.updated", entityId="../deleted")
    handle(office.store)
    assert Run.objects.count() == 1
    assert not WantedOrder.objects.exists()


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"paused": True}, "paused"),
        ({"live_at": None}, "draft"),
        ({"auto_sync": "manual"}, "own_time"),
        ({"auto_sync": "daily"}, "own_time"),
    ],
)
def test_who_is_not_synchronised_and_why(office, tell, handle, changes, why):
    Integration.objects.update(**changes)
    tell("order.created")
    handle(office.store)
    assert only_outcome() == ("ignored", why)
    assert not Run.objects.exists()
    assert not WantedOrder.objects.exists()


@pytest.mark.parametrize("state", ["reconnect", "disconnected"])
def test_a_store_that_lets_nobody_in_is_not_asked(office, tell, handle, state):
    StoreConnection.objects.update(state=state)
    tell("order.created")
    handle(office.store)
    assert only_outcome() == ("ignored", "reconnect")
    assert not Run.objects.exists()


def test_a_store_that_nothing_is_built_on(office, tell, handle):
    office.integration.delete()
    tell("order.created")
    handle(office.store)
    assert only_outcome() == ("ignored", "unused")


def test_a_flow_that_is_switched_off(office, tell, handle):
    office.integration.orders.enabled = False
    office.integration.orders.save()
    tell("order.created")
    handle(office.store)
    assert only_outcome() == ("ignored", "flow_off")
    assert not Run.objects.exists()


def test_products_matter_to_those_who_have_items_made_of_them(office, tell, handle):
    tell("product.updated")
    handle(office.store)
    assert only_outcome() == ("ignored", "flow_off")


@pytest.mark.parametrize("kind", ["customer.updated", "unfinished_order.created", "category.created", "of.tomorrow"])
def test_what_nothing_depends_on(office, tell, handle, kind):
    tell(kind)
    handle(office.store)
    assert only_outcome() == ("ignored", "not_needed")


# -- uninstalled -------------------------------------------------------------------------------------------------------


@pytest.fixture
def told_of_uninstall(world, tell):
    StoreConnection.objects.update(account_id=world.store_id)
    tell("application.uninstalled", storeId=int(world.store_id), entityId=world.store_id)
    return world.integration.store


def test_an_uninstalled_app_is_tried_and_the_owner_told(world, told_of_uninstall, handle):
    store = told_of_uninstall
    store.credentials = {"access_token": "secret_of_yesterday"}
    store.save()
    handle(store)
    store.refresh_from_db()
    assert store.state == "reconnect"
    assert only_outcome() == ("handled", "disconnected")
    alarms = alarms_for([world.integration], now=world.time.now())
    assert AlarmKind.RECONNECT in {alarm.kind for alarm in alarms}


def test_one_that_is_still_installed_changes_nothing(world, told_of_uninstall, handle):
    """Ecwid does not sign what happened, only that something did."""
    handle(told_of_uninstall)
    told_of_uninstall.refresh_from_db()
    assert told_of_uninstall.state == "connected"
    assert only_outcome() == ("ignored", "still_connected")


def test_a_store_that_does_not_answer_is_left_to_the_next_sync(world, told_of_uninstall, handle, settings):
    settings.ECWID_API_URL = "http://127.0.0.1:9/api/v3"
    handle(told_of_uninstall)
    told_of_uninstall.refresh_from_db()
    assert told_of_uninstall.state == "connected"
    assert only_outcome() == ("ignored", "no_answer")


# -- Wix ---------------------------------------------------------------------------------------------------------------


@pytest.fixture
def site(make_world):
    return make_world("WIX_US")


@pytest.fixture
def tell_site(client, site, time, settings, django_capture_on_commit_callbacks):
    """Events of the Wix site, each in a message of its own."""
    settings.WIX_PUBLIC_KEY = WIX_PUBLIC_KEY

    def told(*kinds, data=None):
        for kind in kinds:
            body = wix_message(kind, data or {}, now=time.now(), instance=site.shop.account_id, aud=settings.WIX_APP_ID)
            with django_capture_on_commit_callbacks(execute=True), time_machine.travel(time.now(), tick=False):
                assert post(client, "wix", (body, {})).status_code == 200

    return told


def state_of(site):
    return StoreConnection.objects.get(pk=site.integration.store_id).state


def test_an_order_of_a_site_is_wanted_once(site, tell_site, handle):
    for number, slug in enumerate(["created", "approved", "payment_status_updated", "updated"]):
        tell_site(f"wix.ecom.v1.order_{slug}", data=wix_order("7c1d0b52", event_id=f"e{number}"))
    handle(site.integration.store)
    assert WantedOrder.objects.get().store_ref == "7c1d0b52"
    assert Run.objects.filter(state="queued").count() == 1
    assert {outcome for _kind, _state, outcome in outcomes()} == {"sync_asked"}


@pytest.mark.parametrize(
    "kind",
    [
        "wix.events.ticketing.events.OrderConfirmed",
        "wix.pricing_plans.v2.order_cycle_started",
        "wix.restaurants.v3.order_created",
        "wix.ecom.v1.order_of_tomorrow",
    ],
)
def test_an_order_that_is_not_named_is_a_reason_to_look(site, tell_site, handle, kind):
    tell_site(kind)
    handle(site.integration.store)
    assert only_outcome() == ("handled", "sync_asked")
    assert Run.objects.filter(state="queued").count() == 1
    assert not WantedOrder.objects.exists()


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        ("wix.stores.catalog.v3.product_updated", "flow_off"),
        ("com.wix.ecommerce.inventory.api.v1.InventoryVariantsChanged", "not_needed"),
        ("PaidPlanPurchased", "not_needed"),
    ],
)
def test_what_nothing_of_a_site_depends_on(site, tell_site, handle, kind, why):
    tell_site(kind)
    handle(site.integration.store)
    assert only_outcome() == ("ignored", why)


def test_a_removed_app_stops_a_site_and_one_that_is_back_lets_it_go_on(site, tell_site, handle):
    site.wix.uninstall(site.store_id)
    tell_site("AppRemoved")
    handle(site.integration.store)
    assert (state_of(site), only_outcome()) == ("reconnect", ("handled", "disconnected"))

    site.wix.install(site.store_id)
    tell_site("AppInstalled")
    handle(site.integration.store)
    assert (state_of(site), outcomes()[-1][1:]) == ("connected", ("handled", "sync_asked"))
    assert Run.objects.filter(state="queued", trigger="webhook").count() == 1


def test_a_site_that_has_the_app_still_goes_on(site, tell_site, handle):
    tell_site("AppRemoved")
    handle(site.integration.store)
    assert (state_of(site), only_outcome()) == ("connected", ("ignored", "still_connected"))


@pytest.mark.parametrize(
    ("state", "why"), [("connected", "known"), ("new", "known"), ("operator", "known"), ("disconnected", "reconnect")]
)
def test_an_installation_brings_back_nothing_but_what_was_lost(site, tell_site, handle, state, why):
    """What somebody disconnected here stays disconnected, and nobody is asked."""
    StoreConnection.objects.update(state=state)
    site.wix.reset_counters()
    tell_site("AppInstalled")
    handle(site.integration.store)
    assert (state_of(site), only_outcome()) == (state, ("ignored", why))
    assert site.wix.counters()["requests"] == 0
    assert not Run.objects.filter(state="queued").exists()


def test_an_installation_that_lets_nobody_in_changes_nothing(site, tell_site, handle):
    """Or the message comes late, and the app was removed again."""
    StoreConnection.objects.update(state="reconnect")
    site.wix.uninstall(site.store_id)
    tell_site("AppInstalled")
    handle(site.integration.store)
    assert (state_of(site), only_outcome()) == ("reconnect", ("ignored", "reconnect"))


def test_a_site_that_does_not_answer_is_left_to_the_next_sync(site, tell_site, handle, settings):
    StoreConnection.objects.update(state="reconnect")
    settings.WIX_API_URL = "http://127.0.0.1:9"
    tell_site("AppInstalled")
    handle(site.integration.store)
    assert (state_of(site), only_outcome()) == ("reconnect", ("ignored", "no_answer"))


def test_a_paused_site_is_connected_again_and_stays_paused(site, tell_site, handle):
    StoreConnection.objects.update(state="reconnect")
    Integration.objects.update(paused=True)
    tell_site("AppInstalled")
    handle(site.integration.store)
    assert (state_of(site), only_outcome()) == ("connected", ("ignored", "paused"))


# -- QuickBooks --------------------------------------------------------------------------------------------------------


def held(world):
    """An order of this integration that is held for whatever reason."""
    return Record.objects.create(
        integration=world.integration,
        store_ref="77",
        kind="order",
        payload={},
        fingerprint="f",
        created_in_store_at=world.time.now(),
        updated_in_store_at=world.time.now(),
        state="held",
        reason="tax_unmapped",
        done=1,
    )


def change_item(world):
    item = world.entry("Item", "Discount")
    world.quickbooks.change(world.realm, "Item", item.books_ref, Description="changed by hand")


def test_documents_are_stored_and_that_is_all(world, tell_books, handle):
    before = world.quickbooks.counters()
    tell_books("invoice.created", "payment.updated", "salesreceipt.voided", realm=world.realm)
    handle(world.integration.books)
    assert {(state, outcome) for _kind, state, outcome in outcomes()} == {("ignored", "not_needed")}
    assert world.quickbooks.counters() == before


def test_news_for_orders_that_wait_ask_for_a_sync(world, tell_books, handle):
    held(world)
    change_item(world)
    world.time.forward(seconds=5)
    tell_books("item.updated", realm=world.realm, entity=world.entry("Item", "Discount").books_ref)
    handle(world.integration.books)
    assert only_outcome() == ("handled", "sync_asked")
    assert Run.objects.get().trigger == "webhook"


def test_news_without_orders_that_wait_only_bring_the_lists_up_to_date(world, tell_books, handle):
    change_item(world)
    world.time.forward(seconds=5)
    tell_books("item.updated", realm=world.realm)
    handle(world.integration.books)
    assert only_outcome() == ("handled", "lists_read")
    assert not Run.objects.exists()
    assert world.entry("Item", "Discount").data["Description"] == "changed by hand"


def test_our_own_change_is_known_and_costs_no_call(world, tell_books, handle):
    held(world)
    entry = world.entry("Item", "Discount")
    before = world.quickbooks.counters()
    tell_books("item.updated", realm=world.realm, entity=entry.books_ref, created=entry.updated_at)
    handle(world.integration.books)
    assert only_outcome() == ("ignored", "known")
    assert world.quickbooks.counters() == before
    assert not Run.objects.exists()


def test_an_echo_with_a_later_time_is_found_out_by_the_sync_tokens(world, tell_books, handle):
    held(world)
    tell_books("item.updated", realm=world.realm, entity=world.entry("Item", "Discount").books_ref)
    handle(world.integration.books)
    assert only_outcome() == ("ignored", "known")
    assert not Run.objects.exists()


def test_levels_may_have_changed_without_a_trace_in_our_copy(world, tell_books, handle):
    entry = world.entry("Item", "Discount").books_ref
    world.set("stock", enabled=True)
    tell_books("account.updated", realm=world.realm)
    handle(world.integration.books)
    assert not Run.objects.exists()
    tell_books("item.updated", realm=world.realm, entity=entry)
    handle(world.integration.books)
    assert outcomes()[-1][2] == "sync_asked"
    assert Run.objects.count() == 1


def test_a_burst_reads_the_lists_once(world, tell_books, handle):
    tell_books(*["item.updated", "account.created", "customer.updated"] * 30, realm=world.realm)
    world.quickbooks.reset_counters()
    handle(world.integration.books)
    assert world.quickbooks.counters()["requests"] <= 5


def test_what_was_merged_is_not_used_any_more(office, tell_books, handle):
    BooksConnection.objects.update(state="reconnect")
    tell_books("customer.merged", entity="100", data={"deletedID": "9"})
    handle(office.books)
    assert not office.entry("Ada").active
    assert office.entry("Mug").active
    assert only_outcome() == ("ignored", "reconnect")


@pytest.mark.parametrize(
    ("changes", "why"),
    [({"paused": True}, "paused"), ({"live_at": None}, "draft"), ({"auto_sync": "manual"}, "own_time")],
)
def test_whose_lists_are_not_read_in_between(office, tell_books, handle, changes, why):
    Integration.objects.update(**changes)
    tell_books("account.created")
    handle(office.books)
    assert only_outcome() == ("ignored", why)


def test_a_company_that_does_not_answer_is_left_to_the_next_sync(world, tell_books, handle, settings):
    settings.QUICKBOOKS_API_URL = "http://127.0.0.1:9"
    tell_books("account.created", realm=world.realm)
    handle(world.integration.books)
    assert only_outcome() == ("ignored", "no_answer")


def test_an_event_of_an_entry_that_is_new_to_us_is_news(world):
    event = WebhookEvent(pk=1, kind="item.created", entity="987", happened_at=NOW)
    assert webhooks._known(world.integration.books, [event]) == set()
    assert BooksObject.objects.filter(books=world.integration.books).exists()


def test_orders_that_are_wanted_again_keep_the_later_time(office):
    orders_want(office.integration, ["1", "1"], now=NOW)
    orders_want(office.integration, ["1", "2"], now=NOW + timedelta(seconds=5))
    rows = WantedOrder.objects.order_by("store_ref").values_list("store_ref", "told_at")
    assert list(rows) == [(ref, NOW + timedelta(seconds=5)) for ref in ("1", "2")]
