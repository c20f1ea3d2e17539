"""Several who would write into one company's books: one does at a time, and whoever was replaced stops."""

import pytest


@pytest.mark.parametrize("small", [False, True], ids=["one_page", "small_pages"])
def test_the_lease_is_stolen_at_any_call(lab, small):
    calls = lab.undisturbed(small=small).calls
    wrong = []
    for number in range(1, len(calls), 2 if small else 1):
        lab.begin()
        robbed = lab.sync({"act": "steal_lease", "call": number, "when": "after"}, small=small)
        if robbed.reason != "another_run_took_over" or len(robbed.calls) != number:
            wrong.append(f"call {number}: went on to {len(robbed.calls)}, {robbed.state} {robbed.reason}")
        wrong += [f"call {number}: {one}" for one in lab.differences(lab.sync(small=small))]
    assert not wrong


@pytest.mark.parametrize("attempt", range(3))
def test_two_syncs_at_once_make_one_set_of_books(lab, attempt):
    lab.begin()

    ended = lab.sync_at_once(2, small=True, speed=20)

    assert [one.state for one in ended] == ["finished", "finished"], lab.complaints()
    assert lab.differences(lab.sync()) == []


def test_four_syncs_at_once_where_one_is_killed(lab):
    lab.begin(request_id_replay=False)

    killed, *others = lab.sync_at_once(4, small=True, speed=20, first=[{"act": "kill", "call": 9, "when": "after"}])

    assert {one.state for one in others} == {"finished"}, lab.complaints()
    assert killed.was_killed or killed.state == "finished"  # it may come last and find nothing left to do
    assert lab.differences(lab.sync()) == []
