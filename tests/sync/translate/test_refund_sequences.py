"""Whatever is refunded of a sale, in whatever parts: never more than the sale, and all of it together is the sale."""

from collections import Counter
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from integrations.books import Known, RefundType, SaleType, TaxModel
from integrations.commerce import Order, Refund, RefundLine
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


class Books:
    """A sale in the books and what is taken back of it, read from the payloads as the engine does."""

    def __init__(self, sale, company, counted):
        self.company, self.currency, self.counted = company, sale.currency, counted
        self.form = self.typed(writer.sale_payload(sale, company, customer_id="9", item_id=item_id))
        self.balance = ZERO
        self.credited: list[Credited] = []

    def typed(self, payload):
        """The form with the items that QuickBooks counts."""
        form = form_of_payload(payload, self.company, self.currency)
        kinds = {True: "Inventory", False: "NonInventory"}
        items = [replace(one.line.item, type=kinds[one.line.item.id in self.counted]) for one in form.lines]
        lines = [replace(one, line=replace(one.line, item=item)) for one, item in zip(form.lines, items, strict=True)]
        return replace(form, lines=tuple(lines))

    @property
    def left(self):
        return self.form.total - total_of(one.form.total for one in self.credited)

    def take_back(self, refund, order, place, chosen):
        """The documents of a refund go into the books; each of them is proven, and none takes too much tax."""
        amount = None if refund.everything else refund.amount
        sold = Sold(SaleType.INVOICE, "1", "N", "9", self.form, self.balance)
        day_ = day("2026-03-05")
        case = RefundCase(refund, amount, day_, place, order, sold, tuple(self.credited), chosen, self.company)
        outcome = translate_refund(case)
        assert isinstance(outcome, RefundDocuments), outcome
        for document in outcome.documents:
            ready = prove_refund(document, self.company)
            assert isinstance(ready, type(document)), ready
            assert arithmetic.sale_total(ready, self.company) == document.total
            back = self.typed(writer.refund_payload(ready, self.company, item_id=item_id))
            assert back.total == document.total >= 0
            assert all(one.line.quantity for one in back.lines if one.line.item.type == "Inventory")
            self.credited.append(Credited(document.type, back))
            if document.type is RefundType.CREDIT_MEMO:
                self.balance -= document.total
            taken = sum_by_rate(each.form for each in self.credited)
            allowed = self.form.taxes
            assert all(tax <= allowed.get(rate, ZERO) for rate, tax in taken.items()), (taken, allowed)
        return outcome.documents

    def units(self, item):
        """How many of an item are back."""
        lines = [one.line for each in self.credited for one in each.form.lines]
        return total_of(line.quantity or ZERO for line in lines if line.item.id == item)


def in_books(model, one, counted=frozenset()):
    """The order's sale in the books of a company of that model, or no example."""
    company_ = company(model, default_tax_code="3" if model is TaxModel.US_MANUAL else "")
    made = made_from(one, company_)
    assume(made is not None)
    proven = prove(made, company_, CHOSEN)
    assume(isinstance(proven, Documents) and proven.sale.total > 0)
    books = Books(proven.sale, company_, counted)
    assert books.form.total == proven.sale.total == arithmetic.sale_total(proven.sale, company_)
    return books


CHOSEN = options(refund_account_id="35", refund_prefix="R-")


@pytest.mark.parametrize("model", TaxModel)
@given(one=orders(), chance=st.randoms(use_true_random=False), balance_part=st.sampled_from([0, 0, 30, 100]))
@MANY
def test_all_refunds_together_are_the_sale(model, one: Order, chance, balance_part) -> None:
    books = in_books(model, one)
    one = replace(one, currency=books.currency)
    books.balance = (books.left * balance_part / 100).quantize(D("0.01"))
    for place in range(1, 6):
        left = books.left
        if left <= 0:
            break
        last = place == 5 or chance.random() < 0.2
        lines = [line.charged + (ZERO if one.prices_include_tax else line.tax) for line in one.lines]
        amount = chance.choice([Decimal(chance.randint(1, int(left * 100))).scaleb(-2), *lines])
        amount = min(max(amount, D("0.01")), left)
        refund = Refund("r", None if last else amount, NOON, everything=last, restocked=chance.random() < 0.5)
        documents = books.take_back(refund, one, place, CHOSEN)
        assert total_of(document.total for document in documents) == (left if last else amount)
    if not books.left:
        assert sum_by_rate(each.form for each in books.credited) == sum_by_rate([books.form])


def said_of(line, one, chance):
    """What a store may say of an order line: some units, some of them on the shelf, with or without an amount."""
    units = chance.randint(0, int(line.quantity))
    paid = line.charged + (ZERO if one.prices_include_tax else line.tax)
    told = [None, (paid * units / line.quantity).quantize(D("0.01")), Decimal(chance.randint(0, 3000)).scaleb(-2)]
    return RefundLine(line.ref, Decimal(units), Decimal(chance.randint(0, units)), chance.choice(told))


def worth_of(said, one):
    lines = {line.ref: line for line in one.lines}
    line = lines[said.ref]
    paid = line.charged + (ZERO if one.prices_include_tax else line.tax)
    return min(paid, (paid * said.quantity / line.quantity).quantize(D("0.01")) if said.amount is None else said.amount)


@pytest.mark.parametrize("model", TaxModel)
@given(one=orders(), chance=st.randoms(use_true_random=False), balance_part=st.sampled_from([0, 0, 0, 30]))
@MANY
def test_refunds_that_name_lines_and_bring_gift_cards_back_are_the_sale(model, one, chance, balance_part) -> None:
    counted = {f"item-SKU-{line.ref}".lower() for line in one.lines if chance.random() < 0.5}
    books = in_books(model, one, counted)
    assume(books.left > 1)
    one = replace(one, currency=books.currency)
    books.balance = (books.left * balance_part / 100).quantize(D("0.01"))
    on_card = one.gift_card_redeemed
    for place in range(1, 7):
        left = books.left
        if left <= 0 and not on_card:
            break
        last = place == 6 or chance.random() < 0.2
        lines = [said_of(line, one, chance) for line in one.lines if chance.random() < 0.6]
        card = on_card if last or chance.random() < 0.2 else ZERO
        exact = total_of(worth_of(said, one) for said in lines) - card
        amount = chance.choice([Decimal(chance.randint(0, int(left * 100))).scaleb(-2), exact])
        amount = left if last or left - amount < D("0.20") else max(amount, ZERO if card else D("0.01"))
        if not amount and not card:
            continue
        on_card -= card
        refund = Refund("r", amount, NOON, lines=tuple(lines), gift_card=card)
        documents = books.take_back(refund, one, place, CHOSEN)
        assert total_of(document.total for document in documents) == amount
        sold = Counter()
        for each in books.form.lines:
            sold[each.line.item.id] += each.line.quantity or ZERO
        assert all(books.units(item) <= sold[item] for item in counted)
    if not books.left and not on_card:
        assert sum_by_rate(each.form for each in books.credited) == sum_by_rate([books.form])
