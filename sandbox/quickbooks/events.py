"""What QuickBooks tells the app of: which objects changed, never how. In either of the two formats."""

import base64
import hashlib
import hmac
import uuid
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sandbox.exact_json import dumps
from sandbox.quickbooks.store import Json
from sandbox.webhooks import Message, Rules

VERIFIER_TOKEN = "sandbox-verifier"  # noqa: S105 - the simulator's own, known to everybody

_MINUTE = 60
RULES = Rules(
    retry_after=(20 * _MINUTE, 30 * _MINUTE, 50 * _MINUTE),
    answer_seconds=3,
    successes=frozenset(range(200, 300)),
    retried=frozenset({408, 500, 502, 503, 504}),
    gives_up_on_address=True,
)

# What there are events for; tax codes and stock adjustments are not among it.
_TOLD = {
    *("Invoice", "SalesReceipt", "RefundReceipt", "CreditMemo", "Payment", "Deposit"),
    *("Account", "Class", "Customer", "Department", "Employee", "Item", "PaymentMethod", "Term", "Vendor"),
    "Preferences",
}
_PAST = {
    "Create": "created",
    "Update": "updated",
    "Delete": "deleted",
    "Merge": "merged",
    "Void": "voided",
    "Emailed": "emailed",
}
# Of several changes of one object within a request, the one that is told.
_WEIGHT = {"Update": 0, "Emailed": 1, "Void": 2, "Create": 3, "Delete": 4, "Merge": 5}


def is_told(type_name: str) -> bool:
    return type_name in _TOLD


def event(realm: str, name: str, identifier: str, operation: str, now: datetime, **more: Any) -> Json:
    """Raises ValueError for an operation there is not."""
    if operation not in _PAST:
        msg = f"an operation is one of {', '.join(_PAST)}"
        raise ValueError(msg)
    return {"realm": realm, "name": name, "id": identifier, "operation": operation, "at": now.isoformat(), **more}


def messages(events: list[Json], signature: str, form: str, now: datetime) -> Iterable[Message]:
    """All that one request changed goes out together."""
    told = _collapsed(events)
    body = dumps(_cloud_events(told) if form == "cloudevents" else _notifications(told))
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "user-agent": "intuit_notification_server/0.1",
        "intuit-created-time": now.astimezone(UTC).isoformat(timespec="milliseconds"),
        "intuit-t-id": str(uuid.uuid4()),
    }
    if form != "cloudevents":
        headers["intuit-notification-schema-version"] = "0.1"
    if signature != "missing":
        key = VERIFIER_TOKEN if signature == "right" else "somebody else"
        headers["intuit-signature"] = sign(key, body.encode())
    yield Message(body, headers)


def sign(key: str, body: bytes) -> str:
    return base64.b64encode(hmac.new(key.encode(), body, hashlib.sha256).digest()).decode()


def _collapsed(events: list[Json]) -> list[Json]:
    """One event for each object."""
    found: dict[tuple[str, str, str], Json] = {}
    for each in events:
        key = each["realm"], each["name"], each["id"]
        if key not in found or _WEIGHT[each["operation"]] >= _WEIGHT[found[key]["operation"]]:
            found[key] = each
    return list(found.values())


def _cloud_events(events: list[Json]) -> list[Json]:
    return [
        {
            "specversion": "1.0",
            "id": str(uuid.uuid4()),
            "source": f"intuit.{_opaque(each['realm'])}",
            "type": f"qbo.{each['name'].lower()}.{_PAST[each['operation']]}.v1",
            "datacontenttype": "application/json",
            "time": _nanoseconds(each["at"]),
            "intuitentityid": each["id"],
            "intuitaccountid": each["realm"],
            "data": {},
        }
        for each in events
    ]


def _opaque(realm: str) -> str:
    return base64.b64encode(hashlib.sha256(realm.encode()).digest()).decode()


def _nanoseconds(moment: str) -> str:
    return datetime.fromisoformat(moment).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f436Z")


def _notifications(events: list[Json]) -> Json:
    by_realm: dict[str, list[Json]] = {}
    for each in events:
        by_realm.setdefault(each["realm"], []).append(_entity(each))
    rows = [{"realmId": realm, "dataChangeEvent": {"entities": rows}} for realm, rows in by_realm.items()]
    return {"eventNotifications": rows}


def _entity(each: Json) -> Json:
    moment = datetime.fromisoformat(each["at"]).astimezone(UTC)
    gone = {"deletedId": each["deletedId"]} if "deletedId" in each else {}
    return {
        "name": each["name"],
        "id": each["id"],
        "operation": each["operation"],
        "lastUpdated": f"{moment.strftime('%Y-%m-%dT%H:%M:%S')}.{moment.microsecond // 1000:03d}Z",
        **gone,
    }
