"""The store profile, the payment options and the order statuses of a simulated shop."""

from zoneinfo import ZoneInfo

from sandbox.ecwid.shops import PaymentOption, ShopSpec, TaxSpec
from sandbox.ecwid.values import Json, plain

PAYMENT_STATUSES = {
    "AWAITING_PAYMENT": "Awaiting payment",
    "PAID": "Paid",
    "CANCELLED": "Cancelled",
    "REFUNDED": "Refunded",
    "PARTIALLY_REFUNDED": "Partially refunded",
    "INCOMPLETE": "Incomplete",
    "CUSTOM_PAYMENT_STATUS_1": "Custom 1",
    "CUSTOM_PAYMENT_STATUS_2": "Custom 2",
    "CUSTOM_PAYMENT_STATUS_3": "Custom 3",
}
FULFILLMENT_STATUSES = {
    "AWAITING_PROCESSING": "Awaiting processing",
    "PROCESSING": "Processing",
    "SHIPPED": "Shipped",
    "DELIVERED": "Delivered",
    "WILL_NOT_DELIVER": "Will not deliver",
    "RETURNED": "Returned",
    "READY_FOR_PICKUP": "Ready for pickup",
    "OUT_FOR_DELIVERY": "Out for delivery",
    "CUSTOM_FULFILLMENT_STATUS_1": "Custom 1",
    "CUSTOM_FULFILLMENT_STATUS_2": "Custom 2",
    "CUSTOM_FULFILLMENT_STATUS_3": "Custom 3",
}

_PREFIXES = {"CAD": "$", "USD": "$", "GBP": "£", "EUR": ""}
_SUFFIXES = {"EUR": " €"}


def build_profile(spec: ShopSpec, address: str) -> Json:
    """`address` is the storefront's. Keys as the shop sends them; taxes appear twice, as there."""
    taxes = [_tax(tax, gross=spec.gross) for tax in spec.taxes]
    return {
        "generalInfo": {"storeId": spec.id, "storeUrl": address, "websitePlatform": "instantsite"},
        "account": _account(spec),
        "settings": {"storeName": spec.name, "closed": False, "askTaxId": spec.gross},
        "company": _company(spec),
        "languages": {"enabledLanguages": [spec.language], "defaultLanguage": spec.language},
        "formatsAndUnits": _formats(spec),
        "taxSettings": _tax_settings(spec, taxes),
        "taxes": taxes,
        "zones": [{"id": "WORLD", "name": "World", "countryCodes": [], "stateOrProvinceCodes": []}],
        "payment": {"paymentOptions": [_payment_option(option, n) for n, option in enumerate(spec.payments, 1)]},
        "shipping": {"handlingFee": {"name": "Handling", "value": 0}, "shippingOptions": _shipping_options()},
        "tipsSettings": {"enabled": True, "type": "PERCENT", "options": [0, 5, 10], "defaultOption": 0},
        "taxInvoiceSettings": {"enableTaxInvoices": False},
        "businessRegistrationID": {"name": "", "value": ""},
    }


def build_order_statuses(spec: ShopSpec) -> list[Json]:
    """All statuses; the first custom payment status is renamed and in use, the other custom ones are off."""
    rows = [("PAYMENT_STATUS", key, name) for key, name in PAYMENT_STATUSES.items() if key != "INCOMPLETE"]
    rows += [("FULFILLMENT_STATUS", key, name) for key, name in FULFILLMENT_STATUSES.items()]
    renamed = {"CUSTOM_PAYMENT_STATUS_1": spec.custom_status}
    return [_order_status(kind, key, renamed.get(key, name), renamed=key in renamed) for kind, key, name in rows]


def _order_status(kind: str, key: str, name: str, *, renamed: bool) -> Json:
    custom = key.startswith("CUSTOM_")
    return {
        "statusId": key,
        "orderStatusType": kind,
        "defaultStatus": not custom,
        "enabled": renamed or not custom,
        "name": name,
        "nameTranslated": {"en": name},
        "sendNotificationWhenStatusIsAssigned": False,
    }


