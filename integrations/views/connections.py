"""Testing and ending a connection."""

from collections.abc import Callable
from typing import TypeVar

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.access import Act
from integrations import connect_texts as texts
from integrations import connecting
from integrations.connect_texts import error_in_words, say
from integrations.errors import RemoteError
from integrations.models import BooksConnection, StoreConnection
from integrations.providers import PROVIDERS
from integrations.views.common import page_after, page_of, tell_change, tell_error, visible

C = TypeVar("C", BooksConnection, StoreConnection)


@login_required
@require_POST
def check_store(request: HttpRequest, pk: int) -> HttpResponse:
    """The store's test call; also reads its taxes, statuses and payment methods anew."""
    return _checked(request, visible(StoreConnection, request.user, pk, Act.WORK), connecting.check_store)


@login_required
@require_POST
def check_books(request: HttpRequest, pk: int) -> HttpResponse:
    """The company's test call; also reads its accounts, items and tax codes anew (T2)."""
    return _checked(request, visible(BooksConnection, request.user, pk, Act.WORK), connecting.check_books)


def _checked(request: HttpRequest, connection: C, check: Callable[[C], object]) -> HttpResponse:
    try:
        check(connection)
    except RemoteError as error:
        tell_error(request, error, connection)
    else:
        messages.success(request, say(texts.CHECKED, name=connection))
    return redirect(page_after(request, connection))


@login_required
@require_POST
def disconnect_store(request: HttpRequest, pk: int) -> HttpResponse:
    store = visible(StoreConnection, request.user, pk, Act.OWN)
    connecting.disconnect_store(store)
    tell_change(request, store, "disconnected")
    messages.success(request, say(PROVIDERS[store.provider].disconnected, name=store))
    return redirect(page_of(store))


@login_required
@require_POST
def disconnect_books(request: HttpRequest, pk: int) -> HttpResponse:
    """Withdraw the consent at Intuit. Where that fails the connection stays as it is, so that it can be tried again."""
    books = visible(BooksConnection, request.user, pk, Act.OWN)
    try:
        connecting.disconnect_quickbooks(books)
    except RemoteError as error:
        messages.error(request, say(texts.KEPT, name=books, detail=error_in_words(error, "QuickBooks")))
    else:
        tell_change(request, books, "disconnected")
        messages.success(request, say(PROVIDERS[books.provider].disconnected, name=books))
    return redirect(page_of(books))
