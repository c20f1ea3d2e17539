"""Our words for documents -> payloads that QuickBooks accepts. Pure; its own schema knows every field it can write.

Line amounts are net and tax is stated apart, in every region. A document's total is never sent: QuickBooks computes it,
and `arithmetic` says beforehand what it will be.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

from integrations.books import (
    Company,
    CreditApplication,
    ItemDraft,
    Known,
    Payment,
    RefundDocument,
    RefundType,
    Sale,
    SaleLine,
    SalesForm,
    SaleType,
    TaxLine,
    TaxModel,
)
from integrations.money import ZERO, currency_places, round_half_up, total_of
from integrations.quickbooks import names
from integrations.quickbooks.fields import Json, address_payload, currency_ref, filled, ref, wrapped

ItemId = Callable[[Known | ItemDraft], str]

# More places than these are not sure to survive, and QuickBooks checks quantity x price against the amount to the cent.
_RATE_PLACES = 5
_USUAL_PLACES = 2
_AUTO_NUMBER = "AUTO_GENERATE"


def sale_payload(sale: Sale, company: Company, *, customer_id: str, item_id: ItemId) -> Json:
    """An invoice or a sales receipt to create. `item_id` gives the QuickBooks id of each line's item."""
    _check_currency(sale.currency, company)
    own = _receipt_fields(sale) if sale.type is SaleType.SALES_RECEIPT else _invoice_fields(sale, company)
    return filled(
        {
            "CustomerRef": ref(customer_id),
            "TxnDate": sale.txn_date.isoformat(),
            "DocNumber": _number(sale, company),
            "CurrencyRef": currency_ref(sale.currency, company),
            "Line": [_sale_line(line, sale, company, item_id(line.item)) for line in sale.lines],
            **_tax_fields(sale, company),
            **own,
            **_delivery_fields(sale),
            **_closing_fields(sale, company),
        }
    )


def refund_payload(document: RefundDocument, company: Company, *, item_id: ItemId) -> Json:
    """A refund receipt or credit memo to create."""
    _check_currency(document.currency, company)
    is_receipt = document.type is RefundType.REFUND_RECEIPT
    return filled(
        {
            "CustomerRef": ref(document.customer_id),
            "TxnDate": document.txn_date.isoformat(),
            "DocNumber": _number(document, company),
            "CurrencyRef": currency_ref(document.currency, company),
            "Line": [_sale_line(line, document, company, item_id(line.item)) for line in document.lines],
            **_tax_fields(document, company),
            "PaymentMethodRef": ref(document.method_id) if is_receipt else None,
            "DepositToAccountRef": ref(document.account_id) if is_receipt else None,
            **_closing_fields(document, company),
        }
    )


def application_payload(application: CreditApplication, company: Company) -> Json:
    """A payment of nothing that lets a credit memo settle an invoice."""
    _check_currency(application.currency, company)
    sides = (("Invoice", application.invoice_id), ("CreditMemo", application.credit_id))
    return filled(
        {
            "CustomerRef": ref(application.customer_id),
            "TotalAmt": Decimal(0),
            "TxnDate": application.txn_date.isoformat(),
            "CurrencyRef": currency_ref(application.currency, company),
            "PrivateNote": private_note(application.private_note, application.marker),
            "Line": [
                {"Amount": application.amount, "LinkedTxn": [{"TxnId": books_id, "TxnType": kind}]}
                for kind, books_id in sides
            ],
        }
    )


def sale_update(sale: Sale, company: Company, *, item_id: ItemId) -> Json:
    """What an update of a posted sale states: all but its customer, number, date and note, which stay as posted.

    The tax is stated in any case: QuickBooks keeps the old one where an update says nothing of it.
    """
    stated = replace(sale, override_tax=True) if any(line.percent for line in sale.tax_lines) else sale
    payload = sale_payload(stated, company, customer_id="", item_id=item_id)
    tax = {} if company.tax_model is TaxModel.US_NONE else {"TxnTaxDetail": {"TotalTax": ZERO}}
    return tax | {name: value for name, value in payload.items() if name not in _STAYS_AS_POSTED}


