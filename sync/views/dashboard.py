"""The first page (L11): is everything in the books, and if not, what is to be done."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.access import Act
from accounts.admin_scope import allows
from integrations.models import ConnectionState
from integrations.tokens import consent_end, ends_soon
from sync.admin import showing
from sync.models import PushState, StockPush
from sync.reports.alarms import alarms_for
from sync.reports.inbox import Amount
from sync.reports.overview import Figures, Period, Verdict, add_amount, count_period, figures, period
from sync.views.charts import chart
from sync.views.common import integrations_of, number_in, started_at
from sync.views.inbox import amounts_shown
from sync.views.progress import progress_of

PERIODS = (7, 30, 90)
_A_PAGE = 25

_COLOURS: Mapping[Verdict, str] = {
    Verdict.DRAFT: "info",
    Verdict.DISCONNECTED: "danger",
    Verdict.WAITS: "warning",
    Verdict.STOPPED: "warning",
    Verdict.NEVER: "info",
    Verdict.SOON: "info",
    Verdict.COMPLETE: "success",
}
_LABELS: Mapping[Verdict, Callable[[Figures], str]] = {
    Verdict.DRAFT: lambda _one: _("Setup not finished"),
    Verdict.DISCONNECTED: lambda _one: _("Connection needed"),
    Verdict.WAITS: lambda one: ngettext("%d order waits", "%d orders wait", one.waits) % one.waits,
    Verdict.STOPPED: lambda _one: _("Last sync stopped early"),
    Verdict.NEVER: lambda _one: _("Not synchronised yet"),
    Verdict.SOON: lambda one: _("%d with the next sync") % one.new,
    Verdict.COMPLETE: lambda _one: _("All in the books"),
}


@dataclass(frozen=True, slots=True)
class Headline:
    """The answer in one sentence; `detail` says what to do, at `url`."""

    colour: str
    icon: str
    text: str
    detail: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """An integration as the page shows it."""

    figures: Figures
    colour: str
    label: str
    url: str
    inbox_url: str
    last: str | SafeString
    last_state: tuple[str, str] | None
    last_url: str
    next: str | SafeString
    connections: str
    consent: str
    consent_ends_soon: bool
    soon: int
    posted: str
    stock_waits: bool
    progress: dict[str, Any] | None
    may_work: bool


def overview(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """The first page's context; the number of statements does not depend on how many integrations there are."""
    now, days = timezone.now(), _days(request)
    found = figures(integrations_of(request), now=now)
    integrations = [one.integration for one in found]
    chosen, currency = number_in(request, "integration"), request.GET.get("currency", "")
    whole = charted = period(integrations, now=now, days=days, currency=currency)
    if chosen:
        only = [one for one in integrations if one.pk == chosen]
        charted = period(only, now=now, days=days, currency=currency)
    ordered = sorted(found, key=lambda one: list(Verdict).index(one.verdict))
    page = Paginator(ordered, _A_PAGE).get_page(request.GET.get("page"))
    count_period(page.object_list, whole.days)
    return {
        **context,
        "title": _("Dashboard"),
        "found": found,
        "headline": _headline(found),
        "alarms": alarms_for(integrations, now=now, started_at=started_at()),
        "tiles": _tiles(found, whole),
        "page": page,
        "rows": _rows(request, page.object_list),
        "is_live": any(one.current_run for one in found),
        "chart": chart(charted),
        "periods": PERIODS,
        "days": days,
        "chosen": chosen,
        "may_work": allows(request, Act.WORK),
        "may_sync_all": sum(_goes_with_all(request, one) for one in found) > 1,
    }


def _days(request: HttpRequest) -> int:
    days = number_in(request, "days")
    return days if days in PERIODS else 30


# -- the answer --------------------------------------------------------------------------------------------------------


def _headline(found: Sequence[Figures]) -> Headline | None:
    live = [one for one in found if one.verdict is not Verdict.DRAFT]
    if not live:
        return None
    outside = sum(one.waits - one.differs for one in live)
    differs = sum(one.differs for one in live)
    if outside or differs:
        return _waiting_headline(live, outside, differs)
    return _quiet_headline(live)


def _waiting_headline(live: Sequence[Figures], outside: int, differs: int) -> Headline:
    parts = []
    if outside:
        text = ngettext("%d order is not in the books yet.", "%d orders are not in the books yet.", outside)
        parts.append(text % outside)
    if differs:
        text = ngettext("%d document differs from its order.", "%d documents differ from their orders.", differs)
        parts.append(text % differs)
    amounts = amounts_shown(_waiting_sum(live))
    detail = _("Together %(amounts)s. The inbox says why, and what to do.") % {"amounts": amounts}
    return Headline("warning", "inbox", " ".join(parts), detail, reverse("sync:inbox"))


