"""Filters that several lists share."""

import re
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.admin_base import DropdownFilter
from integrations.words import LISTS
from sync.causes import CAUSES
from sync.reason_texts import TEXTS
from sync.translate.reasons import Reason

# An amount and its currency, an id in brackets: one gap is enough.
_REPEATED = re.compile(r"…(?:\s…)+")


class _Whatever(dict[str, str]):
    """Parameters of a text that is to be said in general."""

    def __missing__(self, key: str) -> str:
        return "…"


class ReasonFilter(DropdownFilter):
    """By reason, said in general."""

    title = _("reason")
    parameter_name = "reason"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return sorted(((reason.value, _in_general(reason)) for reason in Reason), key=lambda choice: choice[1])

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(reason=self.value()) if self.value() else queryset


def _in_general(reason: Reason) -> str:
    cause = CAUSES.get(reason)
    text = cause.title if cause else TEXTS[reason].sentence
    return _REPEATED.sub("…", str(text) % _Whatever()).rstrip(".")


class ListFilter(DropdownFilter):
    """By the QuickBooks list that an entry belongs to."""

    title = _("type")
    parameter_name = "type"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return sorted(((name, str(words)) for name, words in LISTS.items()), key=lambda choice: choice[1])

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(type=self.value()) if self.value() else queryset
