"""Tells by mail what is missing: the owners of the business, once for each alarm (L7, C5)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Business, Role, User
from integrations.models import Integration
from sync.models import AlarmNotice, Record, RecordKind, StoreHabit
from sync.reports.alarms import Alarm, AlarmKind, alarms_for
from sync.services.mailing import Recipient, claimed, mail_send

# How far back a store's habit is looked for, and how often that is done.
HABIT_OF, MEASURED_EVERY = timedelta(days=60), timedelta(days=1)
MEASURED_AT_ONCE = 25


def alarms_mail(*, now: datetime) -> int:
    """Mail every alarm that stands and was not mailed yet; returns how many were.

    What could not be sent is tried again the next time. An alarm that ended is forgotten, so that it is told anew
    when it comes back.
    """
    standing = {alarm.key: alarm for alarm in alarms_for(Integration.objects.only("pk"), now=now)}
    AlarmNotice.objects.exclude(key__in=standing).delete()
    notices = [AlarmNotice(key=key, since=now) for key in standing]
    AlarmNotice.objects.bulk_create(notices, ignore_conflicts=True)
    mine = claimed(AlarmNotice.objects.filter(key__in=standing, mailed_at=None), now=now)
    told = [notice for group in _by_business(mine, standing) for notice in _mailed(group, standing)]
    AlarmNotice.objects.filter(pk__in=[notice.pk for notice in mine]).update(claimed_at=None)
    AlarmNotice.objects.filter(pk__in=[notice.pk for notice in told]).update(mailed_at=now)
    return len(told)


def _by_business(notices: Iterable[AlarmNotice], standing: dict[str, Alarm]) -> Iterable[list[AlarmNotice]]:
    groups: dict[int | None, list[AlarmNotice]] = defaultdict(list)
    for notice in notices:
        groups[standing[notice.key].business_id].append(notice)
    return groups.values()


def _mailed(notices: Sequence[AlarmNotice], standing: dict[str, Alarm]) -> Sequence[AlarmNotice]:
    """One mail about these alarms of one business; the notices, if anybody could be told."""
    alarms = [standing[notice.key] for notice in notices]
    business = Business.objects.filter(pk=alarms[0].business_id or 0).first()
    sent = mail_send(
        _to_tell(business, alarms),
        template="alarms",
        subject=lambda: _subject(alarms, business),
        context=lambda: {"alarms": alarms, "business": business},
    )
    return notices if sent else ()


def _subject(alarms: Sequence[Alarm], business: Business | None) -> str:
    name = str(business or "Tillbridge")
    if len(alarms) == 1:
        return _("%(name)s: %(alarm)s") % {"name": name, "alarm": alarms[0].title}
    count = len(alarms)
    return ngettext("%(name)s: %(count)d alarm", "%(name)s: %(count)d alarms", count) % {"name": name, "count": count}


def _to_tell(business: Business | None, alarms: Sequence[Alarm]) -> list[Recipient]:
    """The owners of the business. Whoever runs the installation, where there are none or only they can help."""
    people = User.objects.filter(is_active=True).exclude(email="").order_by("pk")
    told = [*people.filter(memberships__business=business, memberships__role=Role.OWNER)] if business else []
    if not told or any(alarm.kind is AlarmKind.MISCONFIGURED for alarm in alarms):
        told += people.filter(is_superuser=True).exclude(pk__in=[owner.pk for owner in told])
    return [Recipient(person.email, person.language) for person in told]


def habits_measure(*, now: datetime) -> int:
    """Measure the habits of some stores that were not measured for a day; returns how many."""
    due = Integration.objects.exclude(habit__measured_at__gt=now - MEASURED_EVERY).filter(live_at__isnull=False)
    integrations = list(due.order_by("habit__measured_at", "pk")[:MEASURED_AT_ONCE])
    for integration in integrations:
        longest, orders = _longest_gap(integration)
        measured = {"longest_gap": longest, "orders": orders, "measured_at": now}
        StoreHabit.objects.update_or_create(integration=integration, defaults=measured)
    return len(integrations)


def _longest_gap(integration: Integration) -> tuple[timedelta, int]:
    """Between two orders of the sixty days that end with the last order, so that silence does not become a habit."""
    known = Record.objects.filter(integration=integration, kind=RecordKind.ORDER)
    moments = known.order_by("created_in_store_at")
    last = moments.values_list("created_in_store_at", flat=True).last()
    if last is None:
        return timedelta(), 0
    recent = moments.filter(created_in_store_at__gte=last - HABIT_OF).values_list("created_in_store_at", flat=True)
    longest, orders, before = timedelta(), 0, None
    for moment in recent.iterator():
        longest = max(longest, moment - before) if before is not None else longest
        orders, before = orders + 1, moment
    return longest, orders
