"""Sales forms as PDF, and by e-mail."""

from sandbox.quickbooks.faults import QboError
from sandbox.quickbooks.store import Books, Json

PRINTABLE = ("Invoice", "SalesReceipt", "CreditMemo", "RefundReceipt")


def pdf(document: Json) -> bytes:
    """The smallest file that calls itself a PDF and names its document."""
    text = f"%PDF-1.4\n% {document.get('DocNumber', document['Id'])} {document['TotalAmt']}\n%%EOF\n"
    return text.encode()


def send(books: Books, type_name: str, document: Json, address: str | None) -> Json:
    """The document as it reads after it went out. An address given here becomes the document's own."""
    address = address or (document.get("BillEmail") or {}).get("Address")
    if not address:
        code = books.switches["send_without_address_code"]
        raise QboError(code, "An e-mail address is needed to send the form", "BillEmail")
    if "@" not in address or "." not in address:
        detail = f"Email Address does not conform to the syntax rules of RFC 822 : {address}"
        raise QboError(2210, detail, "BillEmail")
    sent = {
        "BillEmail": {"Address": address},
        "EmailStatus": "EmailSent",
        "DeliveryInfo": {"DeliveryType": "Email", "DeliveryTime": books.now().isoformat(timespec="seconds")},
    }
    return books.replace(type_name, document, {**document, **sent}, "Emailed")
