"""The people of an order: who buys, where it goes."""

from sandbox.ecwid.values import Json

COUNTRIES = {
    "CA": "Canada",
    "US": "United States",
    "GB": "United Kingdom",
    "FR": "France",
    "DE": "Germany",
    "BE": "Belgium",
}
STATES = {
    "CA": {"QC": "Quebec", "ON": "Ontario", "BC": "British Columbia", "AB": "Alberta", "NS": "Nova Scotia"},
    "US": {"TX": "Texas", "CA": "California", "NY": "New York", "OR": "Oregon", "OK": "Oklahoma"},
}


def person(buyer: Json) -> Json:
    """A billing or shipping person; first and last name appear only in names of two words or more."""
    name = str(buyer.get("name", ""))
    country = str(buyer.get("country", ""))
    state = str(buyer.get("state", ""))
    first, _, last = name.partition(" ")
    return {
        "name": name,
        **({"firstName": first, "lastName": last} if last else {}),
        "companyName": buyer.get("company", ""),
        "street": buyer.get("street", ""),
        "city": buyer.get("city", ""),
        "countryCode": country,
        "countryName": COUNTRIES.get(country, country),
        "postalCode": buyer.get("postal_code", ""),
        "stateOrProvinceCode": state,
        "stateOrProvinceName": STATES.get(country, {}).get(state, state),
        "phone": buyer.get("phone", ""),
    }
