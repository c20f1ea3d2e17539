"""How the store's taxes become QuickBooks' (T1-T5), in every kind of company."""

import pytest

from sync.models import TaxMapping
from sync.translate.reasons import Reason
from tests.support.expect import GOOD, books_are_whole, held, item_names, lines_of, posted
from tests.support.world import money

TWENTY = [{"sku": "TSH-M", "price": 20}]
HST = {"name": "HST", "value": 13}


def untaxed(**more):
    return {"sku": "BOOK-1", "price": 10, "taxes": [], **more}


def codes_of(sale):
    return [line["SalesItemLineDetail"].get("TaxCodeRef", {}).get("value") for line in lines_of(sale)]


# The world, what is bought, the tax codes of the lines (names; pseudo codes in the US), tax and total in the books.
ROWS = {
    "T1_combination": ("CA", TWENTY, ["GST/QST QC"], "3.00", "23.00"),
    "T1_one_of_two": ("CA", [{"sku": "BOOK-1", "price": 20, "taxes": ["GST"]}], ["GST"], "1.00", "21.00"),
    "T1_untaxed_is_a_row_too": ("CA", [untaxed()], ["Zero-rated"], "0", "10.00"),
    "T1_several_on_one_order": ("CA", [*TWENTY, untaxed()], ["GST/QST QC", "Zero-rated"], "3.00", "33.00"),
    "T1_taxable": ("US", TWENTY, ["TAX"], "1.65", "21.65"),
    "T1_taxable_and_not": ("US", [*TWENTY, untaxed()], ["TAX", "NON"], "1.65", "31.65"),
    "T1_us_manual": ("US_MANUAL", [*TWENTY, untaxed()], ["TAX", "NON"], "1.65", "31.65"),
    "T3_prices_with_tax": ("GB", [{"sku": "CUP-WHI", "price": 18}], ["20.0% S"], "3.00", "18.00"),
    "T3_prices_with_tax_that_do_not_divide": ("GB", [{"sku": "CUP-WHI", "price": "9.99"}], ["20.0% S"], "1.67", "9.99"),
    "T3_two_rates_in_the_prices": (
        "FR",
        [{"sku": "BOU-FIG", "price": 29}, {"sku": "MIE-250", "price": "9.90"}],
        ["TVA 20 %", "TVA 5,5 %"],
        "5.35",
        "38.90",
    ),
    "T3_us_total_is_the_stores": (
        "US",
        [{"sku": "TSH-M", "price": "19.99", "quantity": 7}],
        ["TAX"],
        "11.54",
        "151.47",
    ),
}


@pytest.mark.parametrize("post_as", ["invoice", "sales_receipt"])
@pytest.mark.parametrize("row", ROWS)
def test_option(make_world, row, post_as):
    place, lines, codes, tax, total = ROWS[row]
    world = make_world(place, post_as=post_as)
    world.place({"lines": lines, "order_id": "ROW"})

    world.sync()

    sale = posted(world, "ROW")
    pseudo = {"TAX", "NON"}
    assert codes_of(sale) == [code if code in pseudo else world.entry("TaxCode", code).books_ref for code in codes]
    assert money(sale["TxnTaxDetail"]["TotalTax"]) == money(tax)
    assert money(sale["TotalAmt"]) == money(total)
    books_are_whole(world)


