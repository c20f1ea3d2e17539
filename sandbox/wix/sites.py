"""The sites that are there from the start: where they are, how they tax, which modules they have, what they sell."""

from typing import Any

from sandbox.wix.store import V1, V3
from sandbox.wix.values import Json, new_id, stable_id

# The app of each module, as lines name it in their catalogue reference.
APPS = {
    "stores": "215238eb-22a5-4c36-9e7b-e7c08025e04e",
    "stores_old": "1380b703-ce81-ff05-f115-39571d94dfcd",
    "bookings": "13d21c63-b5ec-5912-8397-c3a5ddb27a97",
    "restaurants_new": "9a5d83fd-8570-482e-81ab-cfa88942ee60",
    "table_reservations": "f9c07de2-5341-40c6-b096-8eb39de391fb",
    "events": "140603ad-af8d-84a5-2c80-a0f60cb47351",
    "pricing_plans": "1522827f-c56c-a5c9-2ac9-00f9e6ae12d3",
    "gift_cards": "d80111c5-a0f4-47a8-b63a-65b54d774a27",
    "invoices": "13ee94c1-b635-8505-3391-97919052c16f",
    "programs": "2936472a-a1ed-4ae5-9f71-614313a9f4e7",
    "subscriptions": "8725b255-2aa2-4a53-b76d-7d3c363aaeea",
}
_FIRST_NUMBER = 10_001


def tax(name: str, rate: str, kind: str, jurisdiction: str, level: str = "COUNTRY") -> Json:
    return {"name": name, "rate": rate, "kind": kind, "jurisdiction": jurisdiction, "jurisdiction_type": level}


def _vat(country: str, **rates: str) -> Json:
    groups = {group: [tax("VAT", rate, "VAT", country)] for group, rate in rates.items()}
    return {**groups, "none": []}


_US_TAXES = {
    "standard": [tax("Sales tax", "0.08", "Sales tax", "New York", "STATE")],
    "city": [
        tax("NY State tax", "0.04", "Sales tax", "New York", "STATE"),
        tax("NY City tax", "0.045", "Sales tax", "New York City", "CITY"),
        tax("MCTD", "0.00375", "Sales tax", "Metropolitan Commuter District", "SPECIAL"),
    ],
    "zero": [tax("Sales tax", "0", "Sales tax", "New York", "STATE")],
    "none": [],
}

