"""Connecting accounts, testing connections and ending them (C2, C3, C6). Faces call these."""

import contextlib
import dataclasses
import hashlib
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import Business
from integrations import books as words
from integrations import mirror
from integrations.clients import quickbooks_client, store_for
from integrations.commerce import StoreProfile, StoreTax
from integrations.errors import NotAllowed, OperatorError, ReconnectNeeded, RemoteError
from integrations.http import Clock, Transport
from integrations.models import BooksConnection, ConnectionState, StoreConnection
from integrations.models.connections import Connection
from integrations.quickbooks import oauth
from integrations.tokens import store_pair


class AccountTaken(Exception):
    """The account is already connected, by this business or another one: whose it is stays untold."""


class SameSite(Exception):
    """The store is connected already, by another way into it; `connected` is that connection."""

    def __init__(self, connected: StoreConnection) -> None:
        super().__init__(connected)
        self.connected = connected


class OtherAccount(Exception):
    """A reconnect came back with another account than the one that is connected; `expected` names the right one."""

    def __init__(self, expected: str) -> None:
        super().__init__(expected)
        self.expected = expected


_STATUSES = ("payment_statuses", "fulfillment_statuses")
# What an error says of the connection; anything else (the network, a lapsed plan) leaves its state alone.
_STATE_AFTER = {ReconnectNeeded: ConnectionState.RECONNECT, OperatorError: ConnectionState.OPERATOR}


def check_store(connection: StoreConnection, *, clock: Clock | None = None) -> StoreProfile:
    """The store's test call: ask for its profile and keep it. Raises `integrations.errors` after noting the state."""
    try:
        profile = store_for(connection, clock=clock).profile()
    except RemoteError as error:
        note_error(connection, error)
        raise
    keep_profile(connection, profile)
    return profile


def keep_profile(connection: StoreConnection, profile: StoreProfile) -> None:
    """Note that the store answered, and what it said of itself."""
    _answered(connection, name=profile.name, currency=profile.currency, profile=_as_json(profile))


def check_books(connection: BooksConnection, *, clock: Clock | None = None) -> words.Company:
    """The company's test call: read its lists into the mirror. Raises `integrations.errors` after noting the state."""
    clock = clock or Clock()
    try:
        mirror.refresh(connection, quickbooks_client(connection, clock=clock), now=clock.now(), taxes=True)
    except RemoteError as error:
        note_error(connection, error)
        raise
    company = mirror.company(connection)
    _answered(connection, name=company.name, currency=company.currency)
    return company


def note_error(connection: Connection, error: RemoteError) -> None:
    """Keep what a failed call says of the connection, so that its page and the owner's mail can tell."""
    state = _STATE_AFTER.get(type(error))
    # Nothing learned, nothing written: the row may be old, and another worker may know better by now.
    learned = {} if state is None else {"state": state}
    _note(connection, state_detail=str(error)[:500], **learned)


def note_answer(connection: Connection) -> None:
    """The account answered: whatever an earlier call had said against the connection is over."""
    if connection.state != ConnectionState.CONNECTED or connection.state_detail:
        _note(connection, state=ConnectionState.CONNECTED, state_detail="")


def _answered(connection: Connection, *, name: str, currency: str, **more: Any) -> None:
    now, state = timezone.now(), ConnectionState.CONNECTED
    _note(connection, name=name[:200], currency=currency, checked_at=now, state=state, state_detail="", **more)


def _note(connection: Connection, **learned: Any) -> None:
    """Keep what was learned. That somebody disconnected the account, perhaps just now, no answer undoes: an app that
    stays installed there would go on working."""
    rows = type(connection)._default_manager.filter(pk=connection.pk)  # noqa: SLF001 - Django's public name
    if not rows.exclude(state=ConnectionState.DISCONNECTED).update(**learned):
        connection.refresh_from_db(fields=["state", "state_detail"])
        return
    for name, value in learned.items():
        setattr(connection, name, value)


def _as_json(profile: StoreProfile) -> dict[str, Any]:
    return dataclasses.asdict(profile)


def profile_of(connection: StoreConnection) -> StoreProfile | None:
    """What the store said of itself when it last answered; None while it never has."""
    kept = connection.profile
    if not kept:
        return None
    pairs = {name: tuple((str(key), str(shown)) for key, shown in kept.get(name, ())) for name in _STATUSES}
    return StoreProfile(
        account_id=connection.account_id,
        name=connection.name,
        currency=connection.currency,
        time_zone=str(kept.get("time_zone") or "UTC"),
        prices_include_tax=kept.get("prices_include_tax") is True,
        taxes=tuple(StoreTax(str(tax["name"]), Decimal(str(tax["rate"]))) for tax in kept.get("taxes", ())),
        payment_methods=tuple(map(str, kept.get("payment_methods", ()))),
        modules=tuple(map(str, kept.get("modules", ()))),
        site_id=str(kept.get("site_id") or ""),
        marks_imported=kept.get("marks_imported") is True,
        **pairs,
    )


