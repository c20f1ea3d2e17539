"""Documents posted into the simulated QuickBooks: accepted as they are, with the totals that we computed."""

import random
from datetime import date
from typing import Any

import pytest

from integrations.books import Company, ItemDraft, Payment, Sale, SaleType, TaxModel
from integrations.errors import NotFound
from integrations.quickbooks import entry_writer, reader, writer
from integrations.quickbooks.arithmetic import override_deviation, sale_tax, sale_total
from integrations.quickbooks.client import BatchItem
from integrations.quickbooks.faults import Cause, QuickBooksRefused, duplicate_of
from tests.integrations.quickbooks.sandbox_books import (
    BUYER,
    COMPANIES,
    MAPLE,
    Books,
    D,
    codes_of,
    control,
    line,
    overridden,
    prepare,
    sale,
)


@pytest.mark.parametrize("realm", COMPANIES)
def test_a_day_of_documents_ends_at_the_totals_we_computed(open_books, realm):
    books = open_books(realm)
    customer_id, item_id = prepare(books)
    company, clearing = books.company, books.id_of("Account", "Ecwid Clearing")
    visa = books.id_of("PaymentMethod", "Visa")
    receipt = sale(
        company,
        "EW-2",
        SaleType.SALES_RECEIPT,
        deposit_account_id=clearing,
        payment_method_id=visa,
        payment_reference="pi_3Q12345678901234567890",
    )
    documents = [sale(company, "EW-1", class_id="5000000000000000001", location_id="1"), receipt]
    documents += [overridden(sale(company, "EW-3"), company, "0.03")]
    items = [
        BatchItem(
            str(n),
            "create",
            document.type.value,
            writer.sale_payload(document, company, customer_id=customer_id, item_id=lambda _item: item_id),
        )
        for n, document in enumerate(documents)
    ]
    answers = books.batch(*items, request_id="sales")
    posted = [reader.posted(item.entity, answer) for item, answer in zip(items, answers, strict=True)]
    assert [found.total for found in posted] == [sale_total(document, company) for document in documents]
    assert [answer.get("TxnTaxDetail", {}).get("TotalTax", 0) for answer in answers] == [
        sale_tax(document, company) for document in documents
    ]
    assert [found.number for found in posted] == ["EW-1", "EW-2", "EW-3"]
    _pay(books, posted[0], customer_id, clearing)


def _pay(books: Books, invoice: Any, customer_id: str, account: str) -> None:
    payment = Payment(
        BUYER, date(2026, 9, 4), books.company.currency, invoice.total, account, "TB-P", "[TB-P]", 0, "", "pi_3Q"
    )
    payload = writer.payment_payload(payment, books.company, customer_id=customer_id, invoice_id=invoice.id)
    (paid,) = books.batch(BatchItem("p", "create", "Payment", payload), request_id="payments")
    assert paid["TotalAmt"] == invoice.total
    assert books.client.read("Invoice", invoice.id)["Balance"] == 0


def test_the_companies_are_read_as_what_they_are(open_books):
    found = [open_books(realm).company for realm in COMPANIES]
    assert [company.tax_model for company in found] == [
        TaxModel.GLOBAL,
        TaxModel.US_AUTOMATED,
        TaxModel.US_NONE,
        TaxModel.GLOBAL,
        TaxModel.US_MANUAL,
        TaxModel.GLOBAL,
    ]
    assert [company.currency for company in found] == ["CAD", "USD", "USD", "GBP", "USD", "EUR"]
    assert found[5].multi_currency


def test_stated_taxes_within_the_tolerance_are_kept(open_books):
    books = open_books(MAPLE)
    customer_id, item_id = prepare(books)
    document = overridden(sale(books.company, "EW-9"), books.company, "0.04")
    assert override_deviation(document, books.company) == D("0.04")
    payload = writer.sale_payload(document, books.company, customer_id=customer_id, item_id=lambda _item: item_id)
    written = books.client.write("Invoice", payload, "r-9")
    assert reader.posted("Invoice", written.object).total == sale_total(document, books.company)
    assert written.trace


def test_a_number_taken_tells_by_what(open_books):
    books = open_books(MAPLE)
    customer_id, item_id = prepare(books)
    payload = writer.sale_payload(
        sale(books.company, "EW-1"), books.company, customer_id=customer_id, item_id=lambda _item: item_id
    )
    first = books.client.write("Invoice", payload, "r-1").object
    with pytest.raises(QuickBooksRefused) as caught:
        books.client.write("Invoice", payload, "r-2")
    assert caught.value.cause is Cause.DUPLICATE_NUMBER
    assert duplicate_of(caught.value.faults[0]) == ("Invoice", first["Id"])
    second = books.client.write("Invoice", payload, "r-3", include="allowduplicatedocnum").object
    assert second["Id"] != first["Id"]


