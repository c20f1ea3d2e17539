"""Who bought, and where it goes."""

from integrations.commerce import Address, Buyer
from integrations.ecwid.values import reference
from integrations.values import Json, child, text


def buyer_of(order: Json) -> Buyer:
    """The buyer by name of the billing person, else of the shipping person; any of it may be missing."""
    billing, shipping = child(order, "billingPerson"), child(order, "shippingPerson")
    person = billing if _name(billing) else shipping
    # A parcel may go to somebody else's company: that one is not the buyer's unless there is no billing person at all.
    contact = billing or shipping
    return Buyer(
        ref=reference(order, "customerId"),
        email=text(order, "email"),
        name=_name(person),
        given_name=text(person, "firstName"),
        family_name=text(person, "lastName"),
        company=text(contact, "companyName"),
        phone=text(contact, "phone") or text(person, "phone"),
    )


def address_of(person: Json) -> Address | None:
    if not person:
        return None
    street = (line.strip() for line in text(person, "street").splitlines())
    return Address(
        name=_name(person),
        company=text(person, "companyName"),
        lines=tuple(line for line in street if line),
        city=text(person, "city"),
        region=text(person, "stateOrProvinceCode", "stateOrProvinceName"),
        postal_code=text(person, "postalCode"),
        country=text(person, "countryCode"),
        country_name=text(person, "countryName"),
        phone=text(person, "phone"),
    )


def _name(person: Json) -> str:
    both = (text(person, "firstName"), text(person, "lastName"))
    return text(person, "name") or " ".join(name for name in both if name)
