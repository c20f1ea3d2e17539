"""The setup pages, which are also the pages on which everything is changed later (L10). Thin: see `sync.wizard`."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import Act, businesses_for, may, scoped
from accounts.admin_scope import allows, runs_installation
from accounts.models import Business
from integrations import connecting
from integrations.connect_texts import error_in_words
from integrations.errors import RemoteError
from integrations.models import BooksConnection, Integration, StoreConnection
from sync.forms.base import StepForm
from sync.forms.begin import BusinessForm, PairForm
from sync.services.changes import author, changes_note, changes_noted
from sync.views.common import show
from sync.views.fixing import back_to_inbox
from sync.wizard import golive, survey
from sync.wizard.beginning import integration_begin
from sync.wizard.patience import page_clock
from sync.wizard.setup import Setup
from sync.wizard.steps import STEPS, Step, example_number, step_after, step_named, step_to_resume, steps_of

_SIDES: dict[str, type[StoreConnection] | type[BooksConnection]] = {"store": StoreConnection, "books": BooksConnection}
_SETTINGS = ("orders", "items", "payments", "refunds", "products", "stock")


# -- before there is an integration ------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Which business is set up; unfinished setups go on from here."""
    may_add = runs_installation(request)
    form = BusinessForm(request.POST or None) if may_add else None
    if request.method == "POST":
        if form is None:
            raise PermissionDenied
        if form.is_valid():
            business = Business.objects.create(name=form.cleaned_data["name"])
            return redirect("sync:setup_connect", business.pk, "store")
    businesses = businesses_for(request.user, Act.WORK)
    if not may_add and not businesses.exists():
        raise PermissionDenied
    drafts = Integration.objects.filter(live_at__isnull=True, business__in=businesses).select_related("business")
    context = {"businesses": businesses, "drafts": drafts, "form": form}
    return show(request, "sync/wizard_start.html", title=_("Set up an integration"), **context)


@require_http_methods(["GET", "POST"])
def connect(request: HttpRequest, business_pk: int, side: str) -> HttpResponse:
    """Connect the store, then the company; then the two become a draft integration."""
    business = _working_business(request, business_pk)
    if side not in _SIDES:
        raise Http404
    form = PairForm(request.POST or None, business=business) if side == "books" else None
    if form is not None and request.method == "POST" and form.is_valid():
        return _begin(request, form)
    titles = {"store": _("Connect the store"), "books": _("Connect QuickBooks")}
    context = {
        "business": business,
        "side": side,
        "form": form,
        "connections": _SIDES[side].objects.filter(business=business).defer("credentials").order_by("name"),
        "may_own": may(request.user, business, Act.OWN),
        "here": request.path,
        "steps": STEPS,
    }
    return show(request, "sync/wizard_connect.html", title=titles[side], **context)


def _begin(request: HttpRequest, form: PairForm) -> HttpResponse:
    """Make the draft, then look at the store: taxes, payment methods and SKUs are known before they are asked for."""
    given = form.cleaned_data
    integration = integration_begin(store=given["store"], books=given["books"], slug=given["slug"])
    changes_note(integration, before={}, by=author(request.user), at=timezone.now())
    for error in survey.look(integration, clock=page_clock()):
        messages.warning(request, error_in_words(error, integration.store))
    return redirect("sync:setup_step", integration.pk, "options")


# -- the pages of an integration ---------------------------------------------------------------------------------------


@require_GET
def resume(request: HttpRequest, pk: int) -> HttpResponse:
    """Where the setup goes on, after a minute or a month."""
    setup = Setup.of(_working_integration(request, pk))
    step = step_to_resume(setup) if setup.is_configurable else STEPS[0]
    return redirect("sync:setup_step", pk, step.id)


@require_http_methods(["GET", "POST"])
def step(request: HttpRequest, pk: int, step_id: str) -> HttpResponse:
    """One page: shown, or saved and left for the next one."""
    setup = Setup.of(_working_integration(request, pk))
    page = _step_or_404(setup, step_id)
    if not setup.is_configurable and page.id not in _SIDES:
        messages.warning(request, _("First both connections must have answered."))
        return redirect("sync:setup_step", pk, "store")
    form = page.form(setup, request.POST if request.method == "POST" else None) if page.form else None
    if request.method == "POST" and _saved(request, setup, page, form):
        return _go_on(request, setup, page)
    title = f"{page.title} · {setup.integration}"
    return show(request, page.template, title=title, **_shown(request, setup, page, form))


def _saved(request: HttpRequest, setup: Setup, page: Step, form: StepForm | None) -> bool:
    """Whether the page could be saved; what is wrong is said on its form, which keeps what was typed."""
    if page.id == "live":
        return True
    if form is not None and not (form.is_valid() and _prepared(setup, form)):
        return False
    with changes_noted(setup.integration, by=author(request.user)):
        if form is not None:
            form.keep()
        setup.progress.note_saved(page.id)
    return True


