"""What differs between two previews of the same thing, part by part (L4)."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from sync.engine.documents import Document, Value
from sync.engine.preview import PreviewedOrder


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that a document would say differently; None where it would not say it at all.

    `document` is its type, `about` the line it stands on, if any; `what` has its words in `sync.document_texts`.
    """

    document: str
    about: str
    what: str
    before: Value | None
    after: Value | None


@dataclass(frozen=True, slots=True)
class Difference:
    """An order, or a refund of one, that would come out different; of an order, with those of its refunds that
    would."""

    before: PreviewedOrder
    after: PreviewedOrder
    changes: tuple[Change, ...]
    refunds: "tuple[Difference, ...]" = ()

    @property
    def ends_otherwise(self) -> bool:
        """Whether it would be held where it was posted, or the other way round, or for another reason."""
        return _ending(self.before) != _ending(self.after)

    @property
    def currency(self) -> str:
        """That of the order or refund; of a product, that of its item."""
        documents = (*self.after.documents, *self.before.documents)
        return self.after.record.currency or next((one.currency for one in documents), "")

    @property
    def is_any(self) -> bool:
        return bool(self.changes or self.refunds) or self.ends_otherwise

    @property
    def parts(self) -> "tuple[Difference, ...]":
        """What differs: the order itself, if it does, and its refunds."""
        itself = (self,) if self.changes or self.ends_otherwise else ()
        return (*itself, *self.refunds)


def difference_of(before: PreviewedOrder, after: PreviewedOrder) -> Difference:
    """How what would be becomes something else."""
    refunds = (difference_of(*pair) for pair in zip(before.refunds, after.refunds, strict=True))
    differing = tuple(one for one in refunds if one.is_any)
    return Difference(before, after, tuple(_changes(before, after)), differing)


# (which document, which line, which part), all but the last told apart by more than people need to see.
_Place = tuple[str, str, str]
_ROLES = {"Invoice": "Sale", "SalesReceipt": "Sale"}
_LINE_PARTS = ("item", "description", "quantity", "unit_price", "amount", "tax_code")


@dataclass(frozen=True, slots=True)
class _Said:
    """What a document says in one place, with the words to say where that is."""

    document: str
    about: str
    value: Value


def _changes(before: PreviewedOrder, after: PreviewedOrder) -> Iterator[Change]:
    old, new = _places(before), _places(after)
    whole = {place[0] for place in old} ^ {place[0] for place in new}
    for place in dict.fromkeys((*old, *new)):
        document, _line, what = place
        was, will_be = old.get(place), new.get(place)
        shown = will_be or was
        # A document that is there on one side only is one change, not one for all it says.
        if shown is None or (document in whole) != (what == "document"):
            continue
        if (was and was.value) != (will_be and will_be.value):
            yield Change(
                shown.document, shown.about, what, was.value if was else None, will_be.value if will_be else None
            )


def _places(order: PreviewedOrder) -> dict[_Place, _Said]:
    places: dict[_Place, _Said] = {}
    seen: Counter[str] = Counter()
    for document in order.documents:
        role = _role(document)
        seen[role] += 1
        places |= {(f"{role} {seen[role]}", line, what): said for line, what, said in _sayings(document)}
    return places


def _role(document: Document) -> str:
    """Documents that stand for each other on both sides: an invoice and the receipt it would be instead; an item and
    the same item."""
    named = next((str(part.value) for part in document.parts if part.name == "sku"), "")
    return f"{_ROLES.get(document.type, document.type)} {named}"


def _sayings(document: Document) -> Iterator[tuple[str, str, _Said]]:
    def said(value: Value, about: str = "") -> _Said:
        return _Said(document.type, about, value)

    yield "", "document", said(document.total if document.total is not None else _name(document))
    yield "", "type", said(document.type)
    for part in document.parts:
        yield "", part.name, said(part.value)
    for line in document.lines:
        for name in _LINE_PARTS:
            value = getattr(line, name)
            if value not in (None, ""):
                yield line.key, name, said(value, line.description or line.item)
    for tax in document.taxes:
        yield f"tax {tax.name}", "tax", said(tax.amount, tax.name)
    if document.total is not None:
        yield "", "total", said(document.total)


def _name(document: Document) -> str:
    return next((str(part.value) for part in document.parts if part.name == "name"), "")


def _ending(order: PreviewedOrder) -> tuple[object, ...]:
    return order.action, order.reason, order.params
