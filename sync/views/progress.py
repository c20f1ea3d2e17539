"""Sync now and Sync all with their progress, pause and resume (S4, S5)."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from accounts.access import Act, may
from sync.models import Run, RunState
from sync.reports.overview import current_runs
from sync.services.syncing import integration_pause, integration_resume, sync_ask, sync_ask_each
from sync.views.common import back, integration_for, integrations_of, member

_LIVE = (RunState.QUEUED, RunState.RUNNING)


@require_POST
def sync_now(request: HttpRequest, pk: int) -> HttpResponse:
    """Have the integration synchronised as soon as a worker is free."""
    integration = integration_for(request, pk, Act.WORK)
    if integration.live_at is None:
        messages.warning(request, _("Finish the setup of “%(name)s” first.") % {"name": integration})
    else:
        sync_ask(integration, user=member(request), now=timezone.now())
        messages.info(request, _("“%(name)s” is being synchronised.") % {"name": integration})
    return back(request, reverse("admin:index"))


@require_POST
def sync_all(request: HttpRequest) -> HttpResponse:
    """Have everything synchronised that the user may synchronise and that nobody has paused."""
    if not may(member(request), None, Act.WORK):
        raise PermissionDenied
    running = integrations_of(request, Act.WORK).filter(paused=False)
    say_asked(request, sync_ask_each(running, user=member(request), now=timezone.now()))
    return back(request, reverse("admin:index"))


def say_asked(request: HttpRequest, count: int) -> None:
    """How many syncs begin."""
    text = ngettext("%d integration is being synchronised.", "%d integrations are being synchronised.", count)
    messages.add_message(request, messages.INFO if count else messages.WARNING, text % count)


@require_POST
def pause(request: HttpRequest, pk: int) -> HttpResponse:
    """No automatic syncs until somebody resumes them."""
    integration = integration_for(request, pk, Act.WORK)
    integration_pause(integration, user=member(request))
    text = _("“%(name)s” is paused: nothing is synchronised by itself. Orders wait in the store, and none is lost.")
    messages.success(request, text % {"name": integration})
    return back(request, reverse("admin:index"))


@require_POST
def resume(request: HttpRequest, pk: int) -> HttpResponse:
    """Automatic syncs go on."""
    integration = integration_for(request, pk, Act.WORK)
    integration_resume(integration, user=member(request))
    messages.success(request, _("“%(name)s” is synchronised by itself again.") % {"name": integration})
    return back(request, reverse("admin:index"))


@require_GET
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """How far the integration's sync is, as JSON: {"live": bool, "text": str, "percent": int or null}."""
    integration = integration_for(request, pk)
    run = current_runs([integration.pk], now=timezone.now()).get(integration.pk)
    return JsonResponse(progress_of(run) if run else {"live": False, "text": _("The sync has ended."), "percent": 100})


def progress_of(run: Run) -> dict[str, Any]:
    """What a progress bar shows of a run; no percentage while nobody knows how much there is to do."""
    percent = min(100, run.seen * 100 // run.expected) if run.expected else None
    return {"live": run.state in _LIVE, "text": _text(run), "percent": percent}


def _text(run: Run) -> str:
    if run.state == RunState.QUEUED:
        return _("Waiting for a free worker…")
    if run.expected is None:
        return _("Reading the store…")
    text = ngettext("%(seen)s of %(expected)s order", "%(seen)s of %(expected)s orders", run.expected)
    return text % {"seen": run.seen, "expected": run.expected}
