"""The first wave: the customers and items that the sales at hand need and QuickBooks does not have yet."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from integrations import mirror
from integrations.books import Company, CustomerDraft, ItemDraft, Known
from integrations.mirror import key
from integrations.models import BooksConnection, BooksObject
from integrations.quickbooks import entry_writer
from integrations.quickbooks.faults import Cause, Fault
from sync.engine.content import digest
from sync.engine.deliver import Delivery
from sync.engine.directory import Customer, Directory
from sync.engine.search import named
from sync.models import CustomerLink, Posting, PostingState, Role
from sync.translate.items import named_apart

Json = Mapping[str, Any]


@dataclass(slots=True)
class Entry:
    """A list entry to create: names to try in order, the payload for a name, and what to do with what came of it."""

    role: Role
    entity: str
    key: str
    names: Iterator[str]
    payload: Callable[[str], dict[str, Any]]
    accepts: Callable[[Json], bool]  # whether an entry that has the name already may be taken for this one
    done: Callable[[BooksObject], None]
    failed: Callable[[Fault], None]
    posting: Posting | None = None


class Entries:
    """Creates customers and items through a delivery, trying further names where one is taken."""

    def __init__(self, delivery: Delivery) -> None:
        self._delivery = delivery
        self._books: BooksConnection = delivery.books

    def create(self, entries: Sequence[Entry]) -> None:
        """Bring each entry to its `done` or `failed`. Costs one batch per thirty, and more only for taken names."""
        self._take_up(entries)
        faults: dict[str, Fault] = {}
        waiting = self._unfinished(entries)
        while waiting:
            tried = [entry for entry in waiting if self._prepare(entry, faults)]
            answers = self._delivery.send([entry.posting for entry in tried if entry.posting is not None])
            faults = {entry.key: answers[_pk(entry)] for entry in tried if _pk(entry) in answers}
            taken = [entry for entry in self._unfinished(tried) if not _failed_for_good(entry, faults[entry.key])]
            waiting = self._without_existing(taken)

    def _take_up(self, entries: Sequence[Entry]) -> None:
        """Find the postings of earlier attempts: one that was posted before the run died needs no second one."""
        earlier = {
            (posting.role, posting.key): posting
            for posting in Posting.objects.filter(
                books=self._books, record__isnull=True, key__in=[entry.key for entry in entries]
            )
        }
        for entry in entries:
            entry.posting = earlier.get((entry.role, entry.key))

    def _unfinished(self, entries: Sequence[Entry]) -> list[Entry]:
        """Bring those whose entry QuickBooks has by now to their end; returns the others."""
        rows = self._rows(
            (entry.entity, entry.posting.books_ref)
            for entry in entries
            if entry.posting is not None and entry.posting.state == PostingState.POSTED
        )
        return [entry for entry in entries if not _done(entry, rows.get(_posted_as(entry)))]

    def _prepare(self, entry: Entry, faults: Mapping[str, Fault]) -> bool:
        """Set up the posting for the next name; False, and failed, when there is none left."""
        name = next(entry.names, None)
        if name is None:
            entry.failed(faults[entry.key])
            return False
        if entry.posting is None:
            entry.posting = Posting(books=self._books, role=entry.role, key=entry.key)
        entry.posting.books_type, entry.posting.payload = entry.entity, entry.payload(name)
        return True

    def _without_existing(self, entries: list[Entry]) -> list[Entry]:
        """Names taken by an entry we did not know: take that one where it fits, else go on to the next name."""
        by_entity: dict[str, list[Entry]] = {}
        for entry in entries:
            by_entity.setdefault(entry.entity, []).append(entry)
        for entity, same in by_entity.items():
            existing = named(self._delivery.client, entity, [_name(entry) for entry in same])
            mirror.put(self._books, entity, existing.values(), ours=True)
            rows = self._rows((entity, str(obj["Id"])) for obj in existing.values())
            for entry in same:
                obj = existing.get(key(_name(entry)))
                if obj is not None and entry.accepts(obj) and _done(entry, rows.get((entity, str(obj["Id"])))):
                    entries.remove(entry)
        return entries

    def _rows(self, wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], BooksObject]:
        """The active mirror rows of these (entity, id) pairs."""
        pairs = set(wanted)
        refs = {ref for _entity, ref in pairs}
        rows = BooksObject.objects.filter(books=self._books, books_ref__in=refs, active=True)
        return {(row.type, row.books_ref): row for row in rows if (row.type, row.books_ref) in pairs}


def _posted_as(entry: Entry) -> tuple[str, str]:
    return entry.entity, entry.posting.books_ref if entry.posting is not None else ""


def _done(entry: Entry, row: BooksObject | None) -> bool:
    if row is None:
        return False
    entry.done(row)
    return True


def _failed_for_good(entry: Entry, fault: Fault) -> bool:
    """A taken name is not the end: there are further names, or the one who has it is the one we want."""
    if fault.cause is Cause.DUPLICATE_NAME:
        return False
    entry.failed(fault)
    return True


def _pk(entry: Entry) -> int:
    return entry.posting.pk if entry.posting is not None else 0


def _name(entry: Entry) -> str:
    payload = entry.posting.payload if entry.posting is not None else {}
    return str(payload.get("DisplayName") or payload.get("Name") or "")


def customer_entry(customer: Customer, directory: Directory, company: Company) -> Entry:
    """The entry that creates a buyer's customer. One of that name that QuickBooks has is taken if the e-mails agree."""
    draft = customer.draft
    if draft is None:
        raise ValueError(f"{customer.name} exists already")
    identity = f"{draft.source}/{draft.store_ref}/{draft.email}/{draft.name}/{draft.currency}"

    def accepts(obj: Json) -> bool:
        email = key(str((obj.get("PrimaryEmailAddr") or {}).get("Address") or ""))
        currency = str((obj.get("CurrencyRef") or {}).get("value") or company.currency)
        return currency == draft.currency and (draft.shared or not email or email == key(draft.email))

    def failed(fault: Fault) -> None:
        customer.problem = fault

    return Entry(
        Role.CUSTOMER,
        "Customer",
        digest(identity),
        directory.candidate_names(customer),
        lambda name: entry_writer.customer_payload(draft, company, name=name),
        accepts,
        lambda row: directory.created(customer, row),
        failed,
    )


