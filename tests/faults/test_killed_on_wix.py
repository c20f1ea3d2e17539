"""The same over a Wix site: killed or cut off at any call of either side, its tokens, searches, single reads and stock
levels among them, a run that is started again leaves the books, and the levels, as if nothing had happened."""

import pytest

from tests.faults.goods import WixGoodsDay
from tests.faults.wix import WixSecondDay
from tests.support.world import money


@pytest.fixture(scope="module")
def later(wix_lab):
    day = WixSecondDay(wix_lab)
    day.undisturbed()
    return day


# How each catalogue writes a level: the newer one names the revision that was read, the older one knows no lock.
WRITES = {"V1_CATALOG": "PATCH /stores/v2/inventoryItems/product/", "V3_CATALOG": "PATCH /stores/v3/inventory-items/"}


@pytest.fixture(scope="module", params=WRITES)
def catalog(request):
    return request.param


@pytest.fixture(scope="module")
def goods(wix_lab, catalog):
    day = WixGoodsDay(wix_lab, catalog)
    day.undisturbed()
    return day


# Each call is met in one of the ways, and over time, as the program changes, in all of them.
EVERY = 9
WHEN = pytest.mark.parametrize(("when", "first"), [("before", 1), ("after", 4)])


def calls_to_cut(calls):
    return list(range(7, len(calls), EVERY))


# -- orders ------------------------------------------------------------------------------------------------------------


def test_the_first_day_is_worth_breaking(wix_lab):
    """It asks for a token, reads orders in every way, makes customers, items, invoices and payments."""
    wix_lab.begin()
    ended = wix_lab.sync()
    assert [record[1] for record in ended.ours["records"]] == ["posted"] * 6
    assert {posting[0] for posting in ended.ours["postings"]} == {"sale", "payment", "customer", "item"}
    paths = {call.split()[1] for call in ended.calls}
    assert paths >= {"/oauth2/token", "/ecom/v1/orders/search", "/ecom/v1/payments/list-by-ids"}
    assert sum(path.startswith(("/ecom/v1/orders/0", "/tips/")) for path in paths) == 7


@WHEN
def test_killed_at_any_call(wix_lab, when, first):
    calls = len(wix_lab.undisturbed().calls)
    wrong = []
    for number in range(first, calls + 1, EVERY):
        wrong += wix_lab.broken_and_restarted({"act": "kill", "call": number, "when": when}, replay=False)
    assert not wrong


def test_killed_at_any_write_to_our_database(wix_lab):
    writes = wix_lab.undisturbed().result["writes"]
    wrong = []
    for number in range(1, writes + 1, 5 * EVERY):
        wrong += wix_lab.broken_and_restarted({"act": "kill", "statement": number}, replay=False)
    assert not wrong


def test_cut_off_after_the_work_was_done_at_any_call(wix_lab):
    calls = wix_lab.undisturbed().calls
    wrong = []
    for number in calls_to_cut(calls):
        wix_lab.begin()
        wix_lab.cut_off(calls, number)
        wrong += [f"call {number + 1}, {calls[number]}: {one}" for one in wix_lab.differences(wix_lab.until_finished())]
    assert not wrong


# -- what becomes of them ----------------------------------------------------------------------------------------------


def test_the_second_day_is_worth_breaking(later):
    """It edits, ships, voids, adds a payment and gives back in several ways."""
    later.begin()
    ended = later.lab.sync()
    assert {tuple(record[:3]) for record in ended.ours["records"] if record[4] == "order"} >= {
        ("W01", "posted", "sale_updated_left_open"),
        ("W03", "posted", "shipping_added"),
        ("W04", "skipped", "sale_voided"),
        ("W06", "posted", "payment_added"),
    }
    roles = [posting[0] for posting in ended.ours["postings"]]
    assert (roles.count("payment"), roles.count("refund")) == (7, 4)
    given_back = sorted(money(row["TotalAmt"]) for row in later.lab.books()["RefundReceipt"])
    assert given_back[0] == 5


@WHEN
def test_the_second_day_killed_at_any_call(later, when, first):
    wrong = []
    for number in range(first, len(later.undisturbed().calls) + 1, EVERY):
        later.begin(request_id_replay=False)
        assert later.lab.sync({"act": "kill", "call": number, "when": when}).was_killed
        wrong += [f"call {number}: {one}" for one in later.differences(later.lab.sync())]
    assert not wrong


def test_the_second_day_cut_off_after_the_work_was_done_at_any_call(later):
    calls = later.undisturbed().calls
    wrong = []
    for number in calls_to_cut(calls):
        later.begin()
        later.lab.cut_off(calls, number)
        ended = later.lab.until_finished()
        wrong += [f"call {number + 1}, {calls[number]}: {one}" for one in later.differences(ended)]
    assert not wrong


# -- products and stock ------------------------------------------------------------------------------------------------


def test_the_goods_are_worth_breaking(goods, catalog):
    goods.begin()
    ended = goods.sync()
    assert goods.differences(ended) == []
    assert ended.result["goods"]["written"] == [["LVL-1", 8, 12], ["LVL-2", 5, 0], ["LVL-4", 2, 30]]
    assert goods.shown() == {"LVL-1": 12, "LVL-2": 0, "LVL-3": 7, "LVL-4": 30, "LVL-5": 4, "LVL-6": 9}
    assert sum(call.startswith(WRITES[catalog]) for call in ended.calls) == 3


@pytest.mark.parametrize("when", ["before", "after"])
def test_goods_killed_at_each_level(goods, catalog, when):
    writes = [at for at, call in enumerate(goods.undisturbed().calls, start=1) if call.startswith(WRITES[catalog])]
    wrong = []
    for number in writes:
        goods.begin(request_id_replay=False)
        assert goods.sync({"act": "kill", "call": number, "when": when}).was_killed
        wrong += [f"call {number} ({when}): {one}" for one in goods.differences(goods.sync())]
    assert not wrong


@WHEN
def test_goods_killed_at_any_call(goods, when, first):
    wrong = []
    for number in range(first, len(goods.undisturbed().calls) + 1, EVERY):
        goods.begin(request_id_replay=False)
        assert goods.sync({"act": "kill", "call": number, "when": when}).was_killed
        wrong += [f"call {number} ({when}): {one}" for one in goods.differences(goods.sync())]
    assert not wrong


def test_goods_cut_off_after_the_work_was_done_at_any_call(goods):
    wrong = []
    calls = goods.undisturbed().calls
    for number in calls_to_cut(calls):
        goods.begin()
        goods.lab.cut_off(calls, number)
        ended = goods.lab.until_finished(flows=("products", "stock"), approve=True)
        wrong += [f"call {number + 1}, {calls[number]}: {one}" for one in goods.differences(ended)]
    assert not wrong
