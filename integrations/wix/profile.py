"""From a site's properties to `StoreProfile`."""

from collections.abc import Iterator

from integrations.commerce import StoreProfile, StoreTax
from integrations.errors import Malformed
from integrations.values import Json, child, rows, text
from integrations.wix.values import percent

# Wix cannot be asked for its statuses: these are all that orders of any module may have and that say that one is a
# sale, under the names that its dashboard shows.
PAYMENT_STATUSES = (
    ("PAID", "Paid"),
    ("PARTIALLY_PAID", "Partially paid"),
    ("NOT_PAID", "Unpaid"),
    ("PENDING", "Pending"),
    ("PENDING_MERCHANT", "Pending merchant"),
    ("PARTIALLY_REFUNDED", "Partially refunded"),
    ("FULLY_REFUNDED", "Refunded"),
    ("CANCELED", "Canceled"),
    ("DECLINED", "Declined"),
)
FULFILLMENT_STATUSES = (
    ("NOT_FULFILLED", "Unfulfilled"),
    ("PARTIALLY_FULFILLED", "Partially fulfilled"),
    ("FULFILLED", "Fulfilled"),
)


def profile_of(
    properties: Json,
    *,
    account_id: str,
    site_id: str,
    taxes: list[Json],
    includes_tax: bool,
    modules: tuple[str, ...],
) -> StoreProfile:
    """`taxes` are the rates that the merchant typed in. Raises Malformed when the currency is missing."""
    currency = text(properties, "paymentCurrency").upper()
    if not currency:
        raise Malformed("the store's profile has no currency")
    return StoreProfile(
        account_id=account_id,
        name=text(properties, "siteDisplayName", "businessName"),
        currency=currency,
        time_zone=text(properties, "timeZone") or "UTC",
        prices_include_tax=includes_tax,
        taxes=tuple(dict.fromkeys(_taxes(taxes))),
        payment_methods=(),
        payment_statuses=PAYMENT_STATUSES,
        fulfillment_statuses=FULFILLMENT_STATUSES,
        modules=modules,
        site_id=site_id,
        marks_imported=True,
    )


def includes_tax(settings: Json) -> bool:
    return child(settings, "taxSettings").get("taxIncludedInItemPrices") is True


def apps_of(instance: Json) -> list[object]:
    apps = child(instance, "site").get("installedWixApps")
    return apps if isinstance(apps, list) else []


def taxes_of(mappings: Json) -> list[Json]:
    return rows(mappings, "manualTaxMappings")


def _taxes(taxes: list[Json]) -> Iterator[StoreTax]:
    for tax in taxes:
        name, rate = text(tax, "taxName", "jurisdiction", "taxType"), percent(tax, "taxRate")
        if name and rate is not None:
            yield StoreTax(name, rate)
