"""Connects the two sides of a setup file and asks each for what it says of itself, before anything else is written.

A refused file must leave nothing behind, and no token may be lost on the way. So new credentials are tried out in
memory where that is possible. A new QuickBooks company needs its row at once, for its lists and for a token that is
renewed meanwhile; it is taken back when the file is refused, unless the file's own tokens have been used up by then.
"""

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from django.conf import settings
from django.db.models import F
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Business
from integrations import budget, mirror
from integrations.books import Company
from integrations.clients import store_for
from integrations.commerce import StoreProfile
from integrations.connecting import (
    check_books,
    check_store,
    connect_store,
    given_hash,
    keep_profile,
    refuse_same_site,
)
from integrations.errors import NotAllowed, NotFound, OperatorError, ReconnectNeeded, RemoteError, TemporaryError
from integrations.http import Clock, Transport
from integrations.models import BooksConnection, ConnectionState, StoreConnection
from integrations.providers import PROVIDERS
from integrations.quickbooks import oauth
from integrations.quickbooks.client import QuickBooksClient
from integrations.tokens import store_pair
from sync.setup_file.changes import Change
from sync.setup_file.problems import Problem


@dataclass(frozen=True, slots=True)
class Account:
    """One side as the file names it; no credentials means those that are stored already."""

    provider: str
    account_id: str
    credentials: Mapping[str, str]

    @property
    def given(self) -> str:
        return given_hash(self.credentials) if self.credentials else ""

    @property
    def is_opened_by_app(self) -> bool:
        return PROVIDERS[self.provider].opened_by_app

    def is_new_to(self, row: StoreConnection | BooksConnection | None) -> bool:
        """Whether the file brings credentials that were not typed before: the same ones again change nothing."""
        return bool(self.credentials) and (row is None or row.credentials_given != self.given)


# -- the store ---------------------------------------------------------------------------------------------------------


class StoreSide:
    """The store, with its row when it is connected already."""

    def __init__(self, account: Account, row: StoreConnection | None, clock: Clock, *, business: str) -> None:
        self.row = row
        self.provider = account.provider
        self._business = business
        self._account = account
        self._clock = clock
        self._tried: StoreProfile | None = None  # what the store answered to credentials that are not stored yet

    def check(self) -> StoreProfile:
        """The test call. Raises `integrations.errors`, and SameSite for a store that is connected by another way."""
        if self.row is not None and not self._account.is_new_to(self.row):
            return check_store(self.row, clock=self._clock)
        candidate = copy.copy(self.row) or StoreConnection(
            provider=self._account.provider, account_id=self._account.account_id
        )
        candidate.credentials, candidate.state = dict(self._account.credentials), ConnectionState.NEW
        self._tried = store_for(candidate, clock=self._clock).profile()
        refuse_same_site(self._business, self.provider, self._tried)
        return self._tried

    def keep(self, business: Business) -> tuple[StoreConnection, list[Change]]:
        """The row, with the credentials that were tried."""
        if self._tried is None and self.row is not None:
            return self.row, []
        changes = [Change("store.credentials", None, _("replaced"))] if self.row else []
        account = self._account
        row = connect_store(business, account.provider, account.account_id, account.credentials)
        row.credentials_given = self._account.given
        row.save(update_fields=["credentials_given"])
        if self._tried is not None:
            keep_profile(row, self._tried)
        return row, changes or [Change("store", None, str(row))]


# -- the books ---------------------------------------------------------------------------------------------------------


class BooksSide(Protocol):
    """The QuickBooks company. `row` may be read once `check` has returned."""

    row: BooksConnection
    made_business: bool

    def check(self) -> Company:
        """The test call, which also brings the local lists up to date. Raises `integrations.errors`."""

    def keep(self) -> list[Change]:
        """Make it last."""

    def withdraw(self) -> list[Problem]:
        """Undo what `check` left behind; what could not be undone is told."""


class KnownBooks:
    """A company whose stored tokens stand."""

    made_business = False

    def __init__(self, row: BooksConnection, clock: Clock) -> None:
        self.row = row
        self._clock = clock

    def check(self) -> Company:
        return check_books(self.row, clock=self._clock)

    def keep(self) -> list[Change]:
        return []

    def withdraw(self) -> list[Problem]:
        return []


class NewBooks:
    """A company that is not connected yet."""

    row: BooksConnection

    def __init__(self, account: Account, business_name: str, clock: Clock) -> None:
        self._account = account
        self._business_name = business_name
        self._clock = clock
        self.made_business = False

    def check(self) -> Company:
        business, self.made_business = Business.objects.get_or_create(name=self._business_name)
        row = BooksConnection(business=business, provider=self._account.provider, account_id=self._account.account_id)
        row.credentials, row.credentials_given = dict(self._account.credentials), self._account.given
        row.save()
        self.row = row
        return check_books(self.row, clock=self._clock)

    def keep(self) -> list[Change]:
        return [Change("books", None, str(self.row))]

    def withdraw(self) -> list[Problem]:
        if not hasattr(self, "row"):
            return []
        self.row.refresh_from_db()
        if self.row.token_version:
            return [_renewed_problem()]
        business = self.row.business
        self.row.delete()
        if self.made_business:
            business.delete()
        return []