def given_hash(credentials: Mapping[str, str]) -> str:
    """Tells whether credentials are the ones last typed, without keeping them readable."""
    return hashlib.sha256(json.dumps(dict(credentials), sort_keys=True).encode()).hexdigest()


@transaction.atomic
def connect_quickbooks(
    business: Business, realm_id: str, pair: oauth.TokenPair, *, expected: BooksConnection | None = None
) -> BooksConnection:
    """Store a fresh consent for a company. `expected` is the connection that was to be renewed.

    The same company resumes with the new tokens. Raises OtherAccount for another company than the expected one and
    AccountTaken when the company belongs to another business.
    """
    _refuse_other(expected, realm_id)
    books, _created = BooksConnection.objects.get_or_create(
        provider="quickbooks", account_id=realm_id, defaults={"business": business}
    )
    if books.business_id != business.pk:
        raise AccountTaken
    store_pair(books, pair)
    books.refresh_from_db()
    return books


def connect_answering_store(
    business: Business,
    provider: str,
    account_id: str,
    credentials: Mapping[str, str],
    *,
    expected: StoreConnection | None = None,
    clock: Clock | None = None,
) -> StoreConnection:
    """Try credentials, then store them: mistyped ones must not replace some that work. Arguments as `connect_store`.

    Raises OtherAccount; SameSite where the business would read one store by two ways, and so each order twice; and
    `integrations.errors`.
    """
    _refuse_other(expected, account_id)
    trial = StoreConnection(provider=provider, account_id=account_id, credentials=dict(credentials))
    profile = store_for(trial, clock=clock).profile()
    refuse_same_site(business.name, provider, profile)
    # A trial may have got a token, which is good for hours.
    store = connect_store(business, provider, account_id, trial.credentials, expected=expected)
    keep_profile(store, profile)
    return store


def _refuse_other(expected: Connection | None, account_id: str) -> None:
    if expected is not None and expected.account_id != account_id:
        raise OtherAccount(expected.name or expected.account_id)


def refuse_same_site(business: str, provider: str, profile: StoreProfile) -> None:
    """Raises SameSite where the business of this name has the store already, under another account."""
    rows = StoreConnection.objects.filter(business__name=business, provider=provider)
    others = rows.exclude(account_id=profile.account_id)
    for other in others.exclude(state=ConnectionState.DISCONNECTED).defer("credentials"):
        if profile.site_id and other.profile.get("site_id") == profile.site_id:
            raise SameSite(other)


@transaction.atomic
def connect_store(
    business: Business,
    provider: str,
    account_id: str,
    credentials: Mapping[str, str],
    *,
    expected: StoreConnection | None = None,
) -> StoreConnection:
    """Store what opens a store: `access_token` of Ecwid's, `api_key` of a Wix site's, nothing where Wix knows our app.

    The same store resumes. Raises OtherAccount as `connect_quickbooks` does.
    """
    _refuse_other(expected, account_id)
    store, _created = StoreConnection.objects.get_or_create(business=business, provider=provider, account_id=account_id)
    store.credentials = dict(credentials)
    store.state, store.state_detail = ConnectionState.NEW, ""
    store.save(update_fields=["credentials", "state", "state_detail"])
    return store


def disconnect_quickbooks(books: BooksConnection, *, clock: Clock | None = None) -> None:
    """Revoke the consent at QuickBooks and forget the tokens, also where QuickBooks no longer knows them."""
    with contextlib.suppress(ReconnectNeeded, NotAllowed):  # already revoked on their side: what we want
        oauth.revoke(
            url=settings.QUICKBOOKS_REVOKE_URL,
            client_id=settings.QUICKBOOKS_CLIENT_ID,
            client_secret=settings.QUICKBOOKS_CLIENT_SECRET,
            token=str(books.credentials.get("refresh_token", "")),
            transport=Transport(clock=clock),
        )
    _forget(books)


def disconnect_store(connection: StoreConnection) -> None:
    """Forget a store's token or key. No shop system has a revoke call: the merchant removes the app, or the key, in the
    store's own administration. Until then it is not used any more."""
    _forget(connection)


def _forget(connection: Connection) -> None:
    connection.credentials, connection.credentials_given = {}, ""
    connection.state, connection.state_detail = ConnectionState.DISCONNECTED, ""
    connection.save(update_fields=["credentials", "credentials_given", "state", "state_detail"])
