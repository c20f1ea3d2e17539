"""Products and stock, in the two catalogues."""

import json

import pytest

from sandbox.wix.values import ZERO_ID
from tests.sandbox.wix_site import Site, as_declared

V1_QUERY = "/stores-reader/v1/products/query"
V1_STOCK = "/stores/v2/inventoryItems"
V3 = "/stores/v3"
UNKNOWN = "6a0d9b1e-0000-4000-8000-000000000999"
UPDATE = f"{V3}/bulk/inventory-items/update"


@pytest.fixture
def site() -> Site:
    """Catalog V1."""
    return Site()


@pytest.fixture
def modern(site: Site) -> Site:
    """Catalog V3."""
    return site.on("fern")


# -- which catalogue (row 14) ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "version"), [("harbor", "V1_CATALOG"), ("fern", "V3_CATALOG"), ("studio", "STORES_NOT_INSTALLED")]
)
def test_every_site_has_one_catalogue(site, key, version):
    assert site.on(key).get(f"{V3}/provision/version") == {"catalogVersion": version}


def test_the_other_catalogue_is_a_failed_precondition(site, modern):
    assert site.refused("POST", f"{V3}/products/query", {}) == (428, "CATALOG_V1_CALLING_CATALOG_V3_API")
    assert modern.refused("POST", V1_QUERY, {}) == (428, "CATALOG_V3_CALLING_CATALOG_V1_API")


def test_a_site_without_stores_has_neither(site):
    studio = site.on("studio")
    assert studio.refused("POST", V1_QUERY, {})[0] == 401
    assert studio.refused("POST", f"{V3}/products/query", {})[0] == 404


def test_a_site_moves_to_the_new_catalogue_and_keeps_its_ids(site):
    old = site.post(V1_QUERY, {"includeVariants": True})["products"]
    site.control("POST", "/catalog/upgrade")
    assert site.refused("POST", V1_QUERY, {})[0] == 428
    rows = site.post(f"{V3}/products/query-variants")["variants"]
    assert {row["productData"]["productId"] for row in rows} == {product["id"] for product in old}
    towel = next(product for product in old if product["name"] == "Sail towel")
    assert {variant["id"] for variant in towel["variants"]} <= {row["variantId"] for row in rows}


# -- Catalog V1: products (rows 15 and 21) -----------------------------------------------------------------------


def test_products_look_as_declared(site):
    answer = site.post(V1_QUERY, {"includeVariants": True, "includeMerchantSpecificData": True})
    assert [as_declared("product_v1", product) for product in answer["products"]] == [[]] * 6
    mug = answer["products"][0]
    assert mug["priceData"]["price"] == 12
    assert [variant["id"] for variant in mug["variants"]] == [ZERO_ID]
    assert str(mug["costAndProfitData"]["itemCost"]) == "4.8"
    assert (answer["totalResults"], answer["metadata"]) == (6, {"items": 6, "offset": 0})


def test_variants_and_hidden_products_come_when_asked_for(site):
    product = site.post(V1_QUERY)["products"][0]
    assert "variants" not in product
    site.control("PATCH", f"/products/{product['id']}", {"visible": False})
    assert site.post(V1_QUERY)["totalResults"] == 5
    assert site.post(V1_QUERY, {"includeHiddenProducts": True})["totalResults"] == 6


def test_filter_and_sort_are_texts(site):
    query = {"filter": json.dumps({"name": {"$startsWith": "P"}}), "sort": json.dumps([{"name": "desc"}])}
    assert [product["name"] for product in site.post(V1_QUERY, {"query": query})["products"]] == ["Poster"]
    for wrong in ({"filter": {"name": "Mug"}}, {"sort": [{"name": "asc"}]}, {"filter": "{"}):
        assert site.refused("POST", V1_QUERY, {"query": wrong})[0] == 400


