"""Whatever comes from a store, the payload is one that QuickBooks knows."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from integrations.books import Company, CustomerDraft, ItemDraft, Known, Sale, SaleType, TaxModel
from integrations.commerce import Address
from integrations.money import json_dumps, round_half_up
from integrations.quickbooks.entry_writer import customer_payload, item_payload
from integrations.quickbooks.writer import sale_payload
from tests.integrations.quickbooks.books_samples import VAT, company, line, sale, tax_line
from tests.integrations.quickbooks.quickbooks_fields import check

D = Decimal


def payload(document: Sale, books: Company) -> dict[str, Any]:
    made = sale_payload(
        document, books, customer_id="58", item_id=lambda item: item.id if isinstance(item, Known) else "new"
    )
    check(made, document.type.value)
    return made


TEXT = st.text(max_size=60) | st.text(st.characters(), min_size=20, max_size=40).map(lambda text: text * 150)
AMOUNT = st.decimals(D("-9999.99"), D("9999.99"), places=2)
RATE = st.decimals(D("-999"), D("999"), places=6)
ADDRESSES = st.none() | st.builds(
    Address, TEXT, TEXT, st.lists(TEXT, max_size=7).map(tuple), TEXT, TEXT, TEXT, TEXT, TEXT
)
LINES = st.builds(
    lambda amount, quantity, price, code, text: line(
        str(amount), code, quantity=quantity, unit_price=price, description=text
    ),
    AMOUNT,
    st.none() | RATE,
    st.none() | RATE,
    st.sampled_from(["20", "23", "24"]),
    TEXT,
)
SALES = st.builds(
    lambda lines, kind, texts, address, flags: sale(
        *lines,
        type=kind,
        currency="CAD",
        number=None if flags[0] else "EW-1",
        message=texts[0],
        email=texts[1],
        private_note=texts[2],
        shipping_method=texts[3],
        tracking_number=texts[4],
        payment_reference=texts[5],
        billing=address,
        shipping=address,
        class_id="5",
        location_id="6",
        deposit_account_id="7",
        payment_method_id="8",
        allow_card_payment=flags[1],
        due_date=date(2026, 9, 30),
        shipping_date=date(2026, 9, 30),
        override_tax=flags[2],
        tax_lines=(tax_line(VAT, "10", "2"),),
    ),
    st.lists(LINES, min_size=1, max_size=3),
    st.sampled_from(SaleType),
    st.lists(TEXT, min_size=6, max_size=6),
    ADDRESSES,
    st.tuples(st.booleans(), st.booleans(), st.booleans()),
)
COMPANIES = st.builds(
    lambda model, flag, classes: company(
        model,
        currency="CAD",
        multi_currency=flag,
        locations=flag,
        custom_numbers=flag,
        card_payments=flag,
        classes=classes,
        default_tax_code="3",
    ),
    st.sampled_from(TaxModel),
    st.booleans(),
    st.sampled_from(["", "document", "line"]),
)
QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@QUICK
@given(SALES, COMPANIES)
def test_every_sale_is_valid_for_quickbooks(document, books):
    made = payload(document, books)
    assert document.marker in made["PrivateNote"]
    for entry in made["Line"]:
        detail = entry["SalesItemLineDetail"]
        if "UnitPrice" in detail:
            assert round_half_up(detail["Qty"] * detail["UnitPrice"]) == entry["Amount"]
    json_dumps(made).encode()


@QUICK
@given(st.lists(TEXT, min_size=5, max_size=5), ADDRESSES)
def test_every_customer_and_item_is_valid_for_quickbooks(texts, address):
    name, given_name, family, phone, email = texts
    draft = CustomerDraft("s", "1", email, name, "CAD", email, given_name, family, name, phone, address, address)
    check(customer_payload(draft, company(multi_currency=True), name=name), "Customer")
    check(item_payload(ItemDraft("k", name, family, "Service", "79", description=given_name)), "Item")


@QUICK
@given(st.decimals(D("0.00001"), D(9999), places=5), st.decimals(D("0.00001"), D(9999), places=5))
def test_exact_products_are_kept(quantity, price):
    amount = (quantity * price).quantize(D("0.01"), ROUND_HALF_UP)
    detail = payload(sale(line(str(amount), "23", quantity=quantity, unit_price=price)), company())["Line"][0][
        "SalesItemLineDetail"
    ]
    assert (detail["Qty"], detail["UnitPrice"]) == (quantity, price)
