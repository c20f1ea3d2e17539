"""Wix's messages: proven by the app's public key and nothing else, and read as far as they can be."""

import hashlib
import hmac
import json
from base64 import b64encode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta

import jwt
import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from integrations.webhooks.words import Event, Refusal, Refused, Topic
from integrations.wix.webhook import read
from tests.support.messages import (
    WIX_APP,
    WIX_INSTANCE,
    WIX_PUBLIC_KEY,
    other_key,
    wix_data,
    wix_message,
    wix_order,
    wix_token,
)

NOW = datetime(2026, 11, 19, 10, 15, 40, tzinfo=UTC)
HAPPENED = datetime(2026, 11, 19, 10, 15, 35, 100000, tzinfo=UTC)
ORDER = "7c1d0b52-3a61-4b0e-9d55-0c5a1f0e1001"


@pytest.fixture(autouse=True, scope="module")
def still():
    with time_machine.travel(NOW, tick=False):
        yield


def take(body, *, key=None, app_id=WIX_APP):
    return read(body, {}, secret=key or WIX_PUBLIC_KEY, app_id=app_id)


def only(body, **how):
    [event] = take(body, **how)
    return event


def refusal(body, **how):
    with pytest.raises(Refused) as refused:
        take(body, **how)
    return refused.value.refusal


def message(kind="wix.ecom.v1.order_approved", data=None, **claims):
    return wix_message(kind, wix_order(ORDER, time=HAPPENED) if data is None else data, now=NOW, **claims)


def unpadded(data):
    return urlsafe_b64encode(data).rstrip(b"=")


def handmade(head, payload, sign):
    signed = b".".join(unpadded(json.dumps(part).encode()) for part in (head, payload))
    return signed + b"." + unpadded(sign(signed))


# -- proof -------------------------------------------------------------------------------------------------------------


def test_an_order_event_is_read_through_all_its_layers():
    kind = "wix.ecom.v1.order_approved"
    assert only(message()) == Event("event-1", WIX_INSTANCE, kind, Topic.ORDER, ORDER, HAPPENED)


@pytest.mark.parametrize(
    "key",
    [
        b64encode(WIX_PUBLIC_KEY.encode()).decode(),
        b64encode(WIX_PUBLIC_KEY.strip().encode()).decode(),
        WIX_PUBLIC_KEY.strip().replace("\n", "\\n"),
        f"\n{WIX_PUBLIC_KEY}\n",
    ],
)
def test_the_key_may_be_written_in_several_ways(key):
    assert only(message(), key=key).entity == ORDER


def _no_rsa():
    public = ec.generate_private_key(ec.SECP256R1()).public_key()
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


@pytest.mark.parametrize("key", ["a", "é", "-----BEGIN PUBLIC KEY-----", b64encode(b"no key").decode(), _no_rsa()])
def test_with_a_key_that_is_none_nothing_is_proven(key):
    assert refusal(message(), key=key) == Refusal.UNCONFIGURED


def test_another_key_proves_nothing():
    assert refusal(wix_token(json.loads(wix_data(message())), key=other_key())) == Refusal.FORGED


def test_what_is_signed_cannot_be_changed():
    head, _payload, mark = message().split(b".")
    other = message(data=wix_order("another")).split(b".")[1]
    assert refusal(b".".join((head, other, mark))) == Refusal.FORGED


@pytest.mark.parametrize("algorithm", ["HS256", "HS512"])
def test_the_public_key_is_not_taken_for_a_secret(algorithm):
    """Whoever knows it, and it is public, could sign with it."""
    digest = {"HS256": hashlib.sha256, "HS512": hashlib.sha512}[algorithm]
    for secret in (WIX_PUBLIC_KEY, WIX_PUBLIC_KEY.strip(), b64encode(WIX_PUBLIC_KEY.encode()).decode()):
        forged = handmade(
            {"alg": algorithm, "typ": "JWT"},
            json.loads(wix_data(message())),
            lambda signed, secret=secret: hmac.new(secret.encode(), signed, digest).digest(),
        )
        assert refusal(forged) == Refusal.FORGED


@pytest.mark.parametrize(
    "algorithm", ["none", "None", "NONE", "", "RS512", "PS256", "ES256", "rs256", None, 7, ["RS256"]]
)
def test_no_other_algorithm_is_taken(algorithm):
    payload = json.loads(wix_data(message()))
    assert refusal(handmade({"alg": algorithm}, payload, lambda _signed: b"")) == Refusal.UNSIGNED
    assert refusal(handmade({"alg": algorithm}, payload, lambda _signed: b"x")) in {Refusal.FORGED, Refusal.UNREADABLE}


