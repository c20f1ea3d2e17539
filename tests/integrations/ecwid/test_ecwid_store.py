"""The store adapter where the simulated Ecwid cannot go: odd profiles, odd products, servers that do not filter."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import requests

from integrations.commerce import Product
from integrations.ecwid import catalog
from integrations.ecwid import store as store_module
from integrations.ecwid.profile import profile_of
from integrations.ecwid.store import EcwidStore
from integrations.errors import Malformed, OutcomeUnknown
from integrations.money import json_dumps, json_loads
from tests.integrations.ecwid.fakes import START, FakeSession, a_client, answer
from tests.integrations.ecwid.orders import item, order

D = Decimal
PROFILE = {
    "generalInfo": {"storeId": 1003},
    "settings": {"storeName": "Maple"},
    "formatsAndUnits": {"currency": "cad", "currencyPrecision": 2, "timezone": "America/Toronto"},
    "taxSettings": {"pricesIncludeTax": False},
}


def a_store(orders, *, profile=PROFILE):
    """A store on a server that answers every list with these orders, whatever the filters."""

    def serve(call):
        if call["path"].endswith("/profile"):
            return answer(profile)
        page = orders[int(call["params"].get("offset", 0)) :][:100]
        told = {"items": [_plain(each) for each in page]} if "responseFields" not in call["params"] else {}
        return answer({"total": len(orders), "limit": 100, **told})

    session = FakeSession(serve)
    return EcwidStore(a_client(session), now=lambda: START), session


def _plain(value):
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return float(value) if isinstance(value, Decimal) else value


def _fetch(store, created_from=datetime(2000, 1, 1, tzinfo=UTC)):
    return [each for page in store.orders(created_from=created_from, updated_from=None, until=START) for each in page]


def test_the_window_is_asked_for_in_unix_seconds():
    store, session = a_store([])
    since, changed = START - timedelta(days=2), START - timedelta(hours=1)
    list(store.orders(created_from=since, updated_from=changed, until=START))
    params = session.calls[0]["params"]
    assert params["createdFrom"] == str(int(since.timestamp()) - 1)
    assert params["updatedFrom"] == str(int(changed.timestamp()) - 1)
    assert params["updatedTo"] == str(int(START.timestamp()))
    assert "createdTo" not in params


def test_a_server_that_does_not_filter_by_creation_is_read_whole_and_once(monkeypatch):
    monkeypatch.setattr(store_module, "LONGEST_WINDOW", 150)
    store, session = a_store([order(item(1, "5"), total="5", internalId=number) for number in range(1, 301)])
    assert len(_fetch(store)) == 300
    assert len(session.calls) < 10


def test_currency_and_places_travel_beside_the_order():
    store, _ = a_store([order(item(1, "5"), total="5")])
    (fetched,) = _fetch(store)
    context = {key: value for key, value in fetched.payload.items() if key != "order"}
    assert context == {"store_id": "1003", "currency": "CAD", "places": 2, "prices_include_tax": False}


@pytest.mark.parametrize(
    ("broken", "ref"),
    [
        ({"id": "ABCDE", "total": 5}, "ABCDE"),
        ({"internalId": 9, "total": 5}, "9"),
        ({"internalId": 9, "id": "ABCDE", "createTimestamp": "soon"}, "9"),
        ({"total": 5}, "unreadable:"),
        (7, "unreadable:"),
    ],
)
def test_what_cannot_be_read_is_filed_and_refuses_to_be_read(broken, ref):
    store, _ = a_store([broken, order(item(1, "5"), total="5")])
    fetched, sound = _fetch(store)
    assert fetched.ref.startswith(ref)
    assert fetched.created_at == START
    with pytest.raises(Malformed):
        store.read_order(fetched.payload)
    assert store.read_order(sound.payload).total == 5


def test_a_profile_without_currency_is_not_used():
    store, _ = a_store([order(item(1, "5"), total="5")], profile={**PROFILE, "formatsAndUnits": {}})
    with pytest.raises(Malformed, match="currency"):
        _fetch(store)


def test_a_tax_is_offered_at_each_of_its_rates_and_not_when_it_is_off():
    taxes = [
        {"name": "VAT", "enabled": True, "defaultTax": 20, "rules": [{"tax": 20}, {"tax": D("5.5")}]},
        {"name": "Old", "enabled": False, "defaultTax": 19},
    ]
    profile = profile_of({**PROFILE, "taxes": taxes}, {}, store_id="1003")
    assert [(tax.name, tax.rate) for tax in profile.taxes] == [("VAT", 20), ("VAT", D("5.5"))]


def test_payment_methods_are_called_as_orders_call_them():
    options = [
        {"enabled": True, "checkoutTitle": "Carte", "paymentProcessorTitle": "Stripe"},
        {"enabled": True, "paymentProcessorTitle": "PayPal"},
        {"enabled": False, "checkoutTitle": "Cheque"},
        {"enabled": True, "checkoutTitle": "Carte"},
    ]
    profile = profile_of({**PROFILE, "payment": {"paymentOptions": options}}, {}, store_id="1003")
    assert profile.payment_methods == ("Carte", "PayPal")


def test_statuses_carry_the_merchants_names():
    statuses = [
        {"statusId": "PAID", "orderStatusType": "PAYMENT_STATUS", "name": "Payé", "enabled": True},
        {"statusId": "CUSTOM_PAYMENT_STATUS_1", "orderStatusType": "PAYMENT_STATUS", "name": "30 jours"},
        {"statusId": "CUSTOM_PAYMENT_STATUS_2", "orderStatusType": "PAYMENT_STATUS", "name": "-", "enabled": False},
        {"statusId": "INCOMPLETE", "orderStatusType": "PAYMENT_STATUS", "name": "Abandoned"},
        {"statusId": "SHIPPED", "orderStatusType": "FULFILLMENT_STATUS", "name": "Expédié"},
    ]
    profile = profile_of(PROFILE, {"items": statuses}, store_id="1003")
    assert profile.payment_statuses == (("PAID", "Payé"), ("CUSTOM_PAYMENT_STATUS_1", "30 jours"))
    assert profile.fulfillment_statuses == (("SHIPPED", "Expédié"),)


# -- products ----------------------------------------------------------------------------------------------------------


def _products(**product):
    return list(catalog.products_of({"id": 501, "sku": "TEE", "name": "Tee", "price": 25, **product}))


def test_an_unlimited_product_has_no_stock_rather_than_none_left():
    assert _products(unlimited=True, quantity=0)[0].stock is None
    assert _products(unlimited=False)[0].stock is None
    assert _products(quantity=0)[0].stock == 0
    assert _products(quantity=-3)[0].stock == -3


def test_a_variation_without_a_sku_of_its_own_is_the_product():
    variations = [
        {"id": 1, "sku": "TEE-M", "options": [{"name": "Size", "value": "M"}], "quantity": 4},
        {"id": 2, "options": [{"name": "Size", "value": "L"}]},
        {"id": 3, "sku": " TEE ", "price": 30},
        {"id": 4, "sku": "TEE-XL", "price": 30, "unlimited": True},
        {"sku": "TEE-S"},  # cannot be told apart from its product
    ]
    found = [
        (each.variation_ref, each.sku, each.name, each.price, each.stock)
        for each in _products(quantity=9, combinations=variations)
    ]
    assert found == [
        ("", "TEE", "Tee", 25, 9),
        ("1", "TEE-M", "Tee (M)", 25, 4),
        ("4", "TEE-XL", "Tee", 30, None),
    ]


def test_what_a_product_says_of_its_kind():
    plain, bundle, card = (
        _products(unlimited=True)[0],
        _products(compositeComponents=[{"productId": 7, "quantity": 2}, {"productId": 8, "combinationId": 81}])[0],
        _products(isGiftCard=True)[0],
    )
    assert (plain.unlimited, plain.components, plain.is_gift_card, plain.in_places) == (True, (), False, False)
    assert bundle.components == ("7", "8/81")
    assert card.is_gift_card
    assert _products(locationInventory={"shop": 3, "warehouse": 1})[0].in_places
    assert not _products(locationInventory={"shop": 3})[0].in_places


def test_a_variation_is_named_by_its_product_and_survives_json():
    base, medium = _products(quantity=9, combinations=[{"id": 1, "sku": "TEE-M", "quantity": 4}])
    assert (base.ref, medium.ref, medium.family) == ("501", "501/1", "Tee")
    assert Product.from_json(json_loads(json_dumps(medium.as_json()))) == medium
    assert Product.from_json(base.as_json()) == base


def test_a_level_is_written_once_and_as_it_is():
    """An unlimited product would stay so if only a quantity were sent; a write that got no answer is not repeated."""
    session = FakeSession(answer({"updateCount": 1}), answer({"updateCount": 1}), requests.ConnectionError("gone"))
    store = EcwidStore(a_client(session))
    base, medium = _products(quantity=9, combinations=[{"id": 1, "sku": "TEE-M", "quantity": 4}])

    store.set_stock(base, 12)
    store.set_stock(medium, None)
    with pytest.raises(OutcomeUnknown):
        store.set_stock(base, 1)

    sent = [
        (call["method"], call["path"].split("/1003/")[1], json_loads(call["data"].decode())) for call in session.calls
    ]
    assert sent == [
        ("PUT", "products/501", {"quantity": 12, "unlimited": False}),
        ("PUT", "products/501/combinations/1", {"unlimited": True}),
        ("PUT", "products/501", {"quantity": 1, "unlimited": False}),
    ]


def test_two_variations_with_one_sku_are_both_told():
    twice = [{"id": 1, "sku": "TEE-M"}, {"id": 2, "sku": "TEE-M"}]
    assert [each.sku for each in _products(combinations=twice)] == ["TEE", "TEE-M", "TEE-M"]


def test_one_unreadable_product_does_not_hide_the_others():
    store, _ = a_store([{"id": 1, "sku": "A", "price": "much"}, {"sku": "B"}, {"id": 3, "sku": "C", "price": 1}])
    assert [product.sku for page in store.products() for product in page] == ["C"]