def test_a_crawl_follows_numbers_or_offsets(site):
    first = site.post(V1_QUERY, {"query": {"paging": {"limit": 4}}})["products"]
    second = site.post(V1_QUERY, {"query": {"paging": {"limit": 4, "offset": 4}}})["products"]
    assert [len(first), len(second)] == [4, 2]
    after = {"filter": json.dumps({"numericId": {"$gt": first[-1]["numericId"]}}), "sort": '[{"numericId":"asc"}]'}
    assert site.post(V1_QUERY, {"query": after})["products"] == second
    assert site.refused("POST", V1_QUERY, {"query": {"paging": {"limit": 101}}}) == (400, "MAX")


def test_flat_variants_have_ids_of_two_parts(site):
    rows = site.post("/stores-reader/v1/variants/query")["variants"]
    assert len(rows) == 9
    assert rows[0]["id"] == f"{rows[0]['productId']}-{ZERO_ID}"


def test_a_product_is_made_changed_and_deleted(site):
    given = {"name": "Cleat", "productType": "physical", "priceData": {"price": 7.5}, "sku": "CLEAT"}
    made = site.post("/stores/v1/products", {"product": given})["product"]
    assert (made["sku"], float(made["priceData"]["price"])) == ("CLEAT", 7.5)
    path = f"/stores/v1/products/{made['id']}"
    assert (
        site.patch(path, {"product": {"priceData": {"price": 8}, "name": "Big cleat"}})["product"]["name"]
        == "Big cleat"
    )
    variants = {"variants": [{"variantIds": [ZERO_ID], "sku": "MUG"}]}
    site.patch(f"{path}/variants", variants)
    assert site.get(f"/stores-reader/v1/products/{made['id']}")["product"]["sku"] == "MUG", "SKUs may repeat in V1"
    assert site.call("DELETE", path).status_code == 200
    assert site.refused("GET", path)[0] == 404


@pytest.mark.parametrize("product", [{"name": "x" * 81}, {"name": "Cleat", "sku": "x" * 41}])
def test_texts_that_are_too_long_are_refused(site, product):
    assert site.refused("POST", "/stores/v1/products", {"product": product}) == (400, "MAX_LENGTH")


# -- Catalog V1: inventory (rows 16 and 17) ----------------------------------------------------------------------


def v1_item(site, name="Mug"):
    product = next(each for each in site.post(V1_QUERY)["products"] if each["name"] == name)
    return site.post(f"/stores-reader/v2/inventoryItems/product/{product['id']}/getVariants")["inventoryItem"]


def v1_set(site, item, **fields):
    rows = [{"variantId": item["variants"][0]["variantId"], **fields.pop("row", {})}]
    return site.patch(f"{V1_STOCK}/product/{item['productId']}", {"inventoryItem": {**fields, "variants": rows}})


def test_the_whole_stock_is_listed(site):
    answer = site.post(f"{V1_STOCK}/query")
    assert as_declared("inventory_v1_query.response", answer) == []
    assert answer["totalResults"] == 6


def test_stock_is_set_and_only_where_it_is_named(site):
    item = v1_item(site, "Rope bracelet")
    assert v1_set(site, item, trackQuantity=True, row={"quantity": 5}) == {}
    assert [row["quantity"] for row in v1_item(site, "Rope bracelet")["variants"]] == [5, 22, 22]


def test_leaving_out_the_tracking_turns_it_off(site):
    v1_set(site, v1_item(site), row={"quantity": 5})
    item = v1_item(site)
    assert not item["trackQuantity"]
    assert "quantity" not in item["variants"][0]


@pytest.mark.parametrize("quantity", [100_000, -1])
def test_stock_has_bounds(site, quantity):
    item = v1_item(site)
    row = {"variantId": ZERO_ID, "quantity": quantity}
    body = {"inventoryItem": {"trackQuantity": True, "variants": [row]}}
    assert site.refused("PATCH", f"{V1_STOCK}/product/{item['productId']}", body) == (400, "MAX")
    assert site.refused("PATCH", f"{V1_STOCK}/product/nothing", body)[0] == 404
    by_item = {"inventoryItem": {"trackQuantity": True, "variants": [{**row, "quantity": 3}]}}
    assert site.patch(f"{V1_STOCK}/{item['id']}", by_item) == {}
    assert site.stock("MUG") == 3


