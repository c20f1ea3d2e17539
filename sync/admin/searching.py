"""Searching among millions of orders: by what an order is called, whole, so that an index finds it."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.admin_scope import HistoryModelAdmin
from sync.models import Posting, Record

# A term that more orders than these are called by is none to find one with.
_AT_MOST = 200


def records_called(term: str) -> list[int]:
    """The ids of records whose number or store id this is, or their document's number or QuickBooks id."""
    written = spellings(term)
    named = Record.objects.filter(Q(number__in=written) | Q(store_ref__in=written)).order_by()
    posted = Posting.objects.filter(document_called(term), record__isnull=False).order_by()
    found = [*named.values_list("pk", flat=True)[:_AT_MOST], *posted.values_list("record_id", flat=True)[:_AT_MOST]]
    return list(dict.fromkeys(found))


def document_called(term: str) -> Q:
    return Q(doc_number__in=spellings(term)) | Q(books_ref__in=spellings(term))


def spellings(term: str) -> set[str]:
    """ "ew-12" is meant for "EW-12"."""
    return {term.strip(), term.strip().upper()}


class OrderSearchAdmin(HistoryModelAdmin):
    """A list that is searched for an order. `record_path` leads from its rows to their record."""

    record_path = "record"
    search_fields = ("number",)  # shows the search box; what is searched is said below
    search_help_text = _("Order or document number, in full")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        if not search_term.strip():
            return queryset, False
        return queryset.filter(self.called(search_term)), False

    def called(self, term: str) -> Q:
        return Q(**{f"{self.record_path}__in": records_called(term)})