class ReplacedBooks:
    """A connected company to which the file brings other tokens."""

    made_business = False

    def __init__(self, account: Account, row: BooksConnection, clock: Clock) -> None:
        self.row = row
        self._account = account
        self._transport = Transport(clock=clock)
        self._tokens = GivenTokens(account, row, self._transport)

    def check(self) -> Company:
        client = QuickBooksClient(
            api_url=settings.QUICKBOOKS_API_URL,
            realm_id=self._account.account_id,
            tokens=self._tokens,
            transport=self._transport,
            before_call=lambda kind: budget.take(self.row.pk, kind, self._transport.clock),
        )
        client.company_info()  # before the lists, so that tokens of another company change nothing
        mirror.refresh(self.row, client, now=self._transport.clock.now(), taxes=True)
        return mirror.company(self.row)

    def keep(self) -> list[Change]:
        if not self._tokens.renewed:
            self._store()
        self.row.refresh_from_db()
        return [Change("books.credentials", None, _("replaced"))]

    def _store(self) -> None:
        """When these tokens end is not known; the version rises so that a refresh of the old ones comes too late."""
        BooksConnection.objects.filter(pk=self.row.pk).update(
            credentials=dict(self._account.credentials),
            credentials_given=self._account.given,
            token_version=F("token_version") + 1,
            refresh_claim="",
            access_expires_at=None,
            refresh_expires_at=None,
            consent_expires_at=None,
            state=ConnectionState.CONNECTED,
            state_detail="",
            checked_at=timezone.now(),
        )

    def withdraw(self) -> list[Problem]:
        return [_renewed_problem()] if self._tokens.renewed else []


class GivenTokens:
    """The tokens of a file, used before they are stored; a pair that they are exchanged for is stored at once."""

    def __init__(self, account: Account, row: BooksConnection, transport: Transport) -> None:
        self.renewed = False
        self._account = account
        self._row = row
        self._transport = transport
        self._access_token = account.credentials["access_token"]
        self._refresh_token = account.credentials["refresh_token"]

    def current(self) -> str:
        return self._access_token

    def renew(self, stale: str) -> str:
        if self._access_token == stale:
            self._exchange()
        return self._access_token

    def _exchange(self) -> None:
        pair = oauth.refresh(
            url=settings.QUICKBOOKS_TOKEN_URL,
            client_id=settings.QUICKBOOKS_CLIENT_ID,
            client_secret=settings.QUICKBOOKS_CLIENT_SECRET,
            refresh_token=self._refresh_token,
            transport=self._transport,
        )
        self._row.refresh_from_db()
        store_pair(self._row, pair)
        BooksConnection.objects.filter(pk=self._row.pk).update(credentials_given=self._account.given)
        self._row.refresh_from_db()
        self._access_token, self._refresh_token = pair.access_token, pair.refresh_token
        self.renewed = True


def books_side(account: Account, row: BooksConnection | None, business_name: str, clock: Clock) -> BooksSide:
    if row is None:
        return NewBooks(account, business_name, clock)
    return ReplacedBooks(account, row, clock) if account.is_new_to(row) else KnownBooks(row, clock)


# -- what goes wrong ---------------------------------------------------------------------------------------------------

_TROUBLE: tuple[tuple[type[RemoteError], str | Promise], ...] = (
    (
        ReconnectNeeded,
        gettext_lazy(
            "the credentials are not accepted (%(detail)s); put fresh ones here, or connect it in Connections"
        ),
    ),
    (
        OperatorError,
        gettext_lazy("this installation's own settings for the provider are wrong (%(detail)s); see .env.example"),
    ),
    (NotAllowed, gettext_lazy("the account refuses (%(detail)s); check its permissions and its subscription")),
    (NotFound, gettext_lazy("there is no such account (%(detail)s)")),
    (TemporaryError, gettext_lazy("it did not answer (%(detail)s); apply the file again later")),
)
_OTHER_TROUBLE = gettext_lazy("its answer cannot be used (%(detail)s); tell whoever runs this installation")


def trouble(path: str, error: RemoteError) -> Problem:
    """A failed test call as a problem of the file."""
    text = next((text for kind, text in _TROUBLE if isinstance(error, kind)), _OTHER_TROUBLE)
    return Problem(path, str(text) % {"detail": error})


def _renewed_problem() -> Problem:
    return Problem(
        "books", _("the tokens of the file were renewed on the way; the new ones are kept, nothing else was applied")
    )
