"""Each option of a sale and what it does to the document in the books (O3-O8, O13-O16). The ids name the product's
rows."""

from decimal import Decimal

import pytest

from sync.translate.reasons import Reason
from tests.support.expect import GOOD, customer_of, later, posted, sentence_of
from tests.support.options import Entry, Row, look

OWN_NUMBERS = {"SalesFormsPrefs": {"CustomTxnNumbers": True}}
PER_DOCUMENT = {"AccountingInfoPrefs": {"ClassTrackingPerTxn": True, "ClassTrackingPerTxnLine": False}}
NO_CLASSES = {"AccountingInfoPrefs": {"ClassTrackingPerTxn": False, "ClassTrackingPerTxnLine": False}}
NO_LOCATIONS = {"AccountingInfoPrefs": {"TrackDepartments": False}}
CARDS = {"SalesFormsPrefs": {"ETransactionPaymentEnabled": True}}
LINE_CLASS = "Line.0.SalesItemLineDetail.ClassRef.value"
ONLINE, WAREHOUSE = Entry("Class", "Online"), Entry("Department", "Warehouse")
MARCH = {"created": "2026-03-31T12:00:00-04:00"}
WITH_NOTE = {"comments": "Leave it with the neighbour."}
BUYER = {
    "id": 11,
    "email": "bo@example.test",
    "name": "Bo Tremblay",
    "company": "Nord Inc.",
    "street": "12 rue Saint-Paul\nSuite 4",
    "city": "Montréal",
    "postal_code": "H2Y 1G7",
    "state": "QC",
    "country": "CA",
}
SHIPPED = {"buyer": BUYER, "shipping": 8, "shipping_method": "Postes Canada", "tracking_number": "1Z999"}


def orders(**settings):
    return {"orders": settings}


ROWS = {
    "O3_invoice": Row(orders(post_as="invoice"), shows={"Balance": Decimal(0), "DepositToAccountRef": None}),
    "O3_sales_receipt": Row(
        orders(post_as="sales_receipt"), shows={"DepositToAccountRef.value": Entry("Account", "Ecwid Clearing")}
    ),
    "O4_prefix": Row(orders(number_prefix="WX-"), {"order_id": "1234"}, {"DocNumber": "WX-1234"}),
    "O4_prefix_verbatim": Row(orders(number_prefix="EW"), shows={"DocNumber": "EWROW"}),
    "O4_no_prefix": Row(orders(number_prefix=""), shows={"DocNumber": "ROW"}),
    "O5_auto_number": Row(orders(auto_number=True), shows={"DocNumber": "1001"}),
    "O5_auto_number_where_numbers_are_custom": Row(
        orders(auto_number=True), shows={"DocNumber": "1001"}, preferences=OWN_NUMBERS
    ),
    "O4_own_number_where_numbers_are_custom": Row(shows={"DocNumber": "EW-ROW"}, preferences=OWN_NUMBERS),
    "O6_class_by_line": Row(orders(sales_class=ONLINE), shows={LINE_CLASS: ONLINE, "ClassRef": None}),
    "O6_class_by_document": Row(
        orders(sales_class=ONLINE), shows={"ClassRef.value": ONLINE, LINE_CLASS: None}, preferences=PER_DOCUMENT
    ),
    "O6_class_where_there_are_none": Row(
        orders(sales_class=ONLINE), shows={"ClassRef": None, LINE_CLASS: None}, preferences=NO_CLASSES
    ),
    "O6_no_class": Row(shows={"ClassRef": None, LINE_CLASS: None}),
    "O7_location": Row(orders(location=WAREHOUSE), shows={"DepartmentRef.value": WAREHOUSE}),
    "O7_location_of_a_receipt": Row(
        orders(location=WAREHOUSE, post_as="sales_receipt"), shows={"DepartmentRef.value": WAREHOUSE}
    ),
    "O7_location_where_there_are_none": Row(
        orders(location=WAREHOUSE), shows={"DepartmentRef": None}, preferences=NO_LOCATIONS
    ),
    "O13_the_orders_notes": Row(
        orders(use_default_message=False), WITH_NOTE, {"CustomerMemo.value": "Leave it with the neighbour."}
    ),
    "O13_quickbooks_default": Row(orders(use_default_message=True), WITH_NOTE, {"CustomerMemo": None}),
    "O14_days": Row(orders(due_offset=10, due_unit="days"), MARCH, {"TxnDate": "2026-03-31", "DueDate": "2026-04-10"}),
    "O14_at_once": Row(orders(due_offset=0, due_unit="days"), MARCH, {"DueDate": "2026-03-31"}),
    "O14_weeks": Row(orders(due_offset=2, due_unit="weeks"), MARCH, {"DueDate": "2026-04-14"}),
    "O14_months": Row(orders(due_offset=1, due_unit="months"), MARCH, {"DueDate": "2026-04-30"}),
    "O14_days_after_month_end": Row(orders(due_offset=15, due_unit="month_end"), MARCH, {"DueDate": "2026-04-15"}),
    "O14_left_to_quickbooks": Row(orders(due_offset=None), MARCH, {"DueDate": "2026-04-30"}),
    "O15_card_payment": Row(
        orders(allow_card_payment=True), shows={"AllowOnlineCreditCardPayment": True}, preferences=CARDS
    ),
    "O15_no_card_payment": Row(
        orders(allow_card_payment=False), shows={"AllowOnlineCreditCardPayment": False}, preferences=CARDS
    ),
    "O15_where_the_company_takes_no_cards": Row(
        orders(allow_card_payment=True), shows={"AllowOnlineCreditCardPayment": False}
    ),
    "O16_email": Row(cart=SHIPPED, shows={"BillEmail.Address": "bo@example.test"}),
    "O16_addresses": Row(
        cart=SHIPPED,
        shows={
            "BillAddr.Line1": "Nord Inc.",
            "BillAddr.Line2": "Bo Tremblay",
            "BillAddr.Line3": "12 rue Saint-Paul",
            "BillAddr.Line4": "Suite 4",
            "BillAddr.City": "Montréal",
            "BillAddr.CountrySubDivisionCode": "QC",
            "BillAddr.PostalCode": "H2Y 1G7",
            "BillAddr.Country": "Canada",
            "ShipAddr.City": "Montréal",
        },
    ),
    "O16_shipping_method_and_tracking": Row(
        cart=SHIPPED, shows={"ShipMethodRef.value": "Postes Canada", "TrackingNum": "1Z999"}
    ),
    "O16_on_a_receipt": Row(
        orders(post_as="sales_receipt"),
        SHIPPED,
        {"BillEmail.Address": "bo@example.test", "TrackingNum": "1Z999", "ShipAddr.City": "Montréal"},
    ),
}


