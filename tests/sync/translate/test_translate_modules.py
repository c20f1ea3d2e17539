"""What the parts of a shop system sold: which of it is posted, when, and on which item (W1, W2)."""

from dataclasses import replace

import pytest

from integrations.books import Known
from integrations.commerce import LineKind as Sold
from integrations.commerce import OrderLine, PaymentState
from sync.translate.outcome import Hold, Skip
from sync.translate.reasons import Reason
from sync.translate.settings import Catalog, MatchBy, Module
from tests.sync.translate.making import catalog, documents, held, line, options, order, sale, skipped

MASSAGES, GOODS = Known("i-massage", "Massages", "Service"), Known("i-goods", "Goods", "Service")
OFF = Module(enabled=False)


def sold(module: str, ref: str = "one", sku: str = "", **changes: object) -> OrderLine:
    return line(ref, "20.00", module=module, sku=sku, **changes)


MUG, MASSAGE, TICKET = sold("stores", "mug", "MUG"), sold("bookings", "massage"), sold("events", "ticket")
ITEMS = options(modules={"bookings": Module(item=MASSAGES), "stores": Module(item=GOODS)})


class TestWhichOrders:
    def test_a_module_that_is_switched_off(self) -> None:
        both = options(modules={"events": OFF, "bookings": OFF})

        assert skipped(order(TICKET), both) == Skip(Reason.MODULE_OFF, {"modules": "events"})
        assert skipped(order(TICKET, MASSAGE), both) == Skip(Reason.MODULE_OFF, {"modules": "bookings, events"})

    def test_is_told_even_if_the_status_is_not_chosen_either(self) -> None:
        unpaid = order(MUG, payment_status="NOT_PAID", payment_state=PaymentState.UNPAID)

        assert skipped(unpaid, options(modules={"stores": OFF})).reason is Reason.MODULE_OFF

    def test_an_order_is_never_halved(self) -> None:
        mixed = order(MUG, TICKET, MASSAGE)

        assert held(mixed, options(modules={"events": OFF})) == Hold(
            Reason.MODULES_MIXED, {"on": "bookings, stores", "off": "events"}
        )

    def test_what_belongs_to_the_whole_order_belongs_to_no_module(self) -> None:
        parcel = line("parcel", "6.00", kind=Sold.SHIPPING)
        off = options(modules={"stores": OFF})

        assert skipped(order(MUG, parcel), off).reason is Reason.MODULE_OFF
        assert sale(order(line("cap", "20.00"), parcel), off).total == 26

    def test_gift_cards_are_a_module_too(self) -> None:
        card = line("card", "50.00", kind=Sold.GIFT_CARD, module="gift_cards")
        off = options(modules={"gift_cards": OFF})

        assert skipped(order(card), off).reason is Reason.MODULE_OFF
        assert held(order(card, MUG), off).params == {"on": "stores", "off": "gift_cards"}

    def test_what_is_in_the_books_stays_there(self) -> None:
        off = options(modules={"stores": OFF, "events": OFF})
        mixed = options(modules={"stores": OFF, "events": Module(item=GOODS)})

        assert sale(order(MUG), replace(off, selects=False)).total == 20
        assert sale(order(MUG, TICKET), replace(mixed, selects=False)).total == 40


class TestPaidFirst:
    """W2: what is not goods is posted once it is paid, whatever statuses are chosen."""

    unpaid = order(MASSAGE, filtered_by_status=False, payment_status="NOT_PAID", payment_state=PaymentState.UNPAID)

    @pytest.mark.parametrize("statuses", [frozenset[str](), frozenset({"NOT_PAID"}), frozenset({"PAID"})])
    @pytest.mark.parametrize("state", [PaymentState.UNPAID, PaymentState.PARTLY_PAID])
    def test_waits_for_its_money(self, statuses: frozenset[str], state: PaymentState) -> None:
        one = replace(self.unpaid, payment_state=state)

        assert skipped(one, replace(ITEMS, payment_statuses=statuses)) == Skip(
            Reason.AWAITS_PAYMENT, {"modules": "bookings"}
        )

    @pytest.mark.parametrize("status", ["PAID", "PARTIALLY_REFUNDED", "FULLY_REFUNDED"])
    def test_is_posted_once_it_is_paid(self, status: str) -> None:
        paid = replace(self.unpaid, payment_status=status, payment_state=PaymentState.PAID, fulfillment_status="")
        narrow = replace(ITEMS, payment_statuses=frozenset({"PAID"}), fulfillment_statuses=frozenset({"FULFILLED"}))

        assert sale(paid, narrow).total == 20

    def test_goods_go_by_their_status(self) -> None:
        unpaid = replace(self.unpaid, lines=(MUG,), filtered_by_status=True)

        assert skipped(unpaid, ITEMS).reason is Reason.STATUS_NOT_SELECTED
        assert sale(unpaid, replace(ITEMS, payment_statuses=frozenset())).total == 20

    def test_a_posted_one_is_not_undone_when_its_payment_is(self) -> None:
        assert sale(self.unpaid, replace(ITEMS, selects=False)).total == 20


class TestItems:
    def test_without_a_sku_the_items_of_the_modules(self) -> None:
        lines = sale(order(MUG, MASSAGE, sold("stores", "typed")), ITEMS, items=catalog("MUG")).lines

        assert [getattr(one.item, "name", "") for one in lines] == ["MUG", "Massages", "Goods"]

    def test_a_match_and_a_known_sku_win(self) -> None:
        named = sold("bookings", "massage", sku="MASSAGE-60")
        hand_matched = Catalog(matches={"massage-60": Known("i-hand", "By hand")})

        assert sale(order(named), ITEMS, items=catalog("MASSAGE-60")).lines[0].item == Known(
            "item-MASSAGE-60", "MASSAGE-60", "NonInventory"
        )
        assert sale(order(named), ITEMS, items=hand_matched).lines[0].item == Known("i-hand", "By hand")

    def test_an_unknown_sku_is_an_item_of_its_own(self) -> None:
        named = sold("bookings", "massage", sku="MASSAGE-60")
        chosen = options(modules={"bookings": Module(item=MASSAGES, income_account_id="services")})

        made = sale(order(named, line("cap", "5.00")), chosen, items=Catalog()).lines
        assert [getattr(one.item, "income_account_id", "") for one in made] == ["services", "79"]
        without = replace(chosen, create_missing=False, match_by=MatchBy.NAME)
        assert held(order(named), without, items=Catalog()).reason is Reason.ITEM_MISSING

    def test_nothing_chosen(self) -> None:
        assert held(order(MASSAGE)) == Hold(Reason.MODULE_ITEM_MISSING, {"product": "Massage", "module": "bookings"})
        assert held(order(line("mug", "20.00", sku=""))) == Hold(Reason.SKU_MISSING, {"product": "Mug"})

    @pytest.mark.parametrize(("entity", "books_id"), [("Item", "i-massage"), ("Account", "services")])
    def test_what_is_chosen_must_be_in_use(self, entity: str, books_id: str) -> None:
        chosen = {"bookings": Module(item=MASSAGES, income_account_id="services")}
        retired = options(modules=chosen, inactive={(entity, books_id): "Old one"})
        both = order(MASSAGE, sold("bookings", "new", sku="NEW"))

        assert held(both, retired, items=Catalog()) == Hold(Reason.BOOKS_OBJECT_INACTIVE, {"detail": "Old one"})

    def test_every_line_is_there(self) -> None:
        found = documents(order(MUG, MASSAGE, sold("stores", "typed")), ITEMS).sale

        assert [one.sources for one in found.lines] == [("mug",), ("massage",), ("typed",)]
