"""What the connect pages share: who may, what was asked for, and how an early end is told."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.access import Act, businesses_for, may
from accounts.models import Business, User
from integrations.connect_texts import NOT_ASKED, error_in_words, say
from integrations.consent import Asked, NotAsked, begin, finish, way_back
from integrations.errors import RemoteError
from integrations.events import credentials_changed
from integrations.models import BooksConnection, StoreConnection
from integrations.models.connections import Connection

P = ParamSpec("P")
C = TypeVar("C", BooksConnection, StoreConnection)


class Stop(Exception):
    """The sentence that ends a request early; nothing was changed."""


def stops_at(
    list_url: str | Promise, provider: str
) -> Callable[[Callable[P, HttpResponse]], Callable[Concatenate[HttpRequest, ...], HttpResponse]]:
    """Tells why a request stopped, on the page it was made from, else on this list of connections."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            try:
                return view(request, *args, **kwargs)
            except Stop as stop:
                messages.error(request, str(stop))
                return redirect(way_back(request.session, provider) or str(list_url))

        return wrapped

    return decorate


def owned_business(user: User | AnonymousUser, pk: object) -> Business:
    """The business, for its owners. For its other members it is forbidden, for everybody else it does not exist."""
    business = get_object_or_404(businesses_for(user), pk=number(pk))
    if not may(user, business, Act.OWN):
        raise PermissionDenied
    return business


def visible(model: type[C], user: User | AnonymousUser, pk: object, act: Act) -> C:
    """A connection on which the user may do `act`; 403 and 404 as for `owned_business`."""
    connection: C = get_object_or_404(model, pk=number(pk), business__in=businesses_for(user))
    if not may(user, connection.business, act):
        raise PermissionDenied
    return connection


def number(text: object) -> int:
    """A row's number from an address or a form; what is none stands for a row that does not exist."""
    return int(str(text)) if str(text).isascii() and str(text).isdigit() and len(str(text)) < 19 else 0


def ask(request: HttpRequest, provider: str, model: type[C]) -> str:
    """Keep what the owner asked for (`business`, perhaps `connection`) and return the state to send along."""
    business = owned_business(request.user, request.GET.get("business") or request.POST.get("business"))
    renewed = request.GET.get("connection")
    connection = visible(model, request.user, renewed, Act.OWN) if renewed else None
    if connection is not None and connection.business_id != business.pk:
        raise PermissionDenied
    asked = Asked(business.pk, connection.pk if connection else None)
    return begin(request.session, provider, asked, back=own_page(request.GET.get("back", "")))


def own_page(address: str) -> str:
    """The address when it is one of this site, else nothing: nobody is sent elsewhere by a link."""
    return address if address.startswith("/") and url_has_allowed_host_and_scheme(address, allowed_hosts=None) else ""


def page_after(request: HttpRequest, connection: Connection) -> str:
    """Where the person goes on: the page that `back` names, else the connection's own."""
    return own_page(request.GET.get("back", "")) or page_of(connection)


def asked(request: HttpRequest, provider: str, state: str, model: type[C]) -> tuple[Business, C | None]:
    """What this answer belongs to. The person must still be an owner: they may have signed in as somebody else."""
    try:
        wish = finish(request.session, provider, state)
    except NotAsked:
        raise Stop(say(NOT_ASKED)) from None
    business = owned_business(request.user, wish.business_id)
    if wish.connection_id is None:
        return business, None
    return business, visible(model, request.user, wish.connection_id, Act.OWN)


def address_of(name: str) -> str:
    """The public address of one of our pages, as providers know it."""
    return f"{settings.BASE_URL}{reverse(name)}"


def page_of(connection: Connection) -> str:
    """The connection's page in the admin."""
    meta = type(connection)._meta  # noqa: SLF001 - Django's public name for a model's description
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[connection.pk])


def tell_change(request: HttpRequest, connection: Connection, what: str) -> None:
    """Let whoever keeps a record of changes know that this person connected or disconnected an account."""
    credentials_changed.send(type(connection), connection=connection, user=request.user, what=what)


def tell_error(request: HttpRequest, error: RemoteError, name: object) -> None:
    messages.error(request, error_in_words(error, name))
