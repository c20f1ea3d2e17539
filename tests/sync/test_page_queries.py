"""How many SQL statements each page takes: as many as `page_queries.json` says, however much there is to show.

Every address of the site is visited by a bookkeeper of every business, or by whoever runs the installation where a
bookkeeper may not look: in a small world, and again after everything in it has grown. If a page shall take more or
fewer from now on, write the file anew and look at what changed in it:

    RENEW_PAGE_QUERIES=1 pytest tests/sync/test_page_queries.py
"""

import json
import os
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from integrations.models import WebhookDelivery, WebhookEvent
from sync.models import (
    LogEntry,
    ModuleSettings,
    PaymentMapping,
    ProductMatch,
    Run,
    SettingChange,
    StockPush,
    TaxMapping,
)
from sync.services.heartbeat import heart_beats
from sync.wizard.setup import Setup
from sync.wizard.steps import steps_of
from tests.support.addresses import addresses
from tests.support.office import Office, person

RECORDED = Path(__file__).with_name("page_queries.json")
RENEW = "RENEW_PAGE_QUERIES"
# Pages of Django and of its packages are not ours to count.
NOT_OURS = ("admin:auth_", "admin:django_q_", "admin:jsi18n", "admin:log", "admin:password")
TEE = {"lines": [{"sku": "TEE-M", "quantity": 2, "price": 25}]}
SHIPPED = {**TEE, "shipping": "9.50"}  # held, because no item is chosen for shipping


@pytest.fixture
def grown(world):
    """Makes everything that pages list more: so many more orders of each kind, integrations, mappings and people."""
    world.set("orders", shipping_item=None)
    keeper, root = person("keeper"), person("root", is_superuser=True)
    world.integration.business.memberships.create(user=keeper, role="bookkeeper")
    heart_beats(now=timezone.now())

    def grow(name, more):
        for number in range(more):
            _trade(world, f"{name}{number}")
            _settle(world, f"{name} {number}")
            office = Office.open(f"{name}{number}", f"{name}{number}")
            office.business.memberships.create(user=keeper, role="bookkeeper")
            office.trade(more)
        world.sync()
        _go_on(world, name, more)

    grow("Alder", 1)
    return SimpleNamespace(people=(keeper, root), grow=grow)


def _trade(world, name):
    world.place({**TEE, "order_id": f"{name}-T"}, {**SHIPPED, "order_id": f"{name}-S"})


def _settle(world, name):
    """Mappings, list entries, changes of settings and people of the business."""
    shop, books = world.integration, world.integration.books
    account = books.objects_mirrored.create(
        type="Account", books_ref=name, name=name, name_key=name.casefold(), kind="Bank", detail="Checking"
    )
    item = books.objects_mirrored.create(
        type="Item", books_ref=name, name=name, name_key=name.casefold(), kind="Service"
    )
    made = {"because": "first", "digest": "d", "compared": 1, "falling": 0, "created_at": timezone.now()}
    push, _ = StockPush.objects.get_or_create(integration=shop, state="applied", defaults=made)
    push.changes.create(store_ref=name, sku=name, product=name, before=1, after=2)
    TaxMapping.objects.create(integration=shop, taxes=[name])
    PaymentMapping.objects.create(integration=shop, method=name, account=account)
    ProductMatch.objects.create(integration=shop, sku=name, item=item)
    ModuleSettings.objects.create(integration=shop, module=name, item=item)
    SettingChange.objects.create(
        business=shop.business, integration=shop, by="ana", at=timezone.now(), model="sync.ordersettings",
        field="post_as", old="invoice", new="sales_receipt",
    )  # fmt: skip
    shop.business.memberships.create(user=person(name.replace(" ", "")), role="viewer")
    delivery = WebhookDelivery.objects.create(provider="ecwid", received_at=timezone.now(), body=b"{}")
    for side in ("store", "books"):
        WebhookEvent.objects.create(
            delivery=delivery, business=shop.business, event_id=name, kind="of.something", happened_at=timezone.now(),
            **{side: getattr(shop, side)},
        )  # fmt: skip


def _go_on(world, name, more):
    """What happens later: a sync that waits, a longer history of each order, orders that nobody has looked at yet."""
    shop = world.integration
    Run.objects.create(integration=shop, trigger="person", state="queued", started_at=timezone.now())
    run = shop.runs.filter(state="finished").latest("pk")
    LogEntry.objects.bulk_create(
        LogEntry(
            run=run, integration=shop, record=record, kind="order", store_ref=name, action="unchanged",
            created_at=timezone.now(),
        )
        for record in shop.records.all()
        for _ in range(more)
    )  # fmt: skip
    world.place(*({**TEE, "order_id": f"{name}-N{number}"} for number in range(more)))


def pages_of(world):
    """The path of every page by its name."""
    shop = world.integration
    office = SimpleNamespace(integration=shop, store=shop.store, books=shop.books, business=shop.business)
    found = {one.name: one.of(office) for one in addresses() if one.name and not one.name.startswith(NOT_OURS)}
    for step in steps_of(Setup.of(shop)):
        found[f"sync:setup_step {step.id}"] = reverse("sync:setup_step", args=[shop.pk, step.id])
    of_one = {"admin:index": "integration", "sync:inbox": "integration"}
    of_one |= dict.fromkeys(
        ("admin:sync_record_changelist", "admin:sync_logentry_changelist", "admin:sync_run_changelist"),
        "integration__id__exact",
    )
    for name, parameter in of_one.items():
        found[f"{name} of one integration"] = f"{found[name]}?{parameter}={shop.pk}"
    return found


def counted(pages, people):
    """How many statements each page takes that somebody sees, once the process knows what it keeps."""
    clients = [_signed_in(user) for user in people]
    looked = {name: next((one for one in clients if _seen(one, url)), None) for name, url in pages.items()}
    return {name: _statements(client, pages[name]) for name, client in looked.items() if client is not None}


def _signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def _seen(client, url):
    answer = client.get(url)
    b"".join(answer)
    return answer.status_code == 200


def _statements(client, url):
    with CaptureQueriesContext(connection) as captured:
        assert _seen(client, url)
    return len(captured)


def test_each_page_takes_as_many_statements_as_recorded_however_much_there_is(world, grown):
    pages = pages_of(world)
    few = counted(pages, grown.people)
    grown.grow("Birch", 4)
    many = counted(pages, grown.people)

    grew = {name: (few.get(name), many[name]) for name in many if many[name] != few.get(name)}
    assert not grew, f"not the same with much to show as with little: {json.dumps(grew, indent=1)}"
    found = json.dumps(many, indent=1, sort_keys=True) + "\n"
    if os.environ.get(RENEW):
        RECORDED.write_text(found)
    known = json.loads(RECORDED.read_text())
    changed = {name: (known.get(name), many.get(name)) for name in known | many if known.get(name) != many.get(name)}
    assert not changed, (
        f"(recorded, now): {changed}\n\nIf that is right, run this test with {RENEW}=1, which writes "
        f"{RECORDED.name} anew, as:\n{found}"
    )
