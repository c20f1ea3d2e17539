"""Our words for customers and items -> payloads that QuickBooks accepts. Pure, like `writer` for documents."""

from decimal import Decimal

from integrations.books import Company, CustomerDraft, ItemDraft
from integrations.quickbooks import names
from integrations.quickbooks.fields import Json, address_payload, currency_ref, filled, ref, wrapped


def customer_payload(draft: CustomerDraft, company: Company, *, name: str) -> Json:
    """A customer to create under `name`, which the engine has chosen so that it is free."""
    return filled(
        {
            "DisplayName": names.clean_name(name, names.CUSTOMER_NAME),
            "GivenName": names.fitting(draft.given_name, names.GIVEN_NAME),
            "FamilyName": names.fitting(draft.family_name, names.FAMILY_NAME),
            "CompanyName": names.clean_name(draft.company, names.COMPANY_NAME),
            "PrimaryEmailAddr": wrapped("Address", names.email(draft.email)),
            "PrimaryPhone": wrapped("FreeFormNumber", names.phone(draft.phone)),
            "BillAddr": address_payload(draft.billing),
            "ShipAddr": address_payload(draft.shipping),
            "CurrencyRef": currency_ref(draft.currency, company),
        }
    )


def item_payload(draft: ItemDraft) -> Json:
    """An item to create. An inventory item needs the day from which its stock is counted (ValueError without it)."""
    return filled(
        {
            "Name": names.clean_item_name(draft.name),
            "Type": draft.type,
            "Sku": names.clean_text(draft.sku, names.SKU),
            "Description": names.clean_text(draft.description, names.DESCRIPTION),
            "UnitPrice": draft.unit_price,
            "IncomeAccountRef": ref(draft.income_account_id),
            "ExpenseAccountRef": ref(draft.expense_account_id),
            **(_stock_fields(draft) if draft.type == "Inventory" else {}),
        }
    )


def item_update_payload(item_id: str, sync_token: str, *, name: str, description: str, price: Decimal | None) -> Json:
    """A change of an item's name, description and price; what is not named stays as it is."""
    return filled(
        {
            "Id": item_id,
            "SyncToken": sync_token,
            "sparse": True,
            "Name": names.clean_item_name(name),
            "Description": names.clean_text(description, names.DESCRIPTION),
            "UnitPrice": price,
        }
    )


def _stock_fields(draft: ItemDraft) -> Json:
    if draft.inventory_start is None:
        raise ValueError(f"inventory item {draft.key} without a start date")
    return {
        "AssetAccountRef": ref(draft.asset_account_id),
        "TrackQtyOnHand": True,
        "QtyOnHand": draft.quantity_on_hand,
        "InvStartDate": draft.inventory_start.isoformat(),
    }
