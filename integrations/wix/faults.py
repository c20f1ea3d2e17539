"""What Wix's refusals mean: who must act.

A body is `{"message", "details": {"applicationError": {"code", "description"}}}`, the same with `validationError`, or
empty but for its braces; gateways add plain text and pages of HTML.
"""

from http import HTTPStatus

from integrations.errors import Malformed, NotAllowed, NotFound, Refused, RemoteError
from integrations.http import Answer, redact

_LONGEST = 300  # characters of a message that are kept


class WrongCatalog(Refused):
    """The site keeps its products in the other version of the catalog."""


class Conflict(Refused):
    """Somebody else changed the object since it was read."""


class WrongQuestion(Refused):
    """The call itself is not as Wix wants it: that says nothing about what it asked for."""


_BY_CODE: dict[str, type[RemoteError]] = {
    "CATALOG_V3_CALLING_CATALOG_V1_API": WrongCatalog,
    "CATALOG_V1_CALLING_CATALOG_V3_API": WrongCatalog,
}
_BY_STATUS: dict[int, type[RemoteError]] = {403: NotAllowed, 404: NotFound, 409: Conflict, 428: WrongCatalog}


def error_for(answer: Answer, what: str) -> RemoteError:
    """The error that an answer outside of 2xx stands for; `what` names the call."""
    code, message = error_of(answer)
    kind = _BY_CODE.get(code) or _BY_STATUS.get(answer.status) or (WrongQuestion if _is_invalid(answer) else Refused)
    return kind(redact(f"{what}: {message or _phrase(answer.status)}"), answer.status, code, answer.trace)


def _is_invalid(answer: Answer) -> bool:
    details = answer.json.get("details") if answer.is_json and isinstance(answer.json, dict) else None
    return isinstance(details, dict) and "validationError" in details


def error_of(answer: Answer) -> tuple[str, str]:
    """Code and message of a refusal, each empty where there is none."""
    try:
        body = answer.json
    except Malformed:
        return "", "" if answer.text.lstrip().startswith("<") else answer.text.strip()[:_LONGEST]
    if not isinstance(body, dict):
        return "", str(body)[:_LONGEST]
    details = body.get("details")
    error = details.get("applicationError") if isinstance(details, dict) else None
    error = error if isinstance(error, dict) else {}
    message = body.get("message") or error.get("description") or body.get("error_description") or ""
    return str(error.get("code") or body.get("error") or ""), str(message)[:_LONGEST]


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "no explanation"