def item_entry(draft: ItemDraft, made: dict[str, Known], problems: dict[str, Fault]) -> Entry:
    """The entry that creates an item; fills `made` or `problems` under the draft's key."""
    names = {candidate.name: candidate for candidate in (draft, named_apart(draft))}

    def accepts(obj: Json) -> bool:
        sellable = obj.get("Type") not in {"Category", "Group"}  # categories and bundles have names, too
        return sellable and (key(str(obj.get("Sku") or "")) == key(draft.sku) or draft.name == draft.sku)

    def done(row: BooksObject) -> None:
        made[draft.key] = Known(row.books_ref, row.name, row.kind)

    def failed(fault: Fault) -> None:
        problems[draft.key] = fault

    return Entry(
        Role.ITEM,
        "Item",
        digest(f"{draft.key}/{draft.name}"),
        iter(names),
        lambda name: entry_writer.item_payload(names[name]),
        accepts,
        done,
        failed,
    )


def keep_links(directory: Directory, customers: Iterable[Customer]) -> None:
    """Remember by which ids and e-mails the buyers were recognised."""
    links = directory.links(customers)
    CustomerLink.objects.bulk_create(
        links,
        update_conflicts=True,
        unique_fields=["integration", "buyer_ref", "currency"],
        update_fields=["customer"],
    )


__all__ = ["CustomerDraft", "Entries", "Entry", "customer_entry", "item_entry", "keep_links"]
