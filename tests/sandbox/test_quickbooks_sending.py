import pytest

from sandbox.exact_json import loads
from tests.sandbox.quickbooks_desk import Desk, fault_of


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_a_form_is_shown_as_pdf(desk: Desk) -> None:
    invoice = desk.invoice()
    answer = desk.send("GET", f"invoice/{invoice['Id']}/pdf", headers={"Accept": "application/pdf"})
    assert (answer.status_code, answer.content_type) == (200, "application/pdf")
    assert answer.data.startswith(b"%PDF-")
    assert desk.send("GET", "invoice/999/pdf").status_code == 400


def test_a_sent_form_says_so(desk: Desk) -> None:
    invoice = desk.invoice(BillEmail={"Address": "ana@example.test"})
    sent = loads(desk.send("POST", f"invoice/{invoice['Id']}/send").text)["Invoice"]
    assert (sent["EmailStatus"], sent["DeliveryInfo"]["DeliveryType"]) == ("EmailSent", "Email")
    assert sent["BillEmail"] == {"Address": "ana@example.test"}
    assert desk.write("Invoice", desk.version(sent, PrivateNote="x"))["DeliveryInfo"] == sent["DeliveryInfo"]


def test_the_address_given_while_sending_stays(desk: Desk) -> None:
    receipt = desk.write("SalesReceipt", desk.sale(desk.line("1")))
    answer = desk.send("POST", f"salesreceipt/{receipt['Id']}/send", sendTo="bo@example.test")
    assert loads(answer.text)["SalesReceipt"]["BillEmail"] == {"Address": "bo@example.test"}
    assert fault_of(desk.send("POST", f"salesreceipt/{receipt['Id']}/send", sendTo="bo"))["code"] == "2210"


def test_without_an_address_nothing_is_sent(desk: Desk) -> None:
    path = f"invoice/{desk.invoice()['Id']}/send"
    assert fault_of(desk.send("POST", path))["code"] == "6420"
    desk.switch(send_without_address_code=2020)
    assert fault_of(desk.send("POST", path))["code"] == "2020"
