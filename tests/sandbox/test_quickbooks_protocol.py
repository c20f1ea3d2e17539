import json
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest

from sandbox.faults import AnswerLostError
from tests.sandbox.quickbooks_desk import REALMS, Desk, fault_of


@pytest.fixture
def desk() -> Desk:
    return Desk()


# -- envelope ----------------------------------------------------------------------------------------------------


def test_a_created_object_comes_in_its_envelope(desk: Desk) -> None:
    answer = desk.send("POST", "customer", {"DisplayName": "Zoe Novak"}).json
    customer = answer["Customer"]
    assert customer["domain"] == "QBO"
    assert customer["sparse"] is False
    assert customer["SyncToken"] == "0"
    assert customer["Id"].isdigit()
    assert customer["MetaData"]["CreateTime"] == "2026-09-21T07:13:20-07:00"
    assert answer["time"] == "2026-09-21T07:13:20.000-07:00"
    assert None not in customer.values()


def test_every_answer_has_a_tid_of_its_own(desk: Desk) -> None:
    first, second = desk.send("GET", "preferences"), desk.send("GET", "nowhere")
    assert first.headers["intuit_tid"] != second.headers["intuit_tid"]
    desk.token = "wrong"
    assert desk.send("GET", "preferences").headers["intuit_tid"]


def test_amounts_are_exact_json_numbers(desk: Desk) -> None:
    invoice = desk.invoice(desk.line("1234567.89"))
    text = desk.send("GET", f"invoice/{invoice['Id']}").text
    assert '"TotalAmt":1234567.89' in text


def test_company_info_and_preferences_are_read_by_path(desk: Desk) -> None:
    assert desk.read("CompanyInfo", desk.realm)["Country"] == "US"
    assert desk.send("GET", "preferences").json["Preferences"]["TaxPrefs"]["PartnerTaxEnabled"] is True


def test_any_minor_version_is_accepted(desk: Desk) -> None:
    assert desk.send("GET", "preferences", minorversion="4").status_code == 200


def test_without_asking_for_json_one_gets_xml(desk: Desk) -> None:
    answer = desk.send("GET", "preferences", headers={"Accept": "*/*"})
    assert (answer.status_code, answer.mimetype) == (200, "application/xml")
    assert answer.text.startswith("<?xml")


@pytest.mark.parametrize("path", ["nosuchthing", "invoice/1/nosuchthing", "taxcode"])
def test_an_unknown_path_is_an_unsupported_operation(desk: Desk, path: str) -> None:
    answer = desk.send("POST", path, {})
    assert answer.status_code == 400
    assert fault_of(answer)["code"] == "500"


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_there_are_no_other_verbs(desk: Desk, method: str) -> None:
    assert fault_of(desk.send(method, "invoice", {}))["code"] == "500"


# -- update ------------------------------------------------------------------------------------------------------


def test_a_full_update_empties_what_it_leaves_out(desk: Desk) -> None:
    before = desk.write("Customer", {"DisplayName": "Ana", "CompanyName": "Ana & Co", "Notes": "x"})
    after = desk.write("Customer", {"Id": before["Id"], "SyncToken": "0", "DisplayName": "Ana", "Notes": "y"})
    assert after["Notes"] == "y"
    assert "CompanyName" not in after
    assert after["SyncToken"] == "1"


def test_a_sparse_update_changes_only_what_it_names(desk: Desk) -> None:
    before = desk.write("Customer", {"DisplayName": "Ana", "BillAddr": {"Line1": "1 A St", "City": "Austin"}})
    after = desk.write("Customer", desk.version(before, BillAddr={"Line1": "2 B St"}))
    assert after["DisplayName"] == "Ana"
    assert after["BillAddr"] == {"Line1": "2 B St"}


def test_lines_are_replaced_as_a_whole_and_keep_the_ids_that_were_sent(desk: Desk) -> None:
    before = desk.invoice(desk.line("10"), desk.line("20"))
    kept = {**desk.line("25"), "Id": "2"}
    after = desk.write("Invoice", desk.version(before, Line=[kept, desk.line("5")]))
    assert [line.get("Id") for line in after["Line"]] == ["2", "3", None]
    assert after["TotalAmt"] == Decimal("30.00")


