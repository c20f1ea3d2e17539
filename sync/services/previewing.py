"""The next orders as QuickBooks would have them, for a page on which somebody waits (L4). Nothing is sent or saved."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from integrations.connect_texts import error_in_words
from integrations.errors import RemoteError
from integrations.fields import UnreadableSecret
from integrations.models import Integration
from sync.engine.preview import NotReady, PreviewedOrder, preview_orders
from sync.wizard.patience import page_clock


@dataclass(frozen=True, slots=True)
class NextOrders:
    """`problem` says why there are none to be seen, and the way out."""

    orders: tuple[PreviewedOrder, ...] = ()
    problem: str | Promise = ""

    @property
    def ready(self) -> int:
        """How many would be in the books."""
        return sum(order.is_proven for order in self.orders)


def next_orders(integration: Integration, *, limit: int) -> NextOrders:
    """The next orders that are due; while none is, those that came into the store since."""
    try:
        return NextOrders(tuple(preview_orders(integration, limit=limit, clock=page_clock())))
    except (NotReady, RemoteError, UnreadableSecret) as error:
        return NextOrders(problem=no_preview_in_words(error, integration))


def no_preview_in_words(error: Exception, integration: Integration) -> str | Promise:
    """Why there is no preview, and the way out."""
    if isinstance(error, RemoteError):
        return error_in_words(error, integration.store)
    if isinstance(error, UnreadableSecret):
        return _("The stored credentials cannot be read. Whoever runs this installation must restore its keys.")
    return _("There is nothing to decide with yet: connect QuickBooks, read its lists, and save the options first.")
