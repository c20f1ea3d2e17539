"""Two digests of an order: of all that a document could show, and of what must not change once it is posted."""

from dataclasses import fields, replace
from datetime import UTC, date, datetime

import pytest

from integrations.commerce import Address, Buyer, Order, PaymentState
from sync.engine.content import content, fingerprint
from tests.sync.translate.making import D, line, paid_order, share, tender

TAXES = (share("GST", "5", "2.50"), share("QST", "9.975", "4.99"))
ORDER = paid_order(line("tee", "50.00", *TAXES), line("mug", "9.90"))


def with_line(**changes):
    return replace(ORDER, lines=(replace(ORDER.lines[0], **changes), *ORDER.lines[1:]))


SOLD = {
    "quantity": with_line(quantity=D(3)),
    "price": with_line(gross=D("51.00")),
    "discount": with_line(discount=D("1.00")),
    "tax amount": with_line(taxes=(TAXES[0], share("QST", "9.975", "5.00"))),
    "sku": with_line(sku="TEE-L"),
    "line left out": replace(ORDER, lines=ORDER.lines[:1]),
    "order of lines": replace(ORDER, lines=ORDER.lines[::-1]),
    "total": replace(ORDER, total=ORDER.total + 1),
    "tax": replace(ORDER, tax=ORDER.tax + 1),
    "gift card": replace(ORDER, gift_card_redeemed=D("5.00")),
    "currency": replace(ORDER, currency="USD"),
}
SHOWN = {
    "payment status": replace(ORDER, payment_status="REFUNDED"),
    "payment state": replace(ORDER, payment_state=PaymentState.CANCELLED),
    "fulfilment": replace(ORDER, fulfillment_status="DELIVERED"),
    "tracking": replace(ORDER, tracking_number="1Z999"),
    "shipped": replace(ORDER, shipped_at=datetime(2026, 3, 4, tzinfo=UTC)),
    "address": replace(ORDER, shipping=Address(city="Montréal")),
    "buyer": replace(ORDER, buyer=Buyer(name="Ana Moved")),
    "comment": replace(ORDER, comments="Leave it at the door"),
    "due": replace(ORDER, due_date=date(2026, 4, 1)),
    "tenders": replace(ORDER, tenders=(tender("10.00"), tender("57.39"))),
    "product name": with_line(name="T-shirt, organic"),
}


@pytest.mark.parametrize("changed", [*SOLD.values(), *SHOWN.values()], ids=[*SOLD, *SHOWN])
def test_whatever_a_document_could_show_is_news(changed):
    assert fingerprint(changed) != fingerprint(ORDER)


def test_the_mere_time_of_a_change_is_none():
    assert fingerprint(replace(ORDER, updated_at=datetime(2026, 9, 1, tzinfo=UTC))) == fingerprint(ORDER)


def test_every_field_of_an_order_counts():
    """A field that somebody adds is news when it changes, without anybody having to think of it here."""
    for field in fields(Order):
        if field.name != "updated_at":
            assert fingerprint(replace(ORDER, **{field.name: "something else"})) != fingerprint(ORDER), field.name


@pytest.mark.parametrize("changed", SOLD.values(), ids=SOLD)
def test_what_is_sold_for_how_much_is_the_content(changed):
    assert content(changed) != content(ORDER)


@pytest.mark.parametrize("changed", SHOWN.values(), ids=SHOWN)
def test_status_people_and_parcels_are_not(changed):
    assert content(changed) == content(ORDER)


def test_an_amount_written_otherwise_is_the_same_content():
    mug = replace(ORDER.lines[1], gross=D("9.9"), quantity=D("1.000"), discount=D("0.00"))
    assert content(replace(ORDER, lines=(ORDER.lines[0], mug))) == content(ORDER)
    assert content(replace(ORDER, total=ORDER.total.normalize())) == content(ORDER)


def test_hundreds_are_not_mistaken_for_ones():
    assert content(with_line(gross=D(100))) == content(with_line(gross=D("1E+2"))) != content(with_line(gross=D(1)))
