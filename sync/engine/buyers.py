"""Orders that belong to another buyer by now than their documents.

A document is never moved: payments, credits and refunds of it, ours or others', hang on its customer. A person is told.
"""

from collections.abc import Sequence
from dataclasses import replace

from integrations.books import Company, CustomerDraft
from integrations.mirror import key
from integrations.models import BooksObject, Integration
from sync.engine.directory import Directory
from sync.engine.period import named
from sync.engine.work import Planned, Work
from sync.translate.customers import customer
from sync.translate.outcome import Note
from sync.translate.reasons import Reason
from sync.translate.settings import AssignTo, Options


def say_other_buyers(planned: Sequence[Planned], integration: Integration, company: Company, options: Options) -> None:
    """Have the log tell of each of these orders that is in the books for somebody else. Four statements at most."""
    asked = {id(one): (one, _drafts(one, options)) for one in planned if _may_be_told(one)}
    asked = {ident: (one, drafts) for ident, (one, drafts) in asked.items() if not _is_the_same(one, drafts[0])}
    if not asked:
        return
    found = Directory(integration, company).find_all(draft for _, drafts in asked.values() for draft in drafts)
    moved = [
        (one, drafts[0])
        for one, drafts in asked.values()
        if one.sale is not None and all(found[draft].books_ref != one.sale.customer_ref for draft in drafts)
    ]
    names = _names(integration, {one.sale.customer_ref for one, _ in moved if one.sale is not None})
    for one, draft in moved:
        _say(one, draft, names)


def _may_be_told(one: Planned) -> bool:
    """Whose name somebody else's document is in was never ours to say."""
    sale = one.sale
    is_ours = sale is not None and not sale.adopted and bool(sale.customer_ref)
    return is_ours and one.order is not None and isinstance(one.decision, Work)


def _is_the_same(one: Planned, draft: CustomerDraft) -> bool:
    """Whoever has no name on the document cannot be another. Who is known by name alone may have been renamed in
    QuickBooks since: then the e-mail address that the document was posted with tells."""
    if draft.shared or one.order is None or one.sale is None:
        return True
    posted = key(str((one.sale.payload.get("BillEmail") or {}).get("Address") or ""))
    return not (draft.store_ref or draft.email) and bool(posted) and posted == key(one.order.buyer.email)


def _drafts(one: Planned, options: Options) -> list[CustomerDraft]:
    """Who the order belongs to by the settings, and by any others: a changed setting is no other buyer."""
    if one.order is None:
        raise ValueError("an order that was not read belongs to nobody")
    ways = [options.assign_to, *(way for way in AssignTo if way is not options.assign_to)]
    return [customer(one.order, replace(options, assign_to=way)) for way in ways]


def _names(integration: Integration, refs: set[str]) -> dict[str, str]:
    if not refs:
        return {}
    rows = BooksObject.objects.filter(books_id=integration.books_id, type="Customer", books_ref__in=refs)
    return dict(rows.values_list("books_ref", "name"))


def _say(one: Planned, draft: CustomerDraft, names: dict[str, str]) -> None:
    sale, work = one.sale, one.decision
    if sale is None or not isinstance(work, Work):
        raise ValueError("only of a posted order there is something to say")
    before = names.get(sale.customer_ref, sale.customer_ref)
    is_namesake = key(draft.name) == key(before) and draft.email
    buyer = f"{draft.name} ({draft.email})" if is_namesake else draft.name
    note = Note(Reason.BUYER_CHANGED, {**named(sale), "buyer": buyer, "customer": before})
    one.decision = replace(work, notes=(*work.notes, note))
