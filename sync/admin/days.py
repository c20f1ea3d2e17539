"""Filtering lists by days, as the places count them where the rows belong."""

from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.utils import formats
from django.utils.translation import gettext_lazy as _

from accounts.access import scoped
from accounts.admin_base import RangeDateFilter, RangeDateForm
from accounts.models import User
from integrations.models import Integration
from integrations.zones import zone_named

# The years around have no day before or after everywhere.
_YEARS = range(2, 9999)


class DaysForm(RangeDateForm):
    """Both ends say which they are to whoever hears the page."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = field.widget.attrs["placeholder"]


class DaysFilter(RangeDateFilter):
    """From one day to another, both whole, as the reader's language writes them.

    A day begins and ends with the clock that each row is shown by: its integration's, else its business's. unfold's own
    leaves out all of the last day but its first instant, and knows only the installation's zone and language.
    """

    form_class = DaysForm

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = _("date")

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        first, last = self._day("from"), self._day("to")
        if (first is None and last is None) or not isinstance(request.user, User):
            return queryset
        zones = _rows_by_zone(queryset.model, request.user)
        shown = Q()
        for zone, rows in zones.items():
            shown |= rows & self._between(first, last, zone, zone)
        # What is common to all zones is said once more by itself: an index knows nothing of alternatives.
        return queryset.filter(self._between(first, last, *zones), shown)

    def _between(self, first: date | None, last: date | None, *zones: tzinfo) -> Q:
        """From the earliest beginning of the first day in these zones to the latest end of the last."""
        limits = Q()
        if first is not None:
            limits &= Q((f"{self.field_path}__gte", min(_start(first, zone) for zone in zones)))
        if last is not None:
            limits &= Q((f"{self.field_path}__lt", max(_start(last + timedelta(days=1), zone) for zone in zones)))
        return limits

    def _day(self, end: str) -> date | None:
        """What was typed, in any of the ways the reader's language writes a date; None for what is no date."""
        typed = str(self.used_parameters.get(f"{self.field_path}_{end}") or "")
        for written in formats.get_format("DATE_INPUT_FORMATS"):
            try:
                day = datetime.strptime(typed, written).date()  # noqa: DTZ007 - a day has no time zone yet
            except ValueError:
                continue
            return day if day.year in _YEARS else None
        return None


def _rows_by_zone(model: type[Model], user: User) -> dict[tzinfo, Q]:
    """Which rows of a model are shown by which clock; one small statement.

    By the ids of integrations, so that the indexes that begin with them can be used.
    """
    integrations: dict[tzinfo, list[int]] = defaultdict(list)
    businesses: dict[int, tzinfo] = {}
    shown = scoped(Integration.objects.order_by("pk"), user).values_list("pk", "business", "time_zone")
    for pk, business, name in shown:
        zone = zone_named(name)
        integrations[zone].append(pk)
        businesses.setdefault(business, zone)
    names = {field.name for field in model._meta.get_fields()}  # noqa: SLF001 - Django's public name for it
    if "business" not in names:
        return {UTC: Q(integration__in=[]), **{zone: Q(integration__in=pks) for zone, pks in integrations.items()}}
    rows: dict[tzinfo, Q] = {UTC: ~Q(business__in=list(businesses))}
    for zone in integrations:
        rows[zone] = rows.get(zone, Q()) | Q(business__in=[pk for pk, its in businesses.items() if its == zone])
    if "integration" in names:
        rows = {zone: Q(integration=None) & found for zone, found in rows.items()}
        for zone, pks in integrations.items():
            rows[zone] |= Q(integration__in=pks)
    return rows


def _start(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time.min, zone)
