"""Ecwid: its consent page and the way back, or a store id and secret token typed in."""

import re

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from integrations import connect_texts as texts
from integrations.connect_forms import EcwidTokenForm
from integrations.connect_texts import error_in_words, say
from integrations.consent import way_back
from integrations.ecwid import oauth
from integrations.errors import RemoteError
from integrations.http import Transport
from integrations.models import StoreConnection, StoreProvider
from integrations.views.common import Stop, address_of, ask, asked, page_of, stops_at, tell_change
from integrations.views.stores import connected, credential_page

NAME = "Ecwid"
LIST = reverse_lazy("admin:integrations_storeconnection_changelist")
CALLBACK = "connect:ecwid_callback"


def _return_address(state: str) -> str:
    """Ecwid documents no `state`, so ours travels in the return address, under a name that theirs cannot hide."""
    return f"{address_of(CALLBACK)}?asked={state}"


@login_required
@require_POST
@stops_at(LIST, NAME)
def start(request: HttpRequest) -> HttpResponse:
    """Send an owner to Ecwid: `business=ID`, and `connection=ID` to renew one."""
    state = ask(request, NAME, StoreConnection)
    if not (settings.ECWID_CLIENT_ID and settings.ECWID_CLIENT_SECRET):
        raise Stop(say(texts.NO_KEYS, name=NAME, detail="ECWID_CLIENT_ID, ECWID_CLIENT_SECRET"))
    return redirect(
        oauth.authorize_url(
            oauth_url=settings.ECWID_OAUTH_URL,
            client_id=settings.ECWID_CLIENT_ID,
            redirect_uri=_return_address(state),
        )
    )


@login_required
@require_GET
@never_cache
@stops_at(LIST, NAME)
def callback(request: HttpRequest) -> HttpResponse:
    """The owner comes back from Ecwid with a code, or with an error."""
    state = request.GET.get("asked", "")
    business, renewed = asked(request, NAME, state, StoreConnection)
    try:
        grant = oauth.exchange_code(
            oauth_url=settings.ECWID_OAUTH_URL,
            client_id=settings.ECWID_CLIENT_ID,
            client_secret=settings.ECWID_CLIENT_SECRET,
            code=_code(request),
            redirect_uri=_return_address(state),
            transport=Transport(),
        )
        store = connected(business, StoreProvider.ECWID, grant.store_id, {"access_token": grant.access_token}, renewed)
    except RemoteError as error:
        raise Stop(error_in_words(error, NAME)) from error
    tell_change(request, store, "connected")
    messages.success(request, say(texts.CONNECTED, name=store))
    return redirect(way_back(request.session, NAME) or page_of(store))


def _code(request: HttpRequest) -> str:
    error = re.sub(r"[^\w-]", "", request.GET.get("error", ""))[:40]
    if error == "access_denied":
        raise Stop(say(texts.DENIED, name=NAME))
    if error:
        raise Stop(say(texts.REFUSED, name=NAME, detail=error))
    if not request.GET.get("code"):
        raise Stop(say(texts.INCOMPLETE, name=NAME))
    return request.GET["code"]


@login_required
@never_cache
@sensitive_post_parameters("access_token")
@require_http_methods(["GET", "POST"])
def token(request: HttpRequest) -> HttpResponse:
    """Connect with a store id and the secret token of a custom app."""
    return credential_page(
        request,
        EcwidTokenForm,
        StoreProvider.ECWID,
        title=_("Connect an Ecwid store"),
        intro=_("For a custom app of your own store. The token is tried first and stored encrypted."),
    )
