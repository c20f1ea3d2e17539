"""The people who buy on the demo site: members, cafés and inns, and guests."""

from sandbox.wix.values import Json, stable_id

_MEMBERS = (
    "Ann|Hill|4 Mill Street|Leeds|LS1 4AX|",
    "Tom|Okafor|27 Bishopthorpe Road|York|YO23 1NA|",
    "Priya|Shah|19 Kirkgate|Wakefield|WF1 1UW|",
    "Gwen|Rees|6 Chapel Lane|Ilkley|LS29 9HR|",
    "Jack|Murray|88 Otley Road|Leeds|LS6 4BA|",
    "Isla|Fraser|12 Westgate|Ripon|HG4 2AT|",
    "Zoë|Barnes|3 Crag View|Harrogate|HG1 5LJ|",
)
_TRADE = (
    "Owen|Bell|40 Call Lane|Leeds|LS1 6DT|Bell Café",
    "Ruth|Ainsley|The Green|Grassington|BD23 5AT|Ainsley's Inn & Rooms",
)
_GUESTS = (
    "Nia|Powell|9 Canal Wharf|Leeds|LS11 5PS|",
    "Callum|Dunne|54 Micklegate|York|YO1 6LF|",
    "Maya|Ellison|2 Station Approach|Skipton|BD23 1RT|",
    "Harry|Whitlock|71 Park Row|Leeds|LS1 5JF|",
)


def members() -> list[Json]:
    """Buyers with an account on the site."""
    return [{**_buyer(row), "member_id": stable_id("fern", "member", row)} for row in _MEMBERS]


def trade() -> list[Json]:
    """Buyers for a company: the invoice is the company's."""
    return [_buyer(row) for row in _TRADE]


def guests() -> list[Json]:
    return [_buyer(row) for row in _GUESTS]


def abroad() -> Json:
    """Somebody in Ireland, where another tax is due."""
    return {
        **_buyer("Aoife|Brennan|17 Shop Street|Galway|H91 C6W2|"),
        "address": {"addressLine": "17 Shop Street", "city": "Galway", "postalCode": "H91 C6W2", "country": "IE"},
    }


def _buyer(row: str) -> Json:
    first, last, street, city, postal_code, company = row.split("|")
    return {
        "first": first,
        "last": last,
        "email": f"{first}.{last}@example.test".lower().replace("ë", "e"),
        "company": company,
        "contact_id": stable_id("fern", "contact", row),
        "address": {"addressLine": street, "city": city, "postalCode": postal_code},
    }
