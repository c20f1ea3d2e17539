"""Whatever is refunded of a sale, in whatever parts: never more than the sale, and all of it together is the sale."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from integrations.books import Known, RefundType, SaleType, TaxModel
from integrations.commerce import Order, Refund
from integrations.money import ZERO, total_of
from integrations.quickbooks import arithmetic, writer
from integrations.quickbooks.forms import form_of_payload
from sync.engine.prove import prove, prove_refund
from sync.translate.outcome import Documents
from sync.translate.refunds import Credited, RefundCase, RefundDocuments, Sold, translate_refund
from tests.sync.translate.making import NOON, D, company, day, options
from tests.sync.translate.test_translate_properties import made_from, orders

MANY = settings(max_examples=150, deadline=None)


def item_id(item):
    return item.id if isinstance(item, Known) else item.key


def sum_by_rate(forms):
    sums = {}
    for form in forms:
        for rate, tax in form.taxes.items():
            sums[rate] = sums.get(rate, ZERO) + tax
    return {rate: tax for rate, tax in sums.items() if tax}


@pytest.mark.parametrize("model", TaxModel)
@given(one=orders(), chance=st.randoms(use_true_random=False), balance_part=st.sampled_from([0, 0, 30, 100]))
@MANY
def test_all_refunds_together_are_the_sale(model, one: Order, chance, balance_part) -> None:
    books = company(model, default_tax_code="3" if model is TaxModel.US_MANUAL else "")
    made = made_from(one, books)
    assume(made is not None)
    chosen = options(refund_account_id="35", refund_prefix="R-")
    one = replace(one, currency=books.currency)
    proven = prove(made, books, chosen)
    assume(isinstance(proven, Documents) and proven.sale.total > 0)
    sale = proven.sale
    payload = writer.sale_payload(sale, books, customer_id="9", item_id=item_id)
    form = form_of_payload(payload, books, sale.currency)
    assert form.total == sale.total == arithmetic.sale_total(sale, books)

    balance = (sale.total * balance_part / 100).quantize(D("0.01"))
    credited: list[Credited] = []
    for place in range(1, 6):
        left = sale.total - total_of(one.form.total for one in credited)
        if left <= 0:
            break
        last = place == 5 or chance.random() < 0.2
        lines = [line.charged + (ZERO if one.prices_include_tax else line.tax) for line in one.lines]
        amount = chance.choice([Decimal(chance.randint(1, int(left * 100))).scaleb(-2), *lines])
        amount = min(max(amount, D("0.01")), left)
        refund = Refund("r", None if last else amount, NOON, everything=last, restocked=chance.random() < 0.5)
        sold = Sold(SaleType.INVOICE, "1", "N", "9", form, balance)
        case = RefundCase(refund, refund.amount, day("2026-03-05"), place, one, sold, tuple(credited), chosen, books)
        outcome = translate_refund(case)
        assert isinstance(outcome, RefundDocuments), outcome
        assert total_of(document.total for document in outcome.documents) == (left if last else amount)
        for document in outcome.documents:
            ready = prove_refund(document, books)
            assert isinstance(ready, type(document)), ready
            assert arithmetic.sale_total(ready, books) == document.total > 0
            sent = writer.refund_payload(ready, books, item_id=item_id)
            back = form_of_payload(sent, books, sale.currency)
            assert back.total == document.total
            credited.append(Credited(document.type, back))
            if document.type is RefundType.CREDIT_MEMO:
                balance -= document.total
            taken = sum_by_rate(each.form for each in credited)
            assert all(tax <= form.taxes.get(rate, ZERO) for rate, tax in taken.items()), (taken, form.taxes)
    if total_of(one.form.total for one in credited) == sale.total:
        assert sum_by_rate(one.form for one in credited) == sum_by_rate([form])
