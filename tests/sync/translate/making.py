"""Orders, companies and settings for the translation tests, each sound unless a test says otherwise."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from integrations.books import Company, Known, LineKind, Sale, TaxCode, TaxModel, TaxRate
from integrations.commerce import Buyer, Order, OrderLine, PaymentState, TaxShare, Tender
from integrations.commerce import LineKind as Sold
from integrations.money import total_of
from sync.translate.orders import translate_order
from sync.translate.outcome import Documents, Hold, Outcome, Skip
from sync.translate.settings import Catalog, Options, TaxMapping, match_key

D = Decimal
NOON = datetime(2026, 3, 2, 17, 5, 9, tzinfo=UTC)  # noon in Toronto

ITEMS = {
    kind: Known(id=f"i-{kind}", name=kind.replace("_", " ").capitalize())
    for kind in LineKind
    if kind is not LineKind.ITEM
}

GST, QST = TaxRate("r5", "GST", D(5), order=1), TaxRate("r9", "QST", D("9.975"), order=2)
CODES = {
    code.id: code
    for code in [
        TaxCode("gst-qst", "GST/QST QC", rates=(GST, QST)),
        TaxCode("gst", "GST", rates=(GST,)),
        TaxCode("hst", "HST ON", rates=(TaxRate("r13", "HST ON", D(13)),)),
        TaxCode("vat20", "20.0% S", rates=(TaxRate("r20", "VAT 20", D(20)),)),
        TaxCode("vat21", "21.0% S", rates=(TaxRate("r21", "VAT 21", D(21)),)),
        TaxCode("zero", "Zero-rated", rates=(TaxRate("r0", "Zero", D(0)),)),
        TaxCode("exempt", "Exempt"),
        TaxCode("old", "GST 7", active=False, rates=(TaxRate("r7", "GST 7", D(7)),)),
    ]
}


def company(tax_model: TaxModel = TaxModel.GLOBAL, **changes: Any) -> Company:
    us = tax_model is not TaxModel.GLOBAL
    basics: dict[str, Any] = {
        "id": "9341",
        "name": "Maple Goods",
        "country": "US" if us else "CA",
        "tax_model": tax_model,
        "currency": "USD" if us else "CAD",
        "tax_codes": {} if us else CODES,
    }
    return Company(**basics | changes)


CANADA, US = company(), company(TaxModel.US_AUTOMATED)
US_WITHOUT_TAX = company(TaxModel.US_NONE)

CANADIAN_TAXES = (
    TaxMapping(("GST", "QST"), "gst-qst"),
    TaxMapping(("GST",), "gst"),
    TaxMapping(("HST",), "hst"),
    TaxMapping(("VAT 20",), "vat20"),
    TaxMapping(("VAT 21",), "vat21"),
    TaxMapping((), "zero"),
)
US_TAXES = (TaxMapping(("Sales tax",), "TAX"),)


def options(**changes: Any) -> Options:
    basics: dict[str, Any] = {
        "source": "maple-ecwid",
        "store_label": "Ecwid",
        "time_zone": "America/Toronto",
        "items": ITEMS,
        "income_account_id": "79",
        "expense_account_id": "80",
        "asset_account_id": "81",
        "clearing_account_id": "35",
        "taxes": (*CANADIAN_TAXES, *US_TAXES),
    }
    return Options(**basics | changes)


def us_options(**changes: Any) -> Options:
    return options(**{"taxes": US_TAXES} | changes)


def share(name: str, rate: str | None, amount: str | Decimal) -> TaxShare:
    return TaxShare(name, None if rate is None else D(rate), D(amount))


def line(ref: str, gross: str | Decimal, *taxes: TaxShare, kind: Sold = Sold.PRODUCT, **changes: Any) -> OrderLine:
    """An order line of one unit; products have the SKU `SKU-<ref>`."""
    quantity = D(changes.pop("quantity", 1))
    basics: dict[str, Any] = {
        "name": ref.capitalize(),
        "sku": f"SKU-{ref}" if kind is Sold.PRODUCT else "",
        "unit_price": D(gross) / quantity,
        "discount": D(changes.pop("discount", 0)),
    }
    return OrderLine(ref=ref, kind=kind, quantity=quantity, gross=D(gross), taxes=taxes, **basics | changes)


def tender(amount: str | Decimal, method: str = "Card", **changes: Any) -> Tender:
    basics: dict[str, Any] = {"ref": "t1", "paid_at": NOON, "reference": "txn_0001"}
    return Tender(method=method, amount=D(amount), **basics | changes)


def order(*lines: OrderLine, **changes: Any) -> Order:
    """An order whose total and tax are what its lines give, unpaid, from Ana Ruiz."""
    inclusive = changes.get("prices_include_tax", False)
    tax = total_of(one.tax for one in lines)
    gift_card = D(changes.pop("gift_card_redeemed", 0))
    charged = total_of(one.charged for one in lines)
    basics: dict[str, Any] = {
        "ref": "481920377",
        "number": "1001",
        "created_at": NOON,
        "updated_at": NOON,
        "currency": "CAD",
        "prices_include_tax": False,
        "total": charged + (0 if inclusive else tax) - gift_card,
        "tax": tax,
        "payment_status": "PAID",
        "fulfillment_status": "SHIPPED",
        "payment_state": PaymentState.PAID,
        "tenders": (),
        "buyer": Buyer(ref="3301", email="ana@example.test", name="Ana Ruiz"),
    }
    return Order(lines=lines, gift_card_redeemed=gift_card, **basics | changes)


def paid_order(*lines: OrderLine, **changes: Any) -> Order:
    """The same, paid in full by one card payment."""
    plain = order(*lines, **changes)
    return order(*lines, **changes | {"tenders": (tender(plain.total),)})


def catalog(*skus: str, **changes: Any) -> Catalog:
    """A catalog that knows these SKUs; without any, those that `line` gives out."""
    known = {match_key(sku): Known(id=f"item-{sku}", name=sku, type="NonInventory") for sku in skus}
    return Catalog(by_key=known, **changes)


class EveryItem(dict[str, Known]):
    """A catalog in which every SKU is known."""

    def __contains__(self, key: object) -> bool:
        return True

    def __missing__(self, key: str) -> Known:
        return Known(id=f"item-{key}", name=key)


FULL_CATALOG = Catalog(by_key=EveryItem())


def translated(one: Order, chosen: Options | None = None, books: Company | None = None, items: Any = None) -> Outcome:
    return translate_order(one, chosen or options(), books or CANADA, FULL_CATALOG if items is None else items)


def documents(*args: Any, **more: Any) -> Documents:
    outcome = translated(*args, **more)
    assert isinstance(outcome, Documents), outcome
    return outcome


def sale(*args: Any, **more: Any) -> Sale:
    return documents(*args, **more).sale


def held(*args: Any, **more: Any) -> Hold:
    outcome = translated(*args, **more)
    assert isinstance(outcome, Hold), outcome
    return outcome


def skipped(*args: Any, **more: Any) -> Skip:
    outcome = translated(*args, **more)
    assert isinstance(outcome, Skip), outcome
    return outcome


def figures(one: Sale) -> list[tuple[str, Decimal, str]]:
    """A sale's lines as kind, net amount and tax code."""
    return [(each.kind.value, each.amount, each.tax_code) for each in one.lines]


def tax_figures(one: Sale) -> list[tuple[str, Decimal, Decimal]]:
    """A sale's tax lines as rate id, net and tax."""
    return [(tax.rate_id, tax.net, tax.amount) for tax in one.tax_lines]


def day(text: str) -> date:
    return date.fromisoformat(text)
