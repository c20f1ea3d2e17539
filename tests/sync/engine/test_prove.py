"""The total that QuickBooks will compute must be the store's total before anything is sent."""

from dataclasses import replace

import pytest

from integrations.books import LineKind, TaxModel
from integrations.quickbooks import arithmetic
from sync.engine.prove import prove
from sync.translate.outcome import Documents, Hold
from sync.translate.reasons import Reason
from tests.sync.translate.making import (
    CANADA,
    ITEMS,
    US,
    US_WITHOUT_TAX,
    D,
    company,
    documents,
    line,
    options,
    order,
    share,
    us_options,
)


def taxed(gross, gst, qst, ref="tee"):
    return line(ref, gross, share("GST", "5", gst), share("QST", "9.975", qst))


def off_by(cents, **more):
    """Documents of an untaxed sale that say a total which its lines miss by so many cents."""
    made = documents(order(line("tee", "50.00")))
    return replace(made, sale=replace(made.sale, total=made.sale.total + D(cents).scaleb(-2), **more))


def proven(made, books=CANADA, chosen=None):
    found = prove(made, books, chosen or options())
    assert isinstance(found, Documents), found
    assert arithmetic.sale_total(found.sale, books) == found.sale.total
    return found


def held(made, books=CANADA, chosen=None):
    found = prove(made, books, chosen or options())
    assert isinstance(found, Hold), found
    return found


# -- taxes -------------------------------------------------------------------------------------------------------------


def test_where_quickbooks_computes_the_same_nothing_is_stated():
    sale = proven(documents(order(taxed("50.00", "2.50", "4.99")))).sale
    assert not sale.override_tax
    assert len(sale.lines) == 1


def test_a_cent_of_rounding_between_the_two_is_settled_by_stating_the_stores_tax():
    sale = proven(documents(order(taxed("50.00", "2.51", "4.98")))).sale
    assert sale.override_tax
    assert {one.amount for one in sale.tax_lines} == {D("2.51"), D("4.98")}


def test_rounding_each_line_or_the_sum_is_settled_so_too():
    lines = [taxed("0.10", "0.00", "0.00", ref=str(number)) for number in range(5)]
    proven(documents(order(*lines)))


def test_more_than_rounding_between_the_two_is_held_with_both_figures():
    hold = held(documents(order(taxed("50.00", "2.60", "4.99"))))
    assert hold.reason is Reason.TAX_DIFFERS
    assert hold.params == {"store_tax": "7.59", "books_tax": "7.49", "currency": "CAD", "code": "GST/QST QC"}


def test_us_companies_always_get_the_stores_tax_stated():
    for model in (TaxModel.US_AUTOMATED, TaxModel.US_MANUAL):
        books = company(model, default_tax_code="3")
        made = documents(
            order(line("tee", "50.00", share("Sales tax", "8.25", "4.14")), currency="USD"), us_options(), books
        )
        assert proven(made, books, us_options()).sale.override_tax


def test_companies_without_sales_tax_get_none_stated():
    made = documents(
        order(line("tee", "50.00", share("Sales tax", "8.25", "4.13")), currency="USD"), us_options(), US_WITHOUT_TAX
    )
    sale = proven(made, US_WITHOUT_TAX, us_options()).sale
    assert not sale.override_tax
    assert LineKind.TAX in {one.kind for one in sale.lines}


# -- rounding ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cents", [1, -1, 5, -5])
def test_a_difference_within_the_cap_becomes_a_rounding_line_and_is_told(cents):
    found = proven(off_by(cents))
    rounding = found.sale.lines[-1]
    assert (rounding.kind, rounding.item) == (LineKind.ROUNDING, ITEMS[LineKind.ROUNDING])
    assert (rounding.amount, rounding.tax_code) == (D(cents).scaleb(-2), "zero")
    assert found.sale.lines[:-1] == off_by(cents).sale.lines
    [note] = found.notes
    assert (note.reason, note.params["currency"]) == (Reason.ROUNDING_LINE, "CAD")
    assert D(note.params["amount"]) == rounding.amount


@pytest.mark.parametrize("cents", [6, -6, 5000])
def test_a_difference_above_the_cap_is_held_with_all_figures(cents):
    hold = held(off_by(cents))
    assert hold.reason is Reason.TOTAL_UNPROVEN
    said = {name: D(hold.params[name]) for name in ("store_total", "books_total", "difference", "cap")}
    assert said["books_total"] == D("50.00")
    assert said["store_total"] - said["books_total"] == said["difference"] == D(cents).scaleb(-2)
    assert said["cap"] == D("0.05")


def test_a_cap_of_nothing_rounds_nothing():
    assert held(off_by(1), chosen=options(rounding_cap=D(0))).reason is Reason.TOTAL_UNPROVEN


def test_without_a_rounding_item_it_is_held_until_one_is_chosen():
    items = {kind: item for kind, item in ITEMS.items() if kind is not LineKind.ROUNDING}
    hold = held(off_by(1), chosen=options(items=items))
    assert hold.reason is Reason.SPECIAL_ITEM_MISSING
    assert hold.params == {"kind": "rounding", "amount": "0.01", "currency": "CAD"}


def test_with_a_rounding_item_that_is_out_of_use_it_is_held_too():
    item = ITEMS[LineKind.ROUNDING]
    hold = held(off_by(1), chosen=options(inactive={("Item", item.id): item.name}))
    assert (hold.reason, hold.params) == (Reason.BOOKS_OBJECT_INACTIVE, {"detail": item.name})


def test_a_rounding_line_needs_the_code_of_untaxed_lines():
    made = documents(order(taxed("50.00", "2.50", "4.99")))
    made = replace(made, sale=replace(made.sale, total=made.sale.total + D("0.01")))
    rows = tuple(row for row in options().taxes if row.taxes)
    assert held(made, chosen=options(taxes=rows)).reason is Reason.TAX_UNMAPPED


def test_where_even_the_rounding_line_does_not_prove_it_it_is_held():
    """The code for untaxed lines is one with a rate: the line would be taxed itself."""
    rows = tuple(replace(row, code="vat20") if not row.taxes else row for row in options().taxes)
    made = documents(order(taxed("50.00", "2.50", "4.99")))
    made = replace(made, sale=replace(made.sale, total=made.sale.total + D("0.05")))
    assert held(made, chosen=options(taxes=rows)).reason is Reason.TOTAL_UNPROVEN


def test_us_rounding_lines_are_not_taxable():
    made = documents(order(line("tee", "50.00"), currency="USD"), us_options(), US)
    made = replace(made, sale=replace(made.sale, total=D("50.01")))
    assert proven(made, US, us_options()).sale.lines[-1].tax_code == "NON"
