"""From Ecwid's store profile to `StoreProfile`."""

from collections.abc import Iterator

from integrations.commerce import StoreProfile, StoreTax
from integrations.ecwid.values import reference
from integrations.errors import Malformed
from integrations.money import currency_places
from integrations.values import Json, child, number, rows, text

# Where the store does not tell its statuses: the ones that every store has.
_PAYMENT_STATUSES = ("AWAITING_PAYMENT", "PAID", "CANCELLED", "REFUNDED", "PARTIALLY_REFUNDED")
_FULFILLMENT_STATUSES = (
    "AWAITING_PROCESSING",
    "PROCESSING",
    "READY_FOR_PICKUP",
    "SHIPPED",
    "OUT_FOR_DELIVERY",
    "DELIVERED",
    "WILL_NOT_DELIVER",
    "RETURNED",
)
_NEVER_A_SALE = "INCOMPLETE"  # abandoned carts


def profile_of(profile: Json, statuses: Json, *, store_id: str) -> StoreProfile:
    """Raises Malformed when the profile lacks its currency."""
    return StoreProfile(
        account_id=reference(child(profile, "generalInfo"), "storeId") or store_id,
        name=text(child(profile, "settings"), "storeName") or text(child(profile, "company"), "companyName"),
        currency=currency_of(profile),
        time_zone=text(child(profile, "formatsAndUnits"), "timezone") or "UTC",
        prices_include_tax=prices_include_tax(profile),
        taxes=tuple(dict.fromkeys(_taxes(profile))),
        payment_methods=tuple(dict.fromkeys(_payment_methods(profile))),
        payment_statuses=tuple(_statuses(statuses, "PAYMENT_STATUS", _PAYMENT_STATUSES)),
        fulfillment_statuses=tuple(_statuses(statuses, "FULFILLMENT_STATUS", _FULFILLMENT_STATUSES)),
    )


def currency_of(profile: Json) -> str:
    currency = text(child(profile, "formatsAndUnits"), "currency").upper()
    if not currency:
        raise Malformed("the store's profile has no currency")
    return currency


def places_of(profile: Json) -> int:
    told = number(child(profile, "formatsAndUnits"), "currencyPrecision")
    return currency_places(currency_of(profile)) if told is None else int(told)


def prices_include_tax(profile: Json) -> bool:
    return child(profile, "taxSettings").get("pricesIncludeTax") is True


def _taxes(profile: Json) -> Iterator[StoreTax]:
    """Each tax at each of its rates: the one by default, then those of zones."""
    for tax in rows(profile, "taxes") or rows(child(profile, "taxSettings"), "taxes"):
        if tax.get("enabled") is False or not text(tax, "name"):
            continue
        told = [number(tax, "defaultTax"), *(number(rule, "tax") for rule in rows(tax, "rules"))]
        yield from (StoreTax(text(tax, "name"), rate) for rate in told if rate is not None)


def _payment_methods(profile: Json) -> Iterator[str]:
    for option in rows(child(profile, "payment"), "paymentOptions"):
        title = text(option, "checkoutTitle", "paymentProcessorTitle")
        if title and option.get("enabled") is not False:
            yield title


def _statuses(statuses: Json, kind: str, common: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    told = [status for status in rows(statuses, "items") if text(status, "orderStatusType").upper() == kind]
    if not told:
        yield from ((status, status.replace("_", " ").capitalize()) for status in common)
    for status in told:
        key = text(status, "statusId")
        if key and key != _NEVER_A_SALE and status.get("enabled") is not False:
            yield key, text(status, "name") or key