def test_a_sparse_update_of_the_memo_leaves_lines_and_tax_alone(desk: Desk) -> None:
    before = desk.invoice(desk.line("100", code="TAX"), TxnTaxDetail={"TotalTax": Decimal("8.31")})
    after = desk.write("Invoice", desk.version(before, PrivateNote="checked"))
    assert after["Line"] == before["Line"]
    assert after["TxnTaxDetail"] == before["TxnTaxDetail"]
    assert after["TotalAmt"] == Decimal("108.31")


def test_an_update_that_changes_nothing_keeps_the_version(desk: Desk) -> None:
    before = desk.write("Customer", {"DisplayName": "Ana"})
    desk.clock.forward(60)
    assert desk.write("Customer", desk.version(before, DisplayName="Ana")) == before
    desk.switch(unchanged_update_keeps_token=False)
    assert desk.write("Customer", desk.version(before, DisplayName="Ana"))["SyncToken"] == "1"


def test_an_old_version_is_stale(desk: Desk) -> None:
    before = desk.write("Customer", {"DisplayName": "Ana"})
    desk.write("Customer", desk.version(before, Notes="first"))
    assert desk.refused("Customer", desk.version(before, Notes="second"))["code"] == "5010"


def test_an_update_needs_the_version(desk: Desk) -> None:
    before = desk.write("Customer", {"DisplayName": "Ana"})
    refusal = desk.refused("Customer", {"Id": before["Id"], "DisplayName": "Ana"})
    assert (refusal["code"], refusal["element"]) == ("2020", "SyncToken")


# -- refusals ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fields",
    [{"DisplayName": "A", "Colour": "red"}, {"displayname": "A"}, {"DisplayName": "A", "BillAddr": {"Street": "x"}}],
)
def test_an_unknown_property_is_refused(desk: Desk, fields: dict[str, object]) -> None:
    refusal = desk.refused("Customer", fields)
    assert refusal["code"] == "2010"
    assert refusal["Detail"].startswith("Property Name:")


@pytest.mark.parametrize("body", ["{not json", "[]", ""])
def test_a_malformed_body_is_refused(desk: Desk, body: str) -> None:
    assert desk.refused("Customer", body)["code"] == "2010"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"PrintStatus": "Maybe"}, "2170"),
        ({"TxnDate": "21.09.2026"}, "2060"),
        ({"ApplyTaxAfterDiscount": "perhaps"}, "2230"),
        ({"ExchangeRate": "much"}, "2090"),
        ({"DocNumber": "X" * 22}, "2050"),
        ({"CustomerMemo": {"value": "X" * 1001}}, "2050"),
        ({"PrivateNote": "X" * 4001}, "2050"),
        ({"ShipMethodRef": {"value": "X" * 31}}, "2050"),
        ({"BillEmail": {"Address": "nobody"}}, "2210"),
        ({"EmailStatus": "NeedToSend"}, "6420"),
    ],
)
def test_values_outside_the_schema_are_refused(desk: Desk, fields: dict[str, object], code: str) -> None:
    assert desk.refused("Invoice", desk.sale(desk.line("1"), **fields))["code"] == code


def test_a_length_refusal_tells_the_lengths(desk: Desk) -> None:
    refusal = desk.refused("Invoice", desk.sale(desk.line("1"), DocNumber="X" * 45))
    assert refusal["element"] == "DocNumber"
    assert refusal["Detail"].endswith("Min:0 Max:21 supported. Supplied length:45")


def test_what_quickbooks_computes_is_ignored_in_a_request(desk: Desk) -> None:
    invoice = desk.invoice(TotalAmt=5, Balance=5, MetaData={"CreateTime": "2001-01-01T00:00:00Z"}, domain="X")
    assert invoice["TotalAmt"] == Decimal("100.00")
    assert invoice["domain"] == "QBO"
    assert invoice["MetaData"]["CreateTime"].startswith("2026")