# Rows of "SKU|name|price|choices|tax group"; `choices` is "Colour:Green,Blue" or empty.
_SITES: dict[str, Json] = {
    "harbor": {
        "name": "Harbor Supply",
        "currency": "USD",
        "timeZone": "America/New_York",
        "language": "en",
        "country": "US",
        "subdivision": "US-NY",
        "city": "New York",
        "postalCode": "10004",
        "gross": False,
        "catalog": V1,
        "modules": ["stores"],
        "taxes": _US_TAXES,
        "goods": (
            "MUG|Mug|12.00||standard",
            "POSTER|Poster|20.00||standard",
            "ROPE|Rope bracelet|18.50|Colour:Navy,Red,Sand|standard",
            "LANTERN|Deck lantern|64.00||standard",
            "TOWEL|Sail towel|27.95|Size:Small,Large|standard",
            "BOOK|Tide tables|9.99||none",
        ),
    },
    "fern": {
        "name": "Fern & Clay",
        "currency": "GBP",
        "timeZone": "Europe/London",
        "language": "en",
        "country": "GB",
        "subdivision": "",
        "city": "Leeds",
        "postalCode": "LS1 1AA",
        "gross": True,
        "catalog": V3,
        "modules": ["stores", "bookings", "events"],
        "taxes": _vat("United Kingdom", standard="0.2", reduced="0.05", zero="0"),
        "places": ("Leeds studio", "York stall"),
        "goods": (
            "LAMP|Desk lamp|24.00|Colour:Green,White|standard",
            "POT|Terracotta pot|14.40|Size:S,M,L|standard",
            "VASE|Stoneware vase|38.00||standard",
            "SEED|Wildflower seeds|3.50||zero",
            "GUIDE|The clay handbook|16.00||zero",
            "HEATER|Propagator|45.15||reduced",
        ),
    },
    "studio": {
        "name": "Studio Souffle",
        "currency": "EUR",
        "timeZone": "Europe/Paris",
        "language": "fr",
        "country": "FR",
        "subdivision": "",
        "city": "Lyon",
        "postalCode": "69001",
        "gross": True,
        "catalog": V3,
        "modules": ["bookings", "pricing_plans"],
        "taxes": _vat("France", standard="0.2", reduced="0.055", zero="0"),
        "goods": (),
    },
    "gone": {
        "name": "Closed Cabinets",
        "currency": "USD",
        "timeZone": "America/Chicago",
        "language": "en",
        "country": "US",
        "subdivision": "US-IL",
        "city": "Chicago",
        "postalCode": "60601",
        "gross": False,
        "catalog": V1,
        "modules": ["stores"],
        "taxes": _US_TAXES,
        "goods": ("BOX|Box|10.00||standard",),
        "installed": False,
    },
    "kissa": {
        "name": "Kissa Minato",
        "currency": "JPY",
        "timeZone": "Asia/Tokyo",
        "language": "ja",
        "country": "JP",
        "subdivision": "",
        "city": "Tokyo",
        "postalCode": "105-0001",
        "gross": True,
        "catalog": V3,
        "modules": ["stores", "restaurants"],
        "taxes": _vat("Japan", standard="0.1", reduced="0.08"),
        "goods": ("BEANS|Coffee beans|1480||reduced", "CUP|Coffee cup|2750||standard"),
    },
}


def seed_sites() -> list[Json]:
    """Each with its rows under "goods"."""
    return [new_site(key, settings) for key, settings in _SITES.items()]


def new_site(key: str, given: Json) -> Json:
    """The settings of a site; what is not given is as in Harbor Supply. Ids follow from the key."""
    settings = {**_SITES["harbor"], "installed": True, **given}
    places = settings.pop("places", ("Main",))
    return {
        **settings,
        "key": key,
        "siteId": stable_id(key, "site"),
        "instanceId": stable_id(key, "instance"),
        "ownerId": stable_id(key, "owner"),
        "url": f"https://www.{key}.example",
        "email": f"owner@{key}.example",
        "nextNumber": _FIRST_NUMBER,
        "missingPermissions": [],
        "locations": [
            {"id": stable_id(key, "place", name), "name": name, "defaultLocation": number == 0}
            for number, name in enumerate(places)
        ],
    }


def duplicated(settings: Json, key: str) -> Json:
    """A copy of a site carries the app along, as an instance of its own."""
    fresh = {name: new_id() for name in ("siteId", "instanceId")}
    return {**settings, **fresh, "key": key, "originInstanceId": settings["instanceId"], "nextNumber": _FIRST_NUMBER}


def app_id(module: str) -> str:
    """`module` is a name of ours, or the id of any other app."""
    return APPS.get(module, module)


def properties(settings: Json, version: int = 3) -> Json:
    """What the site's own API says of it."""
    return {
        "version": str(version),
        "properties": {
            "locale": {"languageCode": settings["language"], "country": settings["country"]},
            "language": settings["language"],
            "paymentCurrency": settings["currency"],
            "timeZone": settings["timeZone"],
            "email": settings["email"],
            "siteDisplayName": settings["name"],
            "businessName": settings["name"],
            "address": _address(settings),
            "multilingual": {"isMultiLingual": False},
        },
    }


def _address(settings: Json) -> dict[str, Any]:
    return {
        "country": settings["country"],
        "state": settings["subdivision"].rpartition("-")[2],
        "city": settings["city"],
        "zip": settings["postalCode"],
    }
