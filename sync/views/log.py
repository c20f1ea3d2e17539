"""The sync log as a file."""

from collections.abc import Iterator

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest, PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone, translation
from django.views.decorators.http import require_GET

from sync.models import LogEntry
from sync.reports.log_export import csv_lines


@login_required
@require_GET
def export(request: HttpRequest) -> HttpResponseBase:
    """The log entries that the admin's list shows under the same address parameters, all of them (L2)."""
    log = admin.site.get_model_admin(LogEntry)
    if not log.has_view_permission(request):
        raise PermissionDenied
    try:
        shown = log.get_changelist_instance(request)
    except IncorrectLookupParameters as error:
        raise BadRequest("no such filter") from error
    return csv_response(shown.get_queryset(request))


def csv_response(entries: QuerySet[LogEntry]) -> StreamingHttpResponse:
    """A download that is written while it is sent, in the reader's language."""
    lines = in_language(csv_lines(entries), translation.get_language())
    name = f"tillbridge-log-{timezone.now():%Y-%m-%d}.csv"
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def in_language(lines: Iterator[str], language: str | None) -> Iterator[str]:
    """Each line made in this language: by the time a response is sent, the request's own is no longer active."""
    while True:
        with translation.override(language):
            line = next(lines, None)
        if line is None:
            return
        yield line
