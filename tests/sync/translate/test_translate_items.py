"""Products find their items, or say what is missing."""

from dataclasses import replace
from typing import Any

import pytest

from integrations.books import ItemDraft, Known
from integrations.commerce import OrderLine
from sync.translate.items import item_name, named_apart
from sync.translate.orders import needs
from sync.translate.outcome import Hold
from sync.translate.reasons import Reason
from sync.translate.settings import Catalog, CreateAs, MatchBy, Options
from tests.sync.translate.making import CANADA, D, catalog, company, day, held, line, options, order, sale, share

MUG = line("mug", "12.50", sku="MUG-1", name="Mug", tracks_stock=True)
EMPTY = catalog()


def item(one: OrderLine, chosen: Options | None = None, items: Catalog = EMPTY, **more: Any) -> Known | ItemDraft:
    return sale(order(one, **more.pop("order", {})), chosen, items=items, **more).lines[0].item


def draft(*args: Any, **more: Any) -> ItemDraft:
    made = item(*args, **more)
    assert isinstance(made, ItemDraft)
    return made


class TestFound:
    @pytest.mark.parametrize("sku", ["MUG-1", "mug-1", "  Mug-1 "])
    def test_by_sku_without_regard_to_case_and_blanks(self, sku: str) -> None:
        assert item(replace(MUG, sku=sku), items=catalog("MUG-1")) == Known("item-MUG-1", "MUG-1", "NonInventory")

    def test_a_persons_match_wins(self) -> None:
        items = catalog("MUG-1", matches={"mug-1": Known("7", "Cup")}, ambiguous=frozenset({"mug-1"}))

        assert item(MUG, items=items) == Known("7", "Cup")

    def test_an_item_in_use_wins_over_an_inactive_one(self) -> None:
        assert item(MUG, items=catalog("MUG-1", inactive=frozenset({"mug-1"}))).name == "MUG-1"


class TestHeld:
    def test_without_a_sku(self) -> None:
        assert held(order(replace(MUG, sku=" "))) == Hold(Reason.SKU_MISSING, {"product": "Mug"})

    def test_with_a_sku_that_several_items_have(self) -> None:
        items = catalog("MUG-1", ambiguous=frozenset({"mug-1"}))

        assert held(order(MUG), items=items) == Hold(Reason.ITEM_AMBIGUOUS, {"sku": "MUG-1"})

    def test_with_the_sku_of_an_inactive_item(self) -> None:
        items = catalog(inactive=frozenset({"mug-1"}))

        assert held(order(MUG), items=items) == Hold(Reason.ITEM_INACTIVE, {"sku": "MUG-1"})

    def test_when_missing_items_are_not_created(self) -> None:
        assert held(order(MUG), options(create_missing=False), items=EMPTY) == Hold(
            Reason.ITEM_MISSING, {"sku": "MUG-1", "product": "Mug"}
        )

    @pytest.mark.parametrize(
        ("create_as", "missing", "said"),
        [
            (CreateAs.NON_INVENTORY, ["income_account_id"], "income"),
            (CreateAs.SERVICE, ["income_account_id", "expense_account_id"], "income"),
            (CreateAs.INVENTORY, ["expense_account_id", "asset_account_id"], "expense, asset"),
        ],
    )
    def test_without_the_accounts_that_the_item_needs(self, create_as: CreateAs, missing: list[str], said: str) -> None:
        chosen = options(create_as=create_as, **dict.fromkeys(missing, ""))

        assert held(order(MUG), chosen, company(inventory=True), EMPTY) == Hold(
            Reason.ITEM_ACCOUNTS_MISSING, {"sku": "MUG-1", "accounts": said}
        )

    @pytest.mark.parametrize(
        ("sku", "match_by"),
        [
            ("M" * 101, MatchBy.SKU),
            ("M" * 101, MatchBy.NAME),
            ("MUG:1", MatchBy.NAME),
            ("MUG\x07", MatchBy.SKU),
            ("MUG🌞", MatchBy.SKU),
        ],
    )
    def test_with_a_sku_that_quickbooks_could_not_hold(self, sku: str, match_by: MatchBy) -> None:
        assert held(order(replace(MUG, sku=sku)), options(match_by=match_by), items=EMPTY) == Hold(
            Reason.SKU_UNUSABLE, {"sku": sku, "product": "Mug"}
        )

    def test_a_colon_in_a_sku_is_no_trouble_where_the_sku_is_not_the_name(self) -> None:
        assert draft(replace(MUG, sku="MUG:1")).sku == "MUG:1"


