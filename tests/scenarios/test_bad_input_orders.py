"""Awkward orders between ordinary ones: each is posted right, or waits with a sentence, and the others go on."""

import pytest

from sync.models import Record
from sync.translate.reasons import Reason
from tests.support.expect import (
    GOOD,
    books_are_whole,
    customer_of,
    held,
    item_names,
    line_on,
    lines_of,
    neighbours_are_posted,
    payments_of,
    place_between,
    posted,
    sentence_of,
    skipped,
)
from tests.support.world import money


def patch(world, number, **changes):
    [order] = [one for one in world.ecwid.orders(world.store_id) if one["id"] == number]
    world.ecwid.patch(world.store_id, order["internalId"], **changes)


class TestNumbersThatDoNotAddUp:
    def test_the_total_is_not_the_sum_of_its_parts(self, world):
        place_between(world, {**GOOD, "order_id": "ODD"})
        patch(world, "ODD", total=27, totalBeforeGiftCardRedemption=27)

        world.sync()

        neighbours_are_posted(world)
        held(world, "ODD", Reason.ORDER_DOES_NOT_ADD_UP, "27.00 CAD", "23.00", "4.00")

        patch(world, "ODD", total=23, totalBeforeGiftCardRedemption=23)
        world.sync()

        posted(world, "ODD")
        books_are_whole(world)

    def test_the_taxes_are_not_the_order_tax(self, world):
        place_between(world, {**GOOD, "order_id": "ODD"})
        patch(world, "ODD", tax=2, total=22)

        world.sync()

        neighbours_are_posted(world)
        assert world.record("ODD").state == "held"
        sentence_of(world.record("ODD"))

        patch(world, "ODD", tax=3, total=23)
        world.sync()

        posted(world, "ODD")
        books_are_whole(world)

    @pytest.mark.parametrize("cents", [4, -4])
    def test_a_difference_within_the_cap_becomes_a_rounding_line(self, world, cents):
        difference = money(cents) / 100
        place_between(world, {**GOOD, "order_id": "NEARLY"})
        patch(world, "NEARLY", total=23 + difference, totalBeforeGiftCardRedemption=23 + difference)

        world.sync()

        sale = posted(world, "NEARLY")
        assert money(line_on(world, sale, "Rounding")["Amount"]) == difference
        assert money(sale["Balance"]) == 0
        sentence_of(world.record("NEARLY"), "rounding item")
        neighbours_are_posted(world)
        books_are_whole(world)

    def test_a_difference_just_above_the_cap_waits(self, world):
        place_between(world, {**GOOD, "order_id": "NEARLY"})
        patch(world, "NEARLY", total=money("23.06"), totalBeforeGiftCardRedemption=money("23.06"))

        world.sync()

        neighbours_are_posted(world)
        held(world, "NEARLY", Reason.ORDER_DOES_NOT_ADD_UP, "23.06 CAD", "0.06")

        world.set("orders", rounding_cap=money("0.06"))
        world.sync()

        posted(world, "NEARLY")
        books_are_whole(world)

    def test_a_total_below_zero(self, world):
        place_between(world, {**GOOD, "order_id": "BELOW"})
        patch(world, "BELOW", couponDiscount=50, total=-27, totalBeforeGiftCardRedemption=-27)

        world.sync()

        neighbours_are_posted(world)
        held(world, "BELOW", Reason.TOTAL_NEGATIVE, "-27.00 CAD", "by hand")


class TestUnreadable:
    @pytest.mark.parametrize(
        "damage",
        [
            {"items": [{"id": 1, "sku": "TSH-M", "name": "T", "price": "twenty", "quantity": 1}]},
            {"items": "none"},
            {"total": None},
            {"paymentStatus": None},
            {"createTimestamp": 10**15},
        ],
        ids=["price", "items", "total", "status", "date"],
    )
    def test_waits_as_it_is(self, world, damage):
        place_between(world, {**GOOD, "order_id": "GARBLED"})
        [whole] = [one for one in world.ecwid.orders(world.store_id) if one["id"] == "GARBLED"]
        patch(world, "GARBLED", **damage)

        world.sync()

        neighbours_are_posted(world)
        held(world, "GARBLED", Reason.ORDER_UNREADABLE, "cannot be read")

        patch(world, "GARBLED", **{name: whole[name] for name in damage})
        world.sync()

        posted(world, "GARBLED")
        books_are_whole(world)


