"""Wix's messages: what proves them, and what they say.

A message is one signed token (JWT) for one event: JSON that holds JSON as text, and in that, for most kinds, JSON once
more. Wix signs with a key that belongs to this app alone, and the token ends after some minutes. What it says of an
order may be old or cut: it is only a hint to ask Wix.
"""

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from integrations.values import Json
from integrations.webhooks.words import AHEAD, Event, Refusal, Refused, Topic, identity, moment, parsed
from integrations.wix.keys import public_key

_ISSUER = "wix.com"
# An id becomes part of an address. A colon would make one of another module's orders of it.
_ID = re.compile(r"[0-9A-Za-z-]{1,64}")

_ECOMMERCE = ("wix.ecom.v1.order_", "wix.ecom.v1.fulfillments_")
# By how the kind of an event begins. Levels of stock are not among them: every sale moves some, and so do we.
_TOPICS: Mapping[str, Topic] = {
    **dict.fromkeys(_ECOMMERCE, Topic.ORDER),
    "wix.events.ticketing.events.Order": Topic.ORDER,
    "wix.pricing_plans.v2.order_": Topic.ORDER,
    "wix.restaurants.v3.order_": Topic.ORDER,
    "com.wix.ecommerce.catalog.api.v1.Product": Topic.PRODUCT,
    "com.wix.ecommerce.catalog.api.v1.Variants": Topic.PRODUCT,
    "wix.stores.catalog.v3.product_": Topic.PRODUCT,
    "AppInstalled": Topic.INSTALLED,
    "AppRemoved": Topic.UNINSTALLED,
}


def read(body: bytes, headers: Mapping[str, str], *, secret: str, app_id: str = "") -> list[Event]:
    """See `integrations.webhooks.words.Reader`; a message of Wix's is one event.

    `secret` is the app's public key, in PEM, as it is or in Base64. A token that names another app than `app_id` is
    forged.
    """
    del headers
    claims = _proven(body, _key(secret), app_id)
    told = _object(claims.get("data"))
    kind, account_id = identity(told.get("eventType")), identity(told.get("instanceId"))
    if not (kind and account_id):
        raise Refused(Refusal.UNREADABLE)
    data = _object(told.get("data"))
    happened_at = moment(data.get("eventTime")) or _issued_at(claims)
    if happened_at is None:
        raise Refused(Refusal.UNREADABLE)
    event_id = identity(data.get("id")) if "entityFqdn" in data else ""
    topic = next((topic for start, topic in _TOPICS.items() if kind.startswith(start)), Topic.OTHER)
    return [Event(event_id or _id_of(claims), account_id, kind, topic, _entity(kind, topic, data), happened_at)]


# -- proof -------------------------------------------------------------------------------------------------------------


def _key(written: str) -> RSAPublicKey:
    try:
        return public_key(written)
    except ValueError:
        raise Refused(Refusal.UNCONFIGURED) from None


def _proven(body: bytes, key: RSAPublicKey, app_id: str) -> Json:
    """What the token says. Which algorithm proves it is ours to say: whatever the token itself names is compared with
    that and nothing else. Raises Refused."""
    token = body.strip()
    if token.count(b".") == 2 and token.endswith(b"."):
        raise Refused(Refusal.UNSIGNED)
    options: Any = {"require": ["exp"], "verify_aud": False, "verify_iss": False}
    try:
        claims: Json = jwt.decode(token, key, algorithms=["RS256"], options=options, leeway=AHEAD)
    except jwt.ExpiredSignatureError:
        raise Refused(Refusal.TOO_OLD) from None
    except jwt.ImmatureSignatureError:
        raise Refused(Refusal.IN_FUTURE) from None
    except (jwt.InvalidSignatureError, jwt.InvalidAlgorithmError):
        raise Refused(Refusal.FORGED) from None
    except (jwt.PyJWTError, ValueError, TypeError, ArithmeticError, RecursionError):
        raise Refused(Refusal.UNREADABLE) from None
    audience = claims.get("aud", app_id)
    if claims.get("iss", _ISSUER) != _ISSUER or (app_id and app_id not in _several(audience)):
        raise Refused(Refusal.FORGED)
    return claims


def _several(audience: object) -> list[object]:
    return audience if isinstance(audience, list) else [audience]


# -- what it says ------------------------------------------------------------------------------------------------------


def _object(value: object) -> Json:
    """JSON in JSON, as text or as it is; empty where it is no object. The innermost is only a hint, and may be so."""
    with suppress(Refused):
        found = parsed(value) if isinstance(value, str) else value
        return found if isinstance(found, dict) else {}
    return {}


def _issued_at(claims: Json) -> datetime | None:
    with suppress(KeyError, ValueError, TypeError, OverflowError, OSError):
        return datetime.fromtimestamp(int(claims["iat"]), UTC)
    return None


def _id_of(claims: Json) -> str:
    """Events of the older kinds have no id: one is told from the next by when it was sent and what it says."""
    return sha256(f"{claims.get('iat', claims['exp'])}:{claims['data']}".encode(errors="replace")).hexdigest()


def _entity(kind: str, topic: Topic, data: Json) -> str:
    """The id of what changed. Orders of modules with an API of their own have none here: whether such a sale came as an
    eCommerce order, too, only their lists are compared for."""
    if topic != Topic.ORDER:
        return identity(data.get("productId") or data.get("entityId"))
    if not kind.startswith(_ECOMMERCE):
        return ""
    action = _object(data.get("actionEvent"))
    body = _object(action.get("body", action.get("bodyAsJson")))
    order, transactions = _object(body.get("order")), _object(body.get("orderTransactions"))
    named = (body.get("orderId"), transactions.get("orderId"), order.get("id"), data.get("entityId"))
    found = next((one for one in named if isinstance(one, str) and one), "")
    return found if _ID.fullmatch(found) else ""