class TestCreated:
    def test_a_non_inventory_item_by_default(self) -> None:
        assert draft(MUG) == ItemDraft(
            key="mug-1",
            name="Mug",
            sku="MUG-1",
            type="NonInventory",
            income_account_id="79",
            expense_account_id="80",
            description="Mug",
            unit_price=D("12.50"),
        )

    def test_inventory_starts_empty_on_a_day_before_every_sale(self) -> None:
        made = draft(MUG, options(create_as=CreateAs.INVENTORY, start_date=day("2026-01-01")), books=STOCKED)

        assert (made.type, made.asset_account_id, made.quantity_on_hand) == ("Inventory", "81", D(0))
        assert made.inventory_start == day("2026-01-01")

    def test_inventory_starts_in_an_open_period(self) -> None:
        books = replace(STOCKED, closed_until=day("2026-01-31"))

        assert draft(MUG, AS_INVENTORY, books=books).inventory_start == day("2026-02-01")

    def test_inventory_without_a_start_date_starts_a_year_back(self) -> None:
        assert draft(MUG, AS_INVENTORY, books=STOCKED).inventory_start == day("2025-03-02")

    def test_inventory_only_where_the_store_counts_and_the_company_can(self) -> None:
        assert draft(replace(MUG, tracks_stock=False), AS_INVENTORY, books=STOCKED).type == "NonInventory"
        assert draft(MUG, AS_INVENTORY, books=CANADA).type == "NonInventory"

    def test_a_service_when_chosen(self) -> None:
        assert draft(MUG, options(create_as=CreateAs.SERVICE)).type == "Service"

    def test_a_price_that_includes_tax_or_is_foreign_is_not_the_items(self) -> None:
        foreign = company(multi_currency=True)

        assert draft(MUG, order={"prices_include_tax": True}).unit_price is None
        assert draft(MUG, books=foreign, order={"currency": "EUR"}).unit_price is None


class TestNamed:
    def test_as_the_sku_when_names_are_matched(self) -> None:
        assert draft(MUG, options(match_by=MatchBy.NAME)).name == "MUG-1"

    def test_with_the_sku_when_the_name_is_taken(self) -> None:
        assert draft(MUG, items=catalog(by_name={"mug": Known("3", "MUG")})).name == "Mug (MUG-1)"

    def test_with_the_sku_when_it_is_a_variation(self) -> None:
        assert draft(replace(MUG, variation_ref="7101")).name == "Mug (MUG-1)"

    def test_after_the_sku_when_the_product_has_no_name(self) -> None:
        assert draft(replace(MUG, name=" ", variation_ref="7101")).name == "MUG-1"

    def test_without_what_quickbooks_refuses(self) -> None:
        assert item_name('  Lamp:  "Sun"\t🌞 ') == "Lamp - ''Sun''"

    def test_within_the_limit_with_the_sku_whole(self) -> None:
        long = replace(MUG, name="Mug " * 40, variation_ref="7101")

        assert len(draft(long).name) <= 100
        assert draft(long).name.endswith(" (MUG-1)")

    def test_apart_even_when_both_name_and_sku_are_long(self) -> None:
        long = replace(MUG, name="M" * 150, variation_ref="1")
        names = {draft(replace(long, sku="S" * 90 + end)).name for end in "12"}

        assert len(names) == 2
        assert all(len(name) <= 100 for name in names)

    def test_apart_on_request(self) -> None:
        assert named_apart(draft(MUG)).name == "Mug (MUG-1)"
        assert named_apart(draft(MUG)).key == draft(MUG).key


class TestNeeds:
    one = order(MUG, line("hat", "9.00", name="Hat: red"))

    def test_keys_and_names_are_those_looked_up(self) -> None:
        needed = needs(self.one, options())

        assert needed.items == {"mug-1", "sku-hat"}
        assert needed.names == {"mug", "hat - red"}
        assert needed.taxes == {()}
        assert needed.customer is not None
        assert needed.customer.store_ref == "3301"

    def test_names_are_not_needed_where_items_are_called_by_sku_or_not_created(self) -> None:
        assert needs(self.one, options(match_by=MatchBy.NAME)).names == frozenset()
        assert needs(self.one, options(create_missing=False)).names == frozenset()

    def test_taxes_are_named_as_mapping_rows_name_them(self) -> None:
        taxed = line("tee", "10.00", share("QST", "9.975", "1.00"), share("GST", "5.0", "0.50"))

        assert needs(order(taxed), options()).taxes == {("GST 5", "QST 9.975")}
        assert needs(order(taxed, gift_card_redeemed="5.00"), options()).taxes == {("GST 5", "QST 9.975"), ()}

    def test_an_order_that_is_filtered_out_needs_nothing(self) -> None:
        needed = needs(self.one, options(start_date=day("2027-01-01")))

        assert (needed.items, needed.customer) == (frozenset(), None)


STOCKED = company(inventory=True)
AS_INVENTORY = options(create_as=CreateAs.INVENTORY)
