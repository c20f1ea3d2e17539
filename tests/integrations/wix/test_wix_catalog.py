"""Products and levels in both versions of the catalog, and a site that is moved from one to the other."""

import json
from dataclasses import replace
from decimal import Decimal

import pytest
import requests

from integrations.commerce import Product
from integrations.errors import Malformed, NotAllowed, NotFound, OutcomeUnknown, Refused
from tests.integrations.ecwid.fakes import START, answer
from tests.integrations.wix.fakes import Site
from tests.integrations.wix.orders import amount

D = Decimal
VERSION = "GET /stores/v3/provision/version"
PRODUCTS_V1 = "POST /stores-reader/v1/products/query"
VARIANTS = "POST /stores/v3/products/query-variants"
LEVELS = "POST /stores/v3/inventory-items/query"
NO_VARIANT = "00000000-0000-0000-0000-000000000000"
V3_CALLS_V1 = answer({"details": {"applicationError": {"code": "CATALOG_V3_CALLING_CATALOG_V1_API"}}}, 428)
V1_CALLS_V3 = answer({"details": {"applicationError": {"code": "CATALOG_V1_CALLING_CATALOG_V3_API"}}}, 428)


def a_site(version):
    site = Site()
    site[VERSION] = {"catalogVersion": version}
    return site


def everything(store, **bounds):
    return [product for page in store.products(**bounds) for product in page]


def lamp(ref="p1", variant="", sku="LAMP"):
    return Product(ref, variant, sku, "Lamp", D(24), D(5))


# -- V1 ----------------------------------------------------------------------------------------------------------------


def v1_product(numeric="1", **fields):
    plain = {"priceData": {"price": 24, "discountedPrice": 19.5}, "stock": {"trackInventory": True, "quantity": 17}}
    return {"id": f"p{numeric}", "numericId": numeric, "name": "Desk lamp", "sku": "LAMP", **plain, **fields}


def test_v1_filters_are_texts_and_hidden_products_are_asked_for():
    site = a_site("V1_CATALOG")
    site[PRODUCTS_V1] = {"products": []}
    assert everything(site.store(), updated_from=START) == []
    [body] = site.asked(PRODUCTS_V1)
    assert json.loads(body["query"]["filter"]) == {"numericId": {"$gt": "0"}}
    assert json.loads(body["query"]["sort"]) == [{"numericId": "asc"}]
    assert (body["includeVariants"], body["includeHiddenProducts"]) == (True, True)


def test_v1_pages_go_on_behind_the_last_number():
    site = a_site("V1_CATALOG")
    site[PRODUCTS_V1] = [{"products": [v1_product(str(n)) for n in range(1, 101)]}, {"products": [v1_product("101")]}]
    assert len(everything(site.store())) == 101
    assert json.loads(site.asked(PRODUCTS_V1)[1]["query"]["filter"]) == {"numericId": {"$gt": "100"}}


def test_a_v1_product_without_variants_is_one_product():
    site = a_site("V1_CATALOG")
    variant = {"id": NO_VARIANT, "variant": {"sku": "LAMP"}, "stock": {"trackQuantity": True, "quantity": 17}}
    told = v1_product(visible=False, variants=[variant], lastUpdated="2026-11-18T12:00:00.000Z")
    site[PRODUCTS_V1] = {"products": [told]}
    [found] = everything(site.store())
    assert (found.ref, found.sku, found.name, found.price, found.stock) == ("p1", "LAMP", "Desk lamp", D("19.5"), 17)
    assert (found.enabled, found.unlimited, found.changed_at.day) == (False, False, 18)


def test_v1_variants_are_products_of_their_own():
    variants = [
        {
            "id": f"v{size}",
            "choices": {"Size": size},
            "variant": {"sku": f"T-{size}", "priceData": {"price": 10}, "visible": size == "M"},
            "stock": stock,
        }
        for size, stock in (("M", {"trackQuantity": True, "quantity": 0}), ("L", {"trackQuantity": False}))
    ]
    site = a_site("V1_CATALOG")
    site["GET /stores-reader/v1/products/p1"] = {"product": v1_product(manageVariants=True, sku="", variants=variants)}
    medium, large = site.store().product("p1")
    assert (medium.ref, medium.sku, medium.name, medium.family) == ("p1/vM", "T-M", "Desk lamp (M)", "Desk lamp")
    assert (medium.stock, medium.unlimited, medium.enabled) == (0, False, True)
    assert (large.stock, large.unlimited, large.enabled) == (None, True, False)


