"""Finds the QuickBooks customer of each sale, or the one to create (O8).

A buyer is looked up by the store's customer id, then by e-mail, then by name. A customer found by name is taken only
when nothing speaks against it: two buyers of one name with different e-mail addresses, or different ids in the store,
are two customers. The directory is filled for a page of sales at a time and remembers what it decided, so that two
orders of one new buyer make one customer.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from django.db.models import Q

from integrations.books import Company, CustomerDraft
from integrations.mirror import key
from integrations.models import BooksObject, Integration
from integrations.quickbooks import names
from integrations.quickbooks.faults import Fault
from sync.engine.content import digest
from sync.models import CustomerLink

Identity = tuple[str, str]  # (currency, "ref:3301" | "email:ana@example.test")


class FoundBy(StrEnum):
    """What a buyer was recognised by."""

    REF = "ref"
    EMAIL = "email"
    NAME = "name"
    NOTHING = "nothing"  # a customer is to be created


@dataclass(eq=False, slots=True)
class Customer:
    """A customer that exists (`books_ref`) or is still to be created. `known_as` are the buyers it stands for."""

    name: str
    currency: str
    email: str = ""
    books_ref: str = ""
    row: BooksObject | None = None
    draft: CustomerDraft | None = None
    known_as: set[Identity] = field(default_factory=set)
    new_identities: set[Identity] = field(default_factory=set)
    problem: Fault | None = None  # why it could not be created


class Directory:
    """The customers of the sales at hand."""

    def __init__(self, integration: Integration, company: Company) -> None:
        self._integration = integration
        self._company = company
        self._by_identity: dict[Identity, Customer] = {}
        self._by_name: dict[str, list[Customer]] = {}
        self._by_ref: dict[str, Customer] = {}
        self.found_by: dict[CustomerDraft, FoundBy] = {}

    def find_all(self, drafts: Iterable[CustomerDraft]) -> dict[CustomerDraft, Customer]:
        """The customer of each draft; costs three statements. What has no `books_ref` yet is to be created."""
        wanted = list(dict.fromkeys(drafts))
        self._load(wanted)
        return {draft: self._find(draft) for draft in wanted}

    def candidate_names(self, customer: Customer) -> Iterator[str]:
        """Names to create a customer under, in order: others may be taken by vendors, whom we do not know."""
        draft = customer.draft
        if draft is None:
            raise ValueError("only a customer to be created needs a name")
        yield customer.name
        yield names.with_suffix(customer.name, draft.fallback, names.CUSTOMER_NAME)
        mark = digest(f"{draft.source}/{draft.store_ref}/{draft.email}/{draft.name}/{draft.currency}")[:8]
        yield names.with_suffix(customer.name, mark, names.CUSTOMER_NAME)

    def created(self, customer: Customer, row: BooksObject) -> None:
        """Note the list entry that now stands for the customer."""
        customer.row, customer.books_ref = row, row.books_ref

    def links(self, customers: Iterable[Customer]) -> list[CustomerLink]:
        """Unsaved links for the identities that were learned, so that the next run knows the buyer by them."""
        return [
            CustomerLink(integration=self._integration, buyer_ref=ref, currency=currency, customer=customer.row)
            for customer in customers
            if customer.row is not None
            for currency, ref in sorted(customer.new_identities)
        ]

    # -- loading -------------------------------------------------------------------------------------------------------

    def _load(self, drafts: list[CustomerDraft]) -> None:
        refs = {ref for draft in drafts for _, ref in _identities(draft)}
        emails = {key(draft.email) for draft in drafts if draft.email}
        wanted_names = {key(self._base_name(draft)) for draft in drafts}
        rows = BooksObject.objects.filter(
            Q(email_key__in=emails) | Q(name_key__in=wanted_names),
            books_id=self._integration.books_id,
            type="Customer",
            active=True,
        )
        for row in rows.order_by("pk"):
            self._add(row)
        links = CustomerLink.objects.filter(integration=self._integration, buyer_ref__in=refs, customer__active=True)
        for link in links.select_related("customer"):
            self._by_identity.setdefault((link.currency, link.buyer_ref), self._add(link.customer))
        self._load_identities()

    def _load_identities(self) -> None:
        """The other buyers that the candidates stand for: they decide whether a name alone is enough."""
        rows = [customer.row for customer in self._by_ref.values() if customer.row is not None]
        links = CustomerLink.objects.filter(integration=self._integration, customer__in=rows)
        for link in links.values_list("customer__books_ref", "currency", "buyer_ref"):
            self._by_ref[link[0]].known_as.add((link[1], link[2]))

    def _add(self, row: BooksObject) -> Customer:
        customer = self._by_ref.get(row.books_ref)
        if customer is None:
            currency = row.currency or self._company.currency
            customer = Customer(row.name, currency, row.email_key, row.books_ref, row)
            self._by_ref[row.books_ref] = customer
            self._by_name.setdefault(row.name_key, []).append(customer)
            if row.email_key:
                self._by_identity.setdefault((currency, f"email:{row.email_key}"), customer)
        return customer

    # -- deciding ------------------------------------------------------------------------------------------------------

    def _find(self, draft: CustomerDraft) -> Customer:
        identities = _identities(draft)
        known = next((one for one in identities if one in self._by_identity), None)
        customer = self._by_identity[known] if known else self._by_its_name(draft, identities) or self._new(draft)
        self.found_by[draft] = _found_by(customer, known)
        for identity in identities:
            if identity not in customer.known_as:
                self._by_identity.setdefault(identity, customer)
                customer.known_as.add(identity)
                customer.new_identities.add(identity)
        return customer

    def _by_its_name(self, draft: CustomerDraft, identities: list[Identity]) -> Customer | None:
        same_name = self._by_name.get(key(self._base_name(draft)), [])
        return next((one for one in same_name if _may_be(one, draft, identities)), None)

    def _new(self, draft: CustomerDraft) -> Customer:
        base = self._base_name(draft)
        taken = bool(self._by_name.get(key(base)))
        name = names.with_suffix(base, draft.fallback, names.CUSTOMER_NAME) if taken else base
        customer = Customer(name, draft.currency, key(draft.email), draft=draft)
        self._by_name.setdefault(key(base), []).append(customer)
        if taken:
            self._by_name.setdefault(key(name), []).append(customer)
        return customer

    def _base_name(self, draft: CustomerDraft) -> str:
        """The draft's name as QuickBooks takes it; a foreign currency is part of it, since a customer has one only."""
        name = names.clean_name(draft.name, names.CUSTOMER_NAME)
        name = name or names.clean_name(draft.email, names.CUSTOMER_NAME) or names.clean_name(draft.fallback, 100)
        if draft.currency == self._company.currency:
            return name
        return names.with_suffix(name, draft.currency, names.CUSTOMER_NAME)


def _found_by(customer: Customer, known: Identity | None) -> FoundBy:
    if not customer.books_ref:
        return FoundBy.NOTHING
    return FoundBy(known[1].split(":", 1)[0]) if known else FoundBy.NAME


def _identities(draft: CustomerDraft) -> list[Identity]:
    """What identifies the buyer beyond doubt, strongest first; nothing for a shared customer."""
    if draft.shared:
        return []
    refs = [f"ref:{draft.store_ref}"] if draft.store_ref else []
    emails = [f"email:{key(draft.email)}"] if draft.email else []
    return [(draft.currency, ref[:200]) for ref in (*refs, *emails)]


def _may_be(customer: Customer, draft: CustomerDraft, identities: list[Identity]) -> bool:
    """Whether a customer of the same name may be this buyer: nothing that is known of both differs."""
    if customer.currency != draft.currency:
        return False
    if draft.shared:
        return True
    if customer.email and draft.email and customer.email != key(draft.email):
        return False
    for currency, ref in identities:
        kind = ref.split(":", 1)[0]
        others = {one for one in customer.known_as if one[0] == currency and one[1].startswith(f"{kind}:")}
        if others and (currency, ref) not in others:
            return False
    return True
