"""Connections to the outside world, the integrations made of them, and the local copy of QuickBooks' lists."""

from integrations.models.connections import (
    BooksConnection,
    BooksProvider,
    ConnectionState,
    StoreConnection,
    StoreProvider,
)
from integrations.models.integration import AutoSync, Integration, ReportWhen
from integrations.models.mirror import BooksObject

__all__ = [
    "AutoSync",
    "BooksConnection",
    "BooksObject",
    "BooksProvider",
    "ConnectionState",
    "Integration",
    "ReportWhen",
    "StoreConnection",
    "StoreProvider",
]