class TestNumbers:
    def test_thirty_characters_are_shortened_and_stay_unique(self, world):
        long_one, other = "ORDER-OF-THE-FIRST-OF-MARCH-00", "ORDER-OF-THE-FIRST-OF-MARCH-01"
        assert len(long_one) == 30
        place_between(world, {**GOOD, "order_id": long_one}, {**GOOD, "order_id": other})

        world.sync()

        numbers = {posted(world, number)["DocNumber"] for number in (long_one, other)}
        assert len(numbers) == 2
        assert all(len(number) == 21 and number.startswith("EW-ORDER-OF-TH") for number in numbers)
        sentence_of(
            world.record(long_one),
            "EW-ORDER-OF-THE-FIRST-OF-MARCH-00",
            *numbers & {posted(world, long_one)["DocNumber"]},
        )
        neighbours_are_posted(world)
        books_are_whole(world)

    def test_a_number_of_letters_of_another_script(self, world):
        place_between(world, {**GOOD, "order_id": "№ 12 é/東"})

        world.sync()

        assert posted(world, "№ 12 é/東")["DocNumber"] == "EW-№ 12 é/東"
        neighbours_are_posted(world)
        books_are_whole(world)


class TestNamesAndAddresses:
    @pytest.mark.parametrize(
        ("name", "shown"),
        [
            ("Ruiz: Ana", "Ruiz - Ana"),
            ("Zoë 🎉 Roy", "Zoë Roy"),
            ("Zoë\tŁukasz\n", "Zoë Łukasz"),
            ("O'Neil & Söhne", "O'Neil & Söhne"),
            ("A" * 300, "A" * 100),
            ("🎉🎉", "party@example.test"),
        ],
        ids=["colon", "emoji", "control characters", "quotes and accents", "300 letters", "nothing but emoji"],
    )
    def test_of_a_buyer(self, world, name, shown):
        buyer = {"id": 77, "email": "party@example.test", "name": name}
        place_between(world, {**GOOD, "buyer": buyer, "order_id": "NAMED"})

        world.sync()

        assert customer_of(world, posted(world, "NAMED"))["DisplayName"] == shown
        neighbours_are_posted(world)

        world.place({**GOOD, "buyer": buyer, "order_id": "AGAIN"})
        world.sync()

        assert posted(world, "AGAIN")["CustomerRef"] == posted(world, "NAMED")["CustomerRef"]
        books_are_whole(world)

    @pytest.mark.parametrize(
        ("sku", "name", "shown"),
        [
            ("RED-1", "Mug: red", "Mug - red"),
            ("EMO-1", "Mug 🎉", "Mug"),
            ("INCH-1", 'Pipe 12"', "Pipe 12''"),
            ("LONG-1", "M" * 300, "M" * 100),
        ],
    )
    def test_of_a_product(self, world, sku, name, shown):
        line = {"sku": sku, "name": name, "price": 20}
        place_between(world, {"lines": [line], "order_id": "MUG"})

        world.sync()

        assert item_names(world, posted(world, "MUG")) == [shown]
        neighbours_are_posted(world)

        world.place({"lines": [line], "order_id": "AGAIN"})
        world.sync()

        assert item_names(world, posted(world, "AGAIN")) == [shown]
        books_are_whole(world)

    @pytest.mark.parametrize("email", ["", "n/a", "two@at@example.test", "x" * 120 + "@example.test"])
    def test_without_a_usable_email(self, world, email):
        place_between(world, {**GOOD, "buyer": {"id": 78, "email": email, "name": "Quiet Buyer"}, "order_id": "QUIET"})

        world.sync()

        sale = posted(world, "QUIET")
        assert "BillEmail" not in sale
        assert customer_of(world, sale)["DisplayName"] == "Quiet Buyer"
        assert "PrimaryEmailAddr" not in customer_of(world, sale)
        neighbours_are_posted(world)
        books_are_whole(world)

    def test_without_a_billing_person(self, world):
        place_between(
            world,
            {**GOOD, "leave_out": ["billingPerson"], "buyer": {"email": "guest@example.test"}, "order_id": "GUEST"},
            {**GOOD, "leave_out": ["billingPerson", "customerId", "email"], "order_id": "NOBODY"},
        )

        world.sync()

        assert customer_of(world, posted(world, "GUEST"))["DisplayName"] == "guest@example.test"
        assert customer_of(world, posted(world, "NOBODY"))["DisplayName"] == "Ecwid"
        neighbours_are_posted(world)
        books_are_whole(world)

    def test_very_long_notes_addresses_and_codes_fit(self, world):
        place_between(
            world,
            {
                **GOOD,
                "order_id": "LONG",
                "comments": "Thank you. " * 500,
                "shipping": 8,
                "shipping_method": "The courier who comes on Tuesdays and Thursdays",
                "tracking_number": "1Z" + "9" * 60,
                "transaction_id": "pi_" + "x" * 60,
                "buyer": {
                    "id": 79,
                    "email": "long@example.test",
                    "name": "Maximiliana Featherstonehaugh-Cholmondeley",
                    "company": "The Company of " + "Many Words " * 30,
                    "phone": "+1 (514) 555-0100 extension 12345 please ask for Max",
                    "street": "1 Long Street\n" * 12,
                    "city": "C" * 300,
                    "postal_code": "P" * 60,
                    "country": "CA",
                },
            },
        )

        world.sync()

        sale = posted(world, "LONG")
        assert len(sale["CustomerMemo"]["value"]) <= 1000
        assert len(sale["ShipMethodRef"]["value"]) <= 30
        [payment] = payments_of(world, sale)
        assert len(payment["PaymentRefNum"]) == 21
        assert "x" * 60 in payment["PrivateNote"]
        neighbours_are_posted(world)
        books_are_whole(world)


