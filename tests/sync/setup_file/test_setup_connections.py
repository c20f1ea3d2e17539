"""Credentials in a setup file: tried before they are kept, never put back, never lost."""

import pytest
import requests

from accounts.models import Business
from integrations.models import BooksConnection, BooksObject, Integration, StoreConnection
from tests.sync.setup_file.documents import CANADA, minimal

WRONG = {"orders": {"tip_item": "No such item"}}


def with_tokens(access, refresh):
    document = minimal()
    document["books"]["credentials"] = {"access_token": access, "refresh_token": refresh}
    return document


def stored():
    return BooksConnection.objects.get().credentials


def expire(quickbooks):
    quickbooks.control("POST", "tokens/expire", {"realm": CANADA})


def renewed_pair(quickbooks, settings):
    """A second valid pair of the company, as a person would bring it from elsewhere."""
    answer = requests.post(
        settings.QUICKBOOKS_TOKEN_URL,
        data={"grant_type": "refresh_token", "refresh_token": f"qbo_refresh_{CANADA}"},
        auth=("sandbox-client", "sandbox-secret"),
        timeout=10,
    ).json()
    return answer["access_token"], answer["refresh_token"]


# -- first time --------------------------------------------------------------------------------------------------------


def test_expired_tokens_of_a_new_company_are_renewed_and_the_file_is_applied(quickbooks, apply):
    expire(quickbooks)
    apply(minimal())
    assert stored()["refresh_token"] != "" != f"qbo_refresh_{CANADA}"
    assert stored()["access_token"] != f"qbo_access_{CANADA}"


def test_a_refused_file_takes_its_new_company_back(quickbooks, problems):
    assert list(problems(minimal() | WRONG)) == ["orders.tip_item"]
    assert not BooksConnection.objects.exists()
    assert not BooksObject.objects.exists()
    assert not Business.objects.exists()


def test_a_refused_file_keeps_a_business_that_was_there_before(quickbooks, problems):
    Business.objects.create(name="Maple Goods")
    problems(minimal() | WRONG)
    assert Business.objects.exists()


def test_a_refused_file_whose_tokens_were_renewed_keeps_the_new_ones(quickbooks, apply, problems):
    expire(quickbooks)
    found = problems(minimal() | WRONG)
    assert list(found) == ["orders.tip_item", "books"]
    assert "were renewed on the way" in found["books"]
    assert not Integration.objects.exists()
    assert not StoreConnection.objects.exists()
    kept = stored()
    assert kept["access_token"] != f"qbo_access_{CANADA}"
    apply(minimal())  # the mended file still holds the used-up tokens
    assert stored() == kept


def test_a_program_error_takes_the_new_company_back_too(monkeypatch, apply):
    def broken(*_arguments, **_options):
        raise RuntimeError("boom")

    monkeypatch.setattr("sync.setup_file.applying.write", broken)
    with pytest.raises(RuntimeError):
        apply(minimal())
    assert not BooksConnection.objects.exists()
    assert not StoreConnection.objects.exists()
    assert not Business.objects.exists()


# -- again -------------------------------------------------------------------------------------------------------------


def test_the_same_file_again_leaves_rotated_tokens_alone(quickbooks, apply):
    apply(minimal())
    expire(quickbooks)
    assert apply(minimal()) == []
    rotated = stored()
    assert rotated["access_token"] != f"qbo_access_{CANADA}"
    assert apply(minimal()) == []
    assert stored() == rotated


def test_other_tokens_that_work_replace_the_stored_ones(quickbooks, settings, apply):
    apply(minimal())
    version = BooksConnection.objects.get().token_version
    pair = renewed_pair(quickbooks, settings)
    assert [str(change) for change in apply(with_tokens(*pair))] == ["books.credentials: replaced"]
    assert stored() == {"access_token": pair[0], "refresh_token": pair[1]}
    assert BooksConnection.objects.get().token_version > version
    assert apply(with_tokens(*pair)) == []


def test_other_tokens_that_do_not_work_replace_nothing(quickbooks, apply, problems):
    apply(minimal())
    before = BooksConnection.objects.get()
    found = problems(with_tokens("qbo_wrong", "qbo_wrong_refresh"))
    assert list(found) == ["books"]
    assert "the credentials are not accepted" in found["books"]
    assert stored() == before.credentials
    assert BooksConnection.objects.get().state == "connected"
    assert apply(minimal()) == []


def test_other_tokens_in_a_refused_file_replace_nothing(quickbooks, settings, apply, problems):
    apply(minimal())
    before = stored()
    pair = renewed_pair(quickbooks, settings)
    assert list(problems(with_tokens(*pair) | WRONG)) == ["orders.tip_item"]
    assert stored() == before


def test_other_tokens_that_were_renewed_on_the_way_are_kept_even_when_the_file_is_refused(
    quickbooks, settings, apply, problems
):
    apply(minimal())
    pair = renewed_pair(quickbooks, settings)
    expire(quickbooks)
    found = problems(with_tokens(*pair) | WRONG)
    assert list(found) == ["orders.tip_item", "books"]
    kept = stored()
    assert kept["access_token"] not in {pair[0], f"qbo_access_{CANADA}"}
    assert apply(with_tokens(*pair)) == []
    assert stored() == kept


def test_a_disconnected_company_is_connected_again_by_fresh_tokens(quickbooks, settings, apply):
    apply(minimal())
    BooksConnection.objects.update(state="disconnected", credentials_given="")
    apply(with_tokens(*renewed_pair(quickbooks, settings)))
    assert BooksConnection.objects.get().state == "connected"


def test_a_store_gets_another_token(apply, problems):
    apply(minimal())
    document = minimal()
    document["store"]["credentials"]["access_token"] = "secret_wrong"
    assert list(problems(document)) == ["store"]
    assert StoreConnection.objects.get().credentials == {"access_token": "secret_sim_1003"}
    assert StoreConnection.objects.get().state == "connected"


# -- when they do not answer -------------------------------------------------------------------------------------------


def test_a_store_and_a_company_that_refuse_are_both_told(problems):
    document = with_tokens("qbo_wrong", "qbo_wrong_refresh")
    document["store"]["credentials"]["access_token"] = "secret_wrong"
    found = problems(document)
    assert sorted(found) == ["books", "store"]
    assert "the credentials are not accepted" in found["store"]
    assert not Business.objects.exists()


def test_names_are_not_called_wrong_when_quickbooks_did_not_answer(quickbooks, problems):
    quickbooks.fault("status", path="/v3/", status=503, times=99)
    found = problems(minimal() | WRONG | {"taxes": [{"store": [], "books": "Zero-rated"}], "auto_sync": "never"})
    assert sorted(found) == ["auto_sync", "books"]
    assert "apply the file again later" in found["books"]


def test_wrong_settings_of_the_installation_are_called_that(quickbooks, settings, problems):
    expire(quickbooks)
    settings.QUICKBOOKS_CLIENT_SECRET = "wrong"
    assert "this installation's own settings" in problems(minimal())["books"]
