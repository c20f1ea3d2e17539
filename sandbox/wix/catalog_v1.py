"""Catalog V1: products and variants, in the older dialect whose filters are texts of JSON."""

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from sandbox.exact_json import loads
from sandbox.wix.calls import Call, Endpoint
from sandbox.wix.catalog import (
    add_product,
    is_plain,
    items_of,
    put_product,
    remove_product,
    v1_inventory_id,
    v1_variant_id,
)
from sandbox.wix.errors import invalid, not_found, system
from sandbox.wix.query import Dialect
from sandbox.wix.schema import too_long
from sandbox.wix.store import V1, SiteState
from sandbox.wix.values import Json, Money, decimal, plain, tidy

READ, MANAGE = "SCOPE.DC-STORES.READ-PRODUCTS", "SCOPE.DC-STORES.MANAGE-PRODUCTS"
_MAX_LIMIT = 100
_MAX_MOVES = 300
_MAX_QUANTITY = 99_999

_PRODUCTS = Dialect("products_v1", default_sort=("numericId", False), max_limit=1_000_000, default_limit=1_000_000)


# -- products ----------------------------------------------------------------------------------------------------


def query_products(call: Call) -> Json:
    merchant = bool(call.body.get("includeMerchantSpecificData"))
    shown = [
        _product(call.site, product, merchant=merchant)
        for product in call.searched("product")
        if product["visible"] or call.body.get("includeHiddenProducts")
    ]
    page, paging = listed_page(call, shown)
    if not call.body.get("includeVariants"):
        page = [{key: value for key, value in each.items() if key != "variants"} for each in page]
    return {"products": page, **paging}


def listed_page(call: Call, shown: Iterable[Json]) -> tuple[list[Json], Json]:
    """The rows asked for by a query whose filter and sort are texts, and what the answer says of the page."""
    query = call.wrapped("query")
    asked = {"filter": _text_of_json(query, "filter") or {}, "sort": _sorts(_text_of_json(query, "sort"))}
    found = _PRODUCTS.page(shown, asked).items
    paging = query.get("paging") or {}
    limit, offset = paging.get("limit", _MAX_LIMIT), paging.get("offset", 0)
    if not isinstance(limit, int) or not 0 <= limit <= _MAX_LIMIT:
        raise invalid("query.paging.limit", f"must be at most {_MAX_LIMIT}", "MAX", threshold=_MAX_LIMIT)
    page = found[offset : offset + limit]
    return page, {"metadata": {"items": len(page), "offset": offset}, "totalResults": len(found)}


def _text_of_json(query: Json, name: str) -> Any:
    """Objects are refused: this dialect wants a string."""
    text = query.get(name)
    if text is None or text == "":
        return None
    if not isinstance(text, str):
        raise system(400, f"query.{name} must be a string")
    try:
        return loads(text)
    except ValueError:
        raise system(400, f"query.{name} is no JSON") from None


def _sorts(wanted: Any) -> list[Json]:
    """[{"numericId": "asc"}]"""
    rows = wanted if isinstance(wanted, list) else [wanted] if wanted else []
    return [{"fieldName": field, "order": str(way).upper()} for row in rows for field, way in row.items()]


def get_product(call: Call, product: str) -> Json:
    return {"product": _product(call.site, _found(call, product), merchant=True)}


def create_product(call: Call) -> Json:
    given = call.body.get("product") or {}
    _check(given)
    if not given.get("name"):
        raise invalid("product.name", "is required", "REQUIRED_FIELD")
    variants = [
        {
            "sku": given.get("sku", ""),
            "price": decimal((given.get("priceData") or {}).get("price")),
            "cost": decimal((given.get("costAndProfitData") or {}).get("itemCost")),
            "weight": given.get("weight", 0),
        }
    ]
    fresh = {**given, "type": given.get("productType", "physical"), "variants": variants}
    return {"product": _product(call.site, add_product(call.site, fresh, call.timestamp), merchant=True)}


def update_product(call: Call, product: str) -> Json:
    old, given = _found(call, product), call.body.get("product") or {}
    _check(given)
    changed = {**old, **{name: given[name] for name in ("name", "visible", "description") if name in given}}
    first = changed["variants"][0]
    fields = {"sku": given.get("sku"), "price": (given.get("priceData") or {}).get("price")}
    fields["cost"] = (given.get("costAndProfitData") or {}).get("itemCost")
    if is_plain(old):
        changed["variants"] = [{**first, **{key: value for key, value in fields.items() if value is not None}}]
    return {"product": _product(call.site, put_product(call.site, changed, call.timestamp), merchant=True)}


def update_variants(call: Call, product: str) -> Json:
    old = _found(call, product)
    variants = list(old["variants"])
    for change in call.body.get("variants", ()):
        named = [
            number
            for number, each in enumerate(variants)
            if v1_variant_id(old, each) in change.get("variantIds", ()) or each["choices"] == change.get("choices")
        ]
        if not named:
            raise not_found("VARIANT_NOT_FOUND", "no such variant")
        fields = {name: change[name] for name in ("price", "cost", "sku", "visible", "weight") if name in change}
        for number in named:
            variants[number] = {**variants[number], **fields}
    changed = put_product(call.site, {**old, "variants": variants}, call.timestamp)
    return {"variants": [variant_shown(call.site, changed, each) for each in changed["variants"]]}


def delete_product(call: Call, product: str) -> Json:
    remove_product(call.site, _found(call, product), call.timestamp)
    return {}


