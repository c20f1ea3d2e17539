"""Killed at any instant, the products flow makes each item once, and the stock flow sets each level that was to be set:
writes are absolute, and what was written is known."""

import pytest

from tests.faults.goods import GoodsDay


@pytest.fixture(scope="module")
def day(lab):
    goods = GoodsDay(lab)
    goods.undisturbed()
    yield goods
    goods.close()


def test_the_day_is_worth_breaking(day):
    day.begin()
    ended = day.sync()
    assert day.differences(ended) == []
    assert ended.result["goods"]["written"] == [["LVL-1", 8, 12], ["LVL-2", 5, 0], ["LVL-4", 2, 30]]
    assert day.shown() == {"LVL-1": 12, "LVL-2": 0, "LVL-3": 7, "LVL-4": 30, "LVL-5": 4, "LVL-6": 9}
    assert ended.result["goods"]["pushes"] == ["applied"]


@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_at_any_call(day, when):
    wrong = []
    for number in range(1, len(day.undisturbed().calls) + 1):
        day.begin(request_id_replay=False)
        assert day.sync({"act": "kill", "call": number, "when": when}).was_killed
        wrong += [f"call {number} ({when}): {one}" for one in day.differences(day.sync())]
    assert not wrong


def test_killed_at_any_write_to_our_database(day):
    wrong = []
    # Every fifth write: over time, as the program changes, each is met.
    for number in range(1, day.undisturbed().result["writes"] + 1, 5):
        day.begin(request_id_replay=False)
        assert day.sync({"act": "kill", "statement": number}).was_killed
        wrong += [f"write {number}: {one}" for one in day.differences(day.sync())]
    assert not wrong


def test_cut_off_after_the_work_was_done_at_any_call(day):
    """The answer to a level that was written is lost: it is compared, and not written over what was sold since."""
    wrong = []
    calls = day.undisturbed().calls
    for number in range(len(calls)):
        day.begin()
        day.lab.cut_off(calls, number)
        ended = day.lab.until_finished(flows=("products", "stock"), approve=True)
        wrong += [f"call {number + 1}, {calls[number]}: {one}" for one in day.differences(ended)]
    assert not wrong
