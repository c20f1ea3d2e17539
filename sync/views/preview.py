"""What orders would become in QuickBooks, and what changed settings would make of them (L4). Nothing is sent or
saved."""

from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import Act, scoped
from integrations.errors import RemoteError
from integrations.fields import UnreadableSecret
from integrations.models import Integration
from sync.admin.unsaved import integration_page_unsaved, mapping_page_unsaved
from sync.engine.compare import Unsaved, compare
from sync.engine.preview import NotReady, PreviewedOrder, preview_orders
from sync.forms.base import StepForm
from sync.forms.unsaved import step_unsaved
from sync.models import ModuleSettings, PaymentMapping, ProductMatch, Record, TaxMapping
from sync.reports.posted import posted_documents
from sync.services.previewing import next_orders, no_preview_in_words
from sync.views.common import demand, integration_for, member, number_in, show
from sync.wizard.setup import Setup
from sync.wizard.steps import step_named

LIMITS = (10, 30, 50)
_MAPPINGS: Mapping[str, type[Any]] = {
    "modulesettings": ModuleSettings,
    "taxmapping": TaxMapping,
    "paymentmapping": PaymentMapping,
    "productmatch": ProductMatch,
}
_SECRETS = ("store__credentials", "books__credentials")


@require_GET
def orders(request: HttpRequest, pk: int) -> HttpResponse:
    """The next orders of an integration; `?limit=` says how many."""
    integration = _whole(integration_for(request, pk))
    limit = number_in(request, "limit", otherwise=LIMITS[0])
    limit = limit if limit in LIMITS else LIMITS[0]
    found = next_orders(integration, limit=limit)
    return show(
        request,
        "sync/preview.html",
        title=_("Preview: %(integration)s") % {"integration": integration},
        integration=integration,
        orders=found.orders,
        problem=found.problem,
        limit=limit,
        limits=LIMITS,
    )


@require_GET
def record(request: HttpRequest, pk: int) -> HttpResponse:
    """One order: what would be made of it, or what is in the books; a refund stands behind its order."""
    rows = Record.objects.select_related("order", "integration__business", "integration__store", "integration__books")
    rows = rows.defer("payload", "order__payload", *(f"integration__{secret}" for secret in _SECRETS))
    found = get_object_or_404(scoped(rows, member(request), "integration__business"), pk=pk)
    previewed: list[PreviewedOrder] = []
    problem: str | Promise = ""
    order = found.order or found
    try:
        previewed = preview_orders(found.integration, refs=[order.store_ref])
    except NotReady as error:
        problem = no_preview_in_words(error, found.integration)
    return show(
        request,
        "sync/preview_record.html",
        title=_("Preview of order %(number)s") % {"number": order},
        integration=found.integration,
        record=found,
        orders=previewed,
        posted=posted_documents(found),
        problem=problem,
    )


@require_POST
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """What the settings page of the integration would change, as it was filled in."""
    integration = integration_for(request, pk, Act.WORK)
    back = reverse("admin:integrations_integration_change", args=[pk])
    return _changed(request, integration, lambda: integration_page_unsaved(request, pk), back)


@require_POST
def change_step(request: HttpRequest, pk: int, step_id: str) -> HttpResponse:
    """What one page of the setup would change, as it was filled in."""
    integration = integration_for(request, pk, Act.WORK)
    setup = Setup.of(_whole(integration))
    step = step_named(setup, step_id)
    if step is None or step.form is None:
        raise Http404
    form = step.form(setup, request.POST)

    def unsaved() -> Unsaved:
        if not form.is_valid():
            raise ValidationError(_complaints(form))
        return step_unsaved(form)

    return _changed(request, integration, unsaved, reverse("sync:setup_step", args=[pk, step_id]))


@require_POST
def change_mapping(request: HttpRequest, model: str, pk: int) -> HttpResponse:
    """What the page of one mapping would change, as it was filled in."""
    if model not in _MAPPINGS:
        raise Http404
    rows = _MAPPINGS[model]._default_manager.select_related("integration__business")  # noqa: SLF001 - Django's own name
    mapping = get_object_or_404(scoped(rows, member(request), "integration__business"), pk=pk)
    demand(request, mapping.integration.business, Act.WORK)
    back = reverse(f"admin:sync_{model}_change", args=[pk])
    return _changed(request, mapping.integration, lambda: mapping_page_unsaved(request, mapping), back)


def _complaints(form: StepForm) -> list[str]:
    """What is wrong with a form, field by field."""
    titles = {name: f"{field.label}: " for name, field in form.fields.items()}
    return [f"{titles.get(name, '')}{text}" for name, texts in form.errors.items() for text in texts]


def _changed(
    request: HttpRequest, integration: Integration, unsaved: Callable[[], Unsaved], back_url: str
) -> HttpResponse:
    context: dict[str, object] = {"integration": integration, "back_url": back_url}
    try:
        context["comparison"] = compare(_whole(integration), unsaved())
    except ValidationError as error:
        context["complaints"] = error.messages
    except (NotReady, RemoteError, UnreadableSecret) as error:
        context["problem"] = no_preview_in_words(error, integration)
    return show(request, "sync/preview_change.html", title=_("What would change"), **context)


def _whole(integration: Integration) -> Integration:
    """The integration with what deciding needs of its connections, all but their secrets."""
    rows = Integration.objects.select_related("business", "store", "books").defer(*_SECRETS)
    return rows.get(pk=integration.pk)
