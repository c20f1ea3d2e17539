"""A sample of what may befall syncs of a Wix site, on PostgreSQL: tokens, orders, what becomes of them, and levels."""

import pytest

from tests.faults.goods import WixGoodsDay
from tests.faults.wix import WixSecondDay

pytestmark = [pytest.mark.postgres, pytest.mark.xdist_group("postgres_wix_lab")]


@pytest.fixture(params=["second day", "V1_CATALOG", "V3_CATALOG"], scope="module")
def day(postgres_wix_lab, request):
    """What becomes of orders, or products and levels in one of the catalogues."""
    name = request.param
    made = WixSecondDay(postgres_wix_lab) if name == "second day" else WixGoodsDay(postgres_wix_lab, name)
    made.undisturbed()
    return made


def is_write(call):
    return call.endswith("/batch") or call.startswith("PATCH ")


def test_killed_at_any_write_to_our_database(postgres_wix_lab):
    lab = postgres_wix_lab
    wrong = []
    for number in range(3, lab.undisturbed().result["writes"], 17):
        wrong += lab.broken_and_restarted({"act": "kill", "statement": number}, replay=False)
    assert not wrong


@pytest.mark.parametrize("act", ["kill", "end_connections"])
def test_broken_off_after_a_write_elsewhere(postgres_wix_lab, act):
    lab = postgres_wix_lab
    wrong = []
    for number in [at for at, call in enumerate(lab.undisturbed().calls, start=1) if is_write(call)]:
        lab.begin(request_id_replay=False)
        assert lab.sync({"act": act, "call": number, "when": "after"}).state != "finished"
        wrong += [f"call {number}: {one}" for one in lab.differences(lab.sync())]
    assert not wrong


def test_what_comes_later_broken_off_after_a_write_elsewhere(day):
    sync = day.sync if isinstance(day, WixGoodsDay) else day.lab.sync
    wrong = []
    for number in [at for at, call in enumerate(day.undisturbed().calls, start=1) if is_write(call)]:
        day.begin(request_id_replay=False)
        assert sync({"act": "kill", "call": number, "when": "after"}).was_killed
        wrong += [f"call {number}: {one}" for one in day.differences(sync())]
    assert not wrong


def test_two_syncs_at_once(postgres_wix_lab):
    lab = postgres_wix_lab
    lab.begin()
    ended = lab.sync_at_once(2, small=True, speed=20)
    assert [one.state for one in ended] == ["finished"] * 2, lab.complaints()
    assert lab.differences(lab.sync()) == []
