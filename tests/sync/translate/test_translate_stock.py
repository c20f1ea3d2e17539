"""What a level follows from, and when a push of levels asks first. Numbers as a shelf has them."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from integrations.books import Known
from integrations.commerce import Product, Refund, RefundLine
from sync.translate.outcome import Hold, Skip
from sync.translate.reasons import Reason
from sync.translate.settings import Catalog
from sync.translate.stock import Ask, Level, Outstanding, Range, Shelves, asks, items_of, level_of
from tests.sync.translate.making import line, order

MUG = Product("501", "", "MUG-1", "Mug", Decimal(15), Decimal(8))
ITEM = Known("19", "Mug", "Inventory")
RANGE = Range.of([MUG, replace(MUG, variation_ref="1", sku="MUG-B")])
NOW = datetime(2026, 9, 1, tzinfo=UTC)


def shelves(**more):
    known = {"on_hand": {"19": Decimal(12)}, "outstanding": {}, "uses": {"mug-1": 1}, "parts": frozenset()}
    return Shelves(**{**known, **more})


class TestLevel:
    @pytest.mark.parametrize(
        ("on_hand", "outstanding", "level"),
        [("12", "0", 12), ("12", "2", 10), ("12", "-2", 14), ("1.9", "0", 1), ("2", "3", 0), ("-4", "0", 0)],
    )
    def test_on_hand_less_what_is_sold_in_whole_units(self, on_hand, outstanding, level):
        known = shelves(on_hand={"19": Decimal(on_hand)}, outstanding={"19": Decimal(outstanding)})
        assert level_of(MUG, ITEM, known) == Level(8, level)

    def test_blank_is_not_zero(self):
        for on_hand in ({"19": None}, {}):
            assert level_of(MUG, ITEM, shelves(on_hand=on_hand)).reason is Reason.STOCK_NOT_COUNTED

    @pytest.mark.parametrize(
        ("change", "reason"),
        [
            ({"enabled": False}, Reason.PRODUCT_DISABLED),
            ({"sku": " "}, Reason.PRODUCT_WITHOUT_SKU),
            ({"components": ("7",)}, Reason.STOCK_OF_BUNDLE),
            ({"in_places": True}, Reason.STOCK_IN_PLACES),
            ({"stock": None, "unlimited": True}, Reason.STOCK_UNLIMITED),
            ({"stock": None}, Reason.STOCK_UNLIMITED),
        ],
    )
    def test_what_is_left_alone(self, change, reason):
        decision = level_of(replace(MUG, **change), ITEM, shelves())
        assert isinstance(decision, Skip)
        assert decision.reason is reason

    def test_parts_of_bundles_are_left_alone(self):
        assert level_of(MUG, ITEM, shelves(parts=frozenset({"501"}))).reason is Reason.STOCK_IN_BUNDLES

    def test_an_unlimited_product_by_choice_but_none_of_which_nothing_is_told(self):
        known = shelves(include_unlimited=True)
        assert level_of(replace(MUG, stock=None, unlimited=True), ITEM, known) == Level(None, 12)
        assert isinstance(level_of(replace(MUG, stock=None), ITEM, known), Skip)

    def test_a_sku_of_two_products_and_of_two_items_is_not_guessed(self):
        assert level_of(MUG, ITEM, shelves(uses={"mug-1": 2})).reason is Reason.SKU_DUPLICATE
        ambiguous = Hold(Reason.ITEM_AMBIGUOUS, {"sku": "MUG-1"})
        assert level_of(MUG, ambiguous, shelves()) is ambiguous

    @pytest.mark.parametrize("found", [None, Hold(Reason.ITEM_INACTIVE, {"sku": "MUG-1"})])
    def test_without_an_item_in_use(self, found):
        assert level_of(MUG, found, shelves()).reason is Reason.STOCK_ITEM_MISSING


class TestOutstanding:
    def order(self, **more):
        return order(line("mug", 45, quantity=3, product_ref="501"), **more)

    def sold(self, order, *, in_books=False, taken_back=()):
        counts = Outstanding()
        counts.count(order, in_books=in_books, known=RANGE, taken_back=taken_back)
        return counts.by_ref.get("501", Decimal(0))

    def test_sold_and_not_in_the_books(self):
        assert self.sold(self.order()) == 3
        assert self.sold(self.order(), in_books=True) == 0

    def test_back_on_the_shelf(self):
        restocked = Refund("r", None, NOW, everything=True, restocked=True)
        kept = Refund("r", Decimal(5), NOW)
        assert self.sold(self.order(refunds=(restocked,))) == 0
        assert self.sold(self.order(refunds=(restocked,)), in_books=True) == -3
        assert self.sold(self.order(refunds=(kept,))) == 3

    def test_units_that_a_refund_names(self):
        one, other = (Refund(ref, Decimal(5), NOW, lines=(RefundLine("mug", Decimal(1), Decimal(1)),)) for ref in "rs")
        kept = Refund("k", Decimal(5), NOW, lines=(RefundLine("mug", Decimal(1), Decimal(0)),))
        assert self.sold(self.order(refunds=(one, kept))) == 2
        assert self.sold(self.order(refunds=(one, kept)), in_books=True) == -1
        assert self.sold(self.order(refunds=(one, other)), in_books=True, taken_back={"r"}) == -1
        assert self.sold(self.order(refunds=(one, other)), in_books=True, taken_back={"r", "s"}) == 0

    def test_a_variation_of_its_own_and_one_that_is_its_product(self):
        own = line("own", 50, quantity=2, product_ref="501", variation_ref="1")
        shared = line("shared", 100, quantity=4, product_ref="501", variation_ref="2")
        counts = Outstanding()
        counts.count(order(own, shared), in_books=False, known=RANGE)
        assert counts.by_ref == {"501/1": 2, "501": 4}

    def test_products_that_are_one_item_share_what_is_sold_of_them_and_in_other_stores(self):
        counts = Outstanding(by_ref={"501": Decimal(3), "502": Decimal(2)}, by_key={"mug-1": Decimal(1)})
        other = replace(MUG, product_ref="502", sku="MUG-B")
        catalog = Catalog(by_key={"mug-1": ITEM}, matches={"mug-b": ITEM})
        assert counts.of_items(items_of([MUG, other], catalog)) == {"19": 6}


class TestAsking:
    def asked(self, changes, *, compared=10, percent=20, **more):
        known = {"is_first": False, "was_restored": False, "counts_stock": True}
        return asks(changes, compared=compared, percent=percent, **{**known, **more})

    def test_nothing_to_change_asks_nobody(self):
        assert self.asked([], is_first=True, counts_stock=False) is None

    def test_the_first_push_the_one_after_a_restore_and_a_company_without_stock(self):
        change = [Level(8, 12)]
        assert self.asked(change) is None
        assert self.asked(change, is_first=True) is Ask.FIRST
        assert self.asked(change, was_restored=True) is Ask.RESTORED
        assert self.asked(change, counts_stock=False) is Ask.NO_INVENTORY

    @pytest.mark.parametrize(("falling", "percent", "ask"), [(2, 20, None), (3, 20, Ask.ZEROS), (3, 30, None)])
    def test_more_than_so_many_percent_would_fall_to_zero(self, falling, percent, ask):
        changes = [Level(5, 0)] * falling + [Level(0, 4), Level(-3, 0)]
        assert self.asked(changes, percent=percent) is ask

    def test_a_single_zero_at_nought_percent(self):
        assert self.asked([Level(1, 0)], percent=0) is Ask.ZEROS
        assert self.asked([Level(0, 1)], percent=0) is None