def test_a_v1_product_that_cannot_be_read_hides_no_other(caplog):
    site = a_site("V1_CATALOG")
    site[PRODUCTS_V1] = {"products": [v1_product(id=""), v1_product("2")]}
    assert [product.ref for product in everything(site.store())] == ["p2"]
    assert "left out" in caplog.text
    site["GET /stores-reader/v1/products/p1"] = {"product": {}}
    with pytest.raises(Malformed):
        site.store().product("p1")


@pytest.mark.parametrize(
    ("variant", "level", "sent"),
    [
        ("v1", 7, {"trackQuantity": True, "variants": [{"variantId": "v1", "quantity": 7}]}),
        ("", -3, {"trackQuantity": True, "variants": [{"variantId": NO_VARIANT, "quantity": 0}]}),
        ("", 1_000_000, {"trackQuantity": True, "variants": [{"variantId": NO_VARIANT, "quantity": 99_999}]}),
        ("v1", None, {"trackQuantity": False, "variants": [{"variantId": "v1", "inStock": True}]}),
    ],
)
def test_a_v1_level_always_says_whether_it_is_counted(variant, level, sent):
    site = a_site("V1_CATALOG")
    site["PATCH /stores/v2/inventoryItems/product/p1"] = {}
    site.store().set_stock(lamp(variant=variant), level)
    assert site.asked("PATCH /stores/v2/inventoryItems/product/p1") == [{"inventoryItem": sent}]


# -- V3 ----------------------------------------------------------------------------------------------------------------


def v3_variant(ref="v1", **fields):
    product = {"productId": "p1", "name": "Desk lamp", "visible": True}
    row = {"variantId": ref, "sku": "LAMP", "visible": True, "price": {"actualPrice": amount("24.00")}}
    return {**row, "productData": product, **fields}


def level(item="i1", variant="v1", quantity=17, **fields):
    counted = {"trackQuantity": True, "quantity": quantity} if quantity is not None else {"inStock": True}
    return {"id": item, "revision": "4", "variantId": variant, "productId": "p1", **counted, **fields}


def choice(name):
    return {"optionChoiceNames": {"optionName": "Size", "choiceName": name}}


def test_v3_variants_carry_their_levels():
    site = a_site("V3_CATALOG")
    hidden = {"productId": "p1", "name": "Shirt", "visible": False}
    site[VARIANTS] = {"variants": [v3_variant(), v3_variant("v2", optionChoices=[choice("M")], productData=hidden)]}
    site[LEVELS] = {
        "inventoryItems": [level(updatedDate="2026-11-18T12:00:00.000Z"), level("i2", "v2", None, trackQuantity=False)]
    }
    plain, shirt = everything(site.store())
    assert (plain.ref, plain.name, plain.family, plain.sku, plain.price) == ("p1/v1", "Desk lamp", "", "LAMP", 24)
    assert (plain.stock, plain.unlimited, plain.in_places, plain.enabled) == (17, False, False, True)
    assert plain.changed_at.day == 18
    assert (shirt.name, shirt.family, shirt.stock, shirt.unlimited) == ("Shirt (M)", "Shirt", None, True)
    assert not shirt.enabled
    assert site.asked(VARIANTS)[0]["query"]["cursorPaging"] == {"limit": 1000}


