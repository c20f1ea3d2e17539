"""The page that asks how much of a refund went back (R5)."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import Act, scoped
from sync.admin import showing
from sync.forms.refunds import RefundAmountForm
from sync.models import Record, RecordKind
from sync.services.changes import author
from sync.services.refunds import NotAsked, most_of, refund_amount_enter, waits_for_amount
from sync.views.common import demand, member, show


def amount(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, and keep what was entered; the next sync posts it."""
    record = _refund(request, pk)
    page = reverse("admin:sync_record_change", args=[pk])
    if not waits_for_amount(record):
        return _not_asked(request, page)
    form = RefundAmountForm(request.POST or None, record=record)
    if request.method == "POST" and form.is_valid():
        try:
            refund_amount_enter(pk, form.cleaned_data["amount"], by=author(member(request)), now=timezone.now())
        except NotAsked:
            return _not_asked(request, page)
        messages.success(request, _("The amount is kept: the refund is posted with the next sync."))
        return HttpResponseRedirect(page)
    return show(
        request,
        "sync/refund_amount.html",
        title=_("How much went back?"),
        record=record,
        form=form,
        left=showing.amount(most_of(record), record.currency),
        explanation=showing.reason(record),
        page=page,
    )


def _refund(request: HttpRequest, pk: int) -> Record:
    """The refund; 404 for who is no member of its business, 403 for members who may only read."""
    rows = scoped(Record.objects.filter(kind=RecordKind.REFUND), member(request), "integration__business")
    record = get_object_or_404(rows.select_related("integration__business").defer("payload"), pk=pk)
    demand(request, record.integration.business, Act.WORK)
    return record


def _not_asked(request: HttpRequest, page: str) -> HttpResponse:
    messages.info(request, _("This refund does not wait for its amount any more."))
    return HttpResponseRedirect(page)
