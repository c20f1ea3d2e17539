"""What Ecwid's refusals mean: who must act.

A body is JSON with `errorCode` and `errorMessage`, or plain text, or nothing at all; a proxy adds pages of HTML.
"""

from http import HTTPStatus

from integrations.errors import Malformed, NotAllowed, NotFound, ReconnectNeeded, Refused, RemoteError, TemporaryError
from integrations.http import Answer, redact

_LONGEST = 300  # characters of a text body that go into a message

# The code, where there is one, is more exact than the status.
_BY_CODE: dict[str, type[RemoteError]] = {
    "INSUFFICIENT_APP_SCOPE": NotAllowed,
    "INVALID_API_TOKEN": ReconnectNeeded,
    "STORE_NOT_FOUND": ReconnectNeeded,  # the store was closed: no order of it was deleted
    "PROFILE_NOT_FOUND": ReconnectNeeded,
    "NOT_ALLOWED_TO_UPDATE_PARAMETER": NotAllowed,  # stock in several places is kept by another system
}
# 403 comes without a body for every problem with the token. Each further call with such a token counts towards a long
# block of this machine, so nothing here is ever tried again.
_BY_STATUS: dict[int, type[RemoteError]] = {
    401: ReconnectNeeded,
    402: NotAllowed,
    403: ReconnectNeeded,
    404: NotFound,
}


def error_for(answer: Answer, what: str) -> RemoteError:
    """The error that an answer outside of 2xx stands for; `what` names the call."""
    code, message = error_of(answer)
    kind = _BY_CODE.get(code) or _BY_STATUS.get(answer.status, Refused)
    if answer.status == 403 and code and code not in _BY_CODE:
        kind = NotAllowed  # a token that is not accepted gets no explanation
    if answer.status == 403 and _is_page(answer.text):
        kind = TemporaryError  # something between us and Ecwid refused: it says nothing of the token
    return kind(redact(f"{what}: {message or _phrase(answer.status)}"), answer.status, code, answer.trace)


def error_of(answer: Answer) -> tuple[str, str]:
    """Code and message of a refusal, each empty where there is none."""
    try:
        body = answer.json
    except Malformed:
        return "", "" if _is_page(answer.text) else answer.text.strip()[:_LONGEST]
    if not isinstance(body, dict):
        return "", str(body)[:_LONGEST]
    message = body.get("errorMessage") or body.get("error_message") or body.get("error_description") or ""
    return str(body.get("errorCode") or body.get("error") or ""), str(message)[:_LONGEST]


def _is_page(text: str) -> bool:
    return text.lstrip().startswith("<")


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "no explanation"