def _account(spec: ShopSpec) -> Json:
    return {
        "accountName": spec.name,
        "accountEmail": spec.email,
        "availableFeatures": ["PREMIUM", "COMBINATIONS"],
        "suspended": False,
        "registrationDate": "2021-04-01 09:00:00 +0000",
    }


def _company(spec: ShopSpec) -> Json:
    return {
        "companyName": spec.name,
        "email": spec.email,
        "street": "12 Main Street",
        "city": spec.city,
        "countryCode": spec.country,
        "postalCode": spec.postal_code,
        "stateOrProvinceCode": spec.state,
        "phone": "",
    }


def _formats(spec: ShopSpec) -> Json:
    return {
        "currency": spec.currency,
        "currencyPrecision": 2,
        "currencyPrefix": _PREFIXES[spec.currency],
        "currencySuffix": _SUFFIXES.get(spec.currency, ""),
        "currencyGroupSeparator": " ",
        "currencyDecimalSeparator": ".",
        "currencyRate": 1,
        "timezone": ZoneInfo(spec.time_zone).key,
        "dateFormat": "yyyy-MM-dd",
        "timeFormat": "HH:mm",
        "weightUnit": "KILOGRAM",
        "dimensionsUnit": "CM",
        "orderNumberPrefix": spec.order_prefix,
        "orderNumberSuffix": "",
        "orderNumberMinDigitsAmount": 0,
        "orderNumberNextNumber": 1,
    }


def _tax_settings(spec: ShopSpec, taxes: list[Json]) -> Json:
    return {
        "automaticTaxEnabled": False,
        "pricesIncludeTax": spec.gross,
        "taxes": taxes,
        "taxExemptBusiness": False,
        "euIossEnabled": False,
        "ukVatRegistered": spec.country == "GB",
        "b2b_b2c": "b2c",
        "taxOnShippingCalculationScheme": spec.shipping_scheme,
    }


def _tax(tax: TaxSpec, *, gross: bool) -> Json:
    rate = plain(tax.rate)
    return {
        "id": tax.id,
        "name": tax.name,
        "enabled": True,
        "includeInPrice": gross,
        "useShippingAddress": True,
        "taxShipping": tax.on_shipping,
        "appliedByDefault": tax.by_default,
        "defaultTax": rate,
        "rules": [{"zoneId": "WORLD", "tax": rate}],
    }


def _payment_option(option: PaymentOption, number: int) -> Json:
    return {
        "id": f"pay-{number}",
        "enabled": True,
        "configured": True,
        "checkoutTitle": option.title,
        "checkoutDescription": "",
        "paymentProcessorId": "offline" if option.offline else "customPaymentApp",
        "paymentProcessorTitle": option.processor,
        "orderBy": number * 10,
        "paymentSurcharges": {"type": "ABSOLUTE", "value": 0},
        "instructionsForCustomer": {"instructionsTitle": "", "instructions": ""},
        "shippingSettings": {"enabledShippingMethods": []},
    }


def _shipping_options() -> list[Json]:
    courier = {"id": "courier-1", "title": "Courier", "fulfilmentType": "SHIPPING"}
    pickup = {"id": "pickup-1", "title": "In-store pickup", "fulfilmentType": "PICKUP"}
    return [{**option, "enabled": True, "orderBy": 10} for option in (courier, pickup)]


def set_deep(target: Json, changes: Json) -> Json:
    """A copy of `target` with `changes` merged in, objects within objects; lists are replaced whole."""
    merged = dict(target)
    for key, value in changes.items():
        old = merged.get(key)
        merged[key] = set_deep(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return merged


def with_settings(profile: Json, changes: Json) -> Json:
    """The profile with `changes` merged in; both copies of the taxes stay the same list."""
    changed = set_deep(profile, changes)
    if "taxes" in changes:
        changed["taxSettings"] = {**changed["taxSettings"], "taxes": changed["taxes"]}
    else:
        changed["taxes"] = changed["taxSettings"]["taxes"]
    return changed
