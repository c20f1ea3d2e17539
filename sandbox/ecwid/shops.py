"""The five simulated shops: where they are, how they tax, how they are paid, what they sell."""

from dataclasses import dataclass
from decimal import Decimal

from sandbox.ecwid.cart import BY_PRODUCT_PRICES, TAXED_SEPARATELY


@dataclass(frozen=True)
class TaxSpec:
    """A manual tax of the shop. One that is not applied by default counts only for products that choose it."""

    id: int
    name: str
    rate: Decimal
    by_default: bool = True
    on_shipping: bool = True


@dataclass(frozen=True)
class PaymentOption:
    title: str
    processor: str
    """The module name that orders carry; offline methods have none there."""

    @property
    def offline(self) -> bool:
        return self.processor == "offline"


@dataclass(frozen=True)
class ShopSpec:
    id: int
    name: str
    email: str
    currency: str
    time_zone: str
    language: str
    country: str
    state: str
    city: str
    postal_code: str
    gross: bool
    taxes: tuple[TaxSpec, ...]
    payments: tuple[PaymentOption, ...]
    custom_status: str
    shipping_scheme: str
    order_prefix: str
    families: tuple[str, ...]
    """Rows of "SKU prefix|name|price|colours[|tax id]": one product per colour."""
    tee: str
    """The product with sizes, same form with sizes for colours."""
    gift_card: str
    wrapping: str
    download: str
    mug: str
    """A product whose options have no SKU of their own."""

    @property
    def token(self) -> str:
        return f"secret_sim_{self.id}"


_PAYPAL = PaymentOption("PayPal", "PayPalStandard")
_CARD = PaymentOption("Credit card", "LightspeedPayments")

_ERABLE = ShopSpec(
    id=1003,
    name="Boutique Érable",
    email="bonjour@erable.example",
    currency="CAD",
    time_zone="America/Toronto",
    language="fr",
    country="CA",
    state="QC",
    city="Québec",
    postal_code="G1R 4P5",
    gross=False,
    taxes=(TaxSpec(31, "GST", Decimal(5)), TaxSpec(32, "QST", Decimal("9.975"))),
    payments=(_CARD, _PAYPAL, PaymentOption("Cash on pick-up", "offline")),
    custom_status="Invoice 30 days",
    shipping_scheme=TAXED_SEPARATELY,
    order_prefix="",
    families=(
        "TUQ|Tuque en mérinos|34.00|Anthracite,Ivoire,Sapin",
        "MIT|Mitaines feutrées|42.50|Rouge,Gris,Marine",
        "FOU|Foulard à carreaux|58.00|Rouge,Bleu,Crème",
        "SIR|Sirop d'érable 540 ml|18.95|Doré,Ambré,Foncé",
        "BEU|Beurre d'érable|12.49|Nature,Cannelle,Vanille",
        "CHA|Chandelle de soya|24.00|Cèdre,Bouleau,Lavande",
        "SAV|Savon au lait de chèvre|7.99|Avoine,Menthe,Miel",
        "COU|Couverture tissée|129.00|Ivoire,Charbon,Sarcelle",
        "PLA|Planche à découper|64.75|Érable,Noyer,Merisier",
        "SAC|Sac fourre-tout|39.95|Lin,Noir,Olive",
        "CAH|Cahier relié|16.25|Ligné,Pointillé,Uni",
        "BAS|Bas de laine|21.00|Gris,Vert,Bourgogne",
    ),
    tee="TSH|T-shirt feuille|29.00|S,M,L,XL",
    gift_card="Carte-cadeau",
    wrapping="Emballage cadeau",
    download="Livret de recettes (PDF)",
    mug="Tasse émaillée",
)

_LONE_STAR = ShopSpec(
    id=1004,
    name="Lone Star Outfitters",
    email="hello@lonestar.example",
    currency="USD",
    time_zone="America/Chicago",
    language="en",
    country="US",
    state="TX",
    city="Austin",
    postal_code="78701",
    gross=False,
    taxes=(TaxSpec(41, "Sales tax", Decimal("8.25")),),
    payments=(_CARD, _PAYPAL, PaymentOption("Cash on pick-up", "offline")),
    custom_status="Net 30",
    shipping_scheme=TAXED_SEPARATELY,
    order_prefix="LS-",
    families=(
        "HAT|Felt ranch hat|89.00|Black,Sand,Chestnut",
        "BLT|Tooled leather belt|54.00|Brown,Black,Natural",
        "BND|Cotton bandana|9.99|Red,Navy,Olive",
        "SHR|Pearl snap shirt|68.50|Denim,Plaid,White",
        "BTL|Steel water bottle|27.95|Forest,Slate,Copper",
        "LNT|Camp lantern|44.00|Green,Orange,Black",
        "BLK|Wool camp blanket|118.00|Stripe,Charcoal,Rust",
        "KNF|Folding knife|39.49|Walnut,Micarta,Bone",
        "CUP|Enamel camp cup|13.25|Blue,White,Speckled",
        "GLV|Work gloves|24.75|Tan,Black,Canvas",
        "SCK|Boot socks|17.00|Grey,Brown,Navy",
        "PCK|Roll-top day pack|96.00|Olive,Tan,Black",
    ),
    tee="TEE|Lone Star tee|25.00|S,M,L,XL",
    gift_card="Gift card",
    wrapping="Gift wrapping",
    download="Trail guide (PDF)",
    mug="Stoneware mug",
)

