"""What a site tells its apps: one JWT for each event, with JSON inside JSON inside JSON."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from itertools import accumulate
from typing import Any

from sandbox.exact_json import dumps
from sandbox.webhooks import Message, Rules
from sandbox.wix.access import ACCOUNT_ID, APP_ID
from sandbox.wix.catalog import v1_inventory_id, v1_variant_id
from sandbox.wix.inventory_v3 import item_shown
from sandbox.wix.signing import Keys
from sandbox.wix.store import V1, SiteState
from sandbox.wix.values import Json, moment, new_id

_MINUTE, _HOUR = 60, 3600
_WAITS = (_MINUTE, 10 * _MINUTE, *(hours * _HOUR for hours in (1, 2, 2, 2, 4, 4, 4, 8, 8, 12)))
RULES = Rules(retry_after=tuple(accumulate(_WAITS)), answer_seconds=1.25, successes=frozenset({200}))
_LIFE_SECONDS = 600

_ECOM = "wix.ecom.v1.order"
_MONEY = "wix.ecom.v1.order_transactions"
_PLANS = "wix.pricing_plans.v2.order"
_RESTAURANTS = "wix.restaurants.v3.order"
_TICKETS = "wix.events.ticketing.events"
_CATALOG_V1 = "com.wix.ecommerce.catalog.api.v1"
_INVENTORY_V1 = "com.wix.ecommerce.inventory.api.v1"
_CATALOG_V3 = "wix.stores.catalog.v3"

# What happened: (entity, slug, how the entity is told); the event type is entity_slug.
_DOMAIN: dict[str, tuple[str, str, str]] = {
    "order_created": (_ECOM, "created", "created"),
    "order_updated": (_ECOM, "updated", "updated"),
    **{
        f"order_{slug}": (_ECOM, slug, "action")
        for slug in ("approved", "canceled", "committed", "fulfilled", "imported", "payment_status_updated")
    },
    "transactions_updated": (_MONEY, "details_updated", "action"),
    "refund_completed": (_MONEY, "refund_completed", "action"),
    "chargeback_approved": (_MONEY, "chargeback_approved", "action"),
    "chargeback_reversed": (_MONEY, "chargeback_reversed", "action"),
    **{
        f"plan_{slug}": (_PLANS, slug, "action")
        for slug in ("purchased", "cycle_started", "marked_as_paid", "canceled", "ended", "paused")
    },
    "plan_created": (_PLANS, "created", "created"),
    "plan_updated": (_PLANS, "updated", "updated"),
    "restaurant_created": (_RESTAURANTS, "created", "created"),
    "restaurant_updated": (_RESTAURANTS, "updated", "updated"),
}
_FLAT = {"tickets_confirmed": f"{_TICKETS}.OrderConfirmed", "tickets_updated": f"{_TICKETS}.OrderUpdated"}
_LIFECYCLE = {"installed": "AppInstalled", "removed": "AppRemoved"}


class Teller:
    """Turns what happens on a site into events."""

    def __init__(self, note: Callable[[Json], None], timestamp: Callable[[], float], bodies: Callable[[], str]) -> None:
        self._note, self._timestamp, self._bodies = note, timestamp, bodies
        self._sequences: Counter[str] = Counter()

    def tell(self, site: SiteState, name: str, entity_id: str, content: Json) -> None:
        if not site.settings["installed"]:
            return
        for event_type, data in self._events(site, name, entity_id, content):
            self._note({"siteId": site.id, "instanceId": site.instance_id, "eventType": event_type, "data": data})

    def _events(self, site: SiteState, name: str, entity_id: str, content: Json) -> Iterable[tuple[str, Json]]:
        if name in _LIFECYCLE:
            origin = site.settings.get("originInstanceId")
            yield _LIFECYCLE[name], {"appId": APP_ID, **({"originInstanceId": origin} if origin else {})}
        elif name in _FLAT:
            yield _FLAT[name], content
        elif name in _DOMAIN:
            entity, slug, form = _DOMAIN[name]
            yield f"{entity}_{slug}", self._envelope(entity, slug, entity_id, self._body(form, content))
        elif name.startswith("product_"):
            yield from self._of_product(site, name.removeprefix("product_"), entity_id, content)
        else:
            yield from self._of_stock(site, name.removeprefix("inventory_"), entity_id, content)

    def _of_product(self, site: SiteState, verb: str, entity_id: str, content: Json) -> Iterable[tuple[str, Json]]:
        if site.catalog == V1:
            name = {"created": "ProductCreated", "updated": "ProductChanged", "deleted": "ProductDeleted"}[verb]
            yield f"{_CATALOG_V1}.{name}", {"productId": entity_id}
            return
        product = content["product"]
        told = {"id": entity_id, "revision": str(product["revision"]), "name": product["name"]}
        body = self._body(verb, {"product": told}, {"modifiedFields": {"name": told["name"]}})
        entity = f"{_CATALOG_V3}.product"
        yield f"{entity}_{verb}", self._envelope(entity, verb, entity_id, body)

    def _of_stock(self, site: SiteState, verb: str, entity_id: str, content: Json) -> Iterable[tuple[str, Json]]:
        item, product = content["item"], site.rows("product").get(content["item"]["productId"])
        if site.catalog == V1:
            if product is not None and verb == "updated":
                yield from _v1_stock(content, product)
            return
        shown, entity = {"inventoryItem": item_shown(item, product)}, f"{_CATALOG_V3}.inventory_item"
        yield f"{entity}_{verb}", self._envelope(entity, verb, entity_id, self._body(verb, shown))
        if verb == "updated":
            writer = content["writer"]
            told = {"currentEntity": shown["inventoryItem"], "reason": writer["reason"], "appId": writer["app_id"]}
            slug = "updated_with_reason"
            yield f"{entity}_{slug}", self._envelope(entity, slug, entity_id, self._body("action", told))

    # -- layers --------------------------------------------------------------------------------------------------

    def _body(self, form: str, content: Json, more: Json | None = None) -> Json:
        """Exactly one of the four forms; its entity is an object, or text in the older way."""
        first = next(iter(content.values()))
        bodies: dict[str, tuple[str, str, Any]] = {
            "created": ("createdEvent", "entity", first),
            "updated": ("updatedEvent", "currentEntity", first),
            "deleted": ("deletedEvent", "deletedEntity", first),
            "action": ("actionEvent", "body", content),
        }
        event, name, entity = bodies[form]
        if self._bodies() == "text":
            return {event: {f"{name}AsJson": dumps(entity), **(more or {})}}
        return {event: {name: entity, **(more or {})}}

    def _envelope(self, entity: str, slug: str, entity_id: str, body: Json) -> Json:
        self._sequences[entity_id] += 1
        return {
            "id": new_id(),
            "entityFqdn": entity,
            "slug": slug,
            "entityId": entity_id,
            "eventTime": moment(self._timestamp()),
            "triggeredByAnonymizeRequest": False,
            "originatedFrom": "",
            "entityEventSequence": str(self._sequences[entity_id]),
            **body,
        }


def _v1_stock(content: Json, product: Json) -> Iterable[tuple[str, Json]]:
    old, new = content["old"], content["item"]
    variant = next((each for each in product["variants"] if each["id"] == new["variantId"]), {"id": new["variantId"]})
    known = {"inventoryItemId": v1_inventory_id(product["id"]), "externalId": product["id"], "productId": product["id"]}
    if old["tracked"] != new["tracked"]:
        yield f"{_INVENTORY_V1}.InventoryItemChanged", {**known, "trackInventory": new["tracked"]}
        return
    change = {"id": v1_variant_id(product, variant), "oldValue": old["quantity"], "newValue": new["quantity"]}
    yield f"{_INVENTORY_V1}.InventoryVariantsChanged", {**known, "variants": [change]}


def completed(given: Mapping[str, Any], site: SiteState) -> Json:
    """An event that is made up: {"site", "eventType", "data"}."""
    return {
        "siteId": site.id,
        "instanceId": given.get("instanceId", site.instance_id),
        "eventType": given["eventType"],
        "data": given.get("data", {}),
    }


def message(event: Json, keys: Keys, signature: str, now: float) -> Message:
    """`data` may be text already, to be no JSON."""
    inner = event["data"] if isinstance(event["data"], str) else dumps(event["data"])
    outer = {
        "eventType": event["eventType"],
        "instanceId": event["instanceId"],
        "data": inner,
        "identity": dumps({"identityType": "WIX_USER", "wixUserId": ACCOUNT_ID}),
        "accountInfo": {"accountId": ACCOUNT_ID, "parentAccountId": ACCOUNT_ID, "siteId": event["siteId"]},
    }
    payload = {
        "data": dumps(outer),
        "iat": int(now),
        "exp": int(now) + _LIFE_SECONDS,
        "iss": "wix.com",
        "aud": APP_ID,
    }
    headers = {"Content-Type": "text/plain; charset=utf-8"}
    return Message(keys.jwt(payload, signature), headers, kind=event["eventType"])