_STAYS_AS_POSTED = frozenset({"CustomerRef", "DocNumber", "TxnDate", "PrivateNote"})


def shipping_update(sale: Sale) -> Json:
    """How the goods were sent, as far as it is known; nothing that the amounts depend on."""
    return filled({name: value for name, value in _delivery_fields(sale).items() if name in _SHIPPING})


_SHIPPING = frozenset({"ShipMethodRef", "TrackingNum", "ShipDate"})


def payment_update(payment: Json, total: Decimal, applied: Mapping[str, Decimal] | None = None) -> Json:
    """A posted payment that is `total` from now on, and applies these amounts to the invoices that are named; what it
    applies to nothing is the customer's credit. All that it pays is said again: QuickBooks drops what is left out."""
    lines = []
    for line in payment.get("Line") or ():
        [linked] = line["LinkedTxn"]
        invoice_id = linked["TxnId"] if linked["TxnType"] == "Invoice" else ""
        kept = {"TxnId": linked["TxnId"], "TxnType": linked["TxnType"]}
        lines.append({"Amount": (applied or {}).get(invoice_id, line["Amount"]), "LinkedTxn": [kept]})
    return {
        "CustomerRef": ref(str(payment["CustomerRef"]["value"])),
        "TotalAmt": total,
        "Line": [line for line in lines if line["Amount"]],
    }


def payment_payload(payment: Payment, company: Company, *, customer_id: str, invoice_id: str) -> Json:
    """A payment that is applied to one invoice, as far as that has use for it."""
    applied = [{"Amount": payment.applied, "LinkedTxn": [{"TxnId": invoice_id, "TxnType": "Invoice"}]}]
    _check_currency(payment.currency, company)
    return filled(
        {
            "CustomerRef": ref(customer_id),
            "TotalAmt": payment.amount,
            "TxnDate": payment.txn_date.isoformat(),
            "CurrencyRef": currency_ref(payment.currency, company),
            "DepositToAccountRef": ref(payment.account_id),
            "PaymentMethodRef": ref(payment.method_id),
            "PaymentRefNum": names.clean_text(payment.reference, names.PAYMENT_REFERENCE),
            "PrivateNote": private_note(payment.private_note, payment.marker),
            "Line": applied if payment.applied else [],
        }
    )


def private_note(text: str, marker: str) -> str:
    """The note with our marker in it, whatever has to be cut: it is how a lost document is found again."""
    note = names.clean_text(text, names.PRIVATE_NOTE)
    if marker in note:
        return note
    ending = f" [{marker}]"
    return f"{names.clean_text(text, names.PRIVATE_NOTE - len(ending))}{ending}".strip()


# -- parts of a sale ---------------------------------------------------------------------------------------------------


def _sale_line(line: SaleLine, sale: SalesForm, company: Company, item_id: str) -> Json:
    detail = {
        "ItemRef": ref(item_id),
        **_quantity(line, currency_places(sale.currency)),
        "TaxCodeRef": None if company.tax_model is TaxModel.US_NONE else ref(line.tax_code),
        "ClassRef": ref(sale.class_id) if company.classes == "line" else None,
    }
    return filled(
        {
            "DetailType": "SalesItemLineDetail",
            "Description": names.clean_text(line.description, names.DESCRIPTION),
            "Amount": line.amount,
            "SalesItemLineDetail": filled(detail),
        }
    )


def _quantity(line: SaleLine, places: int) -> Json:
    """Quantity and price only when they multiply to the amount exactly, for QuickBooks refuses the line otherwise.

    Else the quantity alone, which stock needs, and QuickBooks derives the price.
    """
    if not line.quantity:
        return {}
    quantity = _short(line.quantity)
    price = line.unit_price
    if price is None or _short(price) != price:
        return {"Qty": quantity}
    # QuickBooks may check a currency without cents in whole units or in hundredths: the amount must stand both ways.
    if {round_half_up(quantity * price, places), round_half_up(quantity * price, _USUAL_PLACES)} != {line.amount}:
        return {"Qty": quantity}
    return {"Qty": quantity, "UnitPrice": price}


