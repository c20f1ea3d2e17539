"""QuickBooks' messages: proven over every byte, read in both of their formats."""

from datetime import UTC, datetime

import pytest

from integrations.quickbooks.webhook import read
from integrations.webhooks.words import Refusal, Refused, Topic
from tests.support.messages import QUICKBOOKS_SECRET, cloud_event, quickbooks_message

CREATED = datetime(2026, 2, 3, 9, 10, 11, 120000, tzinfo=UTC)
OLDER = {
    "eventNotifications": [
        {
            "realmId": "9341450000000001",
            "dataChangeEvent": {
                "entities": [
                    {"name": "Invoice", "id": "771", "operation": "Create", "lastUpdated": "2026-02-03T09:10:11.120Z"},
                    {
                        "name": "Customer",
                        "id": "9",
                        "operation": "Merge",
                        "lastUpdated": "2026-02-03T09:10:15.000Z",
                        "deletedId": "7",
                    },
                ]
            },
        }
    ]
}


def told(content):
    return read(*quickbooks_message(content), secret=QUICKBOOKS_SECRET)


def refusal(body, headers):
    with pytest.raises(Refused) as refused:
        read(body, headers, secret=QUICKBOOKS_SECRET)
    return refused.value.refusal


def older(realm="1", **entity):
    basics = {"name": "Item", "id": "5", "operation": "Update", "lastUpdated": "2026-02-03T09:10:11Z"}
    return {"realmId": realm, "dataChangeEvent": {"entities": [basics | entity]}}


# -- proof -------------------------------------------------------------------------------------------------------------


def test_one_changed_byte_is_a_forgery():
    body, headers = quickbooks_message(OLDER)
    assert refusal(body.replace(b"771", b"772"), headers) == Refusal.FORGED
    assert refusal(body + b" ", headers) == Refusal.FORGED


def test_another_token_proves_nothing_and_no_signature_neither():
    assert refusal(*quickbooks_message(OLDER, secret="guessed")) == Refusal.FORGED
    assert refusal(quickbooks_message(OLDER)[0], {}) == Refusal.UNSIGNED


def test_it_is_proven_before_it_is_read():
    assert refusal(b"[" * 100_000, {"intuit-signature": "x"}) == Refusal.FORGED


# -- the older format --------------------------------------------------------------------------------------------------


def test_the_older_format():
    invoice, customer = told(OLDER)
    assert (invoice.account_id, invoice.kind, invoice.entity) == ("9341450000000001", "invoice.created", "771")
    assert (invoice.topic, invoice.happened_at) == (Topic.OTHER, CREATED)
    assert (customer.kind, customer.topic, customer.entity) == ("customer.merged", Topic.LIST, "9")
    assert customer.merged_entity == "7"


def test_it_has_no_ids_so_one_is_made_of_what_happened():
    again, another = told(OLDER), told({"eventNotifications": [older(operation="Delete"), older()]})
    assert [event.id for event in again] == [event.id for event in told(OLDER)]
    assert another[0].id != another[1].id


@pytest.mark.parametrize("spelling", ["deletedId", "deletedID"])
def test_what_was_merged_is_spelled_in_two_ways(spelling):
    (event,) = told({"eventNotifications": [older(name="Customer", operation="Merge", **{spelling: "7"})]})
    assert event.merged_entity == "7"


def test_one_message_may_speak_of_several_companies():
    events = told({"eventNotifications": [older("1"), older("2"), older("2", id="6")]})
    assert [event.account_id for event in events] == ["1", "2", "2"]
    assert len({event.id for event in events}) == 3


# -- CloudEvents -------------------------------------------------------------------------------------------------------


def test_the_newer_format_is_a_list_and_its_times_have_nine_digits():
    [event] = told([cloud_event(created=CREATED, time="2026-10-02T07:15:09.004417236Z")])
    assert (event.id, event.account_id, event.kind, event.entity) == ("c1", "9341450000000001", "item.updated", "5")
    assert (event.topic, event.happened_at) == (Topic.LIST, datetime(2026, 10, 2, 7, 15, 9, 4417, tzinfo=UTC))


def test_the_newer_format_too_speaks_of_several_companies():
    events = told([cloud_event("a", created=CREATED), cloud_event("b", realm="2", created=CREATED)])
    assert [(event.id, event.account_id) for event in events] == [("a", "9341450000000001"), ("b", "2")]


def test_both_formats_say_the_same():
    [newer] = told([cloud_event(created=CREATED, kind="qbo.paymentmethod.created.v1")])
    [old] = told({"eventNotifications": [older(name="PaymentMethod", operation="Create")]})
    assert (newer.kind, newer.topic, newer.entity) == (old.kind, old.topic, old.entity)


@pytest.mark.parametrize("data", [{"deletedID": "7"}, {"deletedId": 7}])
def test_what_was_merged_may_stand_in_the_data(data):
    [event] = told([cloud_event(created=CREATED, kind="qbo.customer.merged.v1", data=data)])
    assert event.merged_entity == "7"


# -- what cannot be read -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        {},
        7,
        "text",
        {"eventNotifications": {}},
        {"eventNotifications": [7]},
        {"eventNotifications": [{"realmId": "1"}]},
        {"eventNotifications": [older(lastUpdated="yesterday")]},
        {"eventNotifications": [older(lastUpdated="0001-01-01T00:00:00+14:00")]},
        [7],
        [cloud_event(created=CREATED, kind="else")],
        [cloud_event(created=CREATED, time=None)],
        [cloud_event(created=CREATED, id=None)],
    ],
)
def test_a_message_of_which_nothing_can_be_read_is_refused(content):
    assert refusal(*quickbooks_message(content)) == Refusal.UNREADABLE


def test_one_event_that_cannot_be_read_does_not_keep_the_others_out():
    assert [event.id for event in told([{"id": "x"}, cloud_event("good", created=CREATED)])] == ["good"]


@pytest.mark.parametrize("content", [[], {"eventNotifications": []}])
def test_a_message_may_be_empty(content):
    assert told(content) == []
