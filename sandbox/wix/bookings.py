"""Bookings: a line of an order names the booking; the service that was booked is known here only."""

from sandbox.wix.calls import Call, Endpoint
from sandbox.wix.values import Json, new_id


def new_booking(given: Json) -> Json:
    """{"service_id", "title", "course": true}; a course has a schedule, everything else a slot."""
    where = "schedule" if given.get("course") else "slot"
    service = {"serviceId": given.get("service_id") or new_id()}
    entity = {"title": given.get("title", "Pottery class"), where: service}
    return {"id": given.get("id") or new_id(), "status": "CONFIRMED", "bookedEntity": entity}


def query_extended_bookings(call: Call) -> Json:
    """Filter: id, by $in or $eq."""
    wanted = (call.wrapped("query").get("filter") or {}).get("id")
    if isinstance(wanted, dict):
        wanted = wanted.get("$in", [wanted.get("$eq")])
    ids = [wanted] if isinstance(wanted, str) else wanted
    rows = [
        {"booking": booking} for booking in call.site.rows("booking").values() if ids is None or booking["id"] in ids
    ]
    return {"extendedBookings": rows, "pagingMetadata": {"count": len(rows), "hasNext": False}}


ENDPOINTS = (
    Endpoint(
        "POST",
        "/bookings/bookings-reader/v2/extended-bookings/query",
        "BOOKINGS.READ",
        query_extended_bookings,
        "bookings",
    ),
)