@pytest.mark.parametrize("identifier", ["999", "424242"])
def test_reading_what_does_not_exist_is_a_610(desk: Desk, identifier: str) -> None:
    answer = desk.send("GET", f"invoice/{identifier}")
    assert (answer.status_code, fault_of(answer)["code"]) == (400, "610")


def test_an_id_that_is_no_number_is_refused_without_a_time(desk: Desk) -> None:
    answer = desk.send("GET", "invoice/1.5")
    assert fault_of(answer)["code"] == "2030"
    assert fault_of(answer)["Detail"] == "Id should be a valid number. Supplied value:1.5"
    assert "time" not in answer.json


def test_a_lapsed_subscription_refuses_writes_and_allows_reads(desk: Desk) -> None:
    desk.switch(subscription_lapsed=True)
    assert desk.refused("Customer", {"DisplayName": "Ana"})["code"] == "6190"
    assert desk.send("GET", "preferences").status_code == 200


# -- request ids -------------------------------------------------------------------------------------------------


def test_a_repeated_request_id_gets_the_first_answer_and_makes_nothing(desk: Desk) -> None:
    body = desk.sale(desk.line("10"))
    first = desk.send("POST", "invoice", body, requestid="r-1")
    desk.clock.forward(5)
    second = desk.send("POST", "invoice", body, requestid="r-1")
    assert second.text == first.text
    assert len(desk.books()["Invoice"]) == 1


def test_request_ids_are_per_company(desk: Desk) -> None:
    first = desk.write("Customer", {"DisplayName": "Ana"}, requestid="r-1")
    desk.realm, desk.token = REALMS["GB"], f"qbo_access_{REALMS['GB']}"
    second = desk.write("Customer", {"DisplayName": "Bea"}, requestid="r-1")
    assert first["DisplayName"] != second["DisplayName"]


def test_a_request_id_survives_a_lost_answer(desk: Desk) -> None:
    desk.control("POST", "faults", {"method": "POST", "path": "/invoice$", "kind": "drop_after"})
    body = desk.sale(desk.line("10"))
    with pytest.raises(AnswerLostError):
        desk.send("POST", "invoice", body, requestid="r-1")
    again = desk.write("Invoice", body, requestid="r-1")
    assert [invoice["Id"] for invoice in desk.books()["Invoice"]] == [again["Id"]]


def test_a_refused_request_is_tried_again_under_its_id(desk: Desk) -> None:
    broken, right = {"Notes": "no name"}, {"DisplayName": "Ana"}
    assert desk.refused("Customer", broken, requestid="r-1")["code"] == "6080"
    assert desk.write("Customer", right, requestid="r-1")["DisplayName"] == "Ana"


def test_refused_requests_are_replayed_when_the_switch_says_so(desk: Desk) -> None:
    desk.switch(request_id_replays_failures=True)
    desk.refused("Customer", {"Notes": "no name"}, requestid="r-1")
    assert desk.refused("Customer", {"DisplayName": "Ana"}, requestid="r-1")["code"] == "6080"


def test_another_body_under_a_used_id_is_replayed_or_refused(desk: Desk) -> None:
    desk.write("Customer", {"DisplayName": "Ana"}, requestid="r-1")
    assert desk.write("Customer", {"DisplayName": "Bea"}, requestid="r-1")["DisplayName"] == "Ana"
    desk.switch(request_id_other_body="refuse")
    assert desk.refused("Customer", {"DisplayName": "Bea"}, requestid="r-1")["code"] == "600"


def test_replay_can_be_switched_off(desk: Desk) -> None:
    desk.switch(request_id_replay=False)
    for _ in range(2):
        desk.write("Invoice", desk.sale(desk.line("10")), requestid="r-1")
    assert len(desk.books()["Invoice"]) == 2


def test_a_request_id_is_forgotten_after_its_time(desk: Desk) -> None:
    desk.switch(request_id_seconds=60)
    for _ in range(2):
        desk.write("Invoice", desk.sale(desk.line("10")), requestid="r-1")
        desk.clock.forward(61)
    assert len(desk.books()["Invoice"]) == 2


