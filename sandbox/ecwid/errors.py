"""The shop's refusals."""

DEFAULT_CODES = {
    400: "WRONG_PARAMETER",
    402: "NOT_AVAILABLE_ON_CURRENT_PLAN",
    403: "INSUFFICIENT_APP_SCOPE",
    405: "METHOD_NOT_ALLOWED",
    408: "TIMEOUT",
    409: "CONSTRAINT_VIOLATION",
    422: "WRONG_URL",
    429: "RATE_LIMITED",
    500: "INTERNAL_ERROR",
}


class ShopError(Exception):
    """Ends a request with this status. Without a code the status's usual one is sent; without a message, no body."""

    def __init__(self, status: int, message: str = "", code: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.code = code or DEFAULT_CODES.get(status)
        self.headers: dict[str, str] = {}


def not_found(kind: str, identity: object) -> ShopError:
    """The 404 of an order, product or combination."""
    return ShopError(404, f"{kind} #{identity} not found", f"{kind.upper()}_NOT_FOUND")
