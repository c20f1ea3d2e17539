"""A site's products and their levels, whichever version of the catalog it keeps them in.

A site has one version, and is moved to the newer one some day, once. Calls of the other version are refused; then the
version is read again.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Protocol

from integrations.commerce import Product
from integrations.errors import NotAllowed, NotFound
from integrations.values import text
from integrations.wix.catalog_v1 import CatalogV1
from integrations.wix.catalog_v3 import CatalogV3
from integrations.wix.client import WixClient
from integrations.wix.faults import WrongCatalog


class Version(Protocol):
    """One version of the catalog: what `integrations.stores.Store` asks of products."""

    def products(self, *, updated_from: datetime | None) -> Iterator[list[Product]]: ...

    def product(self, ref: str) -> list[Product]: ...

    def set_stock(self, product: Product, level: int | None) -> None: ...


class NoCatalog:
    """A site without Wix Stores sells no products."""

    def products(self, *, updated_from: datetime | None) -> Iterator[list[Product]]:
        del updated_from
        yield from ()

    def product(self, ref: str) -> list[Product]:
        del ref
        raise NotFound("the site has no Wix Stores")

    def set_stock(self, product: Product, level: int | None) -> None:
        del product, level
        raise NotAllowed("the site has no Wix Stores")


class Catalog:
    """Whichever version the site has. Asks for it once, and again when it turns out to be the other."""

    def __init__(self, client: WixClient) -> None:
        self._client = client
        self._known: Version | None = None

    def products(self, *, updated_from: datetime | None) -> Iterator[list[Product]]:
        try:
            yield from self._version().products(updated_from=updated_from)
        except WrongCatalog:
            yield from self._moved().products(updated_from=updated_from)

    def product(self, ref: str) -> list[Product]:
        try:
            return self._version().product(ref)
        except WrongCatalog:
            return self._moved().product(ref)

    def set_stock(self, product: Product, level: int | None) -> None:
        try:
            self._version().set_stock(product, level)
        except WrongCatalog:
            self._moved().set_stock(product, level)

    def _version(self) -> Version:
        if self._known is None:
            self._known = self._moved()
        return self._known

    def _moved(self) -> Version:
        told = text(self._client.get("stores/v3/provision/version"), "catalogVersion")
        if told == "STORES_NOT_INSTALLED":
            self._known = NoCatalog()
        else:
            self._known = CatalogV3(self._client) if told == "V3_CATALOG" else CatalogV1(self._client)
        return self._known
