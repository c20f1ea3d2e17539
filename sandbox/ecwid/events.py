"""What a shop tells its apps: which event a change is, and how the message about it looks and is signed."""

import base64
import hashlib
import hmac
import uuid
from collections.abc import Callable
from typing import Any

from sandbox.ecwid.values import Json
from sandbox.exact_json import dumps
from sandbox.webhooks import Message, Rules

Tell = Callable[[str, Any, Json], None]
"""(event type, entity id, data)"""

_QUARTER, _HOUR = 900, 3600
RULES = Rules(
    # After 15, 30 and 45 minutes and an hour, then hourly up to a day.
    retry_after=(_QUARTER, 2 * _QUARTER, 3 * _QUARTER, *range(_HOUR, 25 * _HOUR, _HOUR)),
    answer_seconds=10,
    successes=frozenset({200, 201, 202, 204, 209}),
)
_FIELDS = ("eventId", "eventCreated", "storeId", "entityId", "eventType", "data")


def tell_of_order(tell: Tell, number: int, old: Json | None, new: Json) -> None:
    """Abandoned carts have events of their own; one that is bought after all is a new order."""
    data: Json = {"orderId": new.get("id", "")}
    if _is_unfinished(new):
        tell(f"unfinished_order.{'updated' if old else 'created'}", number, {**data, "cartId": f"cart-{number}"})
        return
    for name in ("Payment", "Fulfillment"):
        key = f"{name.lower()}Status"
        if old and not _is_unfinished(old):
            data[f"old{name}Status"] = old.get(key)
        data[f"new{name}Status"] = new.get(key)
    tell("order.updated" if old and not _is_unfinished(old) else "order.created", number, data)


def tell_of_deleted_order(tell: Tell, number: int, old: Json) -> None:
    kind = "unfinished_order" if _is_unfinished(old) else "order"
    tell(f"{kind}.deleted", number, {"orderId": old.get("id", "")})


def _is_unfinished(order: Json) -> bool:
    return order.get("paymentStatus") == "INCOMPLETE"


def complete(event: Json, now: int) -> Json:
    """An event with an identity and a moment, in the order of fields that the shop has; without data when empty."""
    full = {"eventId": str(uuid.uuid4()), "eventCreated": now, "data": {}, **event}
    return {name: full[name] for name in _FIELDS if name != "data" or full[name]}


def message(event: Json, secret: str, signature: str) -> Message:
    """The body itself is not signed."""
    signed = sign(secret if signature == "right" else "somebody else", event)
    headers = {"Content-Type": "application/json; charset=utf-8", "X-Ecwid-Webhook-Signature": signed}
    if signature == "missing":
        del headers["X-Ecwid-Webhook-Signature"]
    return Message(dumps(event), headers, f"eventtype={event['eventType']}")


def sign(secret: str, event: Json) -> str:
    text = f"{event['eventCreated']}.{event['eventId']}"
    return base64.b64encode(hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest()).decode()
