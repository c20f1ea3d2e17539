"""What a user may see and do. Every page, admin, action and export asks here; nothing else decides.

A superuser is whoever runs the installation and may do everything. Everybody else acts through a membership.
"""

from enum import StrEnum
from typing import Any, TypeVar

from django.contrib.auth.models import AnonymousUser
from django.db.models import Model, Q, QuerySet

from accounts.models import Business, Role, User

M = TypeVar("M", bound=Model)


class Act(StrEnum):
    """What a role allows."""

    READ = "read"  # see and export
    WORK = "work"  # settings, mappings, syncs, the inbox
    OWN = "own"  # connections and members


_ALLOWED: dict[Act, frozenset[str]] = {
    Act.READ: frozenset(Role.values),
    Act.WORK: frozenset({Role.OWNER, Role.BOOKKEEPER}),
    Act.OWN: frozenset({Role.OWNER}),
}


def businesses_for(user: User | AnonymousUser, act: Act = Act.READ) -> QuerySet[Business]:
    """The businesses in which `user` may do `act`."""
    if not isinstance(user, User) or not user.is_active:
        return Business.objects.none()
    if user.is_superuser:
        return Business.objects.all()
    return Business.objects.filter(memberships__user=user, memberships__role__in=_ALLOWED[act])


def scoped(
    queryset: QuerySet[M], user: User | AnonymousUser, path: str = "business", act: Act = Act.READ
) -> QuerySet[M]:
    """Narrow `queryset` to what belongs to the user's businesses; `path` leads from the model to its business."""
    if isinstance(user, User) and user.is_superuser and user.is_active:
        return queryset
    return queryset.filter(Q(**{f"{path}__in": businesses_for(user, act)}))


def may(user: User | AnonymousUser, business: Business | None, act: Act) -> bool:
    """Whether `user` may do `act` in `business`; None asks for any business at all."""
    allowed = businesses_for(user, act)
    return allowed.exists() if business is None else allowed.filter(pk=business.pk).exists()


def business_of(obj: Model, path: str) -> Business:
    """Follow `path` ("integration__business") from an object to its business."""
    found: Any = obj
    for step in path.split("__"):
        found = getattr(found, step)
    if not isinstance(found, Business):
        raise TypeError(f"{path} of {obj!r} does not lead to a business")
    return found