def _short(value: Decimal) -> Decimal:
    exponent = value.normalize().as_tuple().exponent
    fits = isinstance(exponent, int) and exponent >= -_RATE_PLACES
    return value if fits else value.quantize(Decimal(1).scaleb(-_RATE_PLACES), ROUND_HALF_UP)


def _tax_fields(sale: SalesForm, company: Company) -> Json:
    """US companies honour the total alone, and must be told zero too; elsewhere each line's code computes it."""
    match company.tax_model:
        case TaxModel.US_AUTOMATED:
            return {"TxnTaxDetail": {"TotalTax": sale.tax}}
        case TaxModel.US_MANUAL:
            return {"TxnTaxDetail": filled({"TxnTaxCodeRef": ref(company.default_tax_code), "TotalTax": sale.tax})}
        case TaxModel.US_NONE:
            return {}
        case TaxModel.GLOBAL:
            return {"GlobalTaxCalculation": "TaxExcluded", "TxnTaxDetail": _stated_taxes(sale)}


def _stated_taxes(sale: SalesForm) -> Json | None:
    if not (sale.override_tax and sale.tax_lines):
        return None
    return {
        "TotalTax": total_of(line.amount for line in sale.tax_lines),
        "TaxLine": [_tax_line(line) for line in sale.tax_lines],
    }


def _tax_line(line: TaxLine) -> Json:
    detail = {
        "TaxRateRef": ref(line.rate_id),
        "PercentBased": True,
        "TaxPercent": line.percent,
        "NetAmountTaxable": line.net,
    }
    return {"Amount": line.amount, "DetailType": "TaxLineDetail", "TaxLineDetail": detail}


def _invoice_fields(sale: Sale, company: Company) -> Json:
    return {
        "DueDate": sale.due_date.isoformat() if sale.due_date else None,
        "AllowOnlineCreditCardPayment": sale.allow_card_payment if company.card_payments else None,
    }


def _receipt_fields(sale: Sale) -> Json:
    return {
        "PaymentMethodRef": ref(sale.payment_method_id),
        "PaymentRefNum": names.clean_text(sale.payment_reference, names.PAYMENT_REFERENCE),
        "DepositToAccountRef": ref(sale.deposit_account_id),
    }


def _delivery_fields(sale: Sale) -> Json:
    return {
        "BillEmail": wrapped("Address", names.email(sale.email)),
        "BillAddr": address_payload(sale.billing),
        "ShipAddr": address_payload(sale.shipping),
        "ShipMethodRef": wrapped("value", names.clean_text(sale.shipping_method, names.SHIP_METHOD)),
        "TrackingNum": names.clean_text(sale.tracking_number, names.TRACKING_NUMBER),
        "ShipDate": sale.shipping_date.isoformat() if sale.shipping_date else None,
    }


def _closing_fields(sale: SalesForm, company: Company) -> Json:
    return {
        "CustomerMemo": _memo(sale),
        "ClassRef": ref(sale.class_id) if company.classes == "document" else None,
        "DepartmentRef": ref(sale.location_id) if company.locations else None,
        "PrivateNote": private_note(sale.private_note, sale.marker),
    }


def _number(sale: SalesForm, company: Company) -> str | None:
    """Without a number of ours, QuickBooks numbers it; a company with custom numbers must be asked to."""
    if sale.number is not None:
        return sale.number
    return _AUTO_NUMBER if company.custom_numbers else None


def _memo(sale: SalesForm) -> Json | None:
    """No message lets QuickBooks put its default one; an empty message is sent as such."""
    return None if sale.message is None else {"value": names.clean_text(sale.message, names.MEMO)}


def _check_currency(currency: str, company: Company) -> None:
    """Without multi-currency QuickBooks would take the amount for home currency; translation holds such orders."""
    if currency != company.currency and not company.multi_currency:
        raise ValueError(f"{currency} document for a company that keeps its books in {company.currency} only")
