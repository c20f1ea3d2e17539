"""Each option of payments and what the books then hold (M1-M5)."""

import pytest

from tests.support.expect import payments_of
from tests.support.options import Entry, Row

PAYPAL = {"payment_method": "PayPal", "transaction_id": "pi_3Q"}
CLEARING, PAYPAL_CLEARING = Entry("Account", "Ecwid Clearing"), Entry("Account", "PayPal Clearing")
RECEIPT = {"orders": {"post_as": "sales_receipt"}}
DEPOSIT, METHOD, REFERENCE = "DepositToAccountRef.value", "PaymentMethodRef.value", "PaymentRefNum"

# Per method: account and QuickBooks payment method; then the row.
ROWS = {
    "M2_default_account": ({}, Row(cart=PAYPAL, shows={f"payment:{DEPOSIT}": CLEARING})),
    "M2_another_default_account": (
        {},
        Row(
            {"payments": {"account": Entry("Account", "Savings")}},
            PAYPAL,
            {f"payment:{DEPOSIT}": Entry("Account", "Savings")},
        ),
    ),
    "M2_default_account_of_a_receipt": ({}, Row(RECEIPT, PAYPAL, {DEPOSIT: CLEARING})),
    "M3_account_of_the_method": (
        {"PayPal": ("PayPal Clearing", None)},
        Row(cart=PAYPAL, shows={f"payment:{DEPOSIT}": PAYPAL_CLEARING, f"payment:{METHOD}": None}),
    ),
    "M3_account_and_payment_method": (
        {"PayPal": ("PayPal Clearing", "PayPal")},
        Row(
            cart=PAYPAL,
            shows={f"payment:{DEPOSIT}": PAYPAL_CLEARING, f"payment:{METHOD}": Entry("PaymentMethod", "PayPal")},
        ),
    ),
    "M3_payment_method_alone": (
        {"PayPal": (None, "PayPal")},
        Row(cart=PAYPAL, shows={f"payment:{DEPOSIT}": CLEARING, f"payment:{METHOD}": Entry("PaymentMethod", "PayPal")}),
    ),
    "M3_on_a_receipt": (
        {"PayPal": ("PayPal Clearing", "PayPal")},
        Row(RECEIPT, PAYPAL, {DEPOSIT: PAYPAL_CLEARING, METHOD: Entry("PaymentMethod", "PayPal")}),
    ),
    "M3_another_method": (
        {"PayPal": ("PayPal Clearing", "PayPal")},
        Row(cart={"payment_method": "Credit card"}, shows={f"payment:{DEPOSIT}": CLEARING, f"payment:{METHOD}": None}),
    ),
    "M4_reference": ({}, Row(cart=PAYPAL, shows={f"payment:{REFERENCE}": "pi_3Q"})),
    "M4_reference_of_a_receipt": ({}, Row(RECEIPT, PAYPAL, {REFERENCE: "pi_3Q"})),
    "M4_no_reference": ({}, Row(cart={"payment_method": "Cash"}, shows={f"payment:{REFERENCE}": None})),
}


@pytest.mark.parametrize("row", ROWS)
def test_option(world, row):
    methods, option = ROWS[row]
    for method, (account, payment_method) in methods.items():
        world.map_method(method, account, payment_method)

    option.check(world)


@pytest.mark.parametrize(("enabled", "count"), [pytest.param(True, 1, id="M1_on"), pytest.param(False, 0, id="M1_off")])
def test_toggle(world, enabled, count):
    sale = Row({"payments": {"enabled": enabled}}, PAYPAL).check(world)

    assert len(payments_of(world, sale)) == count
    assert sale["Balance"] == (0 if enabled else 23)
