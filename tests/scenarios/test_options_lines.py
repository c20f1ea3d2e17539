"""Everything on an order that is not a product, and the item it is booked on (O9-O12)."""

import pytest

from tests.support.expect import GOOD, books_are_whole, item_names, line_on, lines_of, posted
from tests.support.world import money

# What is bought besides, the setting that names its item, the amount of its line, and whether it is taxed in Québec.
ROWS = {
    "O9_coupon": ({"coupon": {"type": "absolute", "value": 5}}, "discount_item", -5, True),
    "O9_promotion": ({"promotion": 4}, "discount_item", -4, True),
    "O9_coupon_and_promotion": (
        {"coupon": {"type": "percent", "value": 10}, "promotion": 3},
        "discount_item",
        -5,
        True,
    ),
    "O11_shipping": ({"shipping": 8}, "shipping_item", 8, True),
    "O12_handling_fee": ({"handling": 3}, "fee_item", 3, True),
    "O12_tip": ({"tip": 4}, "tip_item", 4, False),
    "O12_tip_in_percent": ({"tip_percent": 10}, "tip_item", "2.30", False),
    "O12_gift_card_sold": (
        {"lines": [*GOOD["lines"], {"sku": "GIFT-50", "quantity": 2}]},
        "gift_card_item",
        100,
        False,
    ),
    "O12_gift_card_redeemed": ({"gift_card": 10}, "gift_card_item", -10, False),
}


@pytest.mark.parametrize("post_as", ["invoice", "sales_receipt"])
@pytest.mark.parametrize("row", ROWS)
def test_option(make_world, row, post_as):
    """The item is one of one's own choice: here an ordinary service that nothing else is booked on."""
    extra, setting, amount, taxed = ROWS[row]
    world = make_world("CA", post_as=post_as)
    world.set("orders", **{setting: world.entry("Item", "Services")})
    world.place({**GOOD, **extra, "order_id": "ROW"})

    world.sync()

    sale = posted(world, "ROW")
    booked = line_on(world, sale, "Services")
    assert money(booked["Amount"]) == money(amount)
    code = world.entry("TaxCode", "GST/QST QC" if taxed else "Zero-rated").books_ref
    assert booked["SalesItemLineDetail"]["TaxCodeRef"]["value"] == code
    books_are_whole(world)


def test_o9_a_discount_over_several_taxes_has_a_line_for_each(world):
    lines = [{"sku": "TSH-M", "price": 60}, {"sku": "BOOK-1", "price": 40, "taxes": ["GST"]}]
    world.place({"lines": lines, "coupon": {"type": "percent", "value": 10}, "order_id": "ROW"})

    world.sync()

    sale = posted(world, "ROW")
    discounts = [
        (money(line["Amount"]), line["SalesItemLineDetail"]["TaxCodeRef"]["value"])
        for name, line in zip(item_names(world, sale), lines_of(sale), strict=True)
        if name == "Discount"
    ]
    assert discounts == [
        (-6, world.entry("TaxCode", "GST/QST QC").books_ref),
        (-4, world.entry("TaxCode", "GST").books_ref),
    ]


@pytest.mark.parametrize(
    ("cap", "is_posted"),
    [
        pytest.param("0.05", True, id="O10_within_the_cap"),
        pytest.param("0.02", False, id="O10_above_the_cap"),
        pytest.param("0", False, id="O10_no_rounding_at_all"),
    ],
)
def test_rounding(make_world, cap, is_posted):
    world = make_world("CA", rounding_cap=money(cap))
    world.set("orders", rounding_item=world.entry("Item", "Services"))
    world.place({**GOOD, "order_id": "ROW"})
    [order] = world.ecwid.orders(world.store_id)
    world.ecwid.patch(
        world.store_id, order["internalId"], total=money("23.03"), totalBeforeGiftCardRedemption=money("23.03")
    )

    world.sync()

    record = world.record("ROW")
    assert record.state == ("posted" if is_posted else "held")
    if is_posted:
        assert money(line_on(world, posted(world, "ROW"), "Services")["Amount"]) == money("0.03")


def test_everything_at_once_on_one_document(world):
    world.place(
        {
            "lines": [{"sku": "TSH-M", "quantity": 3, "price": "29.00"}, {"sku": "GIFT-50"}],
            "coupon": {"type": "percent", "value": 15},
            "promotion": "7.77",
            "shipping": "12.34",
            "handling": "1.99",
            "tip_percent": 12,
            "gift_card": "21.01",
            "order_id": "ALL",
        }
    )

    world.sync()

    sale = posted(world, "ALL")
    assert sorted(set(item_names(world, sale))) == sorted(
        {"T-shirt feuille (TSH-M)", "Gift cards", "Discount", "Shipping", "Fees", "Tips"}
    )
    books_are_whole(world)