def _quiet_headline(live: Sequence[Figures]) -> Headline:
    worst = min((one.verdict for one in live), key=list(Verdict).index)
    named = ", ".join(str(one.integration) for one in live if one.verdict is worst)
    if worst is Verdict.DISCONNECTED:
        detail = _("Nothing is lost: orders wait until the connection is made again.")
        return Headline("danger", "link_off", _("A connection is needed: %(names)s.") % {"names": named}, detail)
    if worst is Verdict.STOPPED:
        detail = _("All that was read is in the books. The next sync goes on where it stopped.")
        return Headline(
            "warning", "sync_problem", _("The last sync stopped early: %(names)s.") % {"names": named}, detail
        )
    if worst is Verdict.NEVER and all(one.current_run for one in live if one.verdict is worst):
        text = _("The first sync is under way: %(names)s.") % {"names": named}
        return Headline("info", "sync", text, _("What it posts appears here when it has ended."))
    if worst is Verdict.NEVER:
        detail = _("The first sync starts by itself, or with “Sync now”.")
        return Headline("info", "hourglass_empty", _("Not synchronised yet: %(names)s.") % {"names": named}, detail)
    soon = sum(one.new for one in live)
    if soon:
        text = ngettext(
            "Everything is in the books but %d order, which goes with the next sync.",
            "Everything is in the books but %d orders, which go with the next sync.",
            soon,
        )
        return Headline("info", "schedule", text % soon)
    return Headline("success", "check_circle", _("Everything is in the books."))


def _waiting_sum(found: Iterable[Figures]) -> list[Amount]:
    total: list[Amount] = []
    for one in found:
        for amount in one.waiting:
            add_amount(total, amount)
    return total


def _tiles(found: Sequence[Figures], whole: Period) -> list[dict[str, Any]]:
    inbox, days = reverse("sync:inbox"), len(whole.days)
    return [
        {
            "title": _("Came in"),
            "count": whole.came_in,
            "detail": ngettext("in %d day", "in the last %d days", days) % days,
        },
        {"title": _("In the books"), "count": whole.posted, "detail": amounts_shown(whole.posted_amounts)},
        {
            "title": _("Waiting"),
            "count": sum(one.waits for one in found),
            "detail": amounts_shown(_waiting_sum(found)),
            "url": inbox,
        },
        {"title": _("Differs in QuickBooks"), "count": sum(one.differs for one in found), "url": inbox},
    ]


# -- integrations ------------------------------------------------------------------------------------------------------


def _rows(request: HttpRequest, shown: Iterable[Figures]) -> list[Row]:
    pks = [one.integration.pk for one in shown]
    waiting = StockPush.objects.filter(integration__in=pks, state=PushState.WAITING)
    asking = set(waiting.values_list("integration_id", flat=True))
    return [_row(request, one, stock_waits=one.integration.pk in asking) for one in shown]


def _row(request: HttpRequest, one: Figures, *, stock_waits: bool) -> Row:
    integration, run = one.integration, one.last_run
    end = consent_end(integration.books)
    return Row(
        figures=one,
        colour="info" if one.current_run else _COLOURS[one.verdict],
        label=_("Synchronising") if one.current_run else _LABELS[one.verdict](one),
        url=reverse("admin:integrations_integration_change", args=[integration.pk]),
        inbox_url=f"{reverse('sync:inbox')}?integration={integration.pk}",
        last=showing.moment(run.started_at, integration) if run else _("Never"),
        last_state=(showing.RUN_COLOURS.get(run.state, ""), run.get_state_display()) if run else None,
        last_url=reverse("admin:sync_run_change", args=[run.pk]) if run else "",
        next=_next(one),
        connections=_connections(one),
        consent=date_format(end, "DATE_FORMAT") if end else "",
        consent_ends_soon=ends_soon(integration.books, timezone.now()) is not None,
        soon=one.new + one.released,
        posted=amounts_shown(one.posted_amounts),
        stock_waits=stock_waits,
        progress=progress_of(one.current_run) if one.current_run else None,
        may_work=allows(request, Act.WORK, integration.business_id),
    )


def _connections(one: Figures) -> str:
    """Whether both answer; else which of them does not, and why."""
    if one.is_connected:
        return _("Both answer")
    sides = (one.integration.store, one.integration.books)
    broken = [side for side in sides if side.state != ConnectionState.CONNECTED]
    return ", ".join(_("%(name)s: %(state)s") % {"name": side, "state": side.get_state_display()} for side in broken)


def _goes_with_all(request: HttpRequest, one: Figures) -> bool:
    integration = one.integration
    may_work = allows(request, Act.WORK, integration.business_id)
    return may_work and integration.live_at is not None and not integration.paused


def _next(one: Figures) -> str | SafeString:
    if one.integration.paused:
        return _("Paused")
    return showing.moment(one.next_sync, one.integration) if one.next_sync else _("When somebody asks")
