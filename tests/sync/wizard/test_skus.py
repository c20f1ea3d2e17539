"""SKU health: what is wrong with the SKUs of a store, counted and listed (I4)."""

from decimal import Decimal

import pytest

from integrations.commerce import Product
from sync.wizard.skus import SHOWN, Health, health, holds_orders


def product(sku, name="Mug", *, enabled=True):
    return Product("1", "", sku, name, Decimal(9), None, enabled)


def problems(*products):
    return [(one.problem, one.product) for one in health(products).troubles]


def test_sound_skus_are_no_trouble():
    found = health([product("MUG-1"), product("MUG-2")])
    assert (found.seen, found.counts, found.troubles) == (2, {}, [])


@pytest.mark.parametrize(
    ("sku", "name", "problem"),
    [
        ("", "Mug", "missing"),
        ("  ", "Mug", "missing"),
        ("M" * 101, "Mug", "too_long"),
        ("A:1", "Mug", "colon"),
        ("A1", "Mug: large", "colon"),
        ("M\N{HOT BEVERAGE}\N{VARIATION SELECTOR-16}\N{GRINNING FACE}", "Mug", "characters"),
        ('12"', "Plate", "characters"),
    ],
)
def test_each_problem_is_named(sku, name, problem):
    assert problems(product(sku, name)) == [(problem, name)]


def test_a_sku_used_twice_is_told_of_both_products_whatever_its_case():
    assert problems(product("mug-1", "Mug"), product("MUG-1 ", "Cup")) == [("duplicate", "Mug"), ("duplicate", "Cup")]


def test_products_without_a_sku_are_not_duplicates_of_each_other():
    assert problems(product("", "Mug"), product("", "Cup")) == [("missing", "Mug"), ("missing", "Cup")]


def test_what_is_not_for_sale_does_not_count():
    assert health([product("", enabled=False)]).seen == 0


def test_of_many_problems_all_are_counted_and_some_are_kept():
    found = health([product("", f"Mug {number}") for number in range(SHOWN + 5)])
    assert (found.counts, len(found.troubles)) == ({"missing": SHOWN + 5}, SHOWN)


def test_the_result_can_be_kept_and_read_again():
    found = health([product(""), product("A:1")], complete=False)
    assert Health.from_json(found.as_json()) == found


def test_nothing_kept_reads_as_nothing_looked_at():
    assert Health.from_json({}).seen == 0


@pytest.mark.parametrize(
    ("problem", "sku", "by_name", "waits"),
    [
        ("missing", "", False, True),
        ("too_long", "M" * 101, False, True),
        ("duplicate", "A", False, False),
        ("colon", "A:1", False, False),
        ("colon", "A:1", True, True),
        ("colon", "A1", True, False),
    ],
)
def test_only_some_problems_make_orders_wait(problem, sku, by_name, waits):
    assert holds_orders(problem, match_by_name=by_name, sku=sku) is waits