def test_a_request_id_has_at_most_fifty_characters(desk: Desk) -> None:
    assert desk.refused("Customer", {"DisplayName": "Ana"}, requestid="r" * 51)["code"] == "2130"


# -- limits ------------------------------------------------------------------------------------------------------


def statuses(desk: Desk, count: int, path: str = "preferences", method: str = "GET", body: object = None) -> list[int]:
    return [desk.send(method, path, body).status_code for _ in range(count)]


def test_more_than_ten_requests_in_a_second_are_throttled() -> None:
    desk = Desk(throttled=True)
    assert statuses(desk, 11) == [200] * 10 + [429]
    desk.clock.forward(1)
    assert statuses(desk, 1) == [200]


def test_more_than_five_hundred_requests_in_a_minute_are_throttled() -> None:
    desk = Desk(throttled=True)
    for _ in range(50):
        assert statuses(desk, 10) == [200] * 10
        desk.clock.forward(1)
    assert statuses(desk, 1) == [429]
    desk.clock.forward(11)
    assert statuses(desk, 1) == [200]
    assert desk.control("GET", "counters")["throttled"] == 1


def test_more_than_forty_batches_in_a_minute_are_throttled() -> None:
    desk = Desk(throttled=True)
    for _ in range(4):
        assert statuses(desk, 10, "batch", "POST", {"BatchItemRequest": []}) == [200] * 10
        desk.clock.forward(1)
    assert statuses(desk, 1, "batch", "POST", {"BatchItemRequest": []}) == [429]
    assert statuses(desk, 1) == [200]


def test_one_companys_requests_do_not_slow_another() -> None:
    desk = Desk(throttled=True)
    statuses(desk, 10)
    desk.realm, desk.token = REALMS["GB"], f"qbo_access_{REALMS['GB']}"
    assert statuses(desk, 1) == [200]


def test_a_throttled_answer_has_its_code_and_by_choice_xml_and_retry_after() -> None:
    desk = Desk(throttled=True)
    statuses(desk, 10)
    plain = desk.send("GET", "preferences")
    assert fault_of(plain)["code"] == "3001"
    assert plain.json["Fault"]["type"] == "SERVICE"
    assert "Retry-After" not in plain.headers
    desk.switch(throttle_xml=True, throttle_retry_after=30)
    spoken = desk.send("GET", "preferences")
    assert spoken.status_code == 429
    assert spoken.mimetype == "application/xml"
    assert spoken.headers["Retry-After"] == "30"


# -- faults ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "status", "mimetype"),
    [
        ({"kind": "status", "status": 500}, 500, "application/json"),
        ({"kind": "status", "status": 503}, 503, "application/json"),
        ({"kind": "html", "status": 502}, 502, "text/html"),
        ({"kind": "text", "status": 503}, 503, "text/plain"),
        ({"kind": "throttle"}, 429, "application/json"),
        ({"kind": "expire_token"}, 401, "application/json"),
    ],
)
def test_an_ordered_fault_comes_once(desk: Desk, fault: dict[str, object], status: int, mimetype: str) -> None:
    desk.control("POST", "faults", {"path": "/preferences", **fault})
    answer = desk.send("GET", "preferences")
    assert (answer.status_code, answer.mimetype) == (status, mimetype)
    assert desk.send("GET", "preferences").status_code == 200


def test_a_fault_may_let_some_requests_pass_and_come_several_times(desk: Desk) -> None:
    desk.control("POST", "faults", {"kind": "status", "method": "GET", "path": "preferences", "skip": 1, "times": 2})
    assert statuses(desk, 4) == [200, 500, 500, 200]


def test_a_connection_dropped_before_the_work_leaves_nothing(desk: Desk) -> None:
    desk.control("POST", "faults", {"kind": "drop_before", "path": "customer"})
    with pytest.raises(AnswerLostError):
        desk.send("POST", "customer", {"DisplayName": "Ana"})
    assert desk.query("select count(*) from Customer where DisplayName = 'Ana'") == {"totalCount": 0}
    assert desk.control("GET", "calls", {})[-2]["status"] == 0


