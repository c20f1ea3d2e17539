"""What the settings name must still be in use in QuickBooks. Where it is not, the orders that need it wait: another
account, or no class at all, would be a sale in the wrong place that nobody notices."""

from sync.translate.held import hold
from sync.translate.reasons import Reason
from sync.translate.settings import Options


def in_use(entity: str, books_id: str, options: Options) -> str:
    """The id as it is; holds the order when its entry was made inactive. Nothing chosen is fine here."""
    name = options.inactive.get((entity, books_id))
    if name is not None:
        hold(Reason.BOOKS_OBJECT_INACTIVE, detail=name)
    return books_id
