"""Setup files that fit the simulated shops and companies."""

import copy
from typing import Any

CANADA, TEXAS, NO_TAX, BRITAIN = (f"934145000000000{number}" for number in (1, 2, 3, 4))
MINIMAL: dict[str, Any] = {
    "business": "Maple Goods",
    "integration": "maple-ecwid",
    "store": {
        "provider": "ecwid",
        "account_id": "1003",
        "credentials": {"access_token": "secret_sim_1003"},
    },
    "books": {
        "provider": "quickbooks",
        "account_id": CANADA,
        "credentials": {"access_token": f"qbo_access_{CANADA}", "refresh_token": f"qbo_refresh_{CANADA}"},
    },
}

FULL: dict[str, Any] = {
    **MINIMAL,
    "time_zone": "America/Toronto",
    "start_date": "2026-09-01",
    "auto_sync": "hourly",
    "email_report": {"when": "daily", "recipients": ["books@example.test"], "language": "fr"},
    "orders": {
        "enabled": True,
        "post_as": "invoice",
        "payment_statuses": ["PAID"],
        "fulfillment_statuses": [],
        "post_imported": False,
        "number_prefix": "EW-",
        "auto_number": False,
        "class": None,
        "location": None,
        "customer": "buyer",
        "generic_customer": "Ecwid",
        "discount_item": "Discount",
        "rounding_item": "Rounding",
        "rounding_cap": "0.05",
        "shipping_item": "Shipping",
        "fee_item": "Fees",
        "tip_item": "Tips",
        "gift_card_item": "Gift cards",
        "tax_item": None,
        "use_default_message": False,
        "due_offset": 30,
        "due_unit": "days",
        "allow_card_payment": False,
        "closed_period": "hold",
    },
    "items": {
        "match_by": "sku",
        "create_missing": True,
        "create_as": "non_inventory",
        "income_account": "Sales of Product Income",
        "expense_account": "Cost of Goods Sold",
        "asset_account": "Inventory Asset",
    },
    "payments": {
        "enabled": True,
        "account": "Ecwid Clearing",
        "methods": {"PayPal": {"account": "PayPal Clearing", "payment_method": "PayPal"}},
    },
    "refunds": {"enabled": True, "account": "Ecwid Clearing", "item": None, "number_prefix": "R-"},
    "products": {
        "enabled": False,
        "create_as": None,
        "income_account": None,
        "expense_account": None,
        "asset_account": None,
        "opening_quantity": "zero",
        "inventory_start": None,
        "update_items": False,
    },
    "stock": {"enabled": False, "guard_percent": 20, "include_unlimited": False},
    "taxes": [
        {"store": ["GST", "QST"], "books": "GST/QST QC"},
        {"store": ["GST"], "books": "GST"},
        {"store": [], "books": "Zero-rated"},
    ],
}


def minimal() -> dict[str, Any]:
    return copy.deepcopy(MINIMAL)


def full() -> dict[str, Any]:
    """The example of the format, for the simulated Canadian company."""
    return copy.deepcopy(FULL)


def of_company(realm: str, **more: Any) -> dict[str, Any]:
    """A minimal file for another company, under a business and a name of its own."""
    document = minimal()
    document |= {"business": f"Business {realm}", "integration": f"pair-{realm[-1]}"}
    document["books"]["account_id"] = realm
    document["books"]["credentials"] = {"access_token": f"qbo_access_{realm}", "refresh_token": f"qbo_refresh_{realm}"}
    return document | more
