"""What holds orders back, as causes: one for all orders that the same act would release (L3)."""

import re
from importlib import import_module

import pytest
from django.apps import apps
from django.urls import reverse

from sync.causes import CAUSES, KEY_LENGTH, cause_of, title_of
from sync.models import Record
from sync.reasons import TEXTS, Severity
from sync.translate.reasons import Reason
from tests.support.office import Office

WAITING = [reason for reason, text in TEXTS.items() if text.severity in (Severity.HELD, Severity.FAILED)]


def named_in(text):
    return set(re.findall(r"%\((\w+)\)s", str(text)))


@pytest.mark.parametrize("reason", WAITING)
def test_whatever_makes_an_order_wait_is_a_cause(reason):
    assert reason in CAUSES


@pytest.mark.parametrize("reason", CAUSES)
def test_a_title_names_only_what_all_orders_of_the_cause_share(reason):
    assert named_in(CAUSES[reason].title) <= set(CAUSES[reason].named_by)


@pytest.mark.parametrize("reason", CAUSES)
def test_the_way_out_holds_for_all_orders_of_the_cause(reason):
    assert named_in(TEXTS[reason].way_out) <= set(CAUSES[reason].named_by)


@pytest.mark.parametrize("reason", CAUSES)
def test_a_cause_can_stand_in_an_address(reason):
    key = cause_of(reason, dict.fromkeys(CAUSES[reason].named_by, "ÄÖ / + %"))
    assert len(key) <= KEY_LENGTH
    assert reverse("sync:inbox_group", args=[1, key])


def test_orders_that_wait_for_one_tax_have_one_cause_and_for_another_tax_another():
    five, twenty = (cause_of("tax_unmapped", {"taxes": f"TVA {rate} %"}) for rate in ("5,5", "20"))
    assert cause_of("tax_unmapped", {"taxes": "TVA 5,5 %"}) == five != twenty


def test_the_figures_of_an_order_are_no_part_of_its_cause():
    one, other = ({"kind": "shipping", "amount": amount, "currency": "CAD"} for amount in ("9.00", "12.50"))
    assert cause_of("special_item_missing", one) == cause_of("special_item_missing", other)


def test_parameters_do_not_run_into_each_other():
    one, other = {"taxes": "A", "code": "BC"}, {"taxes": "AB", "code": "C"}
    assert cause_of("tax_rate_mismatch", one) != cause_of("tax_rate_mismatch", other)


def test_a_title_is_in_words():
    assert title_of("tax_unmapped", {"taxes": ""}) == "Tax not mapped yet: no tax"
    assert title_of("special_item_missing", {"kind": "gift_card_sold"}) == "No item chosen for gift cards sold"


def test_a_reason_of_another_version_is_a_cause_by_its_name():
    assert cause_of("from_the_future", {}) == title_of("from_the_future", {}) == "from_the_future"


def test_no_reason_is_no_cause():
    assert cause_of("", {}) == ""


def test_upgrading_names_the_causes_of_what_waits(db):
    Office.open("Maple", "934145001").trade(5)
    Record.objects.update(cause="")
    import_module("sync.migrations.0004_causes_and_progress").name_causes(apps, None)
    wanted = cause_of(Reason.TAX_UNMAPPED, {"taxes": "TVA 5,5 %"})
    assert set(Record.objects.filter(state="held").values_list("cause", flat=True)) == {wanted}
    assert set(Record.objects.filter(state="posted").values_list("cause", flat=True)) == {""}
