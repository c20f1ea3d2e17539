"""The modules of a Wix site in a setup file (W1)."""

import pytest

from integrations.models import Integration
from sync.models import ModuleSettings
from sync.setup_file import export
from tests.sync.setup_file.documents import minimal

MODULES = {
    "stores": {"enabled": True},
    "bookings": {"enabled": True, "item": "Shipping", "income_account": "Services"},
    "events": {"enabled": False},
    "gift_cards": {"enabled": True},
}


@pytest.fixture
def document(quickbooks, sandbox):
    """A file for the site "fern", which sells goods, classes and tickets."""
    sandbox.wix.switch(requests_per_minute=None)
    store = {"provider": "wix", "account_id": sandbox.wix.site("fern")["instanceId"], "credentials": {}}
    return minimal() | {"store": store}


def rows():
    found = ModuleSettings.objects.order_by("module")
    return {row.module: (row.enabled, row.item and row.item.name, bool(row.income_account)) for row in found}


def test_modules_are_kept_and_told(apply, document):
    lines = [str(change) for change in apply(document | {"modules": MODULES})]
    assert [line for line in lines if line.startswith("modules")] == [
        "modules.stores.enabled: true",
        "modules.bookings.enabled: true",
        "modules.bookings.item: Shipping",
        "modules.bookings.income_account: Services",
        "modules.events.enabled: false",
        "modules.gift_cards.enabled: true",
    ]
    assert rows() == {
        "bookings": (True, "Shipping", True),
        "events": (False, None, False),
        "gift_cards": (True, None, False),
        "stores": (True, None, False),
    }


def test_a_second_time_changes_nothing(apply, document):
    apply(document | {"modules": MODULES})
    before = Integration.objects.get().revision
    assert not apply(document | {"modules": MODULES})
    assert Integration.objects.get().revision == before


def test_only_what_is_named_changes(apply, document):
    apply(document | {"modules": MODULES})
    changes = apply(document | {"modules": {"events": {"enabled": True}, "bookings": {"item": None}}})
    assert [str(change) for change in changes] == [
        "modules.bookings.item: Shipping -> null",
        "modules.events.enabled: false -> true",
    ]
    assert rows()["bookings"] == (True, None, True)


def test_what_was_decided_is_exported(apply, document):
    apply(document | {"modules": MODULES})
    integration = Integration.objects.get()
    ModuleSettings.objects.create(integration=integration, module="custom")  # was met in an order
    exported = export(integration)
    assert exported["modules"] == {
        "bookings": {"enabled": True, "item": "Shipping", "income_account": "Services"},
        "events": {"enabled": False, "item": None, "income_account": None},
    }
    assert not apply(exported)


def test_a_module_that_is_not_installed_may_be_named(apply, document):
    apply(document | {"modules": {"hotels": {"enabled": False}}})
    assert rows() == {"hotels": (False, None, False)}


def test_what_is_wrong_with_modules(problems, document):
    found = problems(
        document
        | {
            "modules": {
                "Bookings": {},
                "bookings": {"item": "Nothing", "enabled": "yes"},
                "gift_cards": {"item": "Gift cards"},
                "events": [],
            }
        }
    )
    assert set(found) == {
        "modules.Bookings",
        "modules.bookings.item",
        "modules.bookings.enabled",
        "modules.gift_cards.item",
        "modules.events",
    }
    assert "pricing_plans" in found["modules.Bookings"]
    assert found["modules.gift_cards.item"] == "there is no such key here; there are: enabled"


def test_other_stores_have_no_modules(problems):
    assert problems(minimal() | {"modules": MODULES}) == {"modules": "this store has no modules; leave this out"}


def test_a_store_without_modules_exports_none(apply):
    apply(minimal())
    assert "modules" not in export(Integration.objects.get())
