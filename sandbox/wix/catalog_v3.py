"""Catalog V3: products and their read-only variants."""

from collections.abc import Iterable
from typing import Any

from sandbox.wix.bulk import bulk_answer
from sandbox.wix.calls import Call, Endpoint
from sandbox.wix.catalog import add_item, add_product, items_of, put_product
from sandbox.wix.errors import invalid, not_found, refused
from sandbox.wix.query import Dialect
from sandbox.wix.schema import too_long
from sandbox.wix.store import V3, SiteState
from sandbox.wix.values import Json, decimal, stable_id, tidy

READ, WRITE = "SCOPE.STORES.PRODUCT_READ", "SCOPE.STORES.PRODUCT_WRITE"
READ_ADMIN = "PRODUCT_READ_ADMIN"
_PRODUCTS = Dialect("products_v3")
_VARIANTS = Dialect("variants_v3", max_limit=1000, default_sort=("productData.productId", False))
_MAX_BULK = 100


def query_products(call: Call) -> Json:
    return _listed(call, "query")


def search_products(call: Call) -> Json:
    return _listed(call, "search")


def _listed(call: Call, wrapper: str) -> Json:
    shown = [
        _product(call.site, product, call.body.get("fields") or [])
        for product in call.searched("product")
        if product["visible"] or _sees_hidden(call)
    ]
    page = _PRODUCTS.page(shown, call.wrapped(wrapper))
    return {"products": page.items, "pagingMetadata": page.metadata()}


def _sees_hidden(call: Call) -> bool:
    return READ_ADMIN not in call.site.settings["missingPermissions"]


def get_product(call: Call, product: str) -> Json:
    fields = call.query.getlist("fields") if hasattr(call.query, "getlist") else []
    return {"product": _whole(call.site, found(call, product), fields)}


def query_variants(call: Call) -> Json:
    page = _VARIANTS.page(_variant_rows(call), call.wrapped("query"))
    return {"variants": page.items, "pagingMetadata": page.metadata()}


def search_variants(call: Call) -> Json:
    """Free text in SKU and name."""
    asked = call.wrapped("search")
    needle = str((asked.get("search") or {}).get("expression", "")).lower()
    rows = [
        row for row in _variant_rows(call) if needle in f"{row.get('sku', '')} {row['productData']['name']}".lower()
    ]
    page = _VARIANTS.page(rows, {key: value for key, value in asked.items() if key != "search"})
    return {"variants": page.items, "pagingMetadata": page.metadata()}


def _variant_rows(call: Call) -> list[Json]:
    return [
        _read_only(call.site, product, variant, merchant=_sees_hidden(call))
        for product in call.searched("product")
        if product["visible"] or _sees_hidden(call)
        for variant in product["variants"]
    ]


def found(call: Call, product_id: str) -> Json:
    products = call.site.rows("product")
    if product_id not in products:
        raise not_found("PRODUCT_NOT_FOUND", f"Product {product_id} not found")
    return products[product_id]


# -- writing -----------------------------------------------------------------------------------------------------


def create_product(call: Call) -> Json:
    return {"product": _whole(call.site, _created(call, call.body.get("product") or {}), [])}


def create_with_inventory(call: Call) -> Json:
    """Each variant may bring {"inventoryItem": {"quantity": 5}}."""
    given = call.body.get("product") or {}
    product = _created(call, given)
    rows = (given.get("variantsInfo") or {}).get("variants", ())
    for variant, row in zip(product["variants"], rows, strict=True):
        level = row.get("inventoryItem") or {}
        quantity = level.get("quantity")
        place = call.site.default_location()
        add_item(call.site, product, variant["id"], place, quantity=quantity, timestamp=call.timestamp)
    return {"product": _whole(call.site, product, [])}


def _created(call: Call, given: Json) -> Json:
    """Without inventory items."""
    rows = (given.get("variantsInfo") or {}).get("variants") or []
    if not rows:
        raise invalid("product.variantsInfo.variants", "must have at least 1 element", "MIN_SIZE", threshold=1)
    texts: Json = {name: given[name] for name in ("name", "slug", "handle") if name in given}
    problem = too_long("stores_products-v-3.V3Product", texts)
    for row in rows:
        sku = {"sku": row["sku"]} if row.get("sku") else {}
        problem = problem or too_long("stores_products-v-3.Variant", sku)
    if problem:
        raise problem
    _check_skus(call, [row.get("sku") for row in rows])
    fresh = {
        "name": given.get("name", ""),
        "slug": given.get("slug"),
        "visible": given.get("visible", True),
        "type": str(given.get("productType", "PHYSICAL")).lower(),
        "variants": [_variant_given(row) for row in rows],
    }
    return add_product(call.site, fresh, call.timestamp, with_inventory=False)


