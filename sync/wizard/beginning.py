"""Making a draft integration of a store and a company, with defaults that work as they are (C3, L10)."""

from django.db import transaction
from django.utils.text import slugify

from integrations import connecting, mirror
from integrations.http import Clock
from integrations.models import BooksConnection, BooksObject, Integration, StoreConnection
from sync.models import PaymentSettings, SetupProgress
from sync.setup_file.facts import Facts, Lists
from sync.setup_file.format import INTEGRATION, SECTIONS
from sync.setup_file.writing import defaults
from sync.wizard.creating import clearing_name
from sync.wizard.setup import have_answered

_LONGEST = 60


class NotConnected(Exception):
    """One side has not answered a test call yet: nothing is configurable before."""


def name_suggested(store: StoreConnection) -> str:
    """A short name nobody has yet: "maple-goods-ecwid"."""
    base = (slugify(f"{store.name} {store.provider}") or store.provider)[: _LONGEST - 4]
    taken = set(Integration.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    candidates = (base, *(f"{base}-{number}" for number in range(2, 999)))
    return next(name for name in candidates if name not in taken)


@transaction.atomic
def integration_begin(
    *, store: StoreConnection, books: BooksConnection, slug: str, clock: Clock | None = None
) -> Integration:
    """A draft: nothing is synchronised before it goes live. Raises NotConnected."""
    if not have_answered(store, books):
        raise NotConnected
    facts = _facts(store, books, (clock or Clock()))
    given = defaults(INTEGRATION, facts)
    given["start_date"] = facts.today(str(given["time_zone"]))
    integration = Integration.objects.create(
        slug=slug, business=store.business, store=store, books=books, live_at=None, **given
    )
    for section in SECTIONS:
        section.model.objects.create(integration=integration, **defaults(section.keys, facts))
    PaymentSettings.objects.filter(integration=integration).update(account=clearing_account_found(integration))
    SetupProgress.objects.create(integration=integration)
    return Integration.objects.select_related("business", "store", "books").get(pk=integration.pk)


def clearing_account_found(integration: Integration) -> BooksObject | None:
    """The company's account that is called like this store's clearing account."""
    names = (clearing_name(integration), f"{integration.store.provider_label} Clearing")
    wanted = [mirror.key(name) for name in names]
    accounts = BooksObject.objects.filter(
        books=integration.books,
        type="Account",
        kind__in=("Bank", "Other Current Asset"),
        name_key__in=wanted,
        active=True,
    ).exclude(detail="UndepositedFunds")
    by_name = {account.name_key: account for account in accounts}
    return next((by_name[name] for name in wanted if name in by_name), None)


def _facts(store: StoreConnection, books: BooksConnection, clock: Clock) -> Facts:
    company = mirror.company(books)
    return Facts(clock.now(), store.provider_label, connecting.profile_of(store), company, Lists(books))
