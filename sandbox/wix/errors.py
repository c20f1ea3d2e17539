"""The refusals of the API, in their three shapes."""

from typing import Any

from sandbox.wix.values import Json


class WixError(Exception):
    """Ends a request with this status and body."""

    def __init__(self, status: int, body: Json, headers: dict[str, str] | None = None) -> None:
        super().__init__(str(body.get("message", "")))
        self.status = status
        self.body = body
        self.headers = headers or {}


def refused(status: int, code: str, description: str = "", data: Json | None = None) -> WixError:
    """A refusal of the business itself."""
    text = description or code
    error = {"code": code, "description": text, "data": data or {}}
    return WixError(status, {"message": text, "details": {"applicationError": error}})


def invalid(field: str, description: str, rule: str, **data: Any) -> WixError:
    """A request that is not well formed: 400."""
    violation = {"field": field, "description": description, "violatedRule": rule, "ruleName": rule, "data": data}
    return WixError(
        400, {"message": f"{field} {description}", "details": {"validationError": {"fieldViolations": [violation]}}}
    )


def system(status: int, message: str = "") -> WixError:
    """The shape of errors that say nothing."""
    return WixError(status, {"message": message, "details": {}})


def not_found(code: str, description: str) -> WixError:
    return refused(404, code, description)
