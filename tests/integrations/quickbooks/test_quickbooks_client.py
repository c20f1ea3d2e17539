"""The client: what it asks, how it reads the answers, and that no write is ever repeated blindly."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import requests

from integrations.errors import (
    Malformed,
    NotAllowed,
    NotFound,
    OperatorError,
    OutcomeUnknown,
    ReconnectNeeded,
    TemporaryError,
)
from integrations.quickbooks.client import BatchItem, ChangesIncomplete
from integrations.quickbooks.faults import Cause, QuickBooksRefused

NOW = datetime(2026, 10, 1, 8, 0, tzinfo=UTC)
EXPIRED = (
    401,
    {
        "warnings": None,
        "fault": {
            "error": [{"message": "m", "detail": "Token expired: eyJhbGciOi.x", "code": "3200", "element": None}],
            "type": "AUTHENTICATION",
        },
    },
)
THROTTLED_XML = (
    "<IntuitResponse><Fault type='SERVICE'><Error code='3001'><Message>m</Message></Error></Fault></IntuitResponse>"
)


def fault(code: str, detail: str = "no", status: int = 400) -> tuple[int, dict]:
    error = {"Message": "m", "Detail": detail, "code": code, "element": ""}
    return status, {"Fault": {"Error": [error], "type": "ValidationFault"}, "time": "2026-10-01T08:00:00.101-07:00"}


def rows(*ids: int) -> dict:
    return {"QueryResponse": {"Customer": [{"Id": str(i)} for i in ids], "startPosition": 1, "maxResults": len(ids)}}


# -- reading ---------------------------------------------------------------------------------------------------------


def test_a_query_asks_for_json_at_the_known_minor_version(client, script, calls):
    script.answers = [rows(1, 2)]
    assert [row["Id"] for row in client.query("Customer", "DisplayName = 'A+B'")] == ["1", "2"]
    (seen,) = script.seen
    assert (seen.method, seen.path) == ("GET", "/v3/company/77/query")
    assert seen.query == {
        "minorversion": "75",
        "query": "SELECT * FROM Customer WHERE DisplayName = 'A+B' ORDERBY Id STARTPOSITION 1 MAXRESULTS 1000",
    }
    assert seen.headers["Accept"] == "application/json"
    assert seen.headers["Authorization"] == "Bearer token-1"
    assert calls == ["request"]


def test_a_query_without_rows_has_no_key_for_them(client, script):
    script.answers = [{"QueryResponse": {}, "time": "t"}]
    assert list(client.query("Customer")) == []


def test_a_long_statement_goes_in_the_body_and_is_still_a_read(client, script, slept):
    script.answers = [(503, "<html>"), rows(1)]
    where = "DocNumber IN (" + ",".join(f"'EC-{i}'" for i in range(300)) + ")"
    assert len(list(client.query("Customer", where))) == 1
    seen = script.seen[-1]
    assert (seen.method, seen.headers["Content-Type"]) == ("POST", "application/text")
    assert seen.text.startswith("SELECT * FROM Customer WHERE DocNumber IN ('EC-0',")
    assert "query" not in seen.query
    assert slept == [1.0]


def test_pages_follow_each_other_until_a_short_one(client, script):
    script.answers = [rows(*range(1, 1001)), rows(*range(1000, 1501))]
    assert [int(row["Id"]) for row in client.query("Customer")] == list(range(1, 1501))
    assert "STARTPOSITION 1000 MAXRESULTS 1000" in script.seen[1].query["query"]


def test_a_count(client, script):
    script.answers = [{"QueryResponse": {"totalCount": 29}}]
    assert client.count("Customer", "Active = true") == 29
    assert script.seen[0].query["query"] == "SELECT COUNT(*) FROM Customer WHERE Active = true"


def test_a_count_without_a_number_is_malformed(client, script):
    script.answers = [{"QueryResponse": {}}]
    with pytest.raises(Malformed):
        client.count("Customer")


def test_amounts_are_exact(client, script):
    script.answers = ['{"Invoice":{"Id":"1","TotalAmt":100.10},"time":"t"}']
    assert client.read("Invoice", "1")["TotalAmt"] == Decimal("100.10")
    assert script.seen[0].path == "/v3/company/77/invoice/1"


def test_company_info_and_preferences_have_paths_of_their_own(client, script):
    script.answers = [{"CompanyInfo": {"Id": "1"}}, {"Preferences": {"Id": "1"}}]
    assert client.company_info() == client.preferences() == {"Id": "1"}
    assert [seen.path for seen in script.seen] == ["/v3/company/77/companyinfo/77", "/v3/company/77/preferences"]


def test_a_deleted_object_is_not_found(client, script):
    script.answers = [fault("610")]
    with pytest.raises(NotFound) as caught:
        client.read("Invoice", "9")
    assert (caught.value.code, caught.value.trace) == ("610", "1-tid")


def test_a_read_is_tried_four_times(client, script, slept, calls):
    script.answers = [(500, "x"), requests.ReadTimeout(), (502, "<html>"), (200, "<html>")]
    with pytest.raises(TemporaryError):
        client.company_info()
    assert slept == [1.0, 2.0, 4.0]
    assert calls == ["request"] * 4


def test_changes_come_per_entity_with_deleted_stubs(client, script):
    deleted = {"domain": "QBO", "status": "Deleted", "Id": "533"}
    script.answers = [{"CDCResponse": [{"QueryResponse": [{"Customer": [{"Id": "8"}]}, {"Invoice": [deleted]}, {}]}]}]
    changes = client.cdc(["Customer", "Invoice", "Item"], NOW - timedelta(hours=1))
    assert changes == {"Customer": [{"Id": "8"}], "Invoice": [deleted], "Item": []}
    assert script.seen[0].query["entities"] == "Customer,Invoice,Item"
    assert script.seen[0].query["changedSince"] == "2026-10-01T07:00:00+00:00"


def test_changes_that_may_have_been_cut_are_not_trusted(client, script):
    many = [{"Id": str(i)} for i in range(500)]
    script.answers = [{"CDCResponse": [{"QueryResponse": [{"Customer": many}, {"Item": many}]}]}]
    with pytest.raises(ChangesIncomplete):
        client.cdc(["Customer", "Item"], NOW)


def test_changes_of_more_than_thirty_days_are_not_asked_for(client, script):
    with pytest.raises(ChangesIncomplete):
        client.cdc(["Customer"], NOW - timedelta(days=31))
    assert script.seen == []


def test_changes_without_their_envelope_are_not_taken_for_none(client, script):
    script.answers = [{"time": "t"}]
    with pytest.raises(Malformed):
        client.cdc(["Customer"], NOW)


# -- writing ---------------------------------------------------------------------------------------------------------


def test_a_write_carries_its_request_id_and_exact_amounts(client, script):
    script.answers = [{"Invoice": {"Id": "5"}, "time": "t"}]
    written = client.write("Invoice", {"Line": [{"Amount": Decimal("9.90")}]}, "req-1")
    assert (written.object, written.trace) == ({"Id": "5"}, "1-tid")
    (seen,) = script.seen
    assert (seen.method, seen.path) == ("POST", "/v3/company/77/invoice")
    assert seen.query == {"minorversion": "75", "requestid": "req-1"}
    assert seen.text == '{"Line":[{"Amount":9.90}]}'
    assert seen.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    ("entity", "how", "params"),
    [
        ("Invoice", {"operation": "void"}, {"operation": "void"}),
        ("SalesReceipt", {"operation": "void"}, {"operation": "update", "include": "void"}),
        ("Payment", {"operation": "void"}, {"operation": "update", "include": "void"}),
        ("Invoice", {"operation": "delete"}, {"operation": "delete"}),
        ("Invoice", {"operation": "update"}, {"operation": "update"}),
        ("Invoice", {"include": "allowduplicatedocnum"}, {"include": "allowduplicatedocnum"}),
    ],
)
def test_operations(client, script, entity, how, params):
    script.answers = [{entity: {"Id": "5"}}]
    client.write(entity, {"Id": "5", "SyncToken": "0"}, "r", **how)
    (seen,) = script.seen
    assert seen.query == {"minorversion": "75", "requestid": "r", **params}
    assert seen.json.get("sparse", False) is (how.get("operation") == "void")


@pytest.mark.parametrize(
    "answer",
    [
        requests.ReadTimeout(),
        requests.ConnectionError("reset"),
        (500, fault("10000")[1]),
        (503, "<html>"),
        (504, ""),
        (200, "<html>"),
        (200, '{"Invoice": {"Id'),
        (200, {"time": "t"}),
        fault("10000"),
        fault("600"),
    ],
)
def test_a_write_without_a_clear_answer_is_unknown_and_not_repeated(client, script, slept, answer):
    script.answers = [answer]
    with pytest.raises(OutcomeUnknown):
        client.write("Invoice", {}, "r")
    assert len(script.seen) == 1
    assert slept == []


def test_a_write_waits_when_throttled_and_keeps_its_request_id(client, script, slept, calls):
    script.answers = [
        (429, THROTTLED_XML),
        (429, {}, {"Retry-After": "5"}),
        (403, THROTTLED_XML),
        {"Item": {"Id": "1"}},
    ]
    assert client.write("Item", {}, "r").object == {"Id": "1"}
    assert slept == [60.0, 5.0, 60.0]
    assert {seen.query["requestid"] for seen in script.seen} == {"r"}
    assert calls == ["request"] * 4


def test_a_write_that_never_left_is_sent_again(client, script, slept, not_sent):
    script.answers = [not_sent(), {"Item": {"Id": "1"}}]
    assert client.write("Item", {}, "r").object == {"Id": "1"}
    assert slept == [1.0]


def test_a_write_that_could_not_leave_at_all_is_temporary(client, script, not_sent):
    script.answers = [not_sent() for _ in range(4)]
    with pytest.raises(TemporaryError):
        client.write("Item", {}, "r")


def test_an_expired_token_is_renewed_once(client, script, tokens, calls):
    script.answers = [EXPIRED, {"Item": {"Id": "1"}}]
    client.write("Item", {}, "r")
    assert tokens.renewed == ["token-1"]
    assert script.seen[1].headers["Authorization"] == "Bearer token-2"
    assert calls == ["request", "request"]


def test_a_second_refusal_of_the_token_asks_the_owner(client, script):
    script.answers = [EXPIRED, EXPIRED]
    with pytest.raises(ReconnectNeeded) as caught:
        client.write("Item", {}, "r")
    assert "eyJ" not in str(caught.value)


def test_a_failing_renewal_is_let_through(client, script, tokens):
    tokens.values = ["token-1"]
    script.answers = [EXPIRED]
    with pytest.raises(ReconnectNeeded, match="withdrawn"):
        client.company_info()


def test_a_refusal_keeps_all_its_faults(client, script):
    status, body = fault("2050", "too long")
    body["Fault"]["Error"].append({"Message": "m", "Detail": "missing", "code": 2020, "element": "Line"})
    script.answers = [(status, body)]
    with pytest.raises(QuickBooksRefused) as caught:
        client.write("Invoice", {}, "r")
    assert caught.value.cause is Cause.OUR_BUG
    assert [f.code for f in caught.value.faults] == ["2050", "2020"]
    assert caught.value.code == "2050"


@pytest.mark.parametrize("body", [fault("6240")[1], THROTTLED_XML.replace("3001", "6240")])
def test_a_fault_under_200_is_a_fault(client, script, body):
    script.answers = [(200, body)]
    with pytest.raises(QuickBooksRefused) as caught:
        client.write("Customer", {}, "r")
    assert caught.value.cause is Cause.DUPLICATE_NAME


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (
            (403, {"fault": {"error": [{"message": "m", "detail": None, "code": "3100"}], "type": "SERVICE"}}),
            ReconnectNeeded,
        ),
        (fault("120", status=403), ReconnectNeeded),
        (fault("5020", status=403), NotAllowed),
        (fault("6190"), NotAllowed),
        (fault("150"), TemporaryError),
        ((403, "<html>blocked</html>"), NotAllowed),
        ((404, "<html>not here</html>"), OperatorError),
        (fault("4000"), QuickBooksRefused),
        ((413, ""), Exception),
    ],
)
def test_who_must_act(client, script, answer, error):
    script.answers = [answer]
    with pytest.raises(error):
        client.write("Invoice", {}, "r")


def test_request_ids_have_a_limit(client):
    with pytest.raises(ValueError, match="50"):
        client.write("Invoice", {}, "r" * 51)


def test_what_before_call_raises_is_let_through(client, script):
    def lost(_kind: str) -> None:
        raise TemporaryError("lease lost")

    client._before_call = lost
    with pytest.raises(TemporaryError, match="lease lost"):
        client.write("Invoice", {}, "r")
    assert script.seen == []


# -- batches -----------------------------------------------------------------------------------------------------------


def test_a_batch_answers_each_item_by_its_bid(client, script, calls):
    script.answers = [
        {
            "BatchItemResponse": [
                {"bId": "b", "Fault": fault("5010")[1]["Fault"]},
                {"bId": "a", "Customer": {"Id": "90", "SyncToken": "0"}},
            ]
        }
    ]
    items = [
        BatchItem("a", "create", "Customer", {"DisplayName": "Zoe"}),
        BatchItem("b", "update", "SalesReceipt", {"Id": "4"}),
        BatchItem("c", "delete", "Invoice", {"Id": "5"}),
    ]
    answers = client.batch(items, "req")
    assert answers["a"].object == {"Id": "90", "SyncToken": "0"}
    assert answers["b"].fault is not None
    assert answers["b"].fault.cause is Cause.STALE
    assert answers["c"].fault is not None
    assert answers["c"].fault.cause is Cause.UNCLEAR
    assert {answer.trace for answer in answers.values()} == {"1-tid"}
    assert calls == ["batch"]


def test_what_a_batch_sends(client, script):
    script.answers = [{"BatchItemResponse": []}]
    client.batch(
        [
            BatchItem("1", "create", "Invoice", {"Line": []}, "allowduplicatedocnum"),
            BatchItem("2", "void", "Payment", {"Id": "8", "SyncToken": "0"}),
        ],
        "req",
    )
    (seen,) = script.seen
    assert seen.path == "/v3/company/77/batch"
    assert seen.query["requestid"] == "req"
    assert seen.json == {
        "BatchItemRequest": [
            {"bId": "1", "operation": "create", "optionsData": "allowduplicatedocnum", "Invoice": {"Line": []}},
            {
                "bId": "2",
                "operation": "update",
                "optionsData": "void",
                "Payment": {"Id": "8", "SyncToken": "0", "sparse": True},
            },
        ]
    }


@pytest.mark.parametrize("answer", [requests.ReadTimeout(), (502, "<html>"), (200, {"time": "t"})])
def test_a_lost_batch_answer_is_unknown(client, script, answer):
    script.answers = [answer]
    with pytest.raises(OutcomeUnknown):
        client.batch([BatchItem("1", "create", "Item", {})], "req")
    assert len(script.seen) == 1


def test_a_batch_refused_as_a_whole(client, script):
    script.answers = [fault("1040")]
    with pytest.raises(QuickBooksRefused):
        client.batch([BatchItem("1", "create", "Item", {})], "req")


@pytest.mark.parametrize(
    ("bids", "request_id"),
    [([], "r"), (["1"] * 2, "r"), (["x" * 11], "r"), ([str(i) for i in range(31)], "r"), (["1"], "r" * 37)],
)
def test_a_batch_that_could_not_be_repeated_is_not_sent(client, script, bids, request_id):
    with pytest.raises(ValueError, match=r"batch|bid"):
        client.batch([BatchItem(bid, "create", "Item", {}) for bid in bids], request_id)
    assert script.seen == []
