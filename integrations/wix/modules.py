"""Which part of Wix sold a line: the app that its catalogue reference names."""

from collections.abc import Iterable

from integrations.commerce import OrderLine
from integrations.values import Json, child, text

STORES = "stores"
BOOKINGS = "bookings"
RESTAURANTS = "restaurants"
TABLE_RESERVATIONS = "table_reservations"
EVENTS = "events"
PRICING_PLANS = "pricing_plans"
HOTELS = "hotels"
INVOICES = "invoices"
PROGRAMS = "programs"
GIFT_CARDS = "gift_cards"
CUSTOM = "custom"  # typed by the merchant, at the till or in a draft: no catalogue knows it
OTHER = "other"  # the catalogue of somebody else's app

ALL = (
    STORES, BOOKINGS, EVENTS, PRICING_PLANS, RESTAURANTS, TABLE_RESERVATIONS, HOTELS, INVOICES, PROGRAMS, GIFT_CARDS,
    CUSTOM, OTHER,
)  # fmt: skip
# No app has to be installed for these.
_EVERYWHERE = frozenset({CUSTOM, OTHER})
# Goods whose merchant decides by their status when they are a sale. Whatever else is sold is one once it is paid.
_LIKE_STORES = frozenset({STORES, GIFT_CARDS, CUSTOM, OTHER})

EVENTS_APP = "140603ad-af8d-84a5-2c80-a0f60cb47351"
PRICING_PLANS_APP = "1522827f-c56c-a5c9-2ac9-00f9e6ae12d3"
OLD_RESTAURANTS_APP = "13e8d036-5516-6104-b456-c8466db39542"

_MODULES = {
    "215238eb-22a5-4c36-9e7b-e7c08025e04e": STORES,
    "1380b703-ce81-ff05-f115-39571d94dfcd": STORES,  # older orders
    "13d21c63-b5ec-5912-8397-c3a5ddb27a97": BOOKINGS,
    "9a5d83fd-8570-482e-81ab-cfa88942ee60": RESTAURANTS,
    OLD_RESTAURANTS_APP: RESTAURANTS,
    "b278a256-2757-4f19-9313-c05c783bec92": RESTAURANTS,  # the menus
    "13c1402c-27f2-d4ab-7463-ee7c89e07578": RESTAURANTS,  # the old menus
    "f9c07de2-5341-40c6-b096-8eb39de391fb": TABLE_RESERVATIONS,
    EVENTS_APP: EVENTS,
    PRICING_PLANS_APP: PRICING_PLANS,
    "135aad86-9125-6074-7346-29dc6a3c9bcf": HOTELS,
    "13ee94c1-b635-8505-3391-97919052c16f": INVOICES,
    "3575d251-42c3-4992-adff-170b2af90a2c": INVOICES,  # the pay button
    "2936472a-a1ed-4ae5-9f71-614313a9f4e7": PROGRAMS,
    "d80111c5-a0f4-47a8-b63a-65b54d774a27": GIFT_CARDS,
    "8725b255-2aa2-4a53-b76d-7d3c363aaeea": STORES,  # subscriptions to products
}


def module_of(item: Json) -> str:
    """The module of an order's line item."""
    app = text(child(item, "catalogReference"), "appId").lower()
    return _MODULES.get(app, OTHER) if app else CUSTOM


def installed(apps: Iterable[object]) -> tuple[str, ...]:
    """The modules of a site by the apps that it names; all where it names none that is known. Wix does not document
    the names: "wix-bookings" is taken for "bookings"."""
    names = [str(app).lower().replace("-", "_") for app in apps]
    found = {module for module in ALL if any(module in name for name in names)}
    return tuple(module for module in ALL if not found or module in found | _EVERYWHERE)


def filtered_by_status(lines: Iterable[OrderLine]) -> bool:
    """Whether the statuses that are chosen decide about an order: where anything on it is sold like the goods of
    Stores, and where nothing says what sold it."""
    sold = {line.module for line in lines if line.module}
    return not sold or bool(sold & _LIKE_STORES)
