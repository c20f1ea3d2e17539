"""Whether providers' messages arrive, and what was refused of them: for whoever runs the installation (S6)."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from integrations.models import BooksProvider, StoreProvider, WebhookDelivery, WebhookRefusal
from integrations.webhooks.receiving import SOURCES
from integrations.webhooks.words import Refusal

COUNTED = timedelta(days=7)
_NAMES = dict([*StoreProvider.choices, *BooksProvider.choices])

TEXTS: Mapping[str, Promise] = {
    Refusal.UNCONFIGURED: _("the setting that proves them is missing, or cannot be read"),
    Refusal.TOO_BIG: _("larger than any message"),
    Refusal.UNSIGNED: _("without a signature"),
    Refusal.FORGED: _("with a wrong signature: forged, or of another app"),
    Refusal.UNREADABLE: _("not to be read"),
    Refusal.TOO_OLD: _("too old, perhaps sent again by somebody else"),
    Refusal.IN_FUTURE: _("from the future: compare the clocks"),
    Refusal.UNKNOWN_ACCOUNT: _("about an account that is not connected here"),
}


@dataclass(frozen=True, slots=True)
class Arrival:
    """What came from one provider. `missing` is the setting without which nothing is taken, if it is not set.

    `refused` are how many of the last days, by reason.
    """

    name: str
    address: str
    missing: str
    last_at: datetime | None
    refused: tuple[tuple[str, int], ...]


def arrivals(*, now: datetime) -> list[Arrival]:
    """One for each provider; two statements."""
    last = dict(WebhookDelivery.objects.order_by().values_list("provider").annotate(Max("received_at")))
    refused: dict[str, list[tuple[str, int]]] = defaultdict(list)
    counted = WebhookRefusal.objects.filter(day__gt=(now - COUNTED).date()).order_by("reason")
    for provider, reason, times in counted.values_list("provider", "reason").annotate(Sum("count")):
        refused[provider].append((str(TEXTS.get(reason, reason)), times))
    return [
        Arrival(
            name=str(_NAMES[provider]),
            address=source.address,
            missing="" if source.is_configured else source.secret,
            last_at=last.get(provider),
            refused=tuple(refused[provider]),
        )
        for provider, source in SOURCES.items()
    ]
