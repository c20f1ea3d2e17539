"""Who bought, and where it goes."""

from integrations.commerce import Address, Buyer
from integrations.values import Json, child, text


def buyer_of(order: Json) -> Buyer:
    """The buyer by name of the billing contact, else of the recipient; any of it may be missing (sales at the till)."""
    info = child(order, "buyerInfo")
    billing, recipient = (child(child(order, key), "contactDetails") for key in ("billingInfo", "recipientInfo"))
    contact = billing if _name(billing) else recipient
    return Buyer(
        ref=text(info, "contactId", "memberId"),
        email=text(info, "email"),
        name=_name(contact),
        given_name=text(contact, "firstName"),
        family_name=text(contact, "lastName"),
        company=text(billing or recipient, "company"),
        phone=text(billing, "phone") or text(contact, "phone"),
    )


def billing_of(order: Json) -> Address | None:
    return _address(child(order, "billingInfo"))


def shipping_of(order: Json) -> Address | None:
    destination = child(child(child(order, "shippingInfo"), "logistics"), "shippingDestination")
    return _address(destination or child(order, "recipientInfo"))


def _address(person: Json) -> Address | None:
    address, contact = child(person, "address"), child(person, "contactDetails")
    if not address:
        return None
    street = child(address, "streetAddress")
    line = text(address, "addressLine") or " ".join(filter(None, (text(street, "number"), text(street, "name"))))
    country, region = text(address, "country"), text(address, "subdivision")
    return Address(
        name=_name(contact),
        company=text(contact, "company"),
        lines=tuple(filter(None, (line, text(address, "addressLine2")))),
        city=text(address, "city"),
        region=region.removeprefix(f"{country}-") or text(address, "subdivisionFullname"),
        postal_code=text(address, "postalCode"),
        country=country,
        country_name=text(address, "countryFullname"),
        phone=text(contact, "phone"),
    )


def _name(contact: Json) -> str:
    return " ".join(filter(None, (text(contact, "firstName"), text(contact, "lastName"))))