def test_a_truncated_answer_is_half_of_the_real_one(desk: Desk) -> None:
    desk.control("POST", "faults", {"kind": "truncated", "path": "customer"})
    answer = desk.send("POST", "customer", {"DisplayName": "Ana"})
    with pytest.raises(json.JSONDecodeError):
        json.loads(answer.text)
    assert desk.id("Customer", "Ana")


@pytest.mark.parametrize("kind", ["delay", "hang"])
def test_an_answer_may_take_long_and_still_be_right(desk: Desk, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    there_while_waiting: list[bool] = []
    waited: list[float] = []

    def wait(seconds: float) -> None:
        waited.append(seconds)
        there_while_waiting.append(any(row["DisplayName"] == "Ana" for row in desk.books()["Customer"]))

    monkeypatch.setattr(desk.system.faults, "wait", wait)
    desk.control("POST", "faults", {"kind": kind, "path": "customer", "seconds": 120})
    assert desk.write("Customer", {"DisplayName": "Ana"})
    assert waited == [120]
    assert there_while_waiting == [kind == "hang"]


def test_clearing_the_faults_lets_waiting_requests_go(desk: Desk) -> None:
    desk.control("POST", "faults", {"kind": "hang", "path": "customer", "seconds": 60})
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(desk.send, "POST", "customer", {"DisplayName": "Ana"})
        while not answer.done():
            desk.control("DELETE", "faults")
        assert answer.result().status_code == 200


def test_a_fault_may_bring_headers_of_its_own(desk: Desk) -> None:
    desk.control("POST", "faults", {"kind": "throttle", "path": "", "headers": {"Retry-After": "7"}})
    answer = desk.send("GET", "preferences")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")
    assert desk.control("GET", "counters")["throttled"] == 1


def test_a_shifted_clock_ages_the_tokens(desk: Desk) -> None:
    desk.send("GET", "preferences")
    desk.control("POST", "clock", {"offset_seconds": 3600})
    assert desk.send("GET", "preferences").status_code == 401


def test_an_unknown_fault_or_switch_is_refused(desk: Desk) -> None:
    assert desk.web.post("/control/faults", json={"kind": "gremlin"}).status_code == 400
    assert desk.web.patch("/control/switches", json={"no_such_switch": 1}).status_code == 400
    assert desk.web.patch("/control/switches", json={"batch_shuffle": "yes"}).status_code == 400


def test_every_switch_explains_itself(desk: Desk) -> None:
    says = desk.web.get("/control/switches?explain=1").json
    assert says.keys() == desk.control("GET", "switches").keys()
    assert all(len(text) > 15 for text in says.values())


def test_counters_know_the_routes_without_company_ids(desk: Desk) -> None:
    desk.send("GET", "preferences")
    desk.batch({"bId": "1", "Query": "select * from Term"}, {"bId": "2", "Query": "select * from Term"})
    counters = desk.control("GET", "counters")
    assert counters["by_route"] == {"GET /preferences": 1, "POST /batch": 1}
    assert (counters["requests"], counters["batch_items"]) == (2, 2)
    desk.control("POST", "counters/reset")
    assert desk.control("GET", "counters")["requests"] == 0


def test_the_list_of_calls_shows_what_was_asked(desk: Desk) -> None:
    desk.write("Customer", {"DisplayName": "Ana"}, requestid="r-9")
    (call,) = desk.control("GET", "calls?limit=1")
    assert call["method"] == "POST"
    assert call["path"].endswith("/customer")
    assert call["status"] == 200
    assert call["request_id"] == "r-9"


def test_the_clock_can_be_shifted(desk: Desk) -> None:
    desk.control("POST", "clock", {"offset_seconds": 86_400})
    assert desk.invoice()["TxnDate"] == "2026-09-22"


def test_a_reset_brings_the_seeds_back(desk: Desk) -> None:
    desk.invoice()
    desk.switch(batch_shuffle=True)
    desk.control("POST", "reset")
    assert desk.books()["Invoice"] == []
    assert desk.control("GET", "switches")["batch_shuffle"] is False
