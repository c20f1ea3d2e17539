"""A sample of the same on PostgreSQL, whose transactions, locks and connections are others than SQLite's."""

import pytest

pytestmark = [pytest.mark.postgres, pytest.mark.xdist_group("postgres_lab")]


@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_at_each_write(postgres_lab, when):
    lab = postgres_lab
    calls = lab.undisturbed(small=True).calls
    wrong = []
    for number in [at for at, call in enumerate(calls, start=1) if call.endswith("/batch")][::2]:
        lab.begin(request_id_replay=False)
        assert lab.sync({"act": "kill", "call": number, "when": when}, small=True).was_killed
        wrong += [f"{when} call {number}: {one}" for one in lab.differences(lab.sync(small=True))]
    assert not wrong


def test_killed_at_any_write_to_our_database(postgres_lab):
    lab = postgres_lab
    wrong = []
    for number in range(5, lab.undisturbed().result["writes"], 9):
        lab.begin(request_id_replay=False)
        assert lab.sync({"act": "kill", "statement": number}).was_killed
        wrong += [f"write {number}: {one}" for one in lab.differences(lab.sync())]
    assert not wrong


def test_the_database_is_restarted_in_mid_run(postgres_lab):
    """The run breaks; the one that the schedule starts next brings the books to where they should be."""
    lab = postgres_lab
    calls = len(lab.undisturbed().calls)
    wrong = []
    for number in range(1, calls + 1):
        lab.begin(request_id_replay=number % 2 == 0)
        broken = lab.sync({"act": "end_connections", "call": number, "when": "after"})
        if broken.state == "finished":
            wrong.append(f"call {number}: nobody noticed")
        wrong += [f"call {number}: {one}" for one in lab.differences(lab.sync())]
    assert not wrong


def test_the_lease_is_stolen(postgres_lab):
    lab = postgres_lab
    lab.begin()

    robbed = lab.sync({"act": "steal_lease", "call": 7, "when": "after"})

    assert robbed.reason == "another_run_took_over"
    assert len(robbed.calls) == 7
    assert lab.differences(lab.sync()) == []


@pytest.mark.parametrize("attempt", range(3))
def test_three_syncs_at_once(postgres_lab, attempt):
    lab = postgres_lab
    lab.begin()

    ended = lab.sync_at_once(3, small=True, speed=20)

    assert [one.state for one in ended] == ["finished"] * 3, lab.complaints()
    assert lab.differences(lab.sync()) == []
