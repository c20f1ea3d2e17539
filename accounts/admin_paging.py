"""Lists that stay quick however long they are: counting a million rows takes longer than showing fifty."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.utils.functional import cached_property

# So many rows can be paged through; nobody looks at page 201, they filter or search.
MOST = 10_000


class CappedPaginator(Paginator[Any]):
    """Counts to `MOST` and no further."""

    @cached_property
    def count(self) -> int:
        return min(self._counted, MOST)

    @property
    def is_capped(self) -> bool:
        """Whether there are more rows than can be paged through."""
        return self._counted > MOST

    @property
    def template_name(self) -> str:
        """Which template shows the pages; unfold's own where nothing is left out."""
        return "admin/pagination_capped.html" if self.is_capped else "unfold/helpers/pagination_default.html"

    @cached_property
    def _counted(self) -> int:
        rows: Any = self.object_list
        return counted(rows) if isinstance(rows, QuerySet) else len(rows)


def counted(rows: QuerySet[Any]) -> int:
    """How many rows there are; one more than `MOST` stands for any number above."""
    return rows.order_by().values("pk")[: MOST + 1].count()