@pytest.mark.parametrize("algorithm", ["RS384", "RS512", "PS256"])
def test_not_even_with_the_right_key(algorithm):
    assert refusal(wix_token(json.loads(wix_data(message())), algorithm=algorithm)) == Refusal.FORGED


def test_a_key_in_the_token_is_not_looked_at():
    claims = json.loads(wix_data(message()))
    jwk = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(other_key().public_key()))
    forged = jwt.encode(claims, other_key(), algorithm="RS256", headers={"jwk": jwk, "jku": "http://127.0.0.1:9/"})
    assert refusal(forged.encode()) == Refusal.FORGED


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"exp": NOW - timedelta(minutes=5, seconds=1)}, Refusal.TOO_OLD),
        ({"iat": NOW + timedelta(minutes=5, seconds=2)}, Refusal.IN_FUTURE),
        ({"nbf": NOW + timedelta(minutes=6)}, Refusal.IN_FUTURE),
        ({"exp": None}, Refusal.UNREADABLE),
        ({"exp": "tomorrow"}, Refusal.UNREADABLE),
        ({"exp": float("inf")}, Refusal.UNREADABLE),
        ({"iat": "now"}, Refusal.UNREADABLE),
        ({"aud": "another-app"}, Refusal.FORGED),
        ({"aud": ["another-app"]}, Refusal.FORGED),
        ({"aud": {}}, Refusal.FORGED),
        ({"iss": "else.com"}, Refusal.FORGED),
    ],
)
def test_when_for_whom_and_by_whom(claims, why):
    assert refusal(message(**claims)) == why


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": NOW - timedelta(minutes=4)},  # clocks differ
        {"iat": NOW + timedelta(minutes=4)},
        {"aud": [WIX_APP, "another-app"]},
        {"aud": None, "iss": None},
        {"iat": None},
    ],
)
def test_what_need_not_be_told(claims):
    assert only(message(**claims)).entity == ORDER


def test_whoever_has_not_said_which_app_it_is_goes_by_the_key():
    assert only(message(aud="whichever"), app_id="").entity == ORDER


# -- what cannot be read -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b".",
        b"..",
        b"a.b",
        b"a.b.c",
        b"a.b.c.d.e",
        b"{}.{}.x",
        b"=.=.=",
        unpadded(b"[" * 100_000) + b".e30.eA",
        unpadded(b'{"alg": "RS256", "crit": ["b64"], "b64": false}') + b".e30.eA",
        unpadded(b"7") + b".e30.eA",
    ],
)
def test_what_is_no_token_is_refused_and_never_breaks(body):
    assert refusal(body) in {Refusal.UNREADABLE, Refusal.FORGED, Refusal.UNSIGNED}


@given(st.binary(max_size=300) | st.binary(max_size=60).map(lambda one: b".".join(unpadded(one) for _ in range(3))))
def test_arbitrary_bytes_are_refused_and_never_break(body):
    assert refusal(body) in {Refusal.UNREADABLE, Refusal.FORGED, Refusal.UNSIGNED}


@pytest.mark.parametrize(
    "data",
    [
        None,
        "",
        "{",
        "[]",
        "7",
        7,
        [],
        "[" * 100_000,
        "\ud800",
        {},
        {"eventType": "AppRemoved"},
        {"instanceId": WIX_INSTANCE},
        {"eventType": 7.5, "instanceId": WIX_INSTANCE},
        {"eventType": "AppRemoved", "instanceId": {}},
        {"eventType": "AppRemoved", "instanceId": "i" * 200},
        {"eventType": "A\x01", "instanceId": WIX_INSTANCE},
    ],
)
def test_an_event_of_nobody_or_nothing_is_refused(data):
    claims = {"data": data if isinstance(data, str | int | list) else json.dumps(data), "iat": NOW, "exp": NOW}
    assert refusal(wix_token(claims)) == Refusal.UNREADABLE


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner, max_size=3)))
def test_a_signed_event_may_hold_anything(data):
    """Only the envelope has to be right: the rest is a hint."""
    event = only(message(data=json.dumps(data)))
    assert (event.topic, event.entity) == (Topic.ORDER, "")


@pytest.mark.parametrize(
    "data",
    ["", "{", "[" * 100_000, {}, {"entityFqdn": "wix.ecom.v1.order", "id": {}, "entityId": 7, "eventTime": "soon"}],
)
def test_a_broken_innermost_layer_still_says_that_something_happened(data):
    event = only(message(data=data))
    assert (event.topic, event.entity, event.happened_at) == (Topic.ORDER, "", NOW)
    assert event.id


