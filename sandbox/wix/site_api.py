"""The endpoints of the site itself: what it is, what it has, how it taxes."""

from collections.abc import Iterable

from sandbox.wix.access import APP_ID
from sandbox.wix.calls import Call, Endpoint
from sandbox.wix.errors import not_found, system
from sandbox.wix.sites import properties
from sandbox.wix.values import Json, stable_id

_TAXES = "SCOPE.DC-BILLING.READ-TAXES"


def get_instance(call: Call) -> Json:
    """Only for an app; a key has no instance."""
    if not call.app_id:
        raise system(403)
    settings = call.site.settings
    return {
        "instance": {
            "instanceId": settings["instanceId"],
            "appName": "Books Sync",
            "appVersion": "1.0.0",
            "isFree": not settings.get("paidPlan"),
            "permissions": ["SCOPE.DC-STORES.READ-ORDERS"],
            **({"originInstanceId": settings["originInstanceId"]} if "originInstanceId" in settings else {}),
        },
        "site": {
            "siteDisplayName": settings["name"],
            "locale": settings["language"],
            "paymentCurrency": settings["currency"],
            "multilingual": {"isMultiLingual": False},
            "url": settings["url"],
            "siteId": settings["siteId"],
            "installedWixApps": [module.replace("_", "-") for module in settings["modules"]],
            "ownerInfo": {"email": settings["email"], "emailStatus": "VERIFIED_OPT_IN"},
        },
    }


def get_properties(call: Call) -> Json:
    return properties(call.site.settings)


def get_catalog_version(call: Call) -> Json:
    return {"catalogVersion": call.site.catalog}


# -- taxes -------------------------------------------------------------------------------------------------------


def get_tax_settings(call: Call) -> Json:
    return {"taxSettings": {"taxIncludedInItemPrices": call.site.settings["gross"]}}


def query_tax_groups(call: Call) -> Json:
    rows = [
        {"id": _group_id(call, group), "name": group.capitalize(), "revision": "1"}
        for group in call.site.settings["taxes"]
    ]
    return {"taxGroups": rows, "pagingMetadata": {"count": len(rows), "hasNext": False}}


def list_default_tax_groups(call: Call) -> Json:
    return {"taxGroups": query_tax_groups(call)["taxGroups"][:1]}


def query_tax_regions(call: Call) -> Json:
    settings = call.site.settings
    region = {
        "id": stable_id(call.site.id, "region"),
        "country": settings["country"],
        "subdivision": settings["subdivision"].rpartition("-")[2],
        "appId": APP_ID,
        "taxIncludedInPrice": settings["gross"],
        "revision": "1",
    }
    return {"taxRegions": [region], "pagingMetadata": {"count": 1, "hasNext": False}}


def query_tax_mappings(call: Call) -> Json:
    rows = list(_mappings(call))
    return {"manualTaxMappings": rows, "pagingMetadata": {"count": len(rows), "hasNext": False}}


def _mappings(call: Call) -> Iterable[Json]:
    for group, taxes in call.site.settings["taxes"].items():
        for tax in taxes:
            yield {
                "id": stable_id(call.site.id, "mapping", group, tax["name"]),
                "revision": "1",
                "taxGroupId": _group_id(call, group),
                "taxRegionId": stable_id(call.site.id, "region"),
                "taxRate": tax["rate"],
                "taxName": tax["name"],
                "taxType": tax["kind"],
                "jurisdiction": tax["jurisdiction"],
                "jurisdictionType": tax["jurisdiction_type"],
            }


def _group_id(call: Call, group: str) -> str:
    return stable_id(call.site.id, "tax group", group)


# -- contacts ----------------------------------------------------------------------------------------------------


def get_contact(call: Call, contact: str) -> Json:
    for shown in _contacts(call):
        if shown["id"] == contact:
            return {"contact": shown}
    raise not_found("CONTACT_NOT_FOUND", "Contact not found")


def query_contacts(call: Call) -> Json:
    wanted = (call.wrapped("query").get("filter") or {}).get("info.emails.email")
    email = wanted.get("$eq") if isinstance(wanted, dict) else wanted
    rows = [row for row in _contacts(call) if email in {None, (row.get("primaryInfo") or {}).get("email")}]
    return {"contacts": rows, "pagingMetadata": {"count": len(rows), "hasNext": False}}


def _contacts(call: Call) -> Iterable[Json]:
    """The buyers of the orders, each once."""
    seen = set()
    for order in call.site.rows("order").values():
        buyer, billing = order["buyerInfo"], order.get("billingInfo", {}).get("contactDetails", {})
        if buyer.get("contactId") and buyer["contactId"] not in seen:
            seen.add(buyer["contactId"])
            yield {
                "id": buyer["contactId"],
                "revision": 1,
                "primaryInfo": {"email": buyer.get("email")},
                "info": {"name": {"first": billing.get("firstName"), "last": billing.get("lastName")}},
            }


ENDPOINTS = (
    Endpoint("GET", "/apps/v1/instance", "", get_instance),
    Endpoint("GET", "/site-properties/v4/properties", "SITE_PROPERTIES.READ", get_properties),
    Endpoint("GET", "/stores/v3/provision/version", "CATALOG_READ_LIMITED", get_catalog_version),
    Endpoint("GET", "/billing/v1/tax-settings", _TAXES, get_tax_settings),
    Endpoint("POST", "/billing/v1/tax-groups/query", _TAXES, query_tax_groups),
    Endpoint("GET", "/billing/v1/tax-groups/default-tax-groups", _TAXES, list_default_tax_groups),
    Endpoint("POST", "/billing/v1/tax-regions/query", _TAXES, query_tax_regions),
    Endpoint("POST", "/billing/v1/manual-tax-mappings/query", _TAXES, query_tax_mappings),
    Endpoint("GET", "/contacts/v4/contacts/<contact>", "CONTACTS.READ", get_contact),
    Endpoint("POST", "/contacts/v4/contacts/query", "CONTACTS.READ", query_contacts),
)
