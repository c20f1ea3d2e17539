"""Two stores of one company: they number orders and buyers alike, and nothing of one is taken for the other's."""

import pytest

from integrations.models import Integration
from sync.engine.run import run_integration
from sync.models import Record
from sync.translate.reasons import Reason
from tests.support.expect import GOOD, customer_of, held, posted, sentence_of
from tests.support.stores import second_store
from tests.support.world import money

ANA = {"id": 3301, "email": "ana@example.test", "name": "Ana Ruiz"}
BEN = {"id": 3301, "email": "ben@example.test", "name": "Ben Roy"}


@pytest.fixture
def one(make_world):
    return make_world("US", number_prefix="")


@pytest.fixture
def other(one):
    """A second shop, of another provider account, on the same company; it has no taxes."""
    return second_store(one)


def sync(*worlds):
    for world in worlds:
        world.time.forward(seconds=1)
        run_integration(Integration.objects.get(pk=world.integration.pk), clock=world.time.clock)


def test_buyers_of_one_id_are_two_people(one, other):
    one.place({**GOOD, "buyer": ANA, "order_id": "A-1"})
    other.place({**GOOD, "buyer": BEN, "order_id": "B-1"})

    sync(one, other)

    assert customer_of(one, posted(one, "A-1"))["DisplayName"] == "Ana Ruiz"
    assert customer_of(other, posted(other, "B-1"))["DisplayName"] == "Ben Roy"


def test_a_buyer_of_both_is_one_customer(one, other):
    one.place({**GOOD, "buyer": ANA, "order_id": "A-1"})
    other.place({**GOOD, "buyer": {**ANA, "id": 17}, "order_id": "B-1"})

    sync(one, other)

    assert posted(one, "A-1")["CustomerRef"] == posted(other, "B-1")["CustomerRef"]


@pytest.mark.parametrize("tax_free", [True, False], ids=["the same total", "another total"])
def test_one_number_in_both_is_held_in_the_second_and_never_adopted(one, other, tax_free):
    lines = [{"sku": "CUP", "price": 20, **({"taxes": []} if tax_free else {})}]
    one.place({"lines": lines, "order_id": "1001"})
    other.place({"lines": [{"sku": "CUP", "price": 20}], "order_id": "1001"})

    sync(one, other)

    assert len(one.books()["Invoice"]) == 1
    record = other.record("1001")
    assert (record.state, record.reason) == ("held", Reason.NUMBER_TAKEN)
    sentence_of(record, "1001", "20.00")

    other.set("orders", number_prefix="PP-")
    sync(other)

    numbers = {row["DocNumber"]: money(row["TotalAmt"]) for row in one.books()["Invoice"]}
    assert set(numbers) == {"1001", "PP-1001"}
    assert Record.objects.filter(state="posted").count() == 2


def test_what_one_store_lacks_does_not_hold_the_other(one, other):
    other.set("payments", account=None)
    one.place({**GOOD, "order_id": "A-1"})
    other.place({**GOOD, "order_id": "B-1"})

    sync(one, other)

    posted(one, "A-1")
    held(other, "B-1", Reason.PAYMENT_ACCOUNT_MISSING)