def query_variants(call: Call) -> Json:
    rows = [
        {
            **variant_shown(call.site, product, variant),
            "id": f"{product['id']}-{v1_variant_id(product, variant)}",
            "productId": product["id"],
            "productName": product["name"],
            "variantId": v1_variant_id(product, variant),
        }
        for product in call.searched("product")
        for variant in product["variants"]
    ]
    paging = call.wrapped("query").get("paging") or {}
    offset, limit = paging.get("offset", 0), paging.get("limit", _MAX_LIMIT)
    page = rows[offset : offset + limit]
    return {"variants": page, "metadata": {"items": len(page), "offset": offset}, "totalResults": len(rows)}


def _check(given: Json) -> None:
    problem = too_long("stores_products.Product", {name: given[name] for name in ("name", "sku") if name in given})
    if problem:
        raise problem


def _found(call: Call, product_id: str) -> Json:
    products = call.site.rows("product")
    if product_id not in products:
        raise not_found("PRODUCT_NOT_FOUND", f"Product {product_id} not found")
    return products[product_id]


# -- how products look -------------------------------------------------------------------------------------------


def _product(site: SiteState, product: Json, *, merchant: bool) -> Json:
    first = product["variants"][0]
    rows = [variant_shown(site, product, each) for each in product["variants"]]
    prices = _prices(site.money, first)
    shown = {
        "id": product["id"],
        "name": product["name"],
        "slug": product["slug"],
        "visible": product["visible"],
        "productType": product["type"],
        "description": product["description"],
        "sku": first["sku"] if is_plain(product) else "",
        "weight": first["weight"],
        "stock": _stock(site, product),
        "priceData": prices,
        "price": prices,
        "costAndProfitData": _cost(site.money, first) if merchant else None,
        "manageVariants": not is_plain(product),
        "productOptions": [
            {
                "name": option["name"],
                "optionType": "drop_down",
                "choices": [{"value": each, "description": each} for each in option["choices"]],
            }
            for option in product["options"]
        ],
        "inventoryItemId": v1_inventory_id(product["id"]),
        "numericId": str(product["numericId"]),
        "lastUpdated": product["updated"],
        "createdDate": product["created"],
    }
    return {**tidy(shown), "variants": rows}


def _prices(money: Money, variant: Json) -> Json:
    """Numbers, unlike anywhere else. What a sale crosses out is `price`."""
    full = variant["compareAt"] or variant["price"]
    now = decimal(variant["price"])
    formatted = {"price": money(decimal(full))["formattedAmount"], "discountedPrice": money(now)["formattedAmount"]}
    return {
        "currency": money.currency,
        "price": plain(decimal(full)),
        "discountedPrice": plain(now),
        "formatted": formatted,
    }


def _cost(money: Money, variant: Json) -> Json:
    cost, price = decimal(variant["cost"]), decimal(variant["price"])
    margin = (price - cost) / price if price else Decimal(0)
    return {
        "itemCost": plain(cost),
        "formattedItemCost": money(cost)["formattedAmount"],
        "profit": plain(price - cost),
        "profitMargin": plain(margin.quantize(Decimal("0.0001"))),
    }


def variant_shown(site: SiteState, product: Json, variant: Json) -> Json:
    item = level_of(site, product, variant)
    data = {
        "priceData": _prices(site.money, variant),
        "sku": variant["sku"],
        "visible": variant["visible"],
        "weight": variant["weight"],
    }
    tracked = bool(item and item["tracked"])
    stock = {"trackQuantity": tracked, "inStock": item["inStock"] if item else True}
    if item and tracked:
        stock["quantity"] = item["quantity"]
    return {
        "id": v1_variant_id(product, variant),
        "choices": variant["choices"],
        "variant": data,
        "stock": stock,
    }


def level_of(site: SiteState, product: Json, variant: Json) -> Json | None:
    rows = items_of(site, product["id"], site.default_location())
    return next((row for row in rows if row["variantId"] == variant["id"]), None)


def _stock(site: SiteState, product: Json) -> Json:
    rows = items_of(site, product["id"], site.default_location())
    tracked = any(row["tracked"] for row in rows)
    available = [row["inStock"] for row in rows] or [True]
    status = "IN_STOCK" if all(available) else "PARTIALLY_OUT_OF_STOCK" if any(available) else "OUT_OF_STOCK"
    stock: Json = {"trackInventory": tracked, "inStock": any(available), "inventoryStatus": status}
    if tracked and is_plain(product):
        stock["quantity"] = sum(row["quantity"] for row in rows)
    return stock


def _endpoint(method: str, path: str, answer: Callable[..., Json], permission: str = READ) -> Endpoint:
    return Endpoint(method, path, permission, answer, V1)


ENDPOINTS = (
    *(
        endpoint
        for base in ("/stores-reader/v1/products", "/stores/v1/products")
        for endpoint in (
            _endpoint("POST", f"{base}/query", query_products),
            _endpoint("GET", f"{base}/<product>", get_product),
        )
    ),
    _endpoint("POST", "/stores/v1/products", create_product, MANAGE),
    _endpoint("PATCH", "/stores/v1/products/<product>", update_product, MANAGE),
    _endpoint("PATCH", "/stores/v1/products/<product>/variants", update_variants, MANAGE),
    _endpoint("DELETE", "/stores/v1/products/<product>", delete_product, MANAGE),
    _endpoint("POST", "/stores-reader/v1/variants/query", query_variants),
)
