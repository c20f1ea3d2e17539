"""Making accounts and items in QuickBooks that a store needs and a company lacks, when a person asks for it.

A name that is there already is taken, never doubled: the books are asked first, and the request id is the same each
time.
"""

from collections.abc import Mapping
from typing import Any

from integrations import mirror
from integrations.books import ItemDraft
from integrations.clients import quickbooks_client
from integrations.errors import Refused
from integrations.http import Clock
from integrations.models import BooksConnection, BooksObject, Integration
from integrations.quickbooks import entry_writer, names, query
from sync.engine.content import digest
from sync.models import ItemSettings

_REQUEST_ID = 36  # characters


def clearing_name(integration: Integration) -> str:
    """What the clearing account of this store is called: "Maple Shop Clearing"."""
    ending = " Clearing"
    store = names.clean_item_name(str(integration.store), names.ITEM_NAME - len(ending))
    return f"{store}{ending}"


def clearing_account_create(integration: Integration, *, clock: Clock | None = None) -> BooksObject:
    """A Bank account for what was paid in the store and has not reached the bank. Raises `integrations.errors`."""
    payload = {"Name": clearing_name(integration), "AccountType": "Bank", "AccountSubType": "Checking"}
    return _entry(integration.books, "Account", payload, {"AccountType": {"Bank", "Other Current Asset"}}, clock)


def line_item_create(
    integration: Integration, name: str, income: BooksObject, *, clock: Clock | None = None
) -> BooksObject:
    """A service item for what is not a product. Raises `integrations.errors`."""
    draft = ItemDraft(key=name, name=name, sku="", type="Service", income_account_id=income.books_ref)
    accepted = {"Type": {"Service", "NonInventory"}}
    return _entry(integration.books, "Item", entry_writer.item_payload(draft), accepted, clock)


def income_for_items(integration: Integration, detail: str = "") -> BooksObject | None:
    """The income account for items that are made: one of this detail type, else the products' own, else the first."""
    accounts = BooksObject.objects.filter(books=integration.books, type="Account", kind="Income", active=True)
    chosen = ItemSettings.objects.filter(integration=integration).select_related("income_account").first()
    fitting = accounts.filter(detail=detail).order_by("name").first() if detail else None
    return fitting or (chosen.income_account if chosen else None) or accounts.order_by("name").first()


def _entry(
    books: BooksConnection,
    entity: str,
    payload: Mapping[str, Any],
    accepted: Mapping[str, set[str]],
    clock: Clock | None,
) -> BooksObject:
    """The active entry of that name, made if there is none. One of another kind is refused, with its name."""
    name = str(payload["Name"])
    client = quickbooks_client(books, clock=clock)
    found = next(iter(client.query(entity, query.one_of("Name", [name]))), None)
    if found is None:
        found = client.write(entity, payload, _request_id(books, entity, name)).object
    if any(found.get(field) not in kinds for field, kinds in accepted.items()):
        raise Refused(f"there is another entry named “{name}”, which does not fit here")
    mirror.put(books, entity, [found])
    return BooksObject.objects.get(books=books, type=entity, books_ref=str(found["Id"]))


def _request_id(books: BooksConnection, entity: str, name: str) -> str:
    """Another one only after an entry of that name was made inactive: its own id would bring that entry back."""
    retired = BooksObject.objects.filter(
        books=books, type=entity, name_key__startswith=f"{mirror.key(name)} (deleted", active=False
    )
    return digest(f"{entity}/{books.account_id}/{mirror.key(name)}/{retired.count()}")[:_REQUEST_ID]
