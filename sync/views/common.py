"""What our own pages share: they stand in the admin's frame, and only members of a business get there."""

from datetime import datetime
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.access import Act, may, scoped
from accounts.models import Business, User
from integrations.models import Integration

# For addresses: signs-in first, and is never kept by a cache.
for_members = admin.site.admin_view

# Never needed for showing an integration, and never to be read without need.
_UNREAD = (
    "store__credentials",
    "store__profile",
    "books__credentials",
    "books__info",
    "books__preferences",
    "books__recent_calls",
)


def show(request: HttpRequest, template: str, *, title: object, **context: Any) -> TemplateResponse:
    """One of our pages in the admin's frame: sidebar, language, light and dark are the same everywhere."""
    request.current_app = admin.site.name
    return TemplateResponse(request, template, {**admin.site.each_context(request), "title": title, **context})


def integrations_of(request: HttpRequest, act: Act = Act.READ) -> QuerySet[Integration]:
    """The integrations of the businesses in which the user may do `act`, without secrets and bulk."""
    rows = Integration.objects.select_related("business", "store", "books").defer(*_UNREAD)
    return scoped(rows, member(request), act=act)


def integration_for(request: HttpRequest, pk: int, act: Act = Act.READ) -> Integration:
    """The integration; 404 for who is no member of its business, 403 for members who may not do `act`."""
    integration = get_object_or_404(integrations_of(request), pk=pk)
    demand(request, integration.business, act)
    return integration


def demand(request: HttpRequest, business: Business, act: Act) -> None:
    """Forbidden for members who may not do `act`."""
    if act is not Act.READ and not may(member(request), business, act):
        raise PermissionDenied


def member(request: HttpRequest) -> User:
    """Who is signed in; `for_members` has let nobody else through."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def back(request: HttpRequest, otherwise: str) -> HttpResponse:
    """To the page that the form names in `next`, if that is one of ours."""
    wanted = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(wanted if wanted and ours else otherwise)


def number_in(request: HttpRequest, name: str, *, otherwise: int = 0) -> int:
    """A whole number from the address; `otherwise` for anything else."""
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else otherwise


def started_at() -> datetime:
    """When this web server was started."""
    config: Any = apps.get_app_config("sync")
    moment: datetime = config.started_at
    return moment