@pytest.mark.parametrize("row", ROWS)
def test_option(world, row):
    ROWS[row].check(world)


class TestO4ShortenedNumbers:
    def test_stay_the_same_and_say_so(self, make_world):
        world = make_world("CA", number_prefix="A-LONG-PREFIX-")
        world.place({**GOOD, "order_id": "ORDER-0001"}, {**GOOD, "order_id": "ORDER-0002"})

        world.sync()

        one, two = (posted(world, number)["DocNumber"] for number in ("ORDER-0001", "ORDER-0002"))
        assert (len(one), len(two)) == (21, 21)
        assert one != two
        assert world.record("ORDER-0001").reason == Reason.NUMBER_SHORTENED
        sentence_of(world.record("ORDER-0001"), "A-LONG-PREFIX-ORDER-0001", one)


class TestO5AutomaticNumbers:
    @pytest.mark.parametrize("own_numbers", [False, True], ids=["quickbooks counts", "custom numbers"])
    @pytest.mark.parametrize("post_as", ["invoice", "sales_receipt"])
    def test_are_different_and_nothing_is_posted_twice(self, make_world, own_numbers, post_as):
        world = make_world("CA", auto_number=True, post_as=post_as)
        world.quickbooks.preferences(world.realm, SalesFormsPrefs={"CustomTxnNumbers": own_numbers})
        for number in range(3):
            world.place({**GOOD, "order_id": f"N{number}"})
        world.sync()

        world.sync()

        assert sorted(posted(world, f"N{number}")["DocNumber"] for number in range(3)) == ["1001", "1002", "1003"]

    def test_survive_an_answer_that_was_lost(self, make_world):
        """There is no number to look for: the document is found by our mark in its note."""
        world = make_world("CA", auto_number=True)
        world.place({**GOOD, "order_id": "ONE"})
        world.quickbooks.fault("drop_after", method="POST", path="/batch", skip=1)

        world.sync()
        later(world, minutes=6)
        world.sync()

        assert posted(world, "ONE")["DocNumber"] == "1001"


class TestO8Customers:
    @pytest.mark.parametrize(
        ("chosen", "name"),
        [
            pytest.param({"customer": "buyer"}, "Bo Tremblay", id="O8_buyer"),
            pytest.param({"customer": "company"}, "Nord Inc.", id="O8_company"),
            pytest.param({"customer": "generic", "generic_customer": "Web"}, "Web", id="O8_generic"),
            pytest.param({"customer": "generic", "generic_customer": ""}, "Ecwid", id="O8_generic_without_a_name"),
        ],
    )
    def test_option(self, world, chosen, name):
        sale = Row(orders(**chosen), SHIPPED).check(world)

        assert customer_of(world, sale)["DisplayName"] == name
        assert look(world, sale, "BillEmail.Address") == "bo@example.test"
        assert look(world, sale, "BillAddr.City") == "Montréal"


def test_o16_the_day_it_was_shipped_in_the_shops_time_zone(world):
    world.place({**GOOD, **SHIPPED, "order_id": "SENT"})
    [order] = world.ecwid.orders(world.store_id)
    world.ecwid.patch(world.store_id, order["internalId"], shipments=[{"created": "2026-03-05 03:00:00 +0000"}])

    world.sync()

    assert posted(world, "SENT")["ShipDate"] == "2026-03-04"