def test_v3_a_product_without_options_is_called_as_in_v1():
    site = a_site("V3_CATALOG")
    site[VARIANTS], site[LEVELS] = {"variants": [v3_variant()]}, {"inventoryItems": [level()]}
    site["GET /stores/v3/inventory-items/i1"] = {"inventoryItem": level()}
    site["PATCH /stores/v3/inventory-items/i1"] = {}
    store = site.store()
    [found] = everything(store)
    assert (found.ref, found.stock) == ("p1", 17)
    store.set_stock(found, 5)
    assert site.asked("PATCH /stores/v3/inventory-items/i1")[0]["inventoryItem"]["quantity"] == 5

    site[LEVELS] = {"inventoryItems": [level(), level("i2", "v2")]}
    with pytest.raises(Refused):
        store.set_stock(found, 5)


def test_v3_stock_in_several_places():
    site = a_site("V3_CATALOG")
    site[VARIANTS] = {"variants": [v3_variant()]}
    site[LEVELS] = {"inventoryItems": [level(), level("i2", quantity=3)]}
    [found] = everything(site.store())
    assert (found.stock, found.in_places) == (20, True)
    with pytest.raises(NotAllowed):
        site.store().set_stock(found, 5)


def test_v3_changes_are_those_of_products_and_of_their_levels():
    site = a_site("V3_CATALOG")
    site["POST /stores/v3/products/query"] = {"products": [{"id": f"p{n}"} for n in range(120)]}
    site[LEVELS] = {"inventoryItems": [level(), level("i9", productId="sold")]}
    site[VARIANTS] = {"variants": [v3_variant()]}
    everything(site.store(), updated_from=START)
    bound = {"updatedDate": {"$gte": "2026-03-10T12:00:00.000Z"}}
    assert site.asked("POST /stores/v3/products/query")[0]["query"]["filter"] == bound
    asked = [body["query"]["filter"]["productData.productId"]["$in"] for body in site.asked(VARIANTS)]
    assert [len(ids) for ids in asked] == [100, 21]
    assert "sold" in asked[1]


def test_a_v3_product_by_its_id():
    site = a_site("V3_CATALOG")
    variant = {"id": "v1", "sku": "S", "choices": [choice("M")], "price": {"actualPrice": amount("9")}}
    site["GET /stores/v3/products/p1"] = {
        "product": {"id": "p1", "name": "Shirt", "variantsInfo": {"variants": [variant]}}
    }
    site[LEVELS] = {"inventoryItems": [level(quantity=-2)]}
    [found] = site.store().product("p1")
    assert (found.ref, found.name, found.price, found.stock) == ("p1/v1", "Shirt (M)", 9, -2)
    assert site.asked(LEVELS)[0]["query"]["filter"] == {"productId": "p1"}


@pytest.mark.parametrize(
    ("wanted", "sent"),
    [(7, {"quantity": 7}), (-1, {"quantity": 0}), (10**6, {"quantity": 99_999}), (None, {"inStock": True})],
)
def test_a_v3_level_is_set_with_the_revision_of_the_item_itself(wanted, sent):
    site = a_site("V3_CATALOG")
    site[LEVELS] = {"inventoryItems": [level()]}
    site["GET /stores/v3/inventory-items/i1"] = {"inventoryItem": level(revision="6")}
    site["PATCH /stores/v3/inventory-items/i1"] = {}
    site.store().set_stock(lamp(variant="v1"), wanted)
    body = {"inventoryItem": {"id": "i1", "revision": "6", **sent}, "reason": "MANUAL"}
    assert site.asked("PATCH /stores/v3/inventory-items/i1") == [body]


def test_a_v3_level_that_somebody_changed_meanwhile_is_read_again():
    site = a_site("V3_CATALOG")
    site[LEVELS] = {"inventoryItems": [level()]}
    fresh = [{"inventoryItem": level(revision=number)} for number in ("6", "7")]
    site["GET /stores/v3/inventory-items/i1"] = fresh
    site["PATCH /stores/v3/inventory-items/i1"] = [answer({"message": "stale"}, 409), {}]
    site.store().set_stock(lamp(variant="v1"), 7)
    sent = site.asked("PATCH /stores/v3/inventory-items/i1")
    assert [body["inventoryItem"]["revision"] for body in sent] == ["6", "7"]
    site["PATCH /stores/v3/inventory-items/i1"] = answer({"message": "stale"}, 409)
    with pytest.raises(Refused):
        site.store().set_stock(lamp(variant="v1"), 7)
    assert len(site.asked("PATCH /stores/v3/inventory-items/i1")) == 5


