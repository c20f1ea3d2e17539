"""The sync log as a file."""

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest, PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.http import require_GET

from sync.models import LogEntry
from sync.reports.log_export import csv_lines
from sync.views.downloads import csv_download


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


def csv_response(entries: QuerySet[LogEntry]) -> HttpResponseBase:
    """These entries as a download."""
    return csv_download(csv_lines(entries), "log")
