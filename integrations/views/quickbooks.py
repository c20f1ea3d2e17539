"""Intuit's consent page and the way back."""

import re

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.models import Business
from integrations import connect_texts as texts
from integrations import connecting
from integrations.connect_texts import error_in_words, say
from integrations.consent import way_back
from integrations.errors import RemoteError
from integrations.http import utc_now
from integrations.models import BooksConnection
from integrations.quickbooks import oauth
from integrations.views.common import Stop, address_of, ask, asked, page_of, stops_at, tell_change

NAME = "QuickBooks"
LIST = reverse_lazy("admin:integrations_booksconnection_changelist")
CALLBACK = "connect:quickbooks_callback"


@login_required
@require_POST
@stops_at(LIST, NAME)
def start(request: HttpRequest) -> HttpResponse:
    """Send an owner to Intuit: `business=ID`, and `connection=ID` to renew one."""
    state = ask(request, NAME, BooksConnection)
    if not (settings.QUICKBOOKS_CLIENT_ID and settings.QUICKBOOKS_CLIENT_SECRET):
        raise Stop(say(texts.NO_KEYS, name=NAME, detail="QUICKBOOKS_CLIENT_ID, QUICKBOOKS_CLIENT_SECRET"))
    return redirect(
        oauth.authorize_url(
            url=settings.QUICKBOOKS_AUTHORIZE_URL,
            client_id=settings.QUICKBOOKS_CLIENT_ID,
            redirect_uri=address_of(CALLBACK),
            state=state,
        )
    )


@login_required
@require_GET
@never_cache
@stops_at(LIST, NAME)
def callback(request: HttpRequest) -> HttpResponse:
    """The owner comes back from Intuit with code, realmId and state, or with an error."""
    business, renewed = asked(request, NAME, request.GET.get("state", ""), BooksConnection)
    code, realm_id = _answer(request)
    # Before the code is exchanged, so that no consent is left behind that nobody uses.
    _refuse_other_account(realm_id, business, renewed)
    books = _connect(business, realm_id, code, renewed)
    tell_change(request, books, "connected")
    try:
        connecting.check_books(books)
    except RemoteError as error:
        messages.warning(request, say(texts.SILENT, detail=error_in_words(error, NAME)))
    else:
        messages.success(request, say(texts.CONNECTED, name=books))
    return redirect(way_back(request.session, NAME) or page_of(books))


def _answer(request: HttpRequest) -> tuple[str, str]:
    error = re.sub(r"[^\w-]", "", request.GET.get("error", ""))[:40]
    if error == "access_denied":
        raise Stop(say(texts.DENIED, name=NAME))
    if error:
        raise Stop(say(texts.REFUSED, name=NAME, detail=error))
    code, realm_id = request.GET.get("code", ""), request.GET.get("realmId", "")
    if not code or not re.fullmatch(r"\d{1,64}", realm_id, re.ASCII):
        raise Stop(say(texts.INCOMPLETE, name=NAME))
    return code, realm_id


def _refuse_other_account(realm_id: str, business: Business, renewed: BooksConnection | None) -> None:
    if renewed is not None and renewed.account_id != realm_id:
        raise Stop(say(texts.OTHER_ACCOUNT, name=renewed))
    if BooksConnection.objects.filter(account_id=realm_id).exclude(business=business).exists():
        raise Stop(say(texts.TAKEN))


def _connect(business: Business, realm_id: str, code: str, renewed: BooksConnection | None) -> BooksConnection:
    try:
        pair = oauth.exchange_code(
            url=settings.QUICKBOOKS_TOKEN_URL,
            client_id=settings.QUICKBOOKS_CLIENT_ID,
            client_secret=settings.QUICKBOOKS_CLIENT_SECRET,
            redirect_uri=address_of(CALLBACK),
            code=code,
            now=utc_now(),
        )
        return connecting.connect_quickbooks(business, realm_id, pair, expected=renewed)
    except RemoteError as error:
        raise Stop(error_in_words(error, NAME)) from error
    except connecting.AccountTaken:
        raise Stop(say(texts.TAKEN)) from None
    except connecting.OtherAccount as other:
        raise Stop(say(texts.OTHER_ACCOUNT, name=other.expected)) from None