def _prepared(setup: Setup, form: StepForm) -> bool:
    try:
        form.prepare(page_clock())
    except RemoteError as error:
        form.add_error(None, error_in_words(error, setup.integration.books))
        return False
    return True


def _go_on(request: HttpRequest, setup: Setup, page: Step) -> HttpResponse:
    if page.id == "live":
        return _live(request, setup)
    if not setup.is_draft:
        if (inbox := back_to_inbox(request, setup.integration)) is not None:
            return inbox
        messages.success(request, _("Saved."))
        return redirect("sync:setup_step", setup.integration.pk, page.id)
    fresh = Setup.of(_working_integration(request, setup.integration.pk))
    return redirect("sync:setup_step", setup.integration.pk, step_after(fresh, page).id)


def _live(request: HttpRequest, setup: Setup) -> HttpResponse:
    try:
        with changes_noted(setup.integration, by=author(request.user)):
            golive.integration_go_live(setup)
    except golive.NotReady:
        messages.error(request, _("Something still stands in the way: see below."))
        return redirect("sync:setup_step", setup.integration.pk, "live")
    messages.success(request, _("“%(name)s” is live. The first sync starts in a moment.") % {"name": setup.integration})
    return redirect("admin:index")


def _shown(request: HttpRequest, setup: Setup, page: Step, form: StepForm | None) -> dict[str, Any]:
    integration = setup.integration
    steps = steps_of(setup) if setup.is_configurable else list(STEPS[:2])
    following = step_after(setup, page)
    return {
        **page.more(setup, request.GET),
        "setup": setup,
        "integration": integration,
        "step": page,
        "form": form,
        "media": form.media if form is not None else "",
        "steps": [{"step": one, "is_complete": one.is_complete(setup)} for one in steps],
        "following": following if following is not page else None,
        "before": steps[steps.index(page) - 1] if page in steps and steps.index(page) else None,
        "may_own": may(request.user, integration.business, Act.OWN),
        "connection": getattr(integration, page.id) if page.id in _SIDES else None,
        "here": request.path,
        "preview_url": reverse("sync:preview", args=[integration.pk]),
    }


@require_GET
def number(request: HttpRequest, pk: int) -> JsonResponse:
    """How a document would be numbered under the prefix that is being typed."""
    setup = Setup.of(_working_integration(request, pk))
    return JsonResponse(example_number(setup, request.GET.get("prefix", "")[:15]))


@require_POST
def refresh(request: HttpRequest, pk: int, step_id: str) -> HttpResponse:
    """Look at the store, and at the company's lists, once more."""
    setup = Setup.of(_working_integration(request, pk))
    page = _step_or_404(setup, step_id)
    try:
        _look_again(request, setup, page.id)
    except RemoteError as error:
        messages.error(request, error_in_words(error, _("The account")))
    return redirect("sync:setup_step", pk, page.id)


def _look_again(request: HttpRequest, setup: Setup, step_id: str) -> None:
    integration = setup.integration
    if step_id == "items":
        found = survey.look_at_products(integration, clock=page_clock())
        text = ngettext("%(count)d product was checked.", "%(count)d products were checked.", found.seen)
        messages.success(request, text % {"count": found.seen})
        return
    clock = page_clock()
    company = connecting.check_books(integration.books, clock=clock)
    connecting.check_store(integration.store, clock=clock)
    made = survey.look_at_orders(integration, company=company, clock=clock)
    text = ngettext("%(count)d new row was found.", "%(count)d new rows were found.", made)
    messages.success(request, _("The lists are up to date.") + " " + text % {"count": made})


def may_set_up(request: HttpRequest) -> bool:
    """Whether the setup is in the user's sidebar."""
    return runs_installation(request) or allows(request, Act.WORK)


# -- shared ------------------------------------------------------------------------------------------------------------


def _working_business(request: HttpRequest, pk: int) -> Business:
    """404 for strangers, 403 for members who only read."""
    business = get_object_or_404(businesses_for(request.user), pk=pk)
    if not may(request.user, business, Act.WORK):
        raise PermissionDenied
    return business


def _working_integration(request: HttpRequest, pk: int) -> Integration:
    rows = Integration.objects.select_related("business", "store", "books", *_SETTINGS)
    rows = rows.defer("store__credentials", "books__credentials")
    integration: Integration = get_object_or_404(scoped(rows, request.user), pk=pk)
    if not may(request.user, integration.business, Act.WORK):
        raise PermissionDenied
    return integration


def _step_or_404(setup: Setup, step_id: str) -> Step:
    if setup.is_configurable:
        found = step_named(setup, step_id)
    else:
        found = next((one for one in STEPS if one.id == step_id), None)
    if found is None:
        raise Http404
    return found
