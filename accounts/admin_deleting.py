"""What deleting rows takes along, counted and not listed: an integration may have a million log entries."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.contrib.admin import AdminSite
from django.db.models import CASCADE, PROTECT, Model, QuerySet
from django.http import HttpRequest
from django.utils.text import capfirst

# What a page that asks shows: the rows, how many of each model go, which models may not, and which are in the way.
Found = tuple[list[str], dict[str, int], set[str], list[str]]


class CountedDeletingMixin:
    """Asks before rows are deleted without reading every row that would go, as Django's own pages do."""

    admin_site: AdminSite

    def get_deleted_objects(self, objs: Sequence[Any] | QuerySet[Any], request: HttpRequest) -> Found:
        return deleted_with(objs, request, self.admin_site)


def deleted_with(rows: Sequence[Any] | QuerySet[Any], request: HttpRequest, site: AdminSite) -> Found:
    """As Django's `get_deleted_objects`, from one statement for each table that refers to the rows' own.

    What refers to those tables in turn goes along uncounted.
    """
    found = list(rows)
    if not found:
        return [], {}, set(), []
    names = found[0]._meta  # noqa: SLF001 - Django's public name for a model's description
    counts, forbidden, protected = {str(names.verbose_name_plural): len(found)}, set[str](), []
    for related, on_delete, referring in _referring(found):
        if on_delete is PROTECT and referring.exists():
            protected.append(capfirst(str(related.verbose_name_plural)))
        elif on_delete is CASCADE and not _may_go(related.model, request, site):
            forbidden |= {str(related.verbose_name)} if referring.exists() else set()
        elif on_delete is CASCADE and (count := referring.count()):
            counts[str(related.verbose_name_plural)] = count
    return [f"{capfirst(str(names.verbose_name))}: {row}" for row in found], counts, forbidden, protected


def _referring(rows: list[Any]) -> Iterator[tuple[Any, Any, QuerySet[Any]]]:
    """The models with a foreign key to these rows, what becomes of theirs, and which those are."""
    for relation in rows[0]._meta.get_fields(include_hidden=True):  # noqa: SLF001 - as above
        if (relation.one_to_many or relation.one_to_one) and not relation.concrete:
            field = relation.field
            referring = field.model._base_manager.filter(**{f"{field.name}__in": rows})  # noqa: SLF001 - as above
            yield field.model._meta, relation.on_delete, referring  # noqa: SLF001 - as above


def _may_go(model: type[Model], request: HttpRequest, site: AdminSite) -> bool:
    """Rows of a model without pages of its own are part of what they belong to."""
    return not site.is_registered(model) or site.get_model_admin(model).has_delete_permission(request)
