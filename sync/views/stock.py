"""Pushes of stock levels: the table of old and new levels, and what a person decides about it (K2)."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import Act, scoped
from accounts.models import User
from sync.flows.stock import waiting_push
from sync.models import StockPush
from sync.services.stock import push_approve, push_reject, push_restore
from sync.services.syncing import sync_ask
from sync.views.common import demand, integration_for, member


@require_GET
def waiting(request: HttpRequest, pk: int) -> HttpResponse:
    """The table that waits for somebody; without one, the pushes so far."""
    integration = integration_for(request, pk)
    push = waiting_push(integration)
    if push is not None:
        return redirect("admin:sync_stockpush_change", push.pk)
    return redirect(f"{reverse('admin:sync_stockpush_changelist')}?integration__id__exact={pk}")


@require_POST
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Let exactly the table that was shown go."""
    digest = request.POST.get("digest", "")
    return _decide(
        request,
        pk,
        lambda user: push_approve(pk, digest=digest, user=user, now=timezone.now()),
        _("Approved. The levels are set in the store with a sync that starts in a moment."),
    )


@require_POST
def reject(request: HttpRequest, pk: int) -> HttpResponse:
    """Leave the store's levels as they are."""
    digest = request.POST.get("digest", "")
    return _decide(
        request,
        pk,
        lambda user: push_reject(pk, digest=digest, user=user, now=timezone.now()),
        _("Rejected. The store's levels stay as they are; you are asked again when other levels would be set."),
        syncs=False,
    )


@require_POST
def restore(request: HttpRequest, pk: int) -> HttpResponse:
    """Bring back each level that is still what the push made it."""
    return _decide(
        request,
        pk,
        lambda user: push_restore(pk, user=user, now=timezone.now()),
        _("The levels before are brought back with a sync that starts in a moment."),
    )


def _decide(
    request: HttpRequest, pk: int, decision: Callable[[User], bool], done: str, *, syncs: bool = True
) -> HttpResponse:
    pushes = scoped(StockPush.objects.select_related("integration__business"), member(request), "integration__business")
    push = get_object_or_404(pushes, pk=pk)
    demand(request, push.integration.business, Act.WORK)
    if not decision(member(request)):
        messages.warning(request, _("Nothing was done: these levels are not what they were. Look at them again."))
        return redirect("sync:stock", push.integration_id)
    if syncs and push.integration.live_at is not None:
        sync_ask(push.integration, user=member(request), now=timezone.now())
    messages.success(request, done)
    return redirect("admin:sync_stockpush_change", pk)
