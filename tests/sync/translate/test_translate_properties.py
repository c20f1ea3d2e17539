"""What must hold for any order whatsoever."""

from collections import Counter
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.books import Company, LineKind, Sale, TaxModel
from integrations.commerce import LineKind as Sold
from integrations.commerce import Order, OrderLine, TaxShare
from integrations.money import ZERO, round_half_up, total_of
from sync.translate.numbers import NUMBER_LIMIT, marker, shortened
from sync.translate.outcome import Documents
from tests.sync.translate.making import CANADIAN_TAXES, D, company, documents, options, order, sale, tender, translated

MANY = settings(max_examples=300, deadline=None)

COMBINATIONS = [(), (("GST", D(5)),), (("GST", D(5)), ("QST", D("9.975"))), (("HST", D(13)),), (("VAT", D(20)),)]
cents = st.integers(0, 500_000).map(lambda units: Decimal(units).scaleb(-2))


def shares_of(combination: tuple[tuple[str, Decimal], ...], charged: Decimal, *, inclusive: bool) -> list[TaxShare]:
    """The taxes that a store would work out, per line and tax."""
    whole = 100 + total_of(rate for _, rate in combination) if inclusive else Decimal(100)
    return [TaxShare(name, rate, round_half_up(charged * rate / whole)) for name, rate in combination]


@st.composite
def order_lines(draw: st.DrawFn, ref: str, *, inclusive: bool) -> OrderLine:
    gross = draw(cents)
    discount = draw(st.just(ZERO) | st.integers(0, int(gross * 100)).map(lambda units: Decimal(units).scaleb(-2)))
    kind = draw(st.sampled_from(Sold))
    shares = shares_of(draw(st.sampled_from(COMBINATIONS)), gross - discount, inclusive=inclusive)
    quantity = Decimal(draw(st.integers(1, 12)))
    return OrderLine(
        ref=ref,
        kind=kind,
        name=ref,
        quantity=quantity,
        unit_price=gross / quantity,
        gross=gross,
        discount=discount,
        taxes=tuple(shares),
        sku=f"SKU-{ref}",
    )


@st.composite
def orders(draw: st.DrawFn) -> Order:
    """Orders of up to four lines, net or gross, some partly paid by gift card, some a few cents off."""
    inclusive = draw(st.booleans())
    count = draw(st.integers(1, 4))
    lines = [draw(order_lines(f"l{index}", inclusive=inclusive)) for index in range(count)]
    whole = order(*lines, prices_include_tax=inclusive)
    card = draw(st.just(ZERO) | st.integers(0, int(whole.total * 100)).map(lambda units: Decimal(units).scaleb(-2)))
    made = replace(whole, gift_card_redeemed=card, total=whole.total - card)
    off_by = D("0.01") * draw(st.integers(-5, 5))
    return replace(made, total=made.total + off_by) if made.total + off_by >= 0 else made


def made_from(one: Order, books: Company) -> Documents | None:
    """The documents of an order of that company; None where nothing was sold."""
    us = books.tax_model is not TaxModel.GLOBAL
    rows = tuple(replace(row, code="TAX" if row.taxes else "NON") for row in CANADIAN_TAXES) if us else CANADIAN_TAXES
    outcome = translated(replace(one, currency=books.currency), options(taxes=rows), books)
    return outcome if isinstance(outcome, Documents) else None


def sold_lines(one: Sale) -> Counter[str]:
    """How often each order line stands in a document line that is not a discount."""
    return Counter(ref for each in one.lines if each.kind is not LineKind.DISCOUNT for ref in each.sources)


@pytest.mark.parametrize("model", TaxModel)
@given(one=orders())
@MANY
def test_no_line_is_dropped_and_every_cent_is_there(model: TaxModel, one: Order) -> None:
    made = made_from(one, company(model))
    said = {line.ref for line in one.lines if line.kind is Sold.PRODUCT or line.gross or line.tax}
    if made is None:
        assert not said
        return
    assert sold_lines(made.sale) == dict.fromkeys(said, 1)
    assert total_of(line.amount for line in made.sale.lines) + made.sale.tax == one.total - one.residual
    assert made.sale.total == one.total


@given(one=orders())
@MANY
def test_the_tax_lines_are_the_tax_of_the_order(one: Order) -> None:
    made = made_from(one, company())
    if made is None:
        return
    taxes = made.sale.tax_lines
    assert total_of(tax.amount for tax in taxes) == one.tax
    assert len({tax.rate_id for tax in taxes}) == len(taxes)


@given(one=orders())
@MANY
def test_discounts_are_negative_one_for_each_code_and_name_their_lines(one: Order) -> None:
    made = made_from(one, company())
    discounts = [line for line in made.sale.lines if line.kind is LineKind.DISCOUNT] if made else []
    discounted = {line.ref for line in one.lines if line.discount}

    assert all(line.amount < 0 for line in discounts)
    assert len({line.tax_code for line in discounts}) == len(discounts)
    assert {ref for line in discounts for ref in line.sources} <= discounted


@given(one=orders())
@MANY
def test_the_order_in_which_the_store_names_taxes_does_not_matter(one: Order) -> None:
    shuffled = replace(one, lines=tuple(replace(line, taxes=line.taxes[::-1]) for line in one.lines))

    assert translated(one) == translated(shuffled)


@given(one=orders())
@MANY
def test_a_net_unit_price_gives_its_amount_exactly(one: Order) -> None:
    made = made_from(replace(one, prices_include_tax=True), company())
    for line in made.sale.lines if made else ():
        if line.unit_price is not None and line.quantity is not None:
            assert line.unit_price * line.quantity == line.amount


@given(numbers=st.sets(st.text(st.characters(codec="utf-8"), min_size=1, max_size=60), min_size=2, max_size=20))
@MANY
def test_numbers_fit_and_stay_apart(numbers: set[str]) -> None:
    made = {shortened(f"EW-{number}") for number in numbers}

    assert len(made) == len(numbers)
    assert all(len(number) <= NUMBER_LIMIT for number in made)


@given(refs=st.sets(st.text(max_size=20), min_size=2, max_size=20))
@MANY
def test_marks_stay_apart(refs: set[str]) -> None:
    assert len({marker("maple", ref, "sale") for ref in refs}) == len(refs)


@given(amounts=st.lists(st.integers(1, 5000), min_size=1, max_size=4), one=orders())
@MANY
def test_payments_are_all_that_came_in_and_pay_no_more_than_the_sale(amounts: list[int], one: Order) -> None:
    paid = replace(one, tenders=tuple(tender(Decimal(units)) for units in amounts))
    made = translated(paid)
    if isinstance(made, Documents):
        came_in = total_of(map(Decimal, amounts))
        assert total_of(each.amount for each in made.payments) == came_in
        assert total_of(each.applied for each in made.payments) == min(came_in, one.total)


def test_the_same_order_is_always_the_same_document() -> None:
    one = order(OrderLine("a", Sold.PRODUCT, "A", D(1), D(9), D(9), sku="A"))

    assert documents(one) == documents(one)
    assert sale(one) is not sale(one)
