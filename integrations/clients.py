"""Makes the client of a connection: settings, credentials and pacing come together here and nowhere else."""

from collections.abc import Callable
from functools import partial

from django.conf import settings

from integrations import budget
from integrations.ecwid.client import EcwidClient
from integrations.ecwid.store import EcwidStore
from integrations.http import Clock, Transport
from integrations.models import BooksConnection, ConnectionState, StoreConnection, StoreProvider
from integrations.quickbooks.client import QuickBooksClient
from integrations.stores import OrderReader, Store
from integrations.tokens import DatabaseTokens, wix_token, wix_token_keep
from integrations.wix.access import Access, AppAccess, KeyAccess, NoAccess
from integrations.wix.client import WixClient
from integrations.wix.store import WixStore


def quickbooks_client(
    books: BooksConnection, *, before_call: Callable[[], None] | None = None, clock: Clock | None = None
) -> QuickBooksClient:
    """A client for the company that keeps to its budget; `before_call()` runs ahead of each HTTP attempt (lease)."""
    transport = Transport(clock=clock)

    def in_budget(kind: str) -> None:
        budget.take(books.pk, kind, transport.clock)
        if before_call is not None:
            before_call()

    return QuickBooksClient(
        api_url=settings.QUICKBOOKS_API_URL,
        realm_id=books.account_id,
        tokens=DatabaseTokens(books, transport=transport),
        transport=transport,
        before_call=in_budget,
    )


def _ecwid(connection: StoreConnection, transport: Transport, before_call: Callable[[], None] | None) -> Store:
    client = EcwidClient(
        api_url=settings.ECWID_API_URL,
        store_id=connection.account_id,
        access_token=str(connection.credentials.get("access_token", "")),
        transport=transport,
        before_call=before_call,
    )
    return EcwidStore(client, now=transport.clock.now)


def _wix(connection: StoreConnection, transport: Transport, before_call: Callable[[], None] | None) -> Store:
    client = WixClient(
        api_url=settings.WIX_API_URL,
        access=_wix_access(connection, transport),
        transport=transport,
        before_call=before_call,
    )
    return WixStore(client, now=transport.clock.now)


def _wix_access(connection: StoreConnection, transport: Transport) -> Access:
    """By the API key where the merchant gave one; else as the app that is installed on the site."""
    kept = connection.credentials
    if connection.state == ConnectionState.DISCONNECTED:
        return NoAccess(connection.account_id)
    if "api_key" in kept:
        return KeyAccess(api_key=str(kept["api_key"]), site_id=connection.account_id)
    return AppAccess(
        api_url=settings.WIX_API_URL,
        app_id=settings.WIX_APP_ID,
        app_secret=settings.WIX_APP_SECRET,
        instance_id=connection.account_id,
        transport=transport,
        kept=wix_token(connection),
        keep=partial(wix_token_keep, connection),
    )


_STORES = {StoreProvider.ECWID.value: _ecwid, StoreProvider.WIX.value: _wix}
_READERS: dict[str, OrderReader] = {StoreProvider.ECWID.value: EcwidStore, StoreProvider.WIX.value: WixStore}


def store_for(
    connection: StoreConnection, *, before_call: Callable[[], None] | None = None, clock: Clock | None = None
) -> Store:
    """The adapter of a connected store; `before_call()` runs ahead of each HTTP attempt."""
    return _STORES[connection.provider](connection, Transport(clock=clock), before_call)


def reader_for(connection: StoreConnection) -> OrderReader:
    """What reads the orders that were filed from this store; its credentials are not touched."""
    return _READERS[connection.provider]
