"""Wix: the app installed on a site, from here or from Wix's own pages, or a site id and an API key typed in."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import Business
from integrations import connect_texts as texts
from integrations.connect_forms import OwnedBusinessForm, WixKeyForm
from integrations.connect_texts import error_in_words, say
from integrations.consent import way_back
from integrations.errors import RemoteError
from integrations.http import Transport
from integrations.models import ConnectionState, StoreConnection, StoreProvider
from integrations.views.common import Stop, address_of, ask, asked, page_of, stops_at, tell_change
from integrations.views.stores import connect_page, connected, credential_page
from integrations.wix.install import App, NotProven, install_address, instance_proven

NAME = "Wix"
LIST = reverse_lazy("admin:integrations_storeconnection_changelist")
CALLBACK = "connect:wix_callback"
_CARRIED = "connect.wix.finish"
_CARRIED_SECONDS = 3600
# Anybody may have Wix asked, and a person waits: no page is kept open for long.
_PATIENCE_SECONDS = 10.0
# A person must act: whatever opened the site once does not any more.
_TO_FINISH = (ConnectionState.DISCONNECTED, ConnectionState.RECONNECT)


def _app() -> App:
    if not (settings.WIX_APP_ID and settings.WIX_APP_SECRET):
        raise Stop(say(texts.NO_KEYS, name=NAME, detail="WIX_APP_ID, WIX_APP_SECRET"))
    return App(settings.WIX_APP_ID, settings.WIX_APP_SECRET, settings.WIX_PUBLIC_KEY)


def _proven(signed: str, refusal: Promise) -> str:
    """The instance that Wix vouches for; one that is merely named is never looked at."""
    app = _app()
    try:
        asking = Transport(connect_timeout=_PATIENCE_SECONDS, read_timeout=_PATIENCE_SECONDS)
        return instance_proven(signed, app=app, api_url=settings.WIX_API_URL, transport=asking)
    except NotProven:
        raise Stop(say(refusal, name=NAME)) from None
    except RemoteError as error:
        raise Stop(error_in_words(error, NAME)) from error


# -- from here ---------------------------------------------------------------------------------------------------------


@login_required
@require_POST
@stops_at(LIST, NAME)
def start(request: HttpRequest) -> HttpResponse:
    """Send an owner to Wix: `business=ID`, and `connection=ID` to renew one."""
    state = ask(request, NAME, StoreConnection)
    back = f"{address_of(CALLBACK)}?asked={state}"
    return redirect(install_address(install_url=settings.WIX_INSTALL_URL, app_id=_app().id, back=back))


@login_required
@require_GET
@never_cache
@stops_at(LIST, NAME)
def callback(request: HttpRequest) -> HttpResponse:
    """The owner comes back from Wix, where the app was added to a site."""
    business, renewed = asked(request, NAME, request.GET.get("asked", ""), StoreConnection)
    signed = request.GET.get("signedInstance", "")
    if not signed:
        raise Stop(say(texts.INCOMPLETE, name=NAME))
    store = _connected(request, business, _proven(signed, texts.NOT_PROVEN), renewed)
    return redirect(way_back(request.session, NAME) or page_of(store))


def _connected(
    request: HttpRequest, business: Business, instance: str, renewed: StoreConnection | None = None
) -> StoreConnection:
    try:
        store = connected(business, StoreProvider.WIX, instance, {}, renewed)
    except RemoteError as error:
        raise Stop(error_in_words(error, NAME)) from error
    tell_change(request, store, "connected")
    messages.success(request, say(texts.CONNECTED, name=store))
    return store


# -- from Wix ----------------------------------------------------------------------------------------------------------


@require_GET
@never_cache
@xframe_options_exempt
def framed(request: HttpRequest) -> HttpResponse:
    """The app's page in the dashboard of a site, in a frame: it knows nobody, sets no cookie, shows nothing of anybody,
    and leads to a page of its own. Whoever is new here signs in there and says for which business the site is."""
    context = {"title": "Tillbridge", "problem": "", "is_connected": False, "link": address_of("admin:index")}
    try:
        instance = _proven(request.GET.get("instance", ""), texts.NOT_OPENED_THERE)
    except Stop as stop:
        context["problem"] = str(stop)
    else:
        connected_to = StoreConnection.objects.filter(provider=StoreProvider.WIX, account_id=instance)
        context["is_connected"] = connected_to.exclude(state__in=_TO_FINISH).exists()
        if not context["is_connected"]:
            carried = signing.dumps(instance, salt=_CARRIED)
            context["link"] = f"{address_of('connect:wix_finish')}?site={carried}"
    answer = render(request, "integrations/wix_framed.html", context)
    answer["Content-Security-Policy"] = f"frame-ancestors {settings.WIX_DASHBOARDS}"
    return answer


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def finish(request: HttpRequest) -> HttpResponse:
    """Connect the site that somebody came from, for a business of theirs."""
    try:
        instance = signing.loads(request.GET.get("site", ""), salt=_CARRIED, max_age=_CARRIED_SECONDS)
    except signing.BadSignature:
        messages.error(request, say(texts.TOO_LATE))
        return redirect(LIST)
    form = OwnedBusinessForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(page_of(_connected(request, form.business, instance)))
        except Stop as stop:
            form.add_error(None, str(stop))
    intro = _("The app is installed on your site. Choose the business in whose books the site's orders belong.")
    return connect_page(request, form, title=_("Connect a Wix site"), intro=intro)


# -- by key ------------------------------------------------------------------------------------------------------------


@login_required
@never_cache
@sensitive_post_parameters("api_key")
@require_http_methods(["GET", "POST"])
def key(request: HttpRequest) -> HttpResponse:
    """Connect with a site id and an API key."""
    return credential_page(
        request,
        WixKeyForm,
        StoreProvider.WIX,
        title=_("Connect a Wix site"),
        intro=_("For a site of your own to which no app can be added. The key is tried first and stored encrypted."),
    )
