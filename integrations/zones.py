"""Time zones: an integration has one, a business has that of its first integration."""

from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db.models import OuterRef, Subquery

from integrations.models import Integration


def zone_named(name: str | None) -> tzinfo:
    """Universal time where there is no name, or none that is a zone's."""
    try:
        return ZoneInfo(name) if name else UTC
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def business_zone(path: str) -> Subquery:
    """Annotates rows with the name of their business's zone; `path` leads from a row to its business."""
    first = Integration.objects.filter(business=OuterRef(path)).order_by("pk")
    return Subquery(first.values("time_zone")[:1])
