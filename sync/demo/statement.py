"""What a first look at an integration wants to know: what the store sold, what is in the books, what is not and why."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import F

from integrations.books import RefundType, SaleType
from integrations.models import Integration
from sync.models import Posting, PostingState, Record, RecordKind, RecordState, Role
from sync.reasons import explain


@dataclass(frozen=True, slots=True)
class Figure:
    """So many, and their sum in the store's currency."""

    count: int = 0
    amount: Decimal = Decimal(0)

    def __add__(self, other: "Figure") -> "Figure":
        return Figure(self.count + other.count, self.amount + other.amount)

    def __sub__(self, other: "Figure") -> "Figure":
        return Figure(self.count - other.count, self.amount - other.amount)


@dataclass(frozen=True, slots=True)
class Open:
    """Orders that are not in the books for one and the same reason."""

    state: RecordState
    reason: str
    sentence: str
    numbers: list[str]
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Statement:
    """An integration's orders by state, and the documents made of those that are posted.

    `differing` counts posted orders whose own document has another total.
    """

    integration: Integration
    by_state: dict[RecordState, Figure]
    by_document: dict[str, Figure]
    open: list[Open]
    differing: int
    reasons: Counter[str] = field(default_factory=Counter)

    @property
    def store(self) -> Figure:
        return sum(self.by_state.values(), Figure())

    @property
    def due(self) -> Figure:
        """What ought to be in the books: the store's totals of the orders that count as posted."""
        return self.by_state.get(RecordState.POSTED, Figure())

    @property
    def sales(self) -> Figure:
        """What is in the books."""
        return sum((self.by_document[kind] for kind in self.sale_types), Figure())

    @property
    def sale_types(self) -> list[str]:
        return sorted(set(self.by_document) & set(SaleType))

    @property
    def payments(self) -> Figure:
        return self.by_document.get("Payment", Figure())

    @property
    def refunds(self) -> Figure:
        """What was given back, in the books."""
        return sum((self.by_document.get(kind, Figure()) for kind in RefundType), Figure())


def statement_of(integration: Integration) -> Statement:
    orders = Record.objects.filter(integration=integration, kind=RecordKind.ORDER)
    postings = Posting.objects.filter(record__integration=integration, state=PostingState.POSTED)
    sales = postings.filter(role=Role.SALE)
    open_ = orders.exclude(state=RecordState.POSTED)
    return Statement(
        integration,
        {RecordState(state): sums for state, sums in _figures(orders.values_list("state", "amount")).items()},
        _figures(postings.values_list("books_type", "total")),
        _open(open_),
        sales.exclude(total=F("record__amount")).count(),
        Counter(open_.filter(state=RecordState.HELD).values_list("reason", flat=True)),
    )


def _figures(rows: Iterable[tuple[str, Decimal | None]]) -> dict[str, Figure]:
    """Counts and sums by the first column. Added up here, because SQLite adds in floating point."""
    figures: defaultdict[str, Figure] = defaultdict(Figure)
    for name, amount in rows:
        figures[name] += Figure(1, amount or Decimal(0))
    return dict(figures)


def _open(records: Iterable[Record]) -> list[Open]:
    """Held ones first; orders with the same sentence together."""
    groups: defaultdict[tuple[RecordState, str, str], list[Record]] = defaultdict(list)
    for record in records:
        sentence = explain(record.reason, record.params)
        groups[RecordState(record.state), record.reason, sentence].append(record)
    found = [
        Open(*key, sorted(map(str, group)), sum((record.amount or Decimal(0) for record in group), Decimal(0)))
        for key, group in groups.items()
    ]
    return sorted(found, key=lambda one: (one.state == RecordState.SKIPPED, one.state, one.reason, one.sentence))
