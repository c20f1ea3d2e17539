"""What the ways of connecting a store share: a trial before anything is kept, and the page for what is typed."""

from collections.abc import Mapping

from django.contrib import admin, messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.access import Act
from accounts.models import Business
from integrations import connect_texts as texts
from integrations import connecting
from integrations.connect_forms import CredentialForm, OwnedBusinessForm
from integrations.connect_texts import error_in_words, say
from integrations.errors import RemoteError
from integrations.models import StoreConnection, StoreProvider
from integrations.providers import PROVIDERS
from integrations.views.common import Stop, owned_business, page_after, tell_change, visible


@login_required
@require_GET
def ways(request: HttpRequest) -> HttpResponse:
    """How a store of `business=ID` can be connected, for its owners."""
    business = owned_business(request.user, request.GET.get("business"))
    context = {**admin.site.each_context(request), "title": _("Connect a store"), "business": business}
    return TemplateResponse(request, "integrations/connect_store.html", context)


def connected(
    business: Business,
    provider: StoreProvider,
    account_id: str,
    credentials: Mapping[str, str],
    renewed: StoreConnection | None = None,
) -> StoreConnection:
    """The store, once it has answered. Raises Stop for another store than the renewed one and for one that is connected
    already by another way, and `integrations.errors`."""
    try:
        return connecting.connect_answering_store(business, provider, account_id, credentials, expected=renewed)
    except connecting.OtherAccount as other:
        raise Stop(say(texts.OTHER_ACCOUNT, name=other.expected)) from None
    except connecting.SameSite as same:
        raise Stop(say(texts.SAME_SITE, name=same.connected)) from None


def credential_page(
    request: HttpRequest,
    form_class: type[CredentialForm],
    provider: StoreProvider,
    *,
    title: str,
    intro: str,
) -> HttpResponse:
    """Connect with what the merchant types: a new store, or `connection=ID` whose secret is replaced."""
    renewed = _renewed(request, provider)
    chosen = {"business_choice": request.GET.get("business")}
    form = form_class(request.POST or None, initial=chosen, user=request.user, renewed=renewed)
    if request.method == "POST" and form.is_valid():
        store = _typed(form, provider)
        if store is not None:
            tell_change(request, store, "connected")
            messages.success(request, say(texts.CONNECTED, name=store))
            return redirect(page_after(request, store))
    if renewed is not None:
        intro = _("What you enter replaces what opens “%(store)s” until now.") % {"store": renewed}
    return connect_page(request, form, title=title, intro=intro)


def connect_page(request: HttpRequest, form: OwnedBusinessForm, *, title: str, intro: str) -> HttpResponse:
    """A page with one form that connects a store."""
    context = {**admin.site.each_context(request), "title": title, "intro": intro, "form": form}
    return TemplateResponse(request, "integrations/connect_form.html", context)


def _renewed(request: HttpRequest, provider: StoreProvider) -> StoreConnection | None:
    wanted = request.GET.get("connection")
    if not wanted:
        return None
    renewed = visible(StoreConnection, request.user, wanted, Act.OWN)
    if renewed.provider != provider:
        raise Http404
    return renewed


def _typed(form: CredentialForm, provider: StoreProvider) -> StoreConnection | None:
    """The store; None where the form says why not."""
    known = PROVIDERS[provider]
    try:
        return connected(form.business, provider, form.account, form.credentials, form.renewed)
    except known.refused_by:
        form.add_error(form.secret, say(known.refused, name=known.name))
    except RemoteError as error:
        form.add_error(None, error_in_words(error, known.name))
    except Stop as stop:
        form.add_error(None, str(stop))
    return None
