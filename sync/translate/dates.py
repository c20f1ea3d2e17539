"""Dates: the local day of a moment, and when a sale falls due (O14)."""

from calendar import monthrange
from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from integrations.commerce import Order
from sync.translate.settings import DueUnit, Options


def local_date(moment: datetime, time_zone: str) -> date:
    """The date that the clock on the wall of the business showed."""
    return moment.astimezone(ZoneInfo(time_zone)).date()


def add_months(day: date, months: int) -> date:
    """The same day some months on, or that month's last day: 31 January and a month is 28 or 29 February."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def month_end(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


_DUE: dict[DueUnit, Callable[[date, int], date]] = {
    DueUnit.DAYS: lambda day, offset: day + timedelta(days=offset),
    DueUnit.WEEKS: lambda day, offset: day + timedelta(weeks=offset),
    DueUnit.MONTHS: add_months,
    DueUnit.MONTH_END: lambda day, offset: month_end(day) + timedelta(days=offset),
}


def due_date(order: Order, options: Options, txn_date: date) -> date | None:
    """The order's own due date, else the document date and the offset; None leaves it to QuickBooks' terms."""
    if order.due_date is not None or options.due_offset is None:
        return order.due_date
    return _DUE[options.due_unit](txn_date, options.due_offset)
