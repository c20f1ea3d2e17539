"""Tokens that end and are kept in the database: QuickBooks' pairs and those of the Wix app.

The QuickBooks token pair of a connection is refreshed by one worker at a time and stored before it is used (C5). A
refresh is claimed by a conditional update of the row: whoever changes it from the version they saw may call,
everybody else waits for the version to rise. That works alike on SQLite and PostgreSQL and holds no transaction open
while the provider answers.
"""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q

from integrations.errors import OperatorError, ReconnectNeeded, TemporaryError
from integrations.http import Clock, Transport
from integrations.models import BooksConnection, ConnectionState, StoreConnection
from integrations.quickbooks import oauth
from integrations.wix.access import Token

# A claim outlives the slowest refresh call; after that its owner is taken for dead.
CLAIM_LASTS = timedelta(seconds=180)
# Renewed this long before its end, so that it does not expire on the way.
EARLY = timedelta(minutes=3)
# QuickBooks ends a consent that nobody used for 100 days; asking for a new pair is using it.
RENEWED_AFTER = timedelta(days=30)
# QuickBooks lets no token outlive the consent: ends this near to each other are the same one.
_HARDLY = timedelta(days=1)


class DatabaseTokens:
    """Hands out the access token of a connection; implements the QuickBooks client's `Tokens`."""

    def __init__(self, books: BooksConnection, *, transport: Transport) -> None:
        self._pk = books.pk
        self._transport = transport

    @property
    def _clock(self) -> Clock:
        return self._transport.clock

    def current(self) -> str:
        """An access token that is not about to expire. Raises ReconnectNeeded, OperatorError or TemporaryError."""
        row = self._row()
        expires = row.access_expires_at
        if expires is not None and expires - EARLY <= self._clock.now():
            return self.renew(row.credentials.get("access_token", ""))
        return self._access_token(row)

    def renew(self, stale: str) -> str:
        """A token other than `stale`, which QuickBooks refused or which is about to expire."""
        while True:
            row = self._row()
            token = self._access_token(row)
            if token != stale:
                return token
            claim = self._claim(row)
            if claim:
                return self._refresh(row, claim)
            self._clock.sleep(0.5)

    def keep_alive(self) -> None:
        """Renew a pair that has not been used for long. Where nothing is sold, syncs have nothing to ask QuickBooks for
        months, and would let a consent end that was never given up. Raises ReconnectNeeded or OperatorError."""
        row = self._row()
        used = row.access_expires_at or row.checked_at
        if used is None or self._clock.now() - used < RENEWED_AFTER:
            return
        try:
            self.renew(self._access_token(row))
        except TemporaryError:
            return  # there are two more months to try it in

    def _row(self) -> BooksConnection:
        return BooksConnection.objects.get(pk=self._pk)

    def _access_token(self, row: BooksConnection) -> str:
        if row.state in (ConnectionState.RECONNECT, ConnectionState.DISCONNECTED):
            raise ReconnectNeeded("the QuickBooks connection is waiting to be connected again")
        return str(row.credentials.get("access_token", ""))

    def _claim(self, row: BooksConnection) -> str:
        """Try to become the one who refreshes this version; empty when somebody else is."""
        claim, now = str(uuid.uuid4()), self._clock.now()
        free = Q(refresh_claim="") | Q(refresh_claimed_at__lt=now - CLAIM_LASTS)
        claimed = BooksConnection.objects.filter(free, pk=self._pk, token_version=row.token_version).update(
            refresh_claim=claim, refresh_claimed_at=now
        )
        return claim if claimed else ""

    def _refresh(self, row: BooksConnection, claim: str) -> str:
        try:
            pair = oauth.refresh(
                url=settings.QUICKBOOKS_TOKEN_URL,
                client_id=settings.QUICKBOOKS_CLIENT_ID,
                client_secret=settings.QUICKBOOKS_CLIENT_SECRET,
                refresh_token=str(row.credentials.get("refresh_token", "")),
                transport=self._transport,
            )
        except ReconnectNeeded as error:
            self._release(claim, state=ConnectionState.RECONNECT, state_detail=error.message[:500])
            raise
        except OperatorError as error:
            self._release(claim, state=ConnectionState.OPERATOR, state_detail=error.message[:500])
            raise
        except TemporaryError:
            self._release(claim)
            raise
        # A claim that outlived its time is somebody else's by now, and so is the pair that counts.
        return pair.access_token if store_pair(row, pair, claim=claim) else self._access_token(self._row())

    def _release(self, claim: str, **changes: Any) -> None:
        BooksConnection.objects.filter(pk=self._pk, refresh_claim=claim).update(refresh_claim="", **changes)


def store_pair(row: BooksConnection, pair: oauth.TokenPair, *, claim: str | None = None) -> bool:
    """Store a new pair and raise the version. With a claim only while it is still ours; says whether it was stored."""
    rows = BooksConnection.objects.filter(pk=row.pk)
    if claim is not None:
        rows = rows.filter(refresh_claim=claim, token_version=row.token_version)
    stored = rows.update(
        credentials={"access_token": pair.access_token, "refresh_token": pair.refresh_token},
        token_version=row.token_version + 1,
        refresh_claim="",
        access_expires_at=pair.access_expires_at,
        refresh_expires_at=pair.refresh_expires_at,
        consent_expires_at=pair.hard_expires_at or row.consent_expires_at,
        state=ConnectionState.CONNECTED,
        state_detail="",
    )
    return bool(stored)


def ends_soon(books: BooksConnection, now: datetime, within: timedelta = timedelta(days=14)) -> datetime | None:
    """The nearest end of the consent (100 days without use, or five years) when it is less than `within` away (C5)."""
    end = consent_end(books)
    return end if end is not None and end - now < within else None


def consent_end(books: BooksConnection) -> datetime | None:
    """The nearest end of the consent that is known."""
    return min((end for end in (books.refresh_expires_at, books.consent_expires_at) if end is not None), default=None)


def is_unused(books: BooksConnection) -> bool:
    """Whether the nearest end is that of the 100 days, which any use puts off, and not that of the five years."""
    unused, for_good = books.refresh_expires_at, books.consent_expires_at
    return unused is not None and (for_good is None or unused < for_good - _HARDLY)


def wix_token(connection: StoreConnection) -> Token | None:
    """The token that an earlier process got from Wix for this site."""
    kept = connection.credentials
    if "access_token" not in kept:
        return None
    return Token(str(kept["access_token"]), datetime.fromisoformat(str(kept["expires_at"])))


def wix_token_keep(connection: StoreConnection, token: Token) -> None:
    """Keep a token for whoever works with this site next. Wix gives any number of them, each for four hours, so nobody
    has to wait for anybody; a site that was disconnected meanwhile keeps none."""
    connection.credentials = {"access_token": token.value, "expires_at": token.expires_at.isoformat()}
    rows = StoreConnection.objects.filter(pk=connection.pk).exclude(state=ConnectionState.DISCONNECTED)
    rows.update(credentials=connection.credentials)
