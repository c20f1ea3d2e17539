"""What becomes of a product: an item to make, an item that is there already, a change by choice, or why none."""

from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from integrations.books import ItemDraft, Known
from integrations.commerce import Product
from sync.translate.outcome import Hold, Skip
from sync.translate.products import (
    ItemChange,
    Linked,
    Listed,
    Lists,
    ProductOptions,
    told,
    translate_product,
    with_accounts,
)
from sync.translate.reasons import Reason
from sync.translate.settings import Catalog, CreateAs, MatchBy
from tests.sync.translate.making import company, options

TEE = Product("501", "", "TEE", "Tee", Decimal(25), Decimal(9))
MEDIUM = replace(TEE, variation_ref="1", sku="TEE-M", name="Tee (M)", family="Tee")
TODAY = date(2026, 9, 1)
ITEM = Known("19", "Tee", "NonInventory")


def settings(**more):
    chosen = {name: more.pop(name) for name in ("create_as", "match_by") if name in more}
    return ProductOptions(**{"options": options(**chosen), "net_prices": True, "today": TODAY, **more})


def outcome(product, chosen=None, *, items=(), catalog=None, uses=None, outstanding=None):
    listed = {item.id: item for item in items}
    lists = Lists(catalog or Catalog(), listed, uses or Counter(), outstanding or {})
    return translate_product(product, chosen or settings(), company(inventory=True), lists)


def has(item):
    """QuickBooks has this item under the SKU TEE."""
    known = Known(item.id, item.name, "NonInventory")
    return {"items": [item], "catalog": Catalog(by_key={"tee": known}, by_name={item.name.casefold(): known})}


class TestNew:
    def test_it_is_made_like_an_item_of_an_order(self):
        draft = outcome(TEE)
        assert isinstance(draft, ItemDraft)
        assert (draft.name, draft.sku, draft.type, draft.unit_price) == ("Tee", "TEE", "NonInventory", 25)
        assert draft.income_account_id == "79"

    def test_a_variation_carries_its_sku_in_its_name(self):
        draft = outcome(MEDIUM)
        assert (draft.name, draft.description) == ("Tee (TEE-M)", "Tee (M)")

    def test_a_price_that_is_not_net_in_the_companys_currency_is_none(self):
        assert outcome(TEE, settings(net_prices=False)).unit_price is None

    def test_inventory_begins_with_nothing_or_with_the_stores_level(self):
        inventory = {"create_as": CreateAs.INVENTORY}
        assert outcome(TEE, settings(**inventory)).quantity_on_hand == 0
        draft = outcome(TEE, settings(**inventory, opening=True), outstanding={"501": Decimal(3)})
        assert (draft.type, draft.quantity_on_hand) == ("Inventory", 12)
        oversold = replace(TEE, stock=Decimal(-5))
        assert outcome(oversold, settings(**inventory, opening=True)).quantity_on_hand == 0

    def test_inventory_is_counted_from_the_day_that_was_chosen(self):
        inventory = {"create_as": CreateAs.INVENTORY}
        assert outcome(TEE, settings(**inventory)).inventory_start == date(2025, 9, 1)
        chosen = settings(**inventory, stock_from=date(2026, 1, 1))
        assert outcome(TEE, chosen).inventory_start == date(2026, 1, 1)

    def test_a_product_that_the_store_does_not_count_is_no_inventory(self):
        uncounted = replace(TEE, stock=None, unlimited=True)
        assert outcome(uncounted, settings(create_as=CreateAs.INVENTORY, opening=True)).type == "NonInventory"

    def test_accounts_that_are_not_chosen_are_those_of_orders(self):
        chosen = with_accounts(options(), income_account_id="5", expense_account_id="")
        assert (chosen.income_account_id, chosen.expense_account_id) == ("5", "80")


class TestThere:
    @pytest.mark.parametrize(
        ("name", "price", "differs"),
        [("Tee", "25", False), ("Tee (TEE)", "25", False), ("Best tee", "25", True), ("Tee", "24", True)],
    )
    def test_it_is_linked_and_what_differs_is_told(self, name, price, differs):
        found = outcome(TEE, **has(Listed("19", name, "", Decimal(price), ours=True)))
        assert isinstance(found, Linked)
        assert found.differs == differs
        reason, params = told(found, TEE)
        assert reason is (Reason.ITEM_DIFFERS if differs else Reason.ITEM_EXISTS)
        assert params["item"] == name

    def test_prices_are_not_compared_where_they_are_not_the_same_thing(self):
        found = outcome(TEE, settings(net_prices=False), **has(Listed("19", "Tee", "", Decimal(3), ours=False)))
        assert not found.differs

    def test_names_are_not_compared_where_they_are_skus(self):
        item = Listed("19", "TEE", "", Decimal(25), ours=False)
        assert not outcome(TEE, settings(match_by=MatchBy.NAME), **has(item)).differs

    def test_only_what_we_made_follows_the_store_and_only_by_choice(self):
        ours = Listed("19", "Old tee", "Old tee", Decimal(20), ours=True)
        assert isinstance(outcome(TEE, **has(ours)), Linked)
        assert isinstance(outcome(TEE, settings(updates=True), **has(replace(ours, ours=False))), Linked)
        change = outcome(TEE, settings(updates=True), **has(ours))
        assert isinstance(change, ItemChange)
        assert (change.name, change.description, change.price) == ("Tee", "Tee", 25)

    def test_a_name_that_another_item_has_is_told_apart(self):
        ours = Listed("19", "Old tee", "Tee", Decimal(25), ours=True)
        known = has(ours)
        taken = replace(known["catalog"], by_name={"tee": Known("20", "Tee", "Service")})
        assert outcome(TEE, settings(updates=True), items=[ours], catalog=taken).name == "Tee (TEE)"


class TestNone:
    @pytest.mark.parametrize(
        ("change", "reason"),
        [({"enabled": False}, Reason.PRODUCT_DISABLED), ({"is_gift_card": True}, Reason.PRODUCT_IS_GIFT_CARD)],
    )
    def test_skipped(self, change, reason):
        found = outcome(replace(TEE, **change))
        assert isinstance(found, Skip)
        assert found.reason is reason

    def test_held(self):
        assert outcome(replace(TEE, sku=" ")).reason is Reason.SKU_MISSING
        assert outcome(TEE, uses=Counter({"tee": 2})).reason is Reason.SKU_DUPLICATE
        assert outcome(replace(TEE, sku="x" * 101)).reason is Reason.SKU_UNUSABLE
        ambiguous = outcome(TEE, catalog=Catalog(ambiguous=frozenset({"tee"})))
        assert isinstance(ambiguous, Hold)
        assert ambiguous.reason is Reason.ITEM_AMBIGUOUS
