"""The inbox (L3): what waits, by cause, and what a person decides about it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from accounts.access import Act, scoped
from accounts.admin_scope import allows
from integrations.models import Integration
from sync.admin import showing
from sync.models import GOODS_KINDS, Record, RecordState
from sync.reports import inbox
from sync.reports.inbox import Amount, Group, Shelf
from sync.reports.overview import current_runs
from sync.services.inbox import changed_after_posting, ignorable, records_ignore, records_overwrite, records_retry
from sync.views.common import back, demand, integration_for, integrations_of, member, number_in, show
from sync.views.fixing import Link, fix_links
from sync.views.progress import progress_of

_GROUPS_A_PAGE = 40
_RECORDS_A_PAGE = 50
_MOST_CHOSEN = 1000


@dataclass(frozen=True, slots=True)
class Row:
    """A group as the page shows it."""

    group: Group
    url: str
    amounts: str
    oldest: str | SafeString
    colour: str
    fix: Link | None


@dataclass(frozen=True, slots=True)
class Section:
    """The groups of one integration; `due` of its shown records go with the next sync."""

    integration: Integration
    rows: list[Row]
    due: int
    progress: dict[str, Any] | None
    may_work: bool


@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """All groups of the user's businesses, or of one integration."""
    shelf, chosen = _shelf(request), number_in(request, "integration")
    integrations = integrations_of(request)
    shown = integrations.filter(pk=chosen) if chosen else integrations
    count = inbox.group_count(integrations=shown, shelf=shelf)
    page = Paginator(range(count), _GROUPS_A_PAGE).get_page(request.GET.get("page"))
    start = (page.number - 1) * _GROUPS_A_PAGE
    groups = inbox.groups(integrations=shown, shelf=shelf, start=start, size=_GROUPS_A_PAGE)
    return show(
        request,
        "sync/inbox.html",
        title=_("Inbox"),
        page=page,
        sections=list(_sections(request, groups)),
        shelf=shelf,
        shelves=list(Shelf),
        chosen=shown.first() if chosen else None,
    )


@require_GET
def group(request: HttpRequest, pk: int, cause: str) -> HttpResponse:
    """The records of one group."""
    integration = integration_for(request, pk)
    found = _group(integration, cause)
    page = _records_page(request, integration, cause)
    may_work = allows(request, Act.WORK, integration.business_id)
    return show(
        request,
        "sync/inbox_group.html",
        title=found.title,
        row=_row(found, fix_links([found]) if may_work else {}),
        integration=integration,
        page=page,
        records=[_shown(record, integration) for record in page.object_list],
        may_work=may_work,
    )


@require_POST
def retry(request: HttpRequest, pk: int, cause: str) -> HttpResponse:
    """Try again: the whole group, or the records that were ticked."""
    integration = integration_for(request, pk, Act.WORK)
    _say_retried(request, records_retry(_meant(request, integration, cause)))
    return back(request, reverse("sync:inbox"))


@require_POST
def ignore(request: HttpRequest, pk: int, cause: str) -> HttpResponse:
    """Leave out of the books, once it is confirmed: the whole group, or the records that were ticked."""
    integration = integration_for(request, pk, Act.WORK)
    records = _meant(request, integration, cause)
    if "confirmed" not in request.POST:
        return _ask_to_ignore(request, integration, records)
    _ignore(request, records)
    return back(request, reverse("sync:inbox"))


@require_POST
def retry_record(request: HttpRequest, pk: int) -> HttpResponse:
    """Try one record again."""
    records = _one_record(request, pk)
    _say_retried(request, records_retry(records))
    return back(request, _page_of_record(pk))


@require_POST
def ignore_record(request: HttpRequest, pk: int) -> HttpResponse:
    """Leave one record out of the books, once it is confirmed."""
    records = _one_record(request, pk)
    if "confirmed" not in request.POST:
        return _ask_to_ignore(request, records.select_related("integration")[0].integration, records)
    _ignore(request, records)
    return back(request, _page_of_record(pk))


