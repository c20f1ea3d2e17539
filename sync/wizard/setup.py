"""One integration while its pages are shown: what both sides are, read once per page."""

from dataclasses import dataclass
from functools import cached_property

from integrations import mirror
from integrations.books import Company, TaxModel
from integrations.commerce import StoreProfile
from integrations.connecting import profile_of
from integrations.models import BooksConnection, Integration, StoreConnection
from sync.models import SetupProgress
from sync.models.settings import PostAs
from sync.module_names import in_order


def have_answered(store: StoreConnection, books: BooksConnection) -> bool:
    """Whether both have answered a test call, so that their lists are known, be they new or old."""
    return bool(store.checked_at and books.checked_at and books.preferences)


@dataclass
class Setup:
    """`integration` comes with its store, its company and its settings rows."""

    integration: Integration

    @classmethod
    def of(cls, integration: Integration) -> "Setup":
        return cls(integration)

    @cached_property
    def company(self) -> Company:
        return mirror.company(self.integration.books)

    @cached_property
    def progress(self) -> SetupProgress:
        return SetupProgress.of(self.integration)

    @cached_property
    def profile(self) -> StoreProfile | None:
        """What the store said of itself when it last answered."""
        return profile_of(self.integration.store)

    @cached_property
    def modules(self) -> list[str]:
        """The parts of the shop system that the store sells through; none where there are no such parts."""
        return in_order(self.profile.modules) if self.profile else []

    @property
    def is_draft(self) -> bool:
        return self.integration.live_at is None

    @property
    def is_configurable(self) -> bool:
        """Nothing is configurable before both sides have answered (C3)."""
        return have_answered(self.integration.store, self.integration.books)

    @property
    def posts_orders(self) -> bool:
        return self.integration.orders.enabled

    @property
    def records_money(self) -> bool:
        """A receipt says where its money went; of invoices that is said only where payments are recorded."""
        integration = self.integration
        is_receipt = integration.orders.post_as == PostAs.SALES_RECEIPT
        return self.posts_orders and (integration.payments.enabled or is_receipt)

    @property
    def maps_taxes(self) -> bool:
        """Where a US company charges no sales tax there are no codes: tax is a line on an item of its own (T4)."""
        return self.posts_orders and self.company.tax_model is not TaxModel.US_NONE