# -- what it says ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "topic"),
    [
        *(
            (f"wix.ecom.v1.order_{slug}", Topic.ORDER)
            for slug in (
                "created", "approved", "updated", "payment_status_updated", "canceled", "committed", "fulfilled",
                "imported", "transactions_details_updated", "transactions_refund_completed",
                "transactions_chargeback_approved", "transactions_chargeback_reversed", "of_tomorrow",
            )
        ),
        ("wix.ecom.v1.fulfillments_updated", Topic.ORDER),
        ("wix.ecom.v1.checkout_created", Topic.OTHER),
        ("com.wix.ecommerce.catalog.api.v1.ProductCreated", Topic.PRODUCT),
        ("com.wix.ecommerce.catalog.api.v1.ProductChanged", Topic.PRODUCT),
        ("com.wix.ecommerce.catalog.api.v1.VariantsChanged", Topic.PRODUCT),
        ("com.wix.ecommerce.catalog.api.v1.CollectionCreated", Topic.OTHER),
        ("wix.stores.catalog.v3.product_created", Topic.PRODUCT),
        ("wix.stores.catalog.v3.product_deleted", Topic.PRODUCT),
        ("com.wix.ecommerce.inventory.api.v1.InventoryVariantsChanged", Topic.OTHER),
        ("wix.stores.catalog.v3.inventory_item_updated_with_reason", Topic.OTHER),
        ("wix.events.ticketing.events.OrderConfirmed", Topic.ORDER),
        ("wix.pricing_plans.v2.order_cycle_started", Topic.ORDER),
        ("wix.restaurants.v3.order_updated", Topic.ORDER),
        ("AppInstalled", Topic.INSTALLED),
        ("AppRemoved", Topic.UNINSTALLED),
        ("PaidPlanPurchased", Topic.OTHER),
        ("of.tomorrow", Topic.OTHER),
    ],
)  # fmt: skip
def test_what_an_event_is_about(kind, topic):
    assert only(message(kind, {})).topic == topic


@pytest.mark.parametrize(
    "action",
    [
        {"body": {"order": {"id": ORDER}}},
        {"body": {"orderId": ORDER}},
        {"body": {"orderTransactions": {"orderId": ORDER, "payments": []}}},
        {"bodyAsJson": json.dumps({"order": {"id": ORDER}})},
        {"body": json.dumps({"orderId": ORDER})},
    ],
)
def test_the_order_is_named_in_the_body_where_the_event_is_about_something_else(action):
    data = {"entityFqdn": "wix.ecom.v1.fulfillments", "id": "e", "entityId": "parcel-9", "actionEvent": action}
    assert only(message("wix.ecom.v1.fulfillments_updated", data)).entity == ORDER


@pytest.mark.parametrize("ref", ["..", "../x", "a/b", "events:ev/E-1", "a b", "é", "i" * 65, "", 7, None, {"id": 1}])
def test_only_an_id_is_taken_for_the_id_of_an_order(ref):
    """It becomes part of an address; and with a colon it would name an order of another module."""
    assert only(message(data=wix_order(ref))).entity == ""


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("wix.events.ticketing.events.OrderConfirmed", {"eventId": "ev", "orderNumber": "E-1", "status": "PAID"}),
        ("wix.pricing_plans.v2.order_purchased", {"entityFqdn": "wix.pricing_plans.v2.order", "entityId": ORDER}),
        ("wix.restaurants.v3.order_created", {"entityFqdn": "wix.restaurants.v3.order", "entityId": ORDER}),
    ],
)
def test_orders_of_other_modules_are_looked_for_in_their_lists(kind, data):
    """Their sales may be eCommerce orders as well, and are compared with those there."""
    assert only(message(kind, data)).entity == ""


def test_products_are_named():
    v1 = only(message("com.wix.ecommerce.catalog.api.v1.ProductChanged", {"productId": "p1"}))
    v3 = only(message("wix.stores.catalog.v3.product_updated", {"entityFqdn": "x", "entityId": "p3", "id": "e"}))
    assert (v1.entity, v3.entity) == ("p1", "p3")


def test_older_events_have_no_id_of_their_own():
    """One that is repeated is known by what it says and when; one that says the same later is another one."""
    kind, data = "com.wix.ecommerce.catalog.api.v1.ProductChanged", {"productId": "p1", "id": "no event's"}
    first, again = only(message(kind, data)), only(message(kind, data))
    later, other = only(message(kind, data, iat=NOW - timedelta(seconds=1))), only(message(kind, {"productId": "p2"}))
    assert first.id == again.id
    assert len({first.id, later.id, other.id}) == 3
    assert first.happened_at == NOW
