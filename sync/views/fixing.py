"""Where a cause is mended: the very setting, mapping row, connection or provider's page."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from integrations.models import Integration, StoreConnection
from integrations.providers import PROVIDERS, own_id
from sync.models import PaymentMapping, TaxMapping
from sync.reports.inbox import Group, due, waiting
from sync.translate.mapping import names_taxes
from sync.translate.reasons import Reason

_BOOKS_HOME = "https://qbo.intuit.com/app/homepage"

# Which page of the setup holds what a reason's `fix` names.
_STEPS = {
    "orders": "sales",
    "modules": "modules",
    "items": "items",
    "taxes": "taxes",
    "payments": "payments",
    "refunds": "refunds",
    "flows": "flows",
    "integration": "options",
    "stock": "stock",
}
# What is rarely touched is on a page of its own.
_ADVANCED = frozenset({"fee", "tip", "gift_card_sold", "gift_card_redeemed", "rounding"})

Key = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Link:
    """`elsewhere`: on a provider's own pages."""

    url: str
    text: str | Promise
    elsewhere: bool = False


def fix_links(groups: Iterable[Group]) -> Mapping[Key, Link]:
    """Where each group is mended, by integration and cause; at most three statements however many groups."""
    groups = list(groups)
    rows = _Rows(groups)
    links = {(group.integration.pk, group.cause): _link(group, rows) for group in groups}
    return {key: link for key, link in links.items() if link is not None}


def order_link(integration: Integration, ref: str) -> Link | None:
    """An order's page in the store's own administration."""
    pages, store = PROVIDERS[integration.store.provider].pages, own_id(integration.store)
    if pages is None or not store or not re.fullmatch(pages.ref, ref):
        return None
    return Link(pages.order.format(store=store, ref=ref), _("Open in the store"), elsewhere=True)


def back_to_inbox(request: HttpRequest, integration: Integration) -> HttpResponseRedirect | None:
    """After a setting was saved: back to where the inbox sent somebody from, saying how many orders that released.

    None when they did not come from the inbox.
    """
    cause = request.GET.get("inbox")
    if cause is None:
        return None
    rows = Integration.objects.filter(pk=integration.pk)
    released = waiting(rows).filter(due(), cause=cause).count()
    text = ngettext(
        "Saved. %d order that waited for this goes with the next sync; “Sync now” starts it at once.",
        "Saved. %d orders that waited for this go with the next sync; “Sync now” starts it at once.",
        released,
    )
    messages.success(request, text % released)
    return HttpResponseRedirect(f"{reverse('sync:inbox')}?integration={integration.pk}")


class _Rows:
    """The mapping rows that groups may be about, and what their stores are called at home."""

    def __init__(self, groups: list[Group]) -> None:
        self._taxes: dict[int, list[TaxMapping]] = defaultdict(list)
        self._methods: dict[Key, PaymentMapping] = {}
        self._stores: dict[int, str] = {}
        about_taxes = {group.integration.pk for group in groups if "taxes" in group.params}
        about_methods = {group.integration.pk for group in groups if "method" in group.params}
        if about_taxes:
            for tax in TaxMapping.objects.filter(integration__in=about_taxes):
                self._taxes[tax.integration_id].append(tax)
        if about_methods:
            for method in PaymentMapping.objects.filter(integration__in=about_methods):
                self._methods[method.integration_id, method.method] = method
        about_stores = {group.integration.store_id for group in groups if group.fix == "store"}
        if about_stores:
            for store in StoreConnection.objects.filter(pk__in=about_stores).defer("credentials"):
                self._stores[store.pk] = own_id(store)

    def tax(self, group: Group) -> TaxMapping | None:
        text = str(group.params.get("taxes", ""))
        return next((row for row in self._taxes[group.integration.pk] if names_taxes(row.taxes, text)), None)

    def method(self, group: Group) -> PaymentMapping | None:
        return self._methods.get((group.integration.pk, str(group.params.get("method"))))

    def store(self, group: Group) -> str:
        return self._stores[group.integration.store_id]


def _link(group: Group, rows: _Rows) -> Link | None:
    make = _LINKS.get(group.fix)
    return make(group, rows) if make else None


def _tax(group: Group, rows: _Rows) -> Link:
    row = rows.tax(group)
    return _row_link(row, group, _("Map this tax")) if row else _setting(group, rows)


def _method(group: Group, rows: _Rows) -> Link:
    row = rows.method(group)
    return _row_link(row, group, _("Choose the account")) if row else _setting(group, rows)


def _row_link(row: Model, group: Group, text: str | Promise) -> Link:
    meta = type(row)._meta  # noqa: SLF001 - Django's public name for a model's description
    page = reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[row.pk])
    return Link(f"{page}?{urlencode({'inbox': group.cause})}", text)


def _setting(group: Group, _rows: _Rows) -> Link:
    advanced = group.reason == Reason.CLOSED_PERIOD or group.params.get("kind") in _ADVANCED
    page = reverse("sync:setup_step", args=[group.integration.pk, "advanced" if advanced else _STEPS[group.fix]])
    return Link(f"{page}?{urlencode({'inbox': group.cause})}", _("Open the setting"))


def _each(group: Group, _rows: _Rows) -> Link:
    """Each record has a question of its own, on its own page."""
    return Link(reverse("sync:inbox_group", args=[group.integration.pk, group.cause]), _("Open one by one"))


def _push(group: Group, _rows: _Rows) -> Link:
    return Link(reverse("sync:stock", args=[group.integration.pk]), _("See the levels"))


def _connection(group: Group, _rows: _Rows) -> Link:
    side = "store" if group.reason == Reason.STORE_DISCONNECTED else "books"
    pk = getattr(group.integration, f"{side}_id")
    return Link(reverse(f"admin:integrations_{side}connection_change", args=[pk]), _("Open the connection"))


def _books(_group: Group, _rows: _Rows) -> Link:
    return Link(_BOOKS_HOME, _("Open QuickBooks"), elsewhere=True)


def _store(group: Group, rows: _Rows) -> Link | None:
    pages, store = PROVIDERS[group.integration.store.provider].pages, rows.store(group)
    if pages is None or not store:
        return None
    return Link(pages.orders.format(store=store), _("Open the store"), elsewhere=True)


_LINKS: Mapping[str, Callable[[Group, _Rows], Link | None]] = {
    "taxes": _tax,
    "payments": _method,
    "orders": _setting,
    "modules": _setting,
    "items": _setting,
    "refunds": _setting,
    "flows": _setting,
    "integration": _setting,
    "stock": _setting,
    "stock_push": _push,
    "record": _each,
    "connection": _connection,
    "quickbooks": _books,
    "store": _store,
}
