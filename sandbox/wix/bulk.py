"""Bulk calls: each row for itself, and the answer is 200 even when all fail."""

from collections.abc import Callable, Iterable

from sandbox.wix.errors import WixError
from sandbox.wix.values import Json


def bulk_answer(rows: Iterable[Json], work: Callable[[Json], tuple[str, Json]], *, returned: bool) -> Json:
    """`work` gives the id and the entity, or raises WixError, which is told in the row's place."""
    results = [_result(index, row, work, returned=returned) for index, row in enumerate(rows)]
    good = sum(result["itemMetadata"]["success"] for result in results)
    counts = {"totalSuccesses": good, "totalFailures": len(results) - good, "undetailedFailures": 0}
    return {"results": results, "bulkActionMetadata": counts}


def _result(index: int, row: Json, work: Callable[[Json], tuple[str, Json]], *, returned: bool) -> Json:
    try:
        key, entity = work(row)
    except WixError as error:
        named = row.get("inventoryItem", row).get("id")
        metadata = {"originalIndex": index, "success": False, "error": _told(error)}
        return {"itemMetadata": {**({"id": named} if named else {}), **metadata}}
    metadata = {"id": key, "originalIndex": index, "success": True}
    return {"itemMetadata": metadata, **({"item": entity} if returned else {})}


def _told(error: WixError) -> Json:
    told: Json = error.body["details"].get("applicationError") or {"code": "INVALID", "description": str(error)}
    return told
