"""SKU health (I4): which of the store's products will have trouble finding their items, and why. Pure."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from integrations.commerce import Product
from sync.translate.items import NAME_LIMIT, SKU_LIMIT, item_name, plain_text
from sync.translate.settings import match_key

SHOWN = 500  # problems kept; the counts count all


class Problem(TextChoices):
    """What is wrong with a SKU."""

    MISSING = "missing", _("No SKU")
    DUPLICATE = "duplicate", _("SKU used twice")
    TOO_LONG = "too_long", _("SKU too long")
    COLON = "colon", _("Colon in the name")
    CHARACTERS = "characters", _("Characters QuickBooks refuses")


@dataclass(frozen=True, slots=True)
class Trouble:
    """One product with one problem."""

    problem: str
    sku: str
    product: str


@dataclass(slots=True)
class Health:
    """What looking at `seen` products found. `complete` is False where the look ended before the last product."""

    seen: int = 0
    complete: bool = True
    counts: dict[str, int] = field(default_factory=dict)
    troubles: list[Trouble] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        troubles = [[one.problem, one.sku, one.product] for one in self.troubles]
        return {"seen": self.seen, "complete": self.complete, "counts": self.counts, "troubles": troubles}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Health":
        troubles = [Trouble(*row) for row in data.get("troubles", ())]
        return cls(int(data.get("seen", 0)), bool(data.get("complete", True)), dict(data.get("counts", {})), troubles)


def health(products: Iterable[Product], *, complete: bool = True) -> Health:
    """Every problem of every product that can be sold."""
    sold = [product for product in products if product.enabled]
    uses = Counter(match_key(product.sku) for product in sold)
    troubles = [
        Trouble(problem.value, product.sku, product.name) for product in sold for problem in _problems(product, uses)
    ]
    counts = Counter(trouble.problem for trouble in troubles)
    return Health(len(sold), complete, dict(counts), troubles[:SHOWN])


def _problems(product: Product, uses: Counter[str]) -> list[Problem]:
    sku = product.sku.strip()
    if not sku:
        return [Problem.MISSING]
    found = {
        Problem.DUPLICATE: uses[match_key(sku)] > 1,
        Problem.TOO_LONG: len(sku) > min(SKU_LIMIT, NAME_LIMIT),
        Problem.COLON: ":" in sku or ":" in product.name,
        Problem.CHARACTERS: match_key(plain_text(sku)) != match_key(sku) or '"' in sku,
    }
    return [problem for problem, there in found.items() if there]


def holds_orders(problem: str, *, match_by_name: bool, sku: str) -> bool:
    """Whether orders with such a product wait until somebody acts; otherwise it is only worth knowing."""
    if problem in {Problem.MISSING, Problem.TOO_LONG}:
        return True
    if problem == Problem.DUPLICATE:
        return False  # both products are sold as the same item
    return match_by_name and match_key(item_name(sku)) != match_key(sku)
