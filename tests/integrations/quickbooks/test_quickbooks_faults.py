"""Every shape in which a fault arrives, and what its code means."""

import pytest

from integrations.http import Answer
from integrations.quickbooks.faults import Cause, Fault, duplicate_of, error_for, faults_of, parse_faults

XML = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<IntuitResponse time="2026-10-01T08:00:00.000-07:00" xmlns="http://schema.intuit.com/finance/v3">
<Fault type="SERVICE"><Error code="003001" element="x &amp; y">
<Message>message=ThrottleExceeded; errorCode=003001</Message>
<Detail>The request limit was reached &amp; more</Detail></Error><Error code="2020"/></Fault></IntuitResponse>"""


def one(code: object, **more: object) -> dict:
    return {"Fault": {"Error": [{"Message": "m", "Detail": "d", "code": code, **more}], "type": "ValidationFault"}}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (one("6240", element=""), Fault("6240", "m", "d")),
        (one("2050", element="DocNumber"), Fault("2050", "m", "d", "DocNumber")),
        (one(5010), Fault("5010", "m", "d")),
        (one("003001"), Fault("3001", "m", "d")),
        (
            {
                "fault": {
                    "error": [{"message": "m", "detail": None, "code": "3100", "element": None}],
                    "type": "SERVICE",
                }
            },
            Fault("3100", "m"),
        ),
    ],
)
def test_json_shapes(body, expected):
    assert parse_faults(body) == [expected]


def test_several_errors_in_one_fault():
    body = {"Fault": {"Error": [{"code": "2050"}, {"code": "2020", "element": "Line"}]}}
    assert [(fault.code, fault.element) for fault in parse_faults(body)] == [("2050", ""), ("2020", "Line")]


def test_xml():
    first, second = parse_faults(XML.replace('<Error code="2020"/>', '<Error code="2020"></Error>'))
    assert first == Fault(
        "3001", "message=ThrottleExceeded; errorCode=003001", "The request limit was reached & more", "x & y"
    )
    assert (second.code, second.cause) == ("2020", Cause.OUR_BUG)


@pytest.mark.parametrize("text", ["", "<html><body>502 Bad Gateway</body></html>", "upstream failure", '{"cut'])
def test_pages_and_fragments_hold_no_fault(text):
    assert faults_of(Answer(502, {}, text)) == []


@pytest.mark.parametrize(
    "body", [None, [], {}, {"Invoice": {}}, {"Fault": None}, {"Fault": {"Error": None}}, {"Fault": {}}]
)
def test_other_json_holds_no_fault(body):
    assert parse_faults(body) == []


def test_a_token_in_a_detail_is_taken_out():
    body = {"fault": {"error": [{"message": "m", "detail": "Token expired: abc.def.ghi", "code": "3200"}]}}
    (fault,) = parse_faults(body)
    assert "abc" not in fault.detail


@pytest.mark.parametrize(
    ("code", "cause"),
    [
        ("6140", Cause.DUPLICATE_NUMBER),
        ("6240", Cause.DUPLICATE_NAME),
        ("5010", Cause.STALE),
        ("6200", Cause.CLOSED_PERIOD),
        ("6210", Cause.CLOSED_PERIOD),
        ("610", Cause.INACTIVE),
        ("6250", Cause.INACTIVE),
        ("2500", Cause.MISSING_REFERENCE),
        ("3001", Cause.THROTTLED),
        ("3200", Cause.TOKEN),
        ("3100", Cause.NOT_AUTHORIZED),
        ("5020", Cause.NOT_PERMITTED),
        ("6190", Cause.COMPANY_READ_ONLY),
        ("140", Cause.TEMPORARY),
        ("10000", Cause.UNCLEAR),
        ("600", Cause.UNCLEAR),
        ("2010", Cause.OUR_BUG),
        ("6070", Cause.OUR_BUG),
        ("6100", Cause.TAX),
        ("6270", Cause.BEFORE_STOCK_START),
        ("6540", Cause.LOCKED),
        ("6000", Cause.REFUSED),
        ("99999", Cause.REFUSED),
        ("", Cause.REFUSED),
    ],
)
def test_causes(code, cause):
    assert Fault(code).cause is cause


def test_who_has_the_number_already():
    detail = (
        "Duplicate Document Number Error : You must specify a different number. This number has already been used. "
        "DocNumber=1041 is assigned to TxnType=Sales Receipt with TxnId=17984"
    )
    assert duplicate_of(Fault("6140", "", detail)) == ("SalesReceipt", "17984")
    assert duplicate_of(Fault("6140", "", "already used")) is None
    assert duplicate_of(Fault("6000", "", detail)) is None


def test_a_fault_reads_as_its_most_telling_text():
    assert [str(Fault("1", "m", "d")), str(Fault("1", "m")), str(Fault("1"))] == ["d", "m", "code 1"]


def test_an_error_says_status_code_and_trace():
    answer = Answer(400, {"intuit_tid": "1-abc"}, '{"Fault":{"Error":[{"code":"6000","Detail":"no VAT rate"}]}}')
    assert str(error_for(answer, is_write=True)) == "no VAT rate (HTTP 400, code 6000, 1-abc)"