class TestT1Rows:
    def test_the_order_and_the_case_of_names_do_not_matter(self, world):
        TaxMapping.objects.filter(integration=world.integration).delete()
        world.map_tax(["qst", " Gst "], "GST/QST QC")
        world.map_tax([], "Exempt")
        world.place({**GOOD, "order_id": "ROW"})

        world.sync()

        assert codes_of(posted(world, "ROW")) == [world.entry("TaxCode", "GST/QST QC").books_ref]

    def test_a_row_that_names_the_rate_wins(self, world):
        world.map_tax(["HST"], "GST")
        world.map_tax(["HST 13"], "HST ON")
        world.place({"lines": [{"sku": "TSH-M", "price": 20, "taxes": [HST]}], "order_id": "ROW"})

        world.sync()

        assert codes_of(posted(world, "ROW")) == [world.entry("TaxCode", "HST ON").books_ref]

    def test_a_code_that_merges_what_the_store_keeps_apart(self, world):
        world.map_tax(["Federal part", "Provincial part"], "HST ON")
        parts = [{"name": "Federal part", "value": 5}, {"name": "Provincial part", "value": 8}]
        world.place({"lines": [{"sku": "TSH-M", "price": 20, "taxes": parts}], "order_id": "ROW"})

        world.sync()

        assert money(posted(world, "ROW")["TxnTaxDetail"]["TotalTax"]) == money("2.60")

    @pytest.mark.parametrize("kind", ["tax_exempt", "reverse_charge"])
    def test_an_exempt_buyer_pays_none(self, make_world, kind):
        """The store lists the taxes at zero: "TVA 0" is a row of its own."""
        world = make_world("FR")
        world.map_tax(["TVA 0"], "0 %")
        world.place(
            {
                "lines": [{"sku": "BOU-FIG", "price": 29}],
                "buyer": {"email": "b@example.test", kind: True},
                "order_id": "ROW",
            }
        )

        world.sync()

        sale = posted(world, "ROW")
        assert codes_of(sale) == [world.entry("TaxCode", "0 %").books_ref]
        assert money(sale["TotalAmt"]) == 29


class TestT2Refresh:
    def test_a_renamed_code_is_still_the_same(self, world):
        code = world.entry("TaxCode", "GST/QST QC")
        world.quickbooks.change(world.realm, "TaxCode", code.books_ref, Name="Québec taxes")
        world.place({**GOOD, "order_id": "ROW"})

        world.sync()

        assert codes_of(posted(world, "ROW")) == [code.books_ref]

    def test_a_new_rate_is_noticed_before_posting(self, world):
        world.map_tax(["HST 13"], "HST ON")
        [rate] = [row for row in world.books()["TaxRate"] if row["Name"] == "HST ON"]
        world.quickbooks.change(world.realm, "TaxRate", rate["Id"], RateValue=14)
        world.time.forward(days=2)
        world.place({"lines": [{"sku": "TSH-M", "price": 20, "taxes": [HST]}], "order_id": "ROW"})

        world.sync()

        held(world, "ROW", Reason.TAX_RATE_MISMATCH, "HST 13 %", "HST ON 14 %")


class TestT4NoSalesTaxInTheCompany:
    @pytest.mark.parametrize("post_as", ["invoice", "sales_receipt"])
    def test_tax_is_a_line_on_the_tax_item(self, make_world, post_as):
        world = make_world("US_NONE", post_as=post_as)
        world.place({"lines": [*TWENTY, untaxed()], "shipping": 5, "order_id": "ROW"})

        world.sync()

        sale = posted(world, "ROW")
        assert money(sale["TotalAmt"]) == money("37.06")
        assert (item_names(world, sale)[-1], money(lines_of(sale)[-1]["Amount"])) == ("Sales tax", money("2.06"))
        assert not sale.get("TxnTaxDetail", {}).get("TotalTax")
        books_are_whole(world)

    def test_no_tax_no_line(self, make_world):
        world = make_world("US_NONE")
        world.place({"lines": [untaxed()], "order_id": "ROW"})

        world.sync()

        assert item_names(world, posted(world, "ROW")) == ["BOOK-1"]


def test_t5_an_unmapped_tax_holds_only_the_orders_that_use_it(world):
    world.place(
        *({**GOOD, "order_id": f"GOOD-{number}"} for number in range(3)),
        *({"lines": [{"sku": "TSH-M", "price": 20, "taxes": [HST]}], "order_id": f"HST-{n}"} for n in range(3)),
    )

    world.sync()

    for number in range(3):
        posted(world, f"GOOD-{number}")
        held(world, f"HST-{number}", Reason.TAX_UNMAPPED, "HST 13 %")
    assert TaxMapping.objects.filter(code="").count() == 1

    world.map_tax(["HST 13"], "HST ON")
    world.sync()

    for number in range(3):
        posted(world, f"HST-{number}")
    books_are_whole(world)