def test_stock_moves_by_steps_but_not_below_nothing(site):
    item = v1_item(site)
    named = {"productId": item["productId"], "variantId": ZERO_ID}
    assert site.post(f"{V1_STOCK}/increment", {"incrementData": [{**named, "incrementBy": 5}]}) == {}
    assert site.stock("MUG") == 25
    body = {"decrementData": [{"inventoryId": item["id"], "variantId": ZERO_ID, "decrementBy": 26}]}
    assert site.refused("POST", f"{V1_STOCK}/decrement", body)[0] == 400
    too_many = {"incrementData": [{**named, "incrementBy": 1}] * 301}
    assert site.refused("POST", f"{V1_STOCK}/increment", too_many) == (400, "MAX_SIZE")


# -- Catalog V3: products (rows 20 and 21) -----------------------------------------------------------------------


def test_products_come_without_variants_and_variants_by_themselves(modern):
    products = modern.post(f"{V3}/products/query")
    assert as_declared("products_v3_query.response", products) == []
    assert not any("variantsInfo" in product for product in products["products"])
    variants = modern.post(f"{V3}/products/query-variants", {"query": {"cursorPaging": {"limit": 1000}}})
    assert as_declared("variants_v3_query.response", variants) == []
    assert {row["sku"] for row in variants["variants"]} >= {"LAMP-GRE", "POT-S", "VASE"}
    one = modern.get(f"{V3}/products/{products['products'][0]['id']}")
    assert as_declared("product_v3_get.response", one) == []
    assert one["product"]["variantsInfo"]["variants"]


def test_only_some_fields_can_be_filtered(modern):
    path = f"{V3}/products/query"
    response = modern.call("POST", path, {"query": {"filter": {"name": "Desk lamp"}}})
    assert response.status_code == 400
    assert "Field 'name' is not declared as filterable" in response.text
    assert modern.refused("POST", f"{V3}/products/query-variants", {"query": {"cursorPaging": {"limit": 1001}}}) == (
        400,
        "MAX",
    )
    assert modern.refused("POST", path, {"query": {"cursorPaging": {"limit": 101}}}) == (400, "MAX")


def test_variants_of_some_products_are_found(modern):
    rows = modern.post(f"{V3}/products/query-variants")["variants"]
    wanted = rows[0]["productData"]["productId"]
    asked = {"query": {"filter": {"productData.productId": {"$in": [wanted]}}, "cursorPaging": {"limit": 1}}}
    page = modern.post(f"{V3}/products/query-variants", asked)
    assert page["pagingMetadata"]["hasNext"] is (sum(r["productData"]["productId"] == wanted for r in rows) > 1)
    found = modern.post(f"{V3}/products/search-variants", {"search": {"search": {"expression": "lamp"}}})
    assert {row["productData"]["name"] for row in found["variants"]} == {"Desk lamp"}


def test_hidden_products_need_the_admin_s_permission(modern):
    product = modern.post(f"{V3}/products/query")["products"][0]
    modern.control("PATCH", f"/products/{product['id']}", {"visible": False})
    assert len(modern.post(f"{V3}/products/query")["products"]) == 6
    modern.control("PATCH", "", {"missingPermissions": ["PRODUCT_READ_ADMIN"]})
    assert len(modern.post(f"{V3}/products/query")["products"]) == 5


NEW = {"name": "Tray", "productType": "PHYSICAL", "physicalProperties": {}}


def new_product(sku="TRAY", **variant):
    rows = [{"sku": sku, "price": {"actualPrice": {"amount": "18.00"}}, **variant}]
    return {"product": {**NEW, "variantsInfo": {"variants": rows}}}


def test_a_new_product_has_no_inventory_unless_it_is_made_with_it(modern):
    before = modern.post(f"{V3}/inventory-items/count")["count"]
    made = modern.post(f"{V3}/products", new_product())["product"]
    assert modern.post(f"{V3}/inventory-items/count")["count"] == before
    with_stock = new_product("BOWL", inventoryItem={"quantity": 4})
    modern.post(f"{V3}/products-with-inventory", with_stock)
    assert modern.stock("BOWL") == 4
    item = {"productId": made["id"], "variantId": made["variantsInfo"]["variants"][0]["id"], "quantity": 9}
    assert modern.post(f"{V3}/inventory-items", {"inventoryItem": item})["inventoryItem"]["quantity"] == 9
    assert modern.refused("POST", f"{V3}/inventory-items", {"inventoryItem": item}) == (409, "ITEM_ALREADY_EXISTS")