def _check_skus(call: Call, skus: Iterable[Any], own: str = "") -> None:
    """SKUs are unique in Catalog V3."""
    taken = {
        variant["sku"]
        for product in call.site.rows("product").values()
        if product["id"] != own
        for variant in product["variants"]
    }
    for sku in skus:
        if sku and sku in taken:
            raise refused(call.switches["duplicate_sku_status"], "SKU_ALREADY_EXIST_ERROR", f"{sku} is taken")
        taken.add(sku)


def _variant_given(row: Json) -> Json:
    price = row.get("price") or {}
    choices = {}
    for choice in row.get("choices", ()):
        names = choice.get("optionChoiceNames") or {}
        choices[names.get("optionName", "Option")] = names.get("choiceName", "")
    return {
        "id": row.get("id"),
        "sku": row.get("sku", ""),
        "price": decimal(price.get("actualPrice")),
        "compareAt": decimal(price["compareAtPrice"]) if price.get("compareAtPrice") else None,
        "cost": decimal((row.get("revenueDetails") or {}).get("cost")),
        "choices": choices,
        "visible": row.get("visible", True),
    }


def update_product(call: Call, product: str) -> Json:
    """Arrays are replaced whole."""
    old, given = found(call, product), call.body.get("product") or {}
    check_revision(old["revision"], given.get("revision"))
    changed = {**old, **{name: given[name] for name in ("name", "visible", "slug") if name in given}}
    if "variantsInfo" in given:
        if old["options"] and "options" not in given:
            raise refused(400, "VARIANTS_ARE_NOT_ALIGNED_WITH_PRODUCT", "variants are changed with their options")
        rows = [_variant_given(row) for row in given["variantsInfo"].get("variants", ())]
        _check_skus(call, [row["sku"] for row in rows], own=old["id"])
        known = {variant["id"]: variant for variant in old["variants"]}
        changed["variants"] = [
            {**known.get(row["id"], {}), "weight": 0, **row, "id": row["id"] or stable_id(product, row["sku"])}
            for row in rows
        ]
    return {"product": _whole(call.site, put_product(call.site, changed, call.timestamp), [])}


def check_revision(current: int, given: Any) -> None:
    """Raises WixError: 400 without a revision, 409 for an old one."""
    if given is None:
        raise invalid("revision", "is required", "REQUIRED_FIELD")
    if str(given) != str(current):
        raise refused(409, "REVISION_MISMATCH", f"the revision is {current}", {"currentRevision": str(current)})


def bulk_create(call: Call) -> Json:
    rows = call.body.get("products") or []
    if not 1 <= len(rows) <= _MAX_BULK:
        raise invalid("products", f"must have 1 to {_MAX_BULK} elements", "MAX_SIZE", threshold=_MAX_BULK)

    def one(given: Json) -> tuple[str, Json]:
        product = _created(call, given)
        return product["id"], _whole(call.site, product, [])

    return bulk_answer(rows, one, returned=bool(call.body.get("returnEntity")))


# -- how products look -------------------------------------------------------------------------------------------


def _product(site: SiteState, product: Json, fields: Iterable[str]) -> Json:
    """Without variants. `fields` asks for more than the usual."""
    prices = [decimal(variant["price"]) for variant in product["variants"]]
    money, asked = site.money, set(fields)
    rows = items_of(site, product["id"])
    available = [row["inStock"] for row in rows] or [True]
    status = "IN_STOCK" if all(available) else "PARTIALLY_OUT_OF_STOCK" if any(available) else "OUT_OF_STOCK"
    shown = {
        "id": product["id"],
        "revision": str(product["revision"]),
        "createdDate": product["created"],
        "updatedDate": product["updated"],
        "name": product["name"],
        "slug": product["slug"],
        "visible": product["visible"],
        "productType": str(product["type"]).upper(),
        "options": [_option(product, option) for option in product["options"]],
        "actualPriceRange": {
            "minValue": {"amount": money.text(min(prices))},
            "maxValue": {"amount": money.text(max(prices))},
        },
        "inventory": {"availabilityStatus": status, "preorderStatus": "DISABLED"},
        "variantSummary": {"variantCount": len(product["variants"])},
        "currency": money.currency if "CURRENCY" in asked else None,
        "plainDescription": product["description"] if "PLAIN_DESCRIPTION" in asked else None,
    }
    physical: Json = {"physicalProperties": {}} if product["type"] == "physical" else {}
    return {**tidy(shown), **physical}


