"""Companies and documents to test with."""

from datetime import date
from decimal import Decimal
from typing import Any

from integrations.books import (
    Company,
    CustomerDraft,
    Known,
    LineKind,
    Sale,
    SaleLine,
    SaleType,
    TaxCode,
    TaxLine,
    TaxModel,
    TaxRate,
)

GST = TaxRate("4", "GST", Decimal(5), 1)
QST = TaxRate("5", "QST", Decimal("9.975"), 2)
OLD_QST = TaxRate("6", "QST on GST", Decimal("7.5"), 2, on_tax=True)
SURCHARGE = TaxRate("7", "Surcharge on tax", Decimal(10), 2, tax_only=True)
VAT = TaxRate("8", "VAT", Decimal(20), 1)
ZERO_RATE = TaxRate("9", "Zero", Decimal(0), 1)

CODES = {
    code.id: code
    for code in (
        TaxCode("20", "GST/QST QC", rates=(GST, QST)),
        TaxCode("21", "GST + old QST", rates=(OLD_QST, GST)),
        TaxCode("22", "Surcharged", rates=(GST, SURCHARGE)),
        TaxCode("23", "20.0% S", rates=(VAT,)),
        TaxCode("24", "Zero-rated", rates=(ZERO_RATE,)),
        TaxCode("25", "Exempt"),
    )
}

BUYER = CustomerDraft("maple", "7", "zoe@x.test", "Zoe Novak", "CAD", "zoe@x.test")
SPROCKET = Known("19", "Sprocket", "NonInventory")


def company(model: TaxModel = TaxModel.GLOBAL, **more: Any) -> Company:
    is_global = model is TaxModel.GLOBAL
    facts: dict[str, Any] = {"currency": "CAD" if is_global else "USD", "tax_codes": CODES if is_global else {}}
    return Company(id="77", name="Maple", country="CA" if is_global else "US", tax_model=model, **facts | more)


def line(amount: str, tax_code: str = "20", **more: Any) -> SaleLine:
    facts: dict[str, Any] = {"kind": LineKind.ITEM, "item": SPROCKET, "sources": ("item:1",)}
    return SaleLine(amount=Decimal(amount), tax_code=tax_code, **facts | more)


def tax_line(rate: TaxRate, net: str, amount: str) -> TaxLine:
    return TaxLine(rate.id, rate.percent, Decimal(net), Decimal(amount))


def sale(*lines: SaleLine, tax: str = "0", **more: Any) -> Sale:
    facts: dict[str, Any] = {
        "type": SaleType.INVOICE,
        "customer": BUYER,
        "txn_date": date(2026, 9, 3),
        "currency": "CAD",
        "total": sum((entry.amount for entry in lines), Decimal(tax)),
        "marker": "TB-ABCDEFGHIJ",
        "private_note": "Ecwid 1001 [TB-ABCDEFGHIJ]",
        "number": "EW-1001",
    }
    return Sale(lines=lines, tax=Decimal(tax), **facts | more)
