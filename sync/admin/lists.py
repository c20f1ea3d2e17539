"""The copy of QuickBooks' lists: looked at, searched by the settings' fields, never edited here."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.admin_base import display
from accounts.admin_scope import HistoryModelAdmin, ScopedRelatedFilter
from accounts.admin_show import DASH, moment_in
from integrations.models import BooksObject
from integrations.words import kind_in_words, list_in_words
from integrations.zones import business_zone, zone_named
from sync.admin.choices import fit_of
from sync.admin.filters import ListFilter


@admin.register(BooksObject)
class BooksObjectAdmin(HistoryModelAdmin):
    """Accounts, items, customers, tax codes, ... as last read."""

    business_path = "books__business"
    unread = ("data", "books__credentials")
    list_display = ("name", "list_name", "kind_name", "sku", "books", "books_ref", "active")
    list_filter = (("books", ScopedRelatedFilter), ListFilter, "active")
    related = ("books",)
    search_fields = ("name", "sku", "=books_ref")
    fields = (
        "name",
        "list_name",
        "kind_name",
        "detail",
        "sku",
        "currency",
        "books",
        "books_ref",
        "active",
        "changed",
    )

    @display(description=_("type"), ordering="type")
    def list_name(self, entry: BooksObject) -> str:
        return list_in_words(entry.type)

    @display(description=_("kind"), ordering="kind")
    def kind_name(self, entry: BooksObject) -> str:
        return kind_in_words(entry.kind) or DASH

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request).annotate(zone=business_zone("books__business"))
        return rows

    @display(description=_("changed in QuickBooks at"), ordering="updated_at")
    def changed(self, entry: Any) -> str:
        return moment_in(entry.updated_at, zone_named(entry.zone))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """A setting's search field finds only what fits the setting, in its own company."""
        if "field_name" in request.GET:
            queryset = _offered(queryset, request)
        return super().get_search_results(request, queryset, search_term)


def _offered(queryset: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
    fit = fit_of(request.GET.get("model_name", ""), request.GET["field_name"])
    books = request.GET.get("books", "")
    if fit is None or not (books.isascii() and books.isdigit()):
        return queryset.none()
    return queryset.filter(fit.condition, books_id=int(books[:18]), active=True)
