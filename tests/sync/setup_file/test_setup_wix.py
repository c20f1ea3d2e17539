"""A Wix site in a setup file: by the app that is installed on it, or by a key of its merchant (C2)."""

import pytest

from integrations.connecting import disconnect_store
from integrations.models import StoreConnection
from tests.sync.setup_file.documents import minimal


@pytest.fixture
def site(quickbooks, sandbox):
    sandbox.wix.switch(requests_per_minute=None)
    return sandbox.wix.site("fern")


def by_app(site):
    return minimal() | {"store": {"provider": "wix", "account_id": site["instanceId"], "credentials": {}}}


def by_key(site, key="IST.sandbox-key"):
    return minimal() | {"store": {"provider": "wix", "account_id": site["siteId"], "credentials": {"api_key": key}}}


@pytest.mark.parametrize(("first", "second"), [(by_app, by_key), (by_key, by_app)])
def test_a_site_is_not_connected_by_both_ways(apply, problems, site, first, second):
    """Each order would be posted twice."""
    apply(first(site))
    found = problems(second(site) | {"integration": "another"})
    assert set(found) == {"store.account_id"}
    assert "connected already, as “Fern & Clay”" in found["store.account_id"]
    assert StoreConnection.objects.count() == 1


def test_a_site_that_was_disconnected_is_opened_by_a_new_key_only(apply, problems, sandbox, site):
    apply(by_key(site))
    disconnect_store(StoreConnection.objects.get())
    sandbox.wix.control("POST", "api_keys", {"key": "IST.newer"})
    apply(by_key(site, "IST.newer"))
    assert StoreConnection.objects.get().state == "connected"


def test_an_app_that_was_disconnected_here_is_not_taken_up_by_a_file(apply, problems, site):
    apply(by_app(site))
    disconnect_store(StoreConnection.objects.get())
    assert set(problems(by_app(site))) == {"store"}
    assert StoreConnection.objects.get().state == "disconnected"
