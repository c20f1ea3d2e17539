"""Applies a setup file: connect, read and check everything, and only then write, all or nothing."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import Act, may
from accounts.models import Business, Membership, Role, User
from integrations.connecting import SameSite
from integrations.errors import RemoteError
from integrations.http import Clock
from integrations.models import BooksConnection, Integration, StoreConnection, StoreProvider
from sync.reports.settings_snapshot import settings_snapshot
from sync.services.changes import author, changes_note, connection_note
from sync.setup_file.changes import Change
from sync.setup_file.connections import BooksSide, StoreSide, books_side, trouble
from sync.setup_file.facts import Facts, Lists
from sync.setup_file.plan import SIDES, Identity, Plan, read_identity, read_plan, read_top_level
from sync.setup_file.problems import Problem, SetupRefused
from sync.setup_file.reading import Reading
from sync.setup_file.together import check_together
from sync.setup_file.writing import write

Json = Any

# Who changed the settings, where a person at a terminal did it.
COMMAND = "manage.py setup apply"


def apply(document: Json, *, user: User | None = None, clock: Clock | None = None) -> list[Change]:
    """Create or update what the file describes; a second time changes nothing.

    `user`: who asks; they must own the business, and own one that the file creates. None is the command line.
    Raises SetupRefused with every problem found; then nothing has changed.
    """
    clock = clock or Clock()
    reading = Reading(Facts(clock.now()))
    given = read_top_level(document, reading)
    identity = read_identity(given, reading)
    if identity is None or not _is_free(identity, user, reading):
        read_plan(given, reading)
        raise SetupRefused(reading.problems)
    store, books = _sides(identity, clock)
    try:
        plan = _check(identity.slug, given, store, books, reading)
        return _write(identity=identity, plan=plan, store=store, books=books, facts=reading.facts, user=user)
    except SetupRefused as refused:
        raise SetupRefused([*refused.problems, *books.withdraw()]) from None
    except BaseException:
        books.withdraw()
        raise


# -- may this be set up at all -----------------------------------------------------------------------------------------


def _is_free(identity: Identity, user: User | None, reading: Reading) -> bool:
    """Whether nothing that belongs to somebody else, or to another pair, stands in the way."""
    before = len(reading.problems)
    business = Business.objects.filter(name=identity.business).first()
    if business is not None and user is not None and not may(user, business, Act.OWN):
        reading.problem("business", _("this name is taken, or you are not an owner of the business"))
        return False
    for side, row in (("store", _store_row(identity)), ("books", _books_row(identity))):
        account = getattr(identity, side)
        if row is None and not (account.credentials or account.is_opened_by_app):
            reading.problem(f"{side}.credentials", _("it is not connected yet: put its credentials here"))
    _check_books_owner(identity, reading)
    _check_pair(identity, reading)
    return len(reading.problems) == before


def _store_row(identity: Identity) -> StoreConnection | None:
    return StoreConnection.objects.filter(
        business__name=identity.business, provider=identity.store.provider, account_id=identity.store.account_id
    ).first()


def _books_row(identity: Identity) -> BooksConnection | None:
    return BooksConnection.objects.filter(
        provider=identity.books.provider, account_id=identity.books.account_id
    ).first()


def _check_books_owner(identity: Identity, reading: Reading) -> None:
    row = _books_row(identity)
    if row is not None and row.business.name != identity.business:
        reading.problem(
            "books.account_id",
            _("this QuickBooks company is already connected in this installation, by another business"),
        )


def _check_pair(identity: Identity, reading: Reading) -> None:
    """An integration keeps its store and its company for life, and a pair has one integration (C3, C6)."""
    named = Integration.objects.filter(slug=identity.slug).select_related("business", "store", "books").first()
    if named is not None and named.business.name != identity.business:
        reading.problem("integration", _("this name is taken; choose another"))
    elif named is not None and _pair(named) != (identity.store.account_id, identity.books.account_id):
        pair = {"store": named.store.account_id, "books": named.books.account_id}
        reading.problem(
            "integration",
            _("it connects store %(store)s with company %(books)s; give another pair a name of its own") % pair,
        )
    if named is None:
        twin = Integration.objects.filter(store=_store_row(identity), books=_books_row(identity)).first()
        if twin is not None:
            reading.problem("integration", _("this pair is connected already, as “%(name)s”") % {"name": twin.slug})


def _pair(integration: Integration) -> tuple[str, str]:
    return integration.store.account_id, integration.books.account_id


# -- ask both sides ----------------------------------------------------------------------------------------------------


def _sides(identity: Identity, clock: Clock) -> tuple[StoreSide, BooksSide]:
    store = StoreSide(identity.store, _store_row(identity), clock, business=identity.business)
    return store, books_side(identity.books, _books_row(identity), identity.business, clock)


def _check(slug: str, given: dict[str, Json], store: StoreSide, books: BooksSide, reading: Reading) -> Plan:
    """Hold the file against what both sides say of themselves. Raises SetupRefused."""
    reading.facts = _facts(store, books, reading)
    plan = read_plan(given, reading)
    check_together(slug, plan, reading)
    if reading.problems:
        raise SetupRefused(reading.problems)
    return plan


def _facts(store: StoreSide, books: BooksSide, reading: Reading) -> Facts:
    """One side that does not answer is a problem of the file."""
    profile, company = None, None
    try:
        profile = store.check()
    except RemoteError as error:
        reading.problems.append(trouble("store", error))
    except SameSite as same:
        text = _(
            "this site is connected already, as “%(name)s”: name account %(account)s, or disconnect that one first"
        )
        reading.problems.append(
            Problem("store.account_id", text % {"name": same.connected, "account": same.connected.account_id})
        )
    try:
        company = books.check()
    except RemoteError as error:
        reading.problems.append(trouble("books", error))
    label = StoreProvider(store.provider).label
    return Facts(reading.facts.now, label, profile, company, Lists(books.row) if company else None)


# -- write -------------------------------------------------------------------------------------------------------------


@transaction.atomic
def _write(
    *, identity: Identity, plan: Plan, store: StoreSide, books: BooksSide, facts: Facts, user: User | None
) -> list[Change]:
    business, changes = _business(identity.business, books, user)
    store_row, store_changes = store.keep(business)
    books_changes = books.keep()
    changes += [*store_changes, *books_changes]
    who = author(user, command=COMMAND)
    for row, of_row in ((store_row, store_changes), (books.row, books_changes)):
        for change in of_row:
            connection_note(row, what="connected" if change.path in SIDES else "replaced", by=who)
    there = Integration.objects.filter(slug=identity.slug).first()
    before = settings_snapshot(there) if there is not None else {}
    changes += write(identity.slug, plan, store_row, books.row, facts)
    changes_note(there or Integration.objects.get(slug=identity.slug), before=before, by=who, at=facts.now)
    return changes


def _business(name: str, books: BooksSide, user: User | None) -> tuple[Business, list[Change]]:
    business, created = Business.objects.get_or_create(name=name)
    if not created and not books.made_business:
        return business, []
    if user is not None:
        Membership.objects.create(user=user, business=business, role=Role.OWNER)
    return business, [Change("business", None, name)]
