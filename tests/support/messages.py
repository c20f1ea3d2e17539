"""Messages of the providers, made and signed as their documentation says."""

import hashlib
import hmac
import json
from base64 import b64encode, urlsafe_b64decode
from datetime import timedelta
from functools import cache

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

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


# -- Wix ---------------------------------------------------------------------------------------------------------------

WIX_APP, WIX_INSTANCE = "0f0c3c1e-0000-4000-8000-00000000app1", "5f0c3c1e-0000-4000-8000-00000000a001"


@cache
def _key_pair(whose):
    del whose
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def other_key():
    """The private key of another app."""
    return _key_pair("other")


WIX_PUBLIC_KEY = _key_pair("ours").public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def wix_token(claims, *, key=None, algorithm="RS256"):
    """What Wix would sign, times included; None leaves a claim out."""
    told = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(told, key or _key_pair("ours"), algorithm=algorithm).encode()


def wix_data(body):
    """The JSON of a token, as text."""
    part = body.split(b".")[1]
    return urlsafe_b64decode(part + b"=" * (-len(part) % 4)).decode()


def wix_message(kind, data, *, now, instance=WIX_INSTANCE, key=None, **claims):
    """An event in its three layers. `data` may be text already."""
    inner = data if isinstance(data, str) else json.dumps(data)
    told = {"eventType": kind, "instanceId": instance, "data": inner, "identity": '{"identityType": "WIX_USER"}'}
    times = {"iat": now, "exp": now + timedelta(minutes=10)}
    return wix_token({"data": json.dumps(told), **times, "iss": "wix.com", "aud": WIX_APP, **claims}, key=key)


def wix_order(ref, *, event_id="event-1", time=None, slug="approved"):
    """The innermost layer of an event of an order."""
    moment = {} if time is None else {"eventTime": time.isoformat(timespec="milliseconds").replace("+00:00", "Z")}
    order = {"order": {"id": ref, "number": "10057"}}
    return {
        "id": event_id,
        "entityFqdn": "wix.ecom.v1.order",
        "slug": slug,
        "entityId": ref,
        "actionEvent": {"body": order},
        **moment,
    }
