"""Parts that payloads of documents and of list entries share. Pure."""

from typing import Any

from integrations.books import Company
from integrations.commerce import Address
from integrations.quickbooks import names

Json = dict[str, Any]


def currency_ref(currency: str, company: Company) -> Json | None:
    """Stated where QuickBooks requires it, left out where only the home currency exists."""
    return ref(currency) if company.multi_currency else None


def ref(value: str) -> Json | None:
    return wrapped("value", value)


def wrapped(key: str, value: str) -> Json | None:
    return {key: value} if value else None


def filled(fields: Json) -> Json:
    """Without the fields that have nothing to say: in QuickBooks an empty text is a value."""
    return {key: value for key, value in fields.items() if value is not None and value != ""}


def address_payload(address: Address | None) -> Json | None:
    """At most five lines: company and person first, what is too much joined to the last. None when nothing is known."""
    if address is None:
        return None
    fields: Json = {f"Line{number}": line for number, line in enumerate(_address_lines(address), start=1)}
    fields |= {
        "City": names.clean_text(address.city, names.CITY),
        "CountrySubDivisionCode": names.clean_text(address.region, names.REGION),
        "PostalCode": names.clean_text(address.postal_code, names.POSTAL_CODE),
        "Country": names.clean_text(address.country_name or address.country, names.COUNTRY),
    }
    return filled(fields) or None


def _address_lines(address: Address) -> list[str]:
    parts = [names.clean_name(part, names.ADDRESS_LINE) for part in (address.company, address.name, *address.lines)]
    lines = list(dict.fromkeys(part for part in parts if part))
    head, rest = lines[:4], lines[4:]
    return [*head, ", ".join(rest)[: names.ADDRESS_LINE]] if rest else head
