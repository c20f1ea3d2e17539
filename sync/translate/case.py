"""One order together with all that decides what it becomes, so that rules take one argument instead of six."""

from dataclasses import dataclass
from datetime import date

from integrations.books import Company
from integrations.commerce import Order
from integrations.money import currency_places
from sync.translate.dates import local_date
from sync.translate.settings import Catalog, Options


@dataclass(frozen=True, slots=True)
class Case:
    order: Order
    options: Options
    company: Company
    catalog: Catalog
    date: date  # of the document, in the integration's time zone
    places: int  # of the order's currency

    @classmethod
    def of(cls, order: Order, options: Options, company: Company, catalog: Catalog) -> "Case":
        day = local_date(order.created_at, options.time_zone)
        return cls(order, options, company, catalog, day, currency_places(order.currency))