@pytest.mark.parametrize("status", [409, 400])
def test_skus_are_unique(modern, status):
    modern.switch(duplicate_sku_status=status)
    assert modern.refused("POST", f"{V3}/products", new_product("VASE")) == (status, "SKU_ALREADY_EXIST_ERROR")
    bulk = {"products": [new_product("VASE")["product"], new_product("FRESH")["product"]], "returnEntity": True}
    answer = modern.post(f"{V3}/bulk/products/create", bulk)
    assert [row["itemMetadata"]["success"] for row in answer["results"]] == [False, True]
    assert answer["bulkActionMetadata"] == {"totalSuccesses": 1, "totalFailures": 1, "undetailedFailures": 0}


def test_a_product_needs_a_variant_and_a_change_its_revision(modern):
    assert modern.refused("POST", f"{V3}/products", {"product": NEW}) == (400, "MIN_SIZE")
    made = modern.post(f"{V3}/products", new_product())["product"]
    path = f"{V3}/products/{made['id']}"
    changed = modern.patch(path, {"product": {"id": made["id"], "revision": made["revision"], "name": "Big tray"}})
    assert (changed["product"]["name"], changed["product"]["revision"]) == ("Big tray", "2")
    assert modern.refused("PATCH", path, {"product": {"revision": "1", "name": "x"}}) == (409, "REVISION_MISMATCH")


# -- Catalog V3: inventory (rows 18 and 19) ----------------------------------------------------------------------


def items(modern, **wanted):
    asked = {"query": {"filter": wanted, "cursorPaging": {"limit": 1000}}}
    return modern.post(f"{V3}/inventory-items/query", asked)["inventoryItems"]


def change(item, **fields):
    return {"inventoryItem": {"id": item["id"], "revision": item["revision"], **fields}}


def test_one_item_is_one_variant_at_one_place(modern):
    place = modern.get(f"{V3}/locations/default")["storesLocation"]
    answer = modern.post(f"{V3}/inventory-items/query")
    assert as_declared("inventory_v3_query.response", answer) == []
    assert "hasNext" not in answer["pagingMetadata"]
    here = items(modern, locationId=place["id"])
    assert len(here) * 2 == len(items(modern)) == 18
    assert items(modern, **{"product.variantSku": "VASE", "locationId": place["id"]})[0]["quantity"] == 22
    assert [row["name"] for row in modern.post(f"{V3}/locations/query")["storesLocations"]] == [
        "Leeds studio",
        "York stall",
    ]


def test_the_pages_of_items_end_when_no_cursor_follows(modern):
    seen, paging = [], {"limit": 7}
    while True:
        answer = modern.post(f"{V3}/inventory-items/query", {"query": {"cursorPaging": paging}})
        seen += [item["id"] for item in answer["inventoryItems"]]
        if "next" not in answer["pagingMetadata"]["cursors"]:
            break
        paging = {"limit": 7, "cursor": answer["pagingMetadata"]["cursors"]["next"]}
    assert len(seen) == len(set(seen)) == 18


def test_each_row_of_a_bulk_change_is_for_itself(modern):
    good, stale, *_ = items(modern)
    modern.patch(f"{V3}/inventory-items/{stale['id']}", {**change(stale, quantity=1), "reason": "MANUAL"})
    rows = [change(good, quantity=7), change(stale, quantity=8), change({"id": UNKNOWN, "revision": "1"}, quantity=1)]
    answer = modern.post(UPDATE, {"inventoryItems": rows, "returnEntity": True, "reason": "MANUAL"})
    assert [row["itemMetadata"]["success"] for row in answer["results"]] == [True, False, False]
    assert [row["itemMetadata"].get("error", {}).get("code") for row in answer["results"]] == [
        None,
        "INVALID_REVISION",
        "NOT_FOUND",
    ]
    assert answer["results"][0]["item"]["revision"] == "2"
    assert answer["bulkActionMetadata"]["totalFailures"] == 2
    assert as_declared("inventory_v3_bulk_update.response", answer) == []


