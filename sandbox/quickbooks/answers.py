"""What the API answers with: envelopes, faults, and the gateway's own refusals."""

import uuid
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from werkzeug.wrappers import Response

from sandbox.quickbooks.faults import QboError
from sandbox.routing import json_answer

_PACIFIC = ZoneInfo("America/Los_Angeles")
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_XML_ANSWER = f'{_XML}<IntuitResponse xmlns="http://schema.intuit.com/finance/v3"/>'
_XML_THROTTLED = (
    f'{_XML}<IntuitResponse xmlns="http://schema.intuit.com/finance/v3"><Fault type="SERVICE"><Error code="3001">'
    "<Message>message=ThrottleExceeded; errorCode=003001; statusCode=429</Message>"
    "<Detail>The request limit was reached.  Try again later</Detail></Error></Fault></IntuitResponse>"
)


def answer_time(now: datetime) -> str:
    return now.astimezone(_PACIFIC).isoformat(timespec="milliseconds")


def fault_body(error: QboError, now: datetime) -> dict[str, Any]:
    body: dict[str, Any] = {"Fault": error.fault()}
    if error.code != 2030:  # the one refusal recorded without a time
        body["time"] = answer_time(now)
    return body


def system_fault(status: int, message: str, now: datetime) -> Response:
    entry = {"Message": message, "Detail": message, "code": "10000", "element": ""}
    return json_answer({"Fault": {"Error": [entry], "type": "SystemFault"}, "time": answer_time(now)}, status)


def throttled(now: datetime, *, as_xml: bool, retry_after: Any) -> Response:
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    if as_xml:
        return Response(_XML_THROTTLED, 429, headers, content_type="application/xml")
    entry = {
        "Message": "message=ThrottleExceeded; errorCode=003001; statusCode=429",
        "Detail": "The request limit was reached.  Try again later",
        "code": "3001",
    }
    return json_answer({"Fault": {"Error": [entry], "type": "SERVICE"}, "time": answer_time(now)}, 429, headers)


def not_authenticated(token: str, now: datetime) -> Response:
    """The gateway speaks in lower case."""
    entry = {
        "message": "message=AuthenticationFailed; errorCode=003200; statusCode=401",
        "detail": f"Token expired: {token}",
        "code": "3200",
        "element": None,
    }
    headers = {"WWW-Authenticate": 'Bearer realm="Intuit", error="invalid_token"'}
    return json_answer(_gateway_body(entry, "AUTHENTICATION", now), 401, headers)


def not_authorized(now: datetime) -> Response:
    entry = {
        "message": "message=ApplicationAuthorizationFailed; errorCode=003100; statusCode=403",
        "detail": None,
        "code": "3100",
        "element": None,
    }
    return json_answer(_gateway_body(entry, "SERVICE", now), 403)


def _gateway_body(entry: dict[str, Any], kind: str, now: datetime) -> dict[str, Any]:
    return {
        "warnings": None,
        "intuitObject": None,
        "fault": {"error": [entry], "type": kind},
        "report": None,
        "queryResponse": None,
        "batchItemResponse": [],
        "attachableResponse": [],
        "syncErrorResponse": None,
        "requestId": None,
        "time": int(now.timestamp() * 1000),
        "status": None,
        "cdcresponse": [],
    }


def as_xml(response: Response) -> Response:
    """What a client gets that forgot to ask for JSON: well-formed XML without content."""
    return Response(_XML_ANSWER, response.status_code, content_type="application/xml;charset=UTF-8")


def new_tid() -> str:
    return f"1-{uuid.uuid4()}"
