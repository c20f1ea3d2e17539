"""Keeps who changed which setting (L8). Whoever changes settings does it inside `changes_noted`."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from integrations.models import Integration
from integrations.models.connections import Connection
from sync.models import SettingChange
from sync.reports.settings_snapshot import Snapshot, model_key, settings_snapshot

_CAME_TO_BE = (model_key(Integration), "", "slug")


@dataclass(frozen=True, slots=True)
class Author:
    """Who changes something: a user, or a command by its name."""

    name: str
    user: User | None = None


def author(user: User | AnonymousUser | None, *, command: str = "") -> Author:
    """The user; where there is none, the command."""
    return Author(user.get_username(), user) if isinstance(user, User) else Author(command or "manage.py")


@contextmanager
def changes_noted(*integrations: Integration, by: Author) -> Iterator[None]:
    """Note every setting of these integrations that is different afterwards, however it was written.

    Changes and their notes are one transaction. Where the database can, somebody else's changes to the same
    integration wait for it, so that nobody is taken for the author of another's.
    """
    with ExitStack() as stack:
        stack.enter_context(transaction.atomic())
        # In one order, so that two who change the same integrations do not wait for each other.
        for integration in sorted(set(integrations), key=lambda one: one.pk):
            stack.enter_context(_noted(integration, by))
        yield


@contextmanager
def _noted(integration: Integration, by: Author) -> Iterator[None]:
    Integration.objects.select_for_update().filter(pk=integration.pk).first()
    before = settings_snapshot(integration)
    yield
    changes_note(integration, before=before, by=by, at=timezone.now())


def changes_note(integration: Integration, *, before: Snapshot, by: Author, at: datetime) -> int:
    """Note what differs from `before`. Of an integration that was not there only that it is. Returns how many."""
    after = settings_snapshot(integration)
    compared = dict.fromkeys((*before, *after)) if before else [_CAME_TO_BE]
    changed = [key for key in compared if before.get(key, "") != after.get(key, "")]
    SettingChange.objects.bulk_create(
        SettingChange(
            business_id=integration.business_id,
            integration=integration,
            user=by.user,
            by=by.name[:150],
            at=at,
            model=model,
            subject=subject[:400],
            field=field,
            old=before.get((model, subject, field), ""),
            new=after.get((model, subject, field), ""),
        )
        for model, subject, field in changed
    )
    return len(changed)


def connection_note(connection: Connection, *, what: str, by: Author, at: datetime | None = None) -> None:
    """Note that an account was connected, given new credentials or disconnected (`what`); never the credentials."""
    SettingChange.objects.create(
        business_id=connection.business_id,
        user=by.user,
        by=by.name[:150],
        at=at or timezone.now(),
        model=model_key(type(connection)),
        subject=str(connection)[:400],
        field="credentials",
        new=what,
    )


def on_credentials_changed(connection: Connection, user: User, what: str, **_more: object) -> None:
    """Connecting is done by pages that know nothing of us."""
    connection_note(connection, what=what, by=author(user))