_TEAPOT = ShopSpec(
    id=1005,
    name="The Copper Teapot",
    email="shop@copperteapot.example",
    currency="GBP",
    time_zone="Europe/London",
    language="en",
    country="GB",
    state="",
    city="York",
    postal_code="YO1 7HH",
    gross=True,
    taxes=(
        TaxSpec(51, "VAT", Decimal(20), by_default=False),
        TaxSpec(52, "VAT zero-rated", Decimal(0), by_default=False),
    ),
    payments=(_CARD, _PAYPAL, PaymentOption("Bank transfer", "offline")),
    custom_status="On account",
    shipping_scheme=BY_PRODUCT_PRICES,
    order_prefix="CT-",
    families=(
        "TEA|Loose leaf tea 100 g|8.50|Assam,Keemun,Darjeeling|52",
        "BIS|Oat biscuits|4.25|Ginger,Lemon,Plain|52",
        "BOO|Tea lover's notebook guide|14.99|Green,Black,Herbal|52",
        "POT|Copper teapot|120.00|Small,Medium,Large|51",
        "CUP|Bone china cup|18.00|White,Willow,Rose|51",
        "STR|Tea strainer|9.60|Steel,Copper,Silver|51",
        "TIN|Storage tin|11.40|Red,Navy,Cream|51",
        "TRY|Serving tray|36.00|Oak,Ash,Walnut|51",
        "COS|Tea cosy|22.80|Tartan,Tweed,Linen|51",
        "LMP|Table lamp|84.00|Brass,Black,White|51",
        "TWL|Linen tea towel|12.00|Stripe,Check,Plain|51",
        "SPN|Caddy spoon|15.60|Shell,Leaf,Plain|51",
    ),
    tee="APR|Baker's apron|30.00|S,M,L|51",
    gift_card="Gift voucher",
    wrapping="Gift wrapping",
    download="Brewing guide (PDF)",
    mug="Stoneware mug",
)

_ATELIER = ShopSpec(
    id=1006,
    name="L'Atelier du Marais",
    email="contact@atelier-marais.example",
    currency="EUR",
    time_zone="Europe/Paris",
    language="fr",
    country="FR",
    state="",
    city="Paris",
    postal_code="75003",
    gross=True,
    taxes=(
        TaxSpec(61, "TVA", Decimal(20), by_default=False),
        TaxSpec(62, "TVA réduite", Decimal("5.5"), by_default=False),
    ),
    payments=(
        PaymentOption("Carte bancaire", "LightspeedPayments"),
        _PAYPAL,
        PaymentOption("Virement", "offline"),
    ),
    custom_status="Facture à 30 jours",
    shipping_scheme=BY_PRODUCT_PRICES,
    order_prefix="AM-",
    families=(
        "MIE|Miel de châtaignier|9.90|250 g,500 g,1 kg|62",
        "CON|Confiture artisanale|6.50|Fraise,Abricot,Figue|62",
        "CHO|Tablette de chocolat|5.80|Noir,Lait,Praliné|62",
        "LIV|Livre de cuisine|24.90|Pain,Fromage,Dessert|62",
        "BOU|Bougie parfumée|29.00|Figuier,Ambre,Rose|61",
        "ASS|Assiette en grès|19.50|Blanc,Bleu,Ocre|61",
        "NAP|Nappe en lin|75.00|Écru,Gris,Terracotta|61",
        "VAS|Vase soufflé|46.00|Clair,Fumé,Vert|61",
        "TAB|Tablier|34.00|Écru,Noir,Rayé|61",
        "PAN|Panier tressé|39.90|Petit,Moyen,Grand|61",
        "SAV|Savon de Marseille|8.40|Olive,Lavande,Verveine|61",
        "COU|Couteau de poche|52.00|Olivier,Genévrier,Corne|61",
    ),
    tee="MAR|Marinière|59.00|S,M,L,XL|61",
    gift_card="Carte cadeau",
    wrapping="Paquet cadeau",
    download="Carnet d'adresses (PDF)",
    mug="Bol breton",
)

_PINE = ShopSpec(
    id=1007,
    name="Pine & Paper",
    email="hi@pineandpaper.example",
    currency="USD",
    time_zone="America/Los_Angeles",
    language="en",
    country="US",
    state="OR",
    city="Portland",
    postal_code="97205",
    gross=False,
    taxes=(),
    payments=(_CARD, _PAYPAL, PaymentOption("Check", "offline")),
    custom_status="Wholesale terms",
    shipping_scheme=TAXED_SEPARATELY,
    order_prefix="",
    families=(
        "NTB|Notebook|14.00|Dot,Grid,Plain",
        "PCL|Pencil set|11.50|Soft,Medium,Hard",
        "PEN|Fountain pen|48.00|Fine,Medium,Broad",
        "INK|Bottled ink|16.75|Black,Teal,Oxblood",
        "CRD|Letterpress cards|22.00|Thanks,Birthday,Blank",
        "TAP|Washi tape|4.95|Fern,Fox,Cone",
        "PRT|Art print|35.00|Coast,Forest,Desert",
        "FRM|Pine frame|42.00|Small,Medium,Large",
        "CLP|Brass clips|8.25|Round,Square,Long",
        "ERA|Eraser|2.99|White,Grey,Cork",
        "FLD|Desk folder|19.00|Moss,Slate,Clay",
        "CAL|Wall calendar|28.50|Year,Moon,Bird",
    ),
    tee="TEE|Pine tee|26.00|S,M,L,XL",
    gift_card="Gift card",
    wrapping="Gift wrapping",
    download="Lettering sheets (PDF)",
    mug="Ceramic mug",
)

SHOPS = (_ERABLE, _LONE_STAR, _TEAPOT, _ATELIER, _PINE)
