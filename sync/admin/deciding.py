"""Bulk actions of the lists that show orders: what a person decides about many at once (L3)."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.access import Act
from accounts.admin_base import action
from accounts.admin_scope import RoleMixin
from sync.models import Record
from sync.services.inbox import records_ignore, records_retry


class DecidingMixin(RoleMixin):
    """Retry and Ignore, where the user may work. Other lists than that of the records say whose rows theirs are."""

    def records_of(self, chosen: QuerySet[Any]) -> QuerySet[Record]:
        """The records that the chosen rows are about."""
        return chosen

    @action(description=_("Retry with the next sync"), permissions=["work"])
    def retry(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        count = records_retry(self.scoped(self.records_of(queryset), request, Act.WORK))
        text = ngettext(
            "%d record is tried again with the next sync.", "%d records are tried again with the next sync.", count
        )
        messages.add_message(request, messages.SUCCESS if count else messages.WARNING, text % count)

    @action(description=_("Ignore: leave out of the books"), permissions=["work"])
    def ignore(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        chosen = self.records_of(queryset)
        asked = chosen.count()
        records, who = self.scoped(chosen, request, Act.WORK), request.user.get_username()
        count = records_ignore(records, user=who, now=timezone.now())
        text = ngettext("%d record is ignored.", "%d records are ignored.", count)
        messages.add_message(request, messages.SUCCESS if count else messages.WARNING, text % count)
        if asked > count:
            left = ngettext(
                "%d record was left alone: it has a document in QuickBooks, or you may only read it.",
                "%d records were left alone: they have documents in QuickBooks, or you may only read them.",
                asked - count,
            )
            messages.warning(request, left % (asked - count))
