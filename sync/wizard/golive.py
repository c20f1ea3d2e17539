"""Going live: what must be settled before, what is worth knowing, and the switch itself (L10)."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from integrations.http import Clock
from integrations.models import ConnectionState, Integration
from sync import schedules
from sync.models import SetupProgress, TaxMapping
from sync.wizard import skus

if TYPE_CHECKING:
    from sync.wizard.setup import Setup

Text = str | Promise


class Weight(StrEnum):
    """How much a finding matters: it stands in the way, it makes some orders wait, or all is well."""

    BLOCKS = "blocks"
    WAITS = "waits"
    FINE = "fine"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the checklist; `step` is the page where it is settled."""

    weight: Weight
    text: Text
    step: str


class NotReady(Exception):
    """Something still stands in the way of going live."""


def findings(setup: "Setup") -> list[Finding]:
    """Everything that is known before the first sync, what stands in the way first."""
    found = [*_connections(setup.integration), *_sale(setup), *_taxes(setup), *_money(setup), *_skus(setup)]
    order = list(Weight)
    return sorted(found, key=lambda one: order.index(one.weight))


def _connections(integration: Integration) -> list[Finding]:
    sides = (("store", integration.store), ("books", integration.books))
    silent = [(step, side) for step, side in sides if side.state != ConnectionState.CONNECTED]
    if not silent:
        return [Finding(Weight.FINE, _("Both connections answer."), "store")]
    text = _("“%(name)s” does not answer: connect it again.")
    return [Finding(Weight.BLOCKS, str(text) % {"name": side}, step) for step, side in silent]


def _sale(setup: "Setup") -> list[Finding]:
    if not setup.integration.orders.enabled:
        text = _("Orders are switched off, so there is nothing to synchronise.")
        return [Finding(Weight.BLOCKS, text, "flows")]
    items = setup.integration.items
    if items.create_missing and items.income_account is None:
        text = _("New items need an income account. Orders with a product that QuickBooks does not know would wait.")
        return [Finding(Weight.WAITS, text, "items")]
    return []


def _taxes(setup: "Setup") -> list[Finding]:
    if not setup.maps_taxes:
        return []
    open_rows = TaxMapping.objects.filter(integration=setup.integration, code="").count()
    if not open_rows:
        return [Finding(Weight.FINE, _("Every known tax has a tax code."), "taxes")]
    text = ngettext(
        "%(count)d tax has no tax code yet: orders that carry it wait.",
        "%(count)d taxes have no tax code yet: orders that carry them wait.",
        open_rows,
    )
    return [Finding(Weight.WAITS, text % {"count": open_rows}, "taxes")]


def _money(setup: "Setup") -> list[Finding]:
    account = setup.integration.payments.account
    if not setup.records_money:
        return []
    if account is None:
        return [Finding(Weight.BLOCKS, _("Payments need a clearing account: choose one, or have it made."), "payments")]
    text = _("Money goes to “%(name)s”, unless a payment method says otherwise.")
    return [Finding(Weight.FINE, str(text) % {"name": account}, "payments")]


def _skus(setup: "Setup") -> list[Finding]:
    progress = setup.progress
    if progress.skus_checked_at is None:
        return [Finding(Weight.WAITS, _("The store's SKUs have not been looked at yet."), "items")]
    missing = skus.Health.from_json(progress.skus).counts.get(skus.Problem.MISSING.value, 0)
    if not missing:
        return [Finding(Weight.FINE, _("Every product has a SKU."), "items")]
    text = ngettext(
        "%(count)d product has no SKU: orders with it wait until it has one.",
        "%(count)d products have no SKU: orders with them wait until they have one.",
        missing,
    )
    return [Finding(Weight.WAITS, text % {"count": missing}, "items")]


def integration_go_live(setup: "Setup", *, clock: Clock | None = None) -> None:
    """Start synchronising: arrange the schedule and ask for the first sync. Raises NotReady."""
    if any(finding.weight is Weight.BLOCKS for finding in findings(setup)):
        raise NotReady
    integration = setup.integration
    now = clock.now() if clock else timezone.now()
    with transaction.atomic():
        if integration.live_at is None:
            integration.live_at = now
            integration.save(update_fields=["live_at"])
        SetupProgress.of(integration).note_saved("live")
        schedules.again(integration, now)