def _option(product: Json, option: Json) -> Json:
    return {
        "id": _option_id(product, option["name"]),
        "name": option["name"],
        "optionRenderType": "TEXT_CHOICES",
        "choicesSettings": {
            "choices": [
                {"choiceId": _choice_id(product, option["name"], text), "choiceType": "CHOICE_TEXT", "name": text}
                for text in option["choices"]
            ]
        },
    }


def _option_id(product: Json, name: str) -> str:
    return stable_id(product["id"], "option", name)


def _choice_id(product: Json, name: str, text: str) -> str:
    return stable_id(product["id"], "choice", name, text)


def _whole(site: SiteState, product: Json, fields: Iterable[str]) -> Json:
    merchant = "MERCHANT_DATA" in set(fields)
    rows = [_variant(site, product, variant, merchant=merchant) for variant in product["variants"]]
    return {**_product(site, product, fields), "variantsInfo": {"variants": rows}}


def _variant(site: SiteState, product: Json, variant: Json, *, merchant: bool) -> Json:
    return {
        **_common(site, variant, merchant=merchant),
        "id": variant["id"],
        "choices": _choices(product, variant),
    }


def _choices(product: Json, variant: Json) -> list[Json]:
    return [
        {
            "optionChoiceIds": {"optionId": _option_id(product, name), "choiceId": _choice_id(product, name, text)},
            "optionChoiceNames": {"optionName": name, "choiceName": text, "renderType": "TEXT_CHOICES"},
        }
        for name, text in variant["choices"].items()
    ]


def _common(site: SiteState, variant: Json, *, merchant: bool) -> Json:
    text = site.money.text
    compare = variant["compareAt"]
    price = {"actualPrice": {"amount": text(decimal(variant["price"]))}}
    price |= {"compareAtPrice": {"amount": text(decimal(compare))}} if compare is not None else {}
    cost = {"cost": {"amount": text(decimal(variant["cost"]))}} if merchant else {}
    return dict(tidy({"sku": variant["sku"], "visible": variant["visible"], "price": price, "revenueDetails": cost}))


def _read_only(site: SiteState, product: Json, variant: Json, *, merchant: bool) -> Json:
    rows = [row for row in items_of(site, product["id"]) if row["variantId"] == variant["id"]]
    data = {
        "productId": product["id"],
        "name": product["name"],
        "productType": str(product["type"]).upper(),
        "slug": product["slug"],
        "visible": product["visible"],
        "revision": str(product["revision"]),
        "currency": site.money.currency,
    }
    return {
        **_common(site, variant, merchant=merchant),
        "id": variant["id"],
        "variantId": variant["id"],
        "optionChoices": _choices(product, variant),
        "inventoryStatus": {"inStock": any(row["inStock"] for row in rows) or not rows, "preorderEnabled": False},
        "productData": data,
    }


_BASE = "/stores/v3/products"
ENDPOINTS = (
    Endpoint("POST", f"{_BASE}/query", READ, query_products, V3),
    Endpoint("POST", f"{_BASE}/search", READ, search_products, V3),
    Endpoint("POST", f"{_BASE}/query-variants", READ, query_variants, V3),
    Endpoint("POST", f"{_BASE}/search-variants", READ, search_variants, V3),
    Endpoint("GET", f"{_BASE}/<product>", READ, get_product, V3),
    Endpoint("POST", _BASE, WRITE, create_product, V3),
    Endpoint("POST", "/stores/v3/products-with-inventory", WRITE, create_with_inventory, V3),
    Endpoint("PATCH", f"{_BASE}/<product>", WRITE, update_product, V3),
    Endpoint("POST", "/stores/v3/bulk/products/create", WRITE, bulk_create, V3),
)
