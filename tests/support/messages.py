"""Messages of the providers, made and signed as their documentation says."""

import hashlib
import hmac
import json
from base64 import b64encode

ECWID_SECRET, QUICKBOOKS_SECRET = "sim_client_secret_0123456789", "verifier-token"


def signed(secret, message):
    return b64encode(hmac.new(secret.encode(), message, hashlib.sha256).digest()).decode()


def ecwid_message(kind="order.updated", *, event_id="e1", created, secret=ECWID_SECRET, **more):
    """A body and its headers; `created` is a time."""
    seconds = int(created.timestamp())
    body = {
        "eventId": event_id,
        "eventCreated": seconds,
        "storeId": 1003,
        "entityId": 481920377,
        "eventType": kind,
        "data": {"orderId": "WEB-K3T9Q"},
    }
    signature = signed(secret, f"{seconds}.{event_id}".encode())
    return json.dumps({**body, **more}).encode(), {"X-Ecwid-Webhook-Signature": signature}


def quickbooks_message(content, *, secret=QUICKBOOKS_SECRET):
    body = json.dumps(content).encode()
    return body, {"intuit-signature": signed(secret, body)}


def cloud_event(event_id="c1", *, created, realm="9341450000000001", entity="5", kind="qbo.item.updated.v1", **more):
    """One event of the newer format."""
    return {
        "specversion": "1.0",
        "id": event_id,
        "source": "intuit.abc=",
        "type": kind,
        "time": created.isoformat(),
        "intuitentityid": entity,
        "intuitaccountid": realm,
        "data": {},
    } | more


def post(client, provider, message):
    """Send a message as the provider would."""
    body, headers = message
    return client.post(
        f"/webhooks/{provider}/?eventtype=any", body, content_type="application/json", headers=dict(headers)
    )
