"""Asking before rows are deleted: what goes along, what may not go, and what is in the way."""

import pytest
from django.contrib import admin
from django.urls import reverse

from accounts.admin_scope import HistoryModelAdmin
from accounts.models import Business, User
from integrations.models import Integration
from sync.models import OrderSettings, TaxMapping
from tests.support.office import person


@pytest.fixture
def operator(client, office):
    user = person("root", is_superuser=True)
    client.force_login(user)
    return user


def address(row):
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_delete", args=[row.pk])


def asked(client, row):
    return client.get(address(row)).context


def confirmed(client, row):
    return client.post(address(row), {"post": "yes"})


def test_an_integration_that_was_never_synchronised_goes_with_its_settings(client, owner, office):
    integration = office.integration
    for relation in Integration._meta.related_objects:
        if isinstance(admin.site._registry.get(relation.related_model), HistoryModelAdmin):
            relation.related_model.objects.all().delete()
    context = asked(client, integration)
    assert dict(context["model_count"])["tax mappings"] == 2
    assert not context["perms_lacking"]
    assert confirmed(client, integration).status_code == 302
    assert not Integration.objects.exists()
    assert not TaxMapping.objects.exists()
    assert not OrderSettings.objects.exists()


def test_one_that_has_a_history_stays(client, owner, office):
    context = asked(client, office.integration)
    assert {"record", "run", "log entry"} <= {str(name) for name in context["perms_lacking"]}
    assert confirmed(client, office.integration).status_code == 403
    assert Integration.objects.exists()


def test_a_business_with_connections_stays(client, operator, office):
    context = asked(client, office.business)
    assert "Integrations" in context["protected"]
    assert confirmed(client, office.business).status_code == 200
    assert Business.objects.exists()


def test_a_business_without_any_goes_with_its_members(client, operator, office):
    empty = Business.objects.create(name="Empty")
    empty.memberships.create(user=person("ben"), role="owner")
    assert dict(asked(client, empty)["model_count"])["members"] == 1
    confirmed(client, empty)
    assert [business.name for business in Business.objects.all()] == ["Maple"]


def test_a_user_goes_with_their_memberships_and_not_with_what_they_did(client, operator, office):
    user = office.hire("ben", "bookkeeper")
    run = office.trade()
    run.user = user
    run.save()
    assert dict(asked(client, user)["model_count"])["members"] == 1
    assert confirmed(client, user).status_code == 302
    assert not User.objects.filter(pk=user.pk).exists()
    run.refresh_from_db()
    assert run.user is None
