"""Connections to the outside world, the integrations made of them, the local copy of QuickBooks' lists, and what
providers told by themselves."""

from integrations.models.connections import (
    BooksConnection,
    BooksProvider,
    ConnectionState,
    StoreConnection,
    StoreProvider,
)
from integrations.models.integration import AutoSync, Integration, ReportWhen
from integrations.models.mirror import BooksObject
from integrations.models.webhooks import EventState, Outcome, WebhookDelivery, WebhookEvent, WebhookRefusal

__all__ = [
    "AutoSync",
    "BooksConnection",
    "BooksObject",
    "BooksProvider",
    "ConnectionState",
    "EventState",
    "Integration",
    "Outcome",
    "ReportWhen",
    "StoreConnection",
    "StoreProvider",
    "WebhookDelivery",
    "WebhookEvent",
    "WebhookRefusal",
]
