"""Where providers send their messages. Open to everybody: the signature decides, not a session."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from integrations.http import utc_now
from integrations.webhooks.receiving import SOURCES, message_receive, refusal_count
from integrations.webhooks.words import Refusal, Refused

# What the sender is told; whatever was proven is answered with 200, since repeating it would change nothing.
_STATUS = {Refusal.UNCONFIGURED: 503, Refusal.TOO_BIG: 413, Refusal.UNREADABLE: 400}
_NOT_PROVEN = 403


@csrf_exempt
@require_POST
def receive(request: HttpRequest, provider: str) -> HttpResponse:
    """Take a message of this provider's."""
    now = utc_now()
    try:
        message_receive(provider, _body(request, SOURCES[provider].largest), request.headers, now=now)
    except Refused as refused:
        refusal_count(provider, refused.refusal, now=now)
        return HttpResponse(status=_STATUS.get(refused.refusal, _NOT_PROVEN))
    return HttpResponse(status=200)


def _body(request: HttpRequest, largest: int) -> bytes:
    """The message, unless it says that it is larger than any; the server hands over no more than it says."""
    length = request.headers.get("Content-Length", "0")
    if not length.isdecimal() or int(length) > largest:
        raise Refused(Refusal.TOO_BIG)
    return request.body