def test_voiding_and_deleting(open_books):
    books = open_books(MAPLE)
    customer_id, item_id = prepare(books)
    made = []
    for kind in SaleType:
        document = sale(books.company, f"EW-{kind}"[:21], kind)
        payload = writer.sale_payload(document, books.company, customer_id=customer_id, item_id=lambda _item: item_id)
        made.append((kind.value, books.client.write(kind.value, payload, f"c-{kind}").object))
    for kind, obj in made:
        handle = {"Id": obj["Id"], "SyncToken": obj["SyncToken"]}
        voided = books.client.write(kind, handle, f"v-{kind}", "void").object
        assert voided["TotalAmt"] == 0
        handle["SyncToken"] = voided["SyncToken"]
        assert books.client.write(kind, handle, f"d-{kind}", "delete").object["status"] == "Deleted"
        with pytest.raises(NotFound):
            books.client.read(kind, obj["Id"])


def test_voiding_in_a_batch(open_books):
    books = open_books(MAPLE)
    customer_id, item_id = prepare(books)
    document = sale(books.company, "EW-1")
    payload = writer.sale_payload(document, books.company, customer_id=customer_id, item_id=lambda _item: item_id)
    made = books.client.write("Invoice", payload, "c").object
    item = BatchItem("v", "void", "Invoice", {"Id": made["Id"], "SyncToken": made["SyncToken"]})
    (voided,) = books.batch(item, request_id="v")
    assert voided["TotalAmt"] == 0


def test_quickbooks_numbers_what_has_no_number(open_books, sandbox):
    control(sandbox, "PATCH", f"companies/{MAPLE}/preferences", {"SalesFormsPrefs": {"CustomTxnNumbers": True}})
    books = open_books(MAPLE)
    customer_id, item_id = prepare(books)
    document = sale(books.company, None)
    payload = writer.sale_payload(document, books.company, customer_id=customer_id, item_id=lambda _item: item_id)
    assert reader.posted("Invoice", books.client.write("Invoice", payload, "r").object).number


def test_an_inventory_item_can_be_created_and_sold(open_books):
    books = open_books(MAPLE)
    accounts = {row.name: row.id for row in map(books._listed("Account"), books.client.query("Account"))}
    draft = ItemDraft(
        "mug",
        "Mug",
        "M-1",
        "Inventory",
        accounts["Sales of Product Income"],
        accounts["Cost of Goods Sold"],
        accounts["Inventory Asset"],
        quantity_on_hand=D(5),
        inventory_start=date(2026, 1, 1),
    )
    item = books.client.write("Item", entry_writer.item_payload(draft), "item").object
    assert reader.listed("Item", item).kind == "Inventory"
    document = sale(books.company, "EW-1", lines=(line("10.00", codes_of(books.company)[0], "3", "3.33"),))
    payload = writer.sale_payload(document, books.company, customer_id="1", item_id=lambda _item: item["Id"])
    books.client.write("Invoice", payload, "sale")
    assert books.client.read("Item", item["Id"])["QtyOnHand"] == 2


def awkward_sale(company: Company, chance: random.Random) -> Sale:
    """Random amounts, codes and stated taxes, the same for the same seed."""
    codes = [*company.tax_codes] if company.tax_model is TaxModel.GLOBAL else ["TAX", "NON"]
    amounts = [D(50), *(D(chance.randint(-300, 100_000)) / 100 for _ in range(chance.randint(0, 4)))]
    lines = tuple(line(str(amount), chance.choice(codes)) for amount in amounts)
    document = sale(company, None, lines=lines, tax=D(chance.randint(0, 5000)) / 100)
    if company.tax_model is TaxModel.GLOBAL and chance.random() < 0.5:
        return overridden(document, company, chance.choice(["0.01", "-0.02", "0.05"]))
    return document


@pytest.mark.parametrize("realm", [realm for realm in COMPANIES if realm != COMPANIES[2]])
def test_whatever_is_sold_the_totals_are_ours(open_books, realm):
    books, chance = open_books(realm), random.Random(realm)
    customer_id, item_id = prepare(books)
    for round_number in range(5):
        documents = [awkward_sale(books.company, chance) for _ in range(30)]
        payloads = [
            writer.sale_payload(document, books.company, customer_id=customer_id, item_id=lambda _item: item_id)
            for document in documents
        ]
        items = [BatchItem(str(n), "create", "Invoice", payload) for n, payload in enumerate(payloads)]
        answers = books.batch(*items, request_id=f"round-{round_number}")
        totals = [reader.posted("Invoice", answer).total for answer in answers]
        assert totals == [sale_total(document, books.company) for document in documents]
