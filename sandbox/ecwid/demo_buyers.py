"""The people who shop in the demo: regulars with an account, and guests."""

from sandbox.ecwid.values import Json

_REGULARS = {
    1003: (
        "Camille Tremblay|14 rue Saint-Jean|Québec|QC|G1R 1N8|",
        "Olivier Gagnon|220 avenue Cartier|Québec|QC|G1R 2S5|",
        "Maude Bouchard|5 rue des Érables|Lévis|QC|G6V 3K1|Café du Quai inc.",
        "Étienne Côté|88 boulevard Charest|Québec|QC|G1K 3H1|",
        "Sophie Lavoie|1402 rue Principale|Trois-Rivières|QC|G9A 1B4|",
        "Hugo Pelletier|31 chemin du Lac|Sherbrooke|QC|J1H 2B9|Auberge du Lac",
        "Noémie Roy|760 rue Sherbrooke|Montréal|QC|H3A 1G1|",
        "Marc-André Fortin|9 place Royale|Québec|QC|G1K 4G2|",
    ),
    1004: (
        "Dana Whitfield|410 Congress Ave|Austin|TX|78701|",
        "Luis Ortega|2290 S Lamar Blvd|Austin|TX|78704|",
        "Harper Boone|17 Ranch Road|Dripping Springs|TX|78620|Boone Outdoor LLC",
        "Marcus Hill|903 Main St|Houston|TX|77002|",
        "Ellie Vance|55 River Walk|San Antonio|TX|78205|",
        "Travis Coleman|1200 Elm St|Dallas|TX|75202|Coleman & Sons",
        "Priya Nair|301 Brazos St|Austin|TX|78701|",
        "Sam Whitaker|8 Mesquite Ln|Fredericksburg|TX|78624|",
    ),
}
_GUESTS = {
    1003: ("Léa Morin", "Félix Dubé", "Audrey Caron", "Simon Thibault", "Chloé Nadeau", "Gabriel Simard"),
    1004: ("Jo Parker", "Casey Nguyen", "Robin Ellis", "Morgan Diaz", "Taylor Brooks", "Jamie Reyes"),
}
_COUNTRIES = {1003: "CA", 1004: "US"}
_HOME = {
    1003: {"street": "3 rue du Fort", "city": "Québec", "state": "QC", "postal_code": "G1R 4S6"},
    1004: {"street": "600 Guadalupe St", "city": "Austin", "state": "TX", "postal_code": "78701"},
}


def regulars(store_id: int) -> list[Json]:
    """Buyers with an account in the shop; some buy for a company."""
    return [_regular(row, 3300 + n, store_id) for n, row in enumerate(_REGULARS[store_id], 1)]


def guests(store_id: int) -> list[Json]:
    """Buyers without an account; every third leaves no e-mail address, as at the counter."""
    return [
        {
            "name": name,
            "email": "" if number % 3 == 0 else _email(name),
            "country": _COUNTRIES[store_id],
            **_HOME[store_id],
        }
        for number, name in enumerate(_GUESTS[store_id], 1)
    ]


def _regular(row: str, buyer_id: int, store_id: int) -> Json:
    name, street, city, state, postal_code, company = row.split("|")
    return {
        "id": buyer_id,
        "name": name,
        "email": _email(name),
        "company": company,
        "street": street,
        "city": city,
        "state": state,
        "postal_code": postal_code,
        "country": _COUNTRIES[store_id],
    }


def _email(name: str) -> str:
    plain_name = name.lower().translate(str.maketrans("éèêëàâîïôûçœ", "eeeeaaiiouco"))
    return f"{'.'.join(plain_name.split())}@example.test"