@require_POST
def overwrite_record(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the store's version stand for one record whose document differs in QuickBooks."""
    count = records_overwrite(_one_record(request, pk), user=request.user.get_username())
    if count:
        messages.success(request, _("The next sync puts the store's version in the place of the one in QuickBooks."))
    else:
        messages.warning(request, _("There is nothing to decide for this order any more."))
    return back(request, _page_of_record(pk))


def badge(request: HttpRequest) -> str:
    """How many records wait, for the sidebar; nothing when none does."""
    count = inbox.waiting(integrations_of(request)).count()
    return f"{count:,}" if count else ""


# -- what is meant -----------------------------------------------------------------------------------------------------


def _shelf(request: HttpRequest) -> Shelf:
    try:
        return Shelf(request.GET.get("shelf", ""))
    except ValueError:
        return Shelf.WAITING


def _group(integration: Integration, cause: str) -> Group:
    """The group on whichever shelf it stands; 404 when nothing waits for this cause any more."""
    mine = Integration.objects.select_related("business", "store", "books").filter(pk=integration.pk)
    for shelf in (Shelf.WAITING, Shelf.IGNORED):
        found = inbox.groups(integrations=mine, shelf=shelf, cause=cause)
        if found:
            return found[0]
    raise Http404(_("Nothing waits for this any more."))


def _records(integration: Integration, cause: str) -> QuerySet[Record]:
    return Record.objects.filter(integration=integration, cause=cause).order_by("created_in_store_at", "pk")


def _meant(request: HttpRequest, integration: Integration, cause: str) -> QuerySet[Record]:
    """The records that the form names, or all of the group."""
    records = _records(integration, cause)
    if "all" in request.POST:
        return records
    chosen = [int(text) for text in request.POST.getlist("record")[:_MOST_CHOSEN] if text.isascii() and text.isdigit()]
    return records.filter(pk__in=chosen)


def _one_record(request: HttpRequest, pk: int) -> QuerySet[Record]:
    records = scoped(Record.objects.all(), member(request), "integration__business")
    record = get_object_or_404(records.select_related("integration__business").defer("payload"), pk=pk)
    demand(request, record.integration.business, Act.WORK)
    return Record.objects.filter(pk=pk)


def _page_of_record(pk: int) -> str:
    return reverse("admin:sync_record_change", args=[pk])


# -- what is shown -----------------------------------------------------------------------------------------------------


def _sections(request: HttpRequest, groups: Sequence[Group]) -> Iterator[Section]:
    shown = [group for group in groups if allows(request, Act.WORK, group.integration.business_id)]
    links = fix_links(shown)
    runs = current_runs({group.integration.pk for group in groups}, now=timezone.now())
    for _pk, members in groupby(groups, key=lambda group: group.integration.pk):
        of_one = list(members)
        integration = of_one[0].integration
        yield Section(
            integration=integration,
            rows=[_row(group, links) for group in of_one],
            due=sum(group.due for group in of_one),
            progress=progress_of(runs[integration.pk]) if integration.pk in runs else None,
            may_work=allows(request, Act.WORK, integration.business_id),
        )


def _row(group: Group, links: Mapping[tuple[int, str], Link]) -> Row:
    return Row(
        group=group,
        url=reverse("sync:inbox_group", args=[group.integration.pk, group.cause]),
        amounts=amounts_shown(group.amounts),
        oldest=showing.day(group.oldest, group.integration),
        colour=showing.RECORD_COLOURS.get(group.state, ""),
        fix=links.get((group.integration.pk, group.cause)),
    )


def amounts_shown(amounts: Iterable[Amount]) -> str:
    """1,234.50 CAD + 99.00 USD."""
    return " + ".join(showing.amount(amount.value, amount.currency) for amount in amounts)


@dataclass(frozen=True, slots=True)
class ShownRecord:
    """A record of a group as the page shows it."""

    record: Record
    url: str
    created: str | SafeString
    amount: str
    sentence: str
    decided: str | SafeString


def _records_page(request: HttpRequest, integration: Integration, cause: str) -> "Page[Record]":
    records = _records(integration, cause).defer("payload")
    return Paginator(records, _RECORDS_A_PAGE).get_page(request.GET.get("page"))


def _shown(record: Record, integration: Integration) -> ShownRecord:
    return ShownRecord(
        record=record,
        url=_page_of_record(record.pk),
        created=showing.moment(record.created_in_store_at, integration),
        amount=showing.amount(record.amount, record.currency),
        sentence=showing.reason(record),
        decided=showing.moment(_decided_at(record), integration) if record.state == RecordState.IGNORED else "",
    )


def _decided_at(record: Record) -> datetime | None:
    return parse_datetime(str(record.params.get("at", "")))


# -- acts --------------------------------------------------------------------------------------------------------------


def _ask_to_ignore(request: HttpRequest, integration: Integration, records: QuerySet[Record]) -> HttpResponse:
    left_out, asked = ignorable(records), records.count()
    count, changes = left_out.count(), changed_after_posting(records).count()
    if not count:
        messages.warning(
            request, _("Nothing was ignored: what has a document in QuickBooks cannot be left out of the books.")
        )
        return back(request, reverse("sync:inbox"))
    return show(
        request,
        "sync/inbox_ignore.html",
        title=_("Ignore?"),
        integration=integration,
        count=count - changes,
        is_goods=not left_out.exclude(kind__in=GOODS_KINDS).exists(),
        changes=changes,
        stays=asked - count,
        amounts=amounts_shown(inbox.sums(left_out)),
        sent=[(name, value) for name, values in request.POST.lists() for value in values if name != _CSRF],
        next=request.POST.get("next") or reverse("sync:inbox"),
    )


_CSRF = "csrfmiddlewaretoken"


def _ignore(request: HttpRequest, records: QuerySet[Record]) -> None:
    count = records_ignore(records, user=member(request).get_username(), now=timezone.now())
    text = ngettext("%d record is ignored.", "%d records are ignored.", count)
    messages.success(request, text % count)


def _say_retried(request: HttpRequest, count: int) -> None:
    text = ngettext(
        "%d record is tried again with the next sync.", "%d records are tried again with the next sync.", count
    )
    messages.success(request, text % count)
