"""Stock levels that follow from others: a bundle's from its components, a location's from the whole.

The shape of a component, `{productId, combinationId, quantity}`, is this simulator's own; nothing relies on it.
"""

from collections.abc import Mapping, Sequence

from sandbox.ecwid.values import Json


def settled(product: Json, products: Mapping[int, Json], locations: Sequence[str]) -> Json:
    """The product with the levels it cannot have otherwise."""
    if product.get("compositeComponents"):
        product = {**product, **_bundle_level(product["compositeComponents"], products)}
        product["inStock"] = product["unlimited"] or product["quantity"] > 0
    product = _located(product, locations)
    variations = [_located(each, locations) if "sku" in each else each for each in product["combinations"]]
    return {**product, "combinations": variations}


def component_ids(product: Json) -> set[int]:
    return {component["productId"] for component in product.get("compositeComponents") or ()}


def _bundle_level(components: Sequence[Json], products: Mapping[int, Json]) -> Json:
    """How many whole bundles there are; a component without limit does not count."""
    levels = []
    for component in components:
        stocked = _stocked(component, products)
        if not stocked.get("unlimited"):
            levels.append(stocked.get("quantity", 0) // component.get("quantity", 1))
    return {"unlimited": False, "quantity": min(levels)} if levels else {"unlimited": True}


def _stocked(component: Json, products: Mapping[int, Json]) -> Json:
    product = products.get(component["productId"], {"quantity": 0})
    for variation in product.get("combinations", ()):
        if variation["id"] == component.get("combinationId") and "sku" in variation:
            return dict(variation)
    return product


def _located(stocked: Json, locations: Sequence[str]) -> Json:
    """What the other locations hold stays; the first one has the rest."""
    if not locations or "quantity" not in stocked:
        return {key: value for key, value in stocked.items() if key != "locationInventory"}
    known = stocked.get("locationInventory") or {}
    others = {name: known.get(name, 0) for name in locations[1:]}
    return {**stocked, "locationInventory": {locations[0]: stocked["quantity"] - sum(others.values()), **others}}