def test_a_v3_level_that_may_have_been_set_is_not_set_again():
    site = a_site("V3_CATALOG")
    site[LEVELS] = {"inventoryItems": [level()]}
    site["GET /stores/v3/inventory-items/i1"] = {"inventoryItem": level()}
    site["PATCH /stores/v3/inventory-items/i1"] = requests.ReadTimeout("slow")
    with pytest.raises(OutcomeUnknown):
        site.store().set_stock(lamp(variant="v1"), 7)
    assert len(site.asked("PATCH /stores/v3/inventory-items/i1")) == 1


def test_a_v3_variant_without_a_level():
    site = a_site("V3_CATALOG")
    site[LEVELS] = {}
    with pytest.raises(Refused):
        site.store().set_stock(lamp(variant="v1"), 7)


# -- which version -----------------------------------------------------------------------------------------------------


def test_a_v3_variant_that_cannot_be_read_hides_no_other(caplog):
    site = a_site("V3_CATALOG")
    rows = [{"variantId": f"v{n}", "productData": {"productId": f"p{n}", "name": "Lamp"}} for n in (1, 2)]
    site[VARIANTS] = {"variants": rows}
    items = [{"variantId": "v1", "trackQuantity": True, "quantity": ""}, {"variantId": "v2", "inStock": True}]
    site[LEVELS] = {"inventoryItems": items}
    assert [product.product_ref for product in everything(site.store())] == ["p2"]
    assert "v1" in caplog.text


def test_v1_counts_all_variants_of_a_product_or_none():
    """To begin with one of them would count the others, too, from whatever Wix takes for theirs."""
    site = a_site("V1_CATALOG")
    with pytest.raises(Refused):
        site.store().set_stock(replace(lamp(variant="v1"), unlimited=True), 7)
    assert not site.asked("PATCH /stores/v2/inventoryItems/product/p1")


def test_the_version_is_asked_for_once():
    site = a_site("V1_CATALOG")
    site[PRODUCTS_V1] = {"products": []}
    store = site.store()
    everything(store)
    everything(store)
    assert len(site.asked(VERSION)) == 1


def test_a_site_that_was_moved_meanwhile_is_read_in_its_new_version():
    site = a_site("V1_CATALOG")
    site[VERSION] = [{"catalogVersion": "V1_CATALOG"}, {"catalogVersion": "V3_CATALOG"}]
    site[PRODUCTS_V1] = V3_CALLS_V1
    site[VARIANTS], site[LEVELS] = {"variants": [v3_variant()]}, {}
    store = site.store()
    assert [product.ref for product in everything(store)] == ["p1"]
    assert (len(everything(store)), len(site.asked(VERSION))) == (1, 2)


def test_a_product_and_a_level_find_the_new_version_too():
    site = a_site("V3_CATALOG")
    site[VERSION] = [{"catalogVersion": "V3_CATALOG"}, {"catalogVersion": "V1_CATALOG"}]
    site["GET /stores/v3/products/p1"] = V1_CALLS_V3
    site["GET /stores-reader/v1/products/p1"] = {"product": v1_product()}
    assert [product.ref for product in site.store().product("p1")] == ["p1"]
    site[VERSION] = [{"catalogVersion": "V3_CATALOG"}, {"catalogVersion": "V1_CATALOG"}]
    site[LEVELS] = V1_CALLS_V3
    site["PATCH /stores/v2/inventoryItems/product/p1"] = {}
    site.store().set_stock(lamp(), 7)
    assert len(site.asked("PATCH /stores/v2/inventoryItems/product/p1")) == 1


def test_a_site_without_stores_has_no_products():
    store = a_site("STORES_NOT_INSTALLED").store()
    assert everything(store) == []
    with pytest.raises(NotFound):
        store.product("p1")
    with pytest.raises(NotAllowed):
        store.set_stock(lamp(), 1)