def test_an_old_revision_is_a_conflict(modern):
    item = items(modern)[0]
    path = f"{V3}/inventory-items/{item['id']}"
    assert modern.patch(path, change(item, quantity=3))["inventoryItem"]["revision"] == "2"
    assert modern.refused("PATCH", path, change(item, quantity=4)) == (409, "REVISION_MISMATCH")
    assert modern.get(path)["inventoryItem"]["quantity"] == 3


def untracked(modern):
    modern.control("PATCH", "/stock/VASE", {"tracked": False, "inStock": True})
    return items(modern, **{"product.variantSku": "VASE", "trackQuantity": False})[0]


def test_a_quantity_makes_an_untracked_item_tracked(modern):
    item = untracked(modern)
    assert ("quantity" in item, item["inStock"]) == (False, True)
    path = f"{V3}/inventory-items/{item['id']}"
    assert modern.patch(path, change(item, quantity=3))["inventoryItem"]["trackQuantity"]


@pytest.mark.parametrize("verb", ["increment", "decrement"])
def test_steps_need_tracking(modern, verb):
    item = untracked(modern)
    body = {f"{verb}Data": [{"inventoryItemId": item["id"], f"{verb}By": 1}]}
    [row] = modern.post(f"{V3}/bulk/inventory-items/{verb}", body)["results"]
    assert row["itemMetadata"]["error"]["code"] == "INVENTORY_QUANTITY_NOT_TRACKED"


@pytest.mark.parametrize(("restricted", "outcome"), [(True, 22), (False, -8)])
def test_steps_below_nothing_are_a_choice(modern, restricted, outcome):
    item = items(modern, **{"product.variantSku": "VASE", "quantity": 22})[0]
    rows = [{"variantId": item["variantId"], "locationId": item["locationId"], "decrementBy": 30}]
    path = f"{V3}/bulk/inventory-items/decrement-by-variant-and-location"
    modern.post(path, {"decrementData": rows, "restrictInventory": restricted})
    assert modern.stock("VASE") == outcome


def test_a_level_is_not_lowered_below_nothing(modern):
    item = items(modern)[0]
    body = change(item, quantity=-1)
    refused = modern.refused("PATCH", f"{V3}/inventory-items/{item['id']}", body)
    assert refused == (400, "REQUESTED_QUANTITY_MUST_BE_NON_NEGATIVE_DECREASING")


# -- taxes of the site -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "kind"),
    [
        ("GET", "/billing/v1/tax-settings", "tax_settings.response"),
        ("POST", "/billing/v1/tax-groups/query", "tax_groups.response"),
        ("POST", "/billing/v1/tax-regions/query", "tax_regions.response"),
        ("POST", "/billing/v1/manual-tax-mappings/query", "tax_mappings.response"),
    ],
)
def test_the_taxes_of_a_site_look_as_declared(site, method, path, kind):
    answer = site._good(site.call(method, path, {} if method == "POST" else None))
    assert as_declared(kind, answer) == []


def test_regions_are_named_without_their_country(site):
    [region] = site.post("/billing/v1/tax-regions/query")["taxRegions"]
    assert (region["country"], region["subdivision"]) == ("US", "NY")
    assert (
        site.place(shipping=5)["shippingInfo"]["logistics"]["shippingDestination"]["address"]["subdivision"] == "US-NY"
    )


def test_buyers_are_contacts(site):
    order = site.place(buyer={"first": "Eve", "last": "Moss", "email": "eve@example.com"})
    found = site.post("/contacts/v4/contacts/query", {"query": {"filter": {"info.emails.email": "eve@example.com"}}})
    [contact] = found["contacts"]
    assert contact["id"] == order["buyerInfo"]["contactId"]
    assert site.get(f"/contacts/v4/contacts/{contact['id']}")["contact"]["info"]["name"]["first"] == "Eve"
