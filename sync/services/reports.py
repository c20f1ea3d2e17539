"""Sends the e-mail reports of integrations: after syncs, daily or weekly (S3).

A report tells what happened since the last one that went out. One that a mail server refused is therefore part of the
next; nothing here ever stops or fails a sync.
"""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Role, User
from integrations.models import Integration, ReportWhen
from sync.models import ReportState, Run
from sync.reports.alarms import Alarm, AlarmKind, alarms_for
from sync.reports.mail import SyncReport, has_new_trouble, sync_report
from sync.services.mailing import Recipient, claimed, mail_send

# Daily and weekly reports are on the desk when work begins, by the clock of the integration's time zone.
AT = time(7)
MONDAY = 0
_AFTER_SYNCS = (ReportWhen.PROBLEMS, ReportWhen.ALWAYS)
_STOPPING = (AlarmKind.RECONNECT, AlarmKind.MISCONFIGURED)
_BY_THE_CALENDAR = (ReportWhen.DAILY, ReportWhen.WEEKLY)


def report_after_run(run: Run, *, now: datetime) -> bool:
    """Report on what happened up to the end of this run, if its integration wants that; whether a mail went out."""
    integration = Integration.objects.select_related("business").get(pk=run.integration_id)
    if run.dry_run or integration.report_when not in _AFTER_SYNCS:
        return False
    _state(integration, run.started_at - timedelta(microseconds=1))
    return _report(integration, now=now)


def reports_send_due(*, now: datetime) -> int:
    """Send the daily and weekly reports whose hour has come; returns how many went out."""
    ReportState.objects.filter(integration__report_when=ReportWhen.OFF).delete()
    wanting = Integration.objects.filter(report_when__in=_BY_THE_CALENDAR, paused=False, live_at__isnull=False)
    sent = 0
    for integration in wanting.select_related("business").order_by("pk"):
        due = due_at(integration, now)
        if _state(integration, now).reported_until < due:
            sent += _report(integration, now=now)
    return sent


def due_at(integration: Integration, now: datetime) -> datetime:
    """The latest moment, not after `now`, at which a report of this integration was due."""
    zone = ZoneInfo(integration.time_zone)
    day = now.astimezone(zone).date()
    if datetime.combine(day, AT, zone) > now:
        day -= timedelta(days=1)
    if integration.report_when == ReportWhen.WEEKLY:
        day -= timedelta(days=(day.weekday() - MONDAY) % 7)
    return datetime.combine(day, AT, zone)


def _state(integration: Integration, since: datetime) -> ReportState:
    """Up to when was told; the first report begins at `since`."""
    return ReportState.objects.get_or_create(integration=integration, defaults={"reported_until": since})[0]


def _report(integration: Integration, *, now: datetime) -> bool:
    """Send the report if there is anything worth it and nobody else is at it, and note how far it tells."""
    for state in claimed(ReportState.objects.filter(integration=integration), now=now):
        told = False
        try:
            worth = _is_worth_it(integration, state.reported_until, now)
            sent = worth and _send(integration, state.reported_until, now)
            told = sent or not worth
        finally:
            until = {"reported_until": now} if told else {}
            ReportState.objects.filter(integration=integration).update(claimed_at=None, **until)
        return sent
    return False


def _is_worth_it(integration: Integration, since: datetime, until: datetime) -> bool:
    return integration.report_when != ReportWhen.PROBLEMS or has_new_trouble(integration, since=since, until=until)


def _send(integration: Integration, since: datetime, until: datetime) -> bool:
    with translation.override(integration.report_language):
        report = sync_report(integration, since=since, until=until)
    alarms = _alarms(integration, report, until)
    return mail_send(
        recipients_of(integration),
        template="report",
        subject=lambda: _("%(name)s: %(state)s") % {"name": integration.slug, "state": headline(report)},
        context=lambda: {"report": report, "headline": headline(report), "alarms": alarms, **_places(integration)},
    )


def _alarms(integration: Integration, report: SyncReport, now: datetime) -> list[Alarm]:
    """The integration's own; a connection that the report's first sentence tells of is not told of again."""
    own = [alarm for alarm in alarms_for([integration], now=now) if alarm.business_id is not None]
    return [alarm for alarm in own if not (report.stopped and alarm.kind in _STOPPING)]


def _places(integration: Integration) -> dict[str, str]:
    """The pages that the report leads to, and the zone of its times."""
    of_it = f"?integration__id__exact={integration.pk}"
    return {
        "waiting_url": f"{reverse('sync:inbox')}?integration={integration.pk}",
        "log_url": f"{reverse('admin:sync_logentry_changelist')}{of_it}",
        "settings_url": reverse("admin:integrations_integration_change", args=[integration.pk]),
        "zone": integration.time_zone,
    }


def recipients_of(integration: Integration) -> list[Recipient]:
    """Whom the settings name; where they name nobody, the owners of the business."""
    addresses = [str(address) for address in integration.report_recipients]
    if not addresses:
        owners = User.objects.filter(memberships__business=integration.business_id, memberships__role=Role.OWNER)
        addresses = list(owners.filter(is_active=True).exclude(email="").values_list("email", flat=True))
    return [Recipient(address, integration.report_language) for address in sorted(set(addresses))]


def headline(report: SyncReport) -> str:
    """Is everything in the books? In one line."""
    if report.stopped:
        return _("the last sync could not do its work")
    if report.waits and report.only_orders_wait:
        return ngettext("%d order waits for you", "%d orders wait for you", report.waits) % report.waits
    if report.waits:
        return ngettext("%d record waits for you", "%d records wait for you", report.waits) % report.waits
    return _("everything is in the books")
