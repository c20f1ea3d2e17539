"""Sites that the tests add to those of the simulated Wix."""


def _tax(name, rate, kind, jurisdiction, level="COUNTRY"):
    return {"name": name, "rate": rate, "kind": kind, "jurisdiction": jurisdiction, "jurisdiction_type": level}


_GST = _tax("GST", "0.05", "GST", "Canada")
_QST = _tax("QST", "0.09975", "QST", "Quebec", "STATE")

ADDED = {
    "erable": {
        "name": "Érable et fils",
        "currency": "CAD",
        "timeZone": "America/Toronto",
        "language": "fr",
        "country": "CA",
        "subdivision": "CA-QC",
        "city": "Montréal",
        "postalCode": "H2Y 1G7",
        "gross": False,
        "taxes": {
            "standard": [_GST, _QST],
            "federal": [_GST],
            "zero": [_tax("Zero-rated", "0", "GST", "Canada")],
            "none": [],
        },
        "goods": (
            "SIROP|Sirop d'érable|14.35||zero",
            "TUQUE|Tuque|35.99|Taille:S,M,L|standard",
            "SAVON|Savon|7.25||standard",
            "LIVRE|Livre de recettes|29.95||federal",
        ),
    },
    "lumiere": {
        "name": "Atelier Lumière",
        "currency": "EUR",
        "timeZone": "Europe/Paris",
        "language": "fr",
        "country": "FR",
        "subdivision": "",
        "city": "Lyon",
        "postalCode": "69002",
        "gross": True,
        "catalog": "V3_CATALOG",
        "taxes": {
            "standard": [_tax("TVA", "0.2", "VAT", "France")],
            "reduced": [_tax("TVA", "0.055", "VAT", "France")],
            "zero": [_tax("TVA", "0", "VAT", "France")],
            "none": [],
        },
        "goods": (
            "LAMPE|Lampe|89.90|Couleur:Bleu,Vert|standard",
            "MIEL|Miel|6.80||reduced",
            "LIVRE|Livre|19.95||reduced",
            "TIMBRE|Timbre|1.43||zero",
        ),
    },
}