class TestShapes:
    def test_an_order_of_four_hundred_lines(self, world):
        lines = [
            {"sku": f"BULK-{number % 7}", "quantity": 1 + number % 3, "price": f"{number}.99"} for number in range(400)
        ]
        place_between(world, {"lines": lines, "order_id": "HUGE"})

        world.sync()

        assert len(lines_of(posted(world, "HUGE"))) == 400
        neighbours_are_posted(world)
        books_are_whole(world)

    def test_a_line_of_quantity_zero(self, world):
        place_between(
            world,
            {"lines": [{"sku": "TSH-M", "price": 20}, {"sku": "TSH-L", "price": 9, "quantity": 0}], "order_id": "NONE"},
        )

        world.sync()

        assert [money(line["Amount"]) for line in lines_of(posted(world, "NONE"))] == [20, 0]
        neighbours_are_posted(world)
        books_are_whole(world)

    def test_everything_given_away_by_a_coupon(self, world):
        place_between(world, {**GOOD, "coupon": {"type": "percent", "value": 100}, "order_id": "FREE"})

        world.sync()

        sale = posted(world, "FREE")
        assert money(sale["TotalAmt"]) == 0
        assert payments_of(world, sale) == []
        assert [money(line["Amount"]) for line in lines_of(sale)] == [20, -20]
        neighbours_are_posted(world)
        books_are_whole(world)

    def test_everything_paid_by_gift_card(self, world):
        place_between(world, {**GOOD, "gift_card": 100, "order_id": "CARD"})

        world.sync()

        sale = posted(world, "CARD")
        assert money(sale["TotalAmt"]) == 0
        assert money(line_on(world, sale, "Gift cards")["Amount"]) == -23
        assert payments_of(world, sale) == []
        neighbours_are_posted(world)
        books_are_whole(world)

    def test_a_gift_product_at_no_price(self, world):
        place_between(world, {"lines": [{"sku": "TSH-M", "price": 0}], "order_id": "SAMPLE"})

        world.sync()

        assert money(posted(world, "SAMPLE")["TotalAmt"]) == 0
        neighbours_are_posted(world)

    def test_an_order_of_nothing_is_skipped(self, world):
        place_between(world, {"lines": [{"sku": "TSH-M", "price": 0}], "order_id": "EMPTY"})
        patch(world, "EMPTY", items=[])

        world.sync()

        skipped(world, "EMPTY", Reason.NOTHING_SOLD)
        neighbours_are_posted(world)

    @pytest.mark.parametrize("post_as", ["invoice", "sales_receipt"])
    def test_prices_with_tax_and_a_tip(self, make_world, post_as):
        world = make_world("GB", post_as=post_as)
        cup = {"sku": "CUP-WHI", "quantity": 3, "price": "18.00"}
        place_between(
            world,
            {
                "lines": [cup],
                "tip_percent": 10,
                "shipping": "4.95",
                "coupon": {"type": "absolute", "value": 7},
                "order_id": "TIP",
            },
        )

        world.sync()

        sale = posted(world, "TIP")
        tip = line_on(world, sale, "Tips")
        assert tip["SalesItemLineDetail"]["TaxCodeRef"]["value"] == world.entry("TaxCode", "No VAT").books_ref
        assert money(sale["TotalAmt"]) == money("57.15")
        neighbours_are_posted(world)
        books_are_whole(world)

    def test_an_abandoned_cart_is_no_sale(self, world):
        world.set("orders", payment_statuses=[])
        place_between(world, {**GOOD, "payment_status": "INCOMPLETE", "order_id": "CART"})

        world.sync()

        neighbours_are_posted(world)
        assert not Record.objects.filter(number="CART").exists()


class TestCurrency:
    def test_one_that_the_company_does_not_keep(self, world):
        world.place({**GOOD, "order_id": "FIRST"})
        world.sync()
        world.ecwid.control("PATCH", f"stores/{world.store_id}/settings", {"formatsAndUnits": {"currency": "EUR"}})
        world.place({**GOOD, "order_id": "EURO"})
        world.sync()
        world.ecwid.control("PATCH", f"stores/{world.store_id}/settings", {"formatsAndUnits": {"currency": "CAD"}})
        world.place({**GOOD, "order_id": "LAST"})

        world.sync()

        neighbours_are_posted(world)
        held(world, "EURO", Reason.CURRENCY_NOT_ACCEPTED, "EUR", "CAD", "Multicurrency")

        world.quickbooks.preferences(world.realm, CurrencyPrefs={"MultiCurrencyEnabled": True})
        world.sync()

        sale = posted(world, "EURO")
        assert sale["CurrencyRef"]["value"] == "EUR"
        assert customer_of(world, sale)["DisplayName"] == "Ana Ruiz (EUR)"
        books_are_whole(world)
