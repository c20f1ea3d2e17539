"""Filtering lists by days."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import formats, timezone
from django.utils.translation import gettext_lazy as _

from accounts.admin_base import RangeDateFilter, RangeDateForm


class DaysForm(RangeDateForm):
    """Both ends say which they are to whoever hears the page."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = field.widget.attrs["placeholder"]


class DaysFilter(RangeDateFilter):
    """From one day to another, both whole, as the reader's language writes them.

    unfold's own leaves out all of the last day but its first instant, and knows only the installation's language.
    """

    form_class = DaysForm

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = _("date")

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        first, last = self._day("from"), self._day("to")
        if first is not None:
            queryset = queryset.filter(**{f"{self.field_path}__gte": _start(first)})
        if last is not None:
            queryset = queryset.filter(**{f"{self.field_path}__lt": _start(last + timedelta(days=1))})
        return queryset

    def _day(self, end: str) -> date | None:
        """What was typed, in any of the ways the reader's language writes a date; None for what is no date."""
        typed = str(self.used_parameters.get(f"{self.field_path}_{end}") or "")
        for written in formats.get_format("DATE_INPUT_FORMATS"):
            try:
                return datetime.strptime(typed, written).date()  # noqa: DTZ007 - a day has no time zone yet
            except ValueError:
                continue
        return None


def _start(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
