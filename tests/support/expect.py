"""What scenarios ask of records and books, in the same words everywhere."""

from collections import Counter
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import requests
from django.conf import settings

from integrations.connecting import connect_quickbooks
from integrations.quickbooks import oauth
from sync.models import LogEntry, Record, RecordState
from sync.reasons import explain, text_of
from tests.support.world import money

GOOD = {"lines": [{"sku": "TSH-M", "quantity": 1, "price": 20}]}
FIRST, LAST = "FIRST", "LAST"
SALES = ("Invoice", "SalesReceipt")


def place_between(world, *carts):
    """Place carts between two ordinary orders, numbered FIRST and LAST."""
    return world.place({**GOOD, "order_id": FIRST}, *carts, {**GOOD, "order_id": LAST})


def neighbours_are_posted(world):
    for number in (FIRST, LAST):
        posted(world, number)


def held(world, number, reason, *words, state=RecordState.HELD):
    """The order waits for this reason, nothing of it is in the books, and the log says what to do. Returns the text."""
    record = world.record(number)
    assert (record.state, record.reason) == (state, reason)
    assert not sales_of(world, record)
    return sentence_of(record, *words)


def sentence_of(record, *words):
    """The sentence of a record: complete, with a way out and the facts that are asked for; the log has the same one."""
    text = text_of(record.reason)
    assert text is not None, f"{record.reason} has no sentence"
    sentence = explain(record.reason, record.params)
    assert "?" not in sentence, sentence
    assert "%(" not in sentence, sentence
    for word in words:
        assert str(word) in sentence, sentence
    entry = LogEntry.objects.filter(record=record).latest("pk")
    assert explain(entry.reason, entry.params) == sentence
    return sentence


def posted(world, number):
    """The order is in the books exactly once, with its total and its payments. Returns the sale."""
    record = world.record(number)
    assert (record.state, record.number) == (RecordState.POSTED, number), sentence_of(record)
    [sale] = sales_of(world, record)
    assert money(sale["TotalAmt"]) == money(record.amount)
    return sale


def skipped(world, number, reason, *words):
    """The order is not meant for the books, and the log says why."""
    return held(world, number, reason, *words, state=RecordState.SKIPPED)


def sales_of(world, record):
    """The sales of an order, found by the note that names it."""
    books = world.books()
    number = record.number or record.store_ref
    label = world.shop.label
    return [row for entity in SALES for row in books.get(entity, []) if _names(row, f"{label} {number}")]


def payments_of(world, sale):
    """The payments that settle an invoice."""
    links = [(row, link) for row in world.books()["Payment"] for line in row["Line"] for link in line["LinkedTxn"]]
    return [row for row, link in links if (link["TxnType"], link["TxnId"]) == ("Invoice", sale["Id"])]


def _names(sale, order):
    note = sale.get("PrivateNote", "")
    return f"{order} [" in note or f"{order}, " in note


def books_are_whole(world):
    """Everything once: no marker, number or customer name twice, and every posted order's money where it belongs."""
    books = world.books()
    sales = [row for entity in SALES for row in books[entity]]
    for field in ("PrivateNote", "DocNumber"):
        assert not _twice(row[field] for row in (*sales, *books["Payment"]) if row.get(field) and row in sales)
    assert not _twice(row["PrivateNote"] for row in books["Payment"])
    assert not _twice(row["DisplayName"].casefold() for row in books["Customer"])
    orders = Record.objects.filter(integration=world.integration, state=RecordState.POSTED, kind="order")
    assert sum((money(row["TotalAmt"]) for row in sales), Decimal(0)) == sum(
        (order.amount for order in orders), Decimal(0)
    )
    assert len(sales) == len(orders)


def _twice(values):
    return {value: count for value, count in Counter(values).items() if count > 1}


def lines_of(sale):
    """The sale's lines but its subtotal."""
    return [line for line in sale["Line"] if line["DetailType"] == "SalesItemLineDetail"]


def item_names(world, sale):
    """The names of the items on a sale, line by line."""
    names = {item["Id"]: item["Name"] for item in world.books()["Item"]}
    return [names[line["SalesItemLineDetail"]["ItemRef"]["value"]] for line in lines_of(sale)]


def line_on(world, sale, item):
    """The line that is booked on an item."""
    [line] = [line for name, line in zip(item_names(world, sale), lines_of(sale), strict=True) if name == item]
    return line


def entry_named(world, entity, name):
    """A list entry as the books hold it."""
    [found] = [row for row in world.books()[entity] if name in {row.get("Name"), row.get("DisplayName")}]
    return found


def customer_of(world, sale):
    return next(row for row in world.books()["Customer"] if row["Id"] == sale["CustomerRef"]["value"])


def later(world, **delta):
    """Let time pass everywhere: for us and in the simulated systems."""
    world.time.forward(**delta)
    offset = int(world.time.offset.total_seconds())
    for side in (world.ecwid, world.wix, world.quickbooks):
        side.control("POST", "clock", {"offset_seconds": offset})


def reconnect(world):
    """The owner gives QuickBooks' consent again, for the same company."""
    back = "http://localhost/back"
    consent = {"client_id": "sandbox-client", "redirect_uri": back, "response_type": "code", "scope": oauth.SCOPE}
    page = requests.post(
        f"{world.quickbooks.url}/connect/oauth2",
        data={**consent, "realm": world.realm, "decision": "allow"},
        allow_redirects=False,
        timeout=30,
    )
    pair = oauth.exchange_code(
        url=settings.QUICKBOOKS_TOKEN_URL,
        client_id=settings.QUICKBOOKS_CLIENT_ID,
        client_secret=settings.QUICKBOOKS_CLIENT_SECRET,
        redirect_uri=back,
        code=parse_qs(urlsplit(page.headers["Location"]).query)["code"][0],
        now=world.time.now(),
    )
    connect_quickbooks(world.integration.business, world.realm, pair, expected=world.integration.books)
