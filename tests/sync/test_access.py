"""What each role sees and may do in the admin: nobody meets another business, and no secret is ever shown (C1). Every
address there is: `test_access_walk`."""

import pytest
from django.contrib import admin
from django.urls import NoReverseMatch, reverse

from accounts.models import User
from integrations.models import Integration
from sync.models import Record
from tests.support.addresses import rows_of
from tests.support.office import SECRETS, person

OWN_MODELS = sorted(
    (model for model in admin.site._registry if model._meta.app_label in {"accounts", "integrations", "sync"}),
    key=lambda model: model._meta.label,
)
ROLES = ("owner", "bookkeeper", "viewer")


@pytest.fixture
def people(ours, theirs):
    theirs.hire("zephyrine", "owner")
    return {role: ours.hire(role, role) for role in ROLES} | {"stranger": person("stranger")}


def page(model, name, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=args)


def pages_of(office, names=("change", "history", "delete")):
    """Every page of one row of each model of this business."""
    for model in OWN_MODELS:
        for name in names:
            yield page(model, name, rows_of(office, model)[0].pk)


def previews_of(office):
    """The pages that show what orders of this business would become."""
    yield reverse("sync:preview", args=[office.integration.pk])
    for record in rows_of(office, Record):
        yield reverse("sync:preview_record", args=[record.pk])


def work_of(office):
    """The pages on which this business's orders are worked with."""
    pk = office.integration.pk
    yield f"{reverse('sync:inbox')}?integration={pk}"
    yield f"{reverse('admin:index')}?integration={pk}"
    for record in held_of(office):
        yield reverse("sync:inbox_group", args=[pk, record.cause])
    yield reverse("sync:progress", args=[pk])


def held_of(office):
    return Record.objects.filter(integration=office.integration, state="held")


def acts_of(office):
    """The addresses at which something is done with this business's orders."""
    pk = office.integration.pk
    for record in held_of(office):
        for name in ("inbox_retry", "inbox_ignore"):
            yield reverse(f"sync:{name}", args=[pk, record.cause])
        for name in ("record_retry", "record_ignore"):
            yield reverse(f"sync:{name}", args=[record.pk])
    for name in ("sync_now", "pause", "resume"):
        yield reverse(f"sync:{name}", args=[pk])


def lists():
    for model in OWN_MODELS:
        yield page(model, "changelist")
        yield reverse("sync:setup") if model is Integration else page(model, "add")


def test_each_model_of_ours_has_rows_in_the_walk(ours, theirs):
    theirs.hire("zephyrine", "owner")
    for model in OWN_MODELS:
        assert rows_of(theirs, model), model


def test_anonymous_visitors_are_sent_to_sign_in(client, ours, people):
    for url in [
        reverse("admin:index"),
        reverse("log_export"),
        *lists(),
        *pages_of(ours),
        *previews_of(ours),
        *work_of(ours),
    ]:
        answer = client.get(url)
        assert answer.status_code == 302, url
        assert "/login/" in answer.url, url


def test_a_user_without_a_business_gets_nowhere(client, people, ours):
    client.force_login(people["stranger"])
    for url in [reverse("admin:index"), *lists(), *pages_of(ours), *previews_of(ours), *work_of(ours)]:
        answer = client.get(url)
        assert answer.status_code == 302, url
        assert "/login/" in answer.url, url
    assert client.get(reverse("log_export")).status_code == 403


@pytest.mark.parametrize("role", ROLES)
def test_members_see_their_own_rows_and_nothing_of_the_others(client, people, ours, theirs, role):
    client.force_login(people[role])
    for url in [
        reverse("admin:index"),
        reverse("log_export"),
        *lists(),
        *pages_of(ours),
        *previews_of(ours),
        *work_of(ours),
    ]:
        answer = client.get(url)
        assert answer.status_code in ({200, 403, 404} if "/accounts/user/" in url else {200, 403}), url
        text = b"".join(answer) if answer.streaming else answer.content
        assert b"zephyr" not in text.lower(), url


@pytest.mark.parametrize("role", ROLES)
def test_the_rows_of_others_do_not_exist(client, people, theirs, role):
    client.force_login(people[role])
    for url in pages_of(theirs):
        # Who may delete nothing anywhere is told so before the row is looked for.
        assert client.get(url).status_code in ({403, 404} if url.endswith("/delete/") else {404}), url
        assert client.post(url, {"post": "yes"}).status_code in {403, 404}, url


@pytest.mark.parametrize("role", ROLES)
def test_orders_of_others_are_not_previewed(client, people, theirs, role):
    client.force_login(people[role])
    changes = (
        ["sync:preview_change", theirs.integration.pk],
        ["sync:preview_change_step", theirs.integration.pk, "sales"],
    )
    for url in previews_of(theirs):
        assert client.get(url).status_code == 404, url
    for name, *args in changes:
        assert client.post(reverse(name, args=args)).status_code == 404, name


@pytest.mark.parametrize("role", ROLES)
def test_the_work_of_others_is_not_there(client, people, theirs, role):
    client.force_login(people[role])
    for url in [reverse("sync:inbox_group", args=[theirs.integration.pk, one.cause]) for one in held_of(theirs)]:
        assert client.get(url).status_code == 404, url
    assert client.get(reverse("sync:progress", args=[theirs.integration.pk])).status_code == 404
    for url in acts_of(theirs):
        assert client.post(url, {"all": "1", "confirmed": "1"}).status_code == 404, url
    assert held_of(theirs).exists()


def test_a_viewer_decides_nothing_about_orders_and_syncs(client, people, ours):
    client.force_login(people["viewer"])
    for url in acts_of(ours):
        assert client.post(url, {"all": "1", "confirmed": "1"}).status_code == 403, url
    for url in work_of(ours):
        page = client.get(url).content.decode()
        assert not any(f'action="{act}"' in page for act in acts_of(ours)), url
    assert held_of(ours).exists()


def test_acts_are_not_done_by_looking(client, people, ours):
    client.force_login(people["owner"])
    for url in acts_of(ours):
        assert client.get(url).status_code == 405, url


@pytest.mark.parametrize("role", ROLES)
def test_whether_a_row_of_others_exists_cannot_be_told(client, people, theirs, role):
    """A page of another business answers as one whose number nobody has."""
    client.force_login(people[role])
    for model in OWN_MODELS:
        for name in ("change", "history", "delete"):
            theirs_, nobody = (client.get(page(model, name, pk)) for pk in (rows_of(theirs, model)[0].pk, 999_999))
            assert theirs_.status_code == nobody.status_code, (model, name)


def test_no_page_shows_a_secret_or_even_reads_one(client, ours, people, settings):
    """Under a lost key every page stays readable, because none decrypts what it does not show."""
    client.force_login(person("root", is_superuser=True))
    urls = [reverse("admin:index"), *lists(), *pages_of(ours, ["change", "history"]), *previews_of(ours)]
    settings.FIELD_ENCRYPTION_KEYS = ["MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="]
    for url in urls:
        answer = client.get(url)
        assert answer.status_code in {200, 403}, url
        assert not any(secret.encode() in answer.content for secret in SECRETS), url


def test_connections_do_not_print_their_secrets(ours):
    for connection in (ours.store, ours.books):
        assert not any(secret in repr(connection) + str(connection) for secret in SECRETS)


@pytest.mark.parametrize("role", ROLES)
def test_hidden_columns_cannot_be_guessed_through_the_address(client, people, role):
    client.force_login(people[role])
    for model, lookup in [
        ("integrations_storeconnection", "credentials__startswith"),
        ("integrations_storeconnection", "credentials_given__startswith"),
        ("integrations_booksconnection", "credentials_given__startswith"),
        ("integrations_integration", "books__credentials_given__startswith"),
        ("accounts_membership", "user__password__startswith"),
    ]:
        answer = client.get(reverse(f"admin:{model}_changelist"), {lookup: "a"})
        assert answer.status_code in {302, 400}, lookup
        assert "?e=1" in getattr(answer, "url", "?e=1"), lookup


def test_a_viewer_reads_and_changes_nothing(client, people, ours):
    client.force_login(people["viewer"])
    for model in OWN_MODELS:
        if model is User:
            continue
        row = rows_of(ours, model)[0]
        assert client.get(page(model, "change", row.pk)).status_code == 200, row
        assert client.post(page(model, "change", row.pk), {}).status_code == 403, row
        assert client.get(page(model, "delete", row.pk)).status_code == 403, row
        assert client.get(page(model, "add")).status_code == 403, model


def test_a_bookkeeper_works_but_owns_neither_connections_nor_members(client, people, ours):
    client.force_login(people["bookkeeper"])
    integration = page(type(ours.integration), "change", ours.integration.pk)
    assert b'name="_save"' in client.get(integration).content
    for row in (ours.store, ours.books, ours.business, ours.business.memberships.first()):
        url = page(type(row), "change", row.pk)
        assert b'name="_save"' not in client.get(url).content, url
        assert client.post(url, {}).status_code == 403, url


HISTORY = ("Record", "Posting", "Batch", "Run", "LogEntry", "CustomerLink", "BooksObject")


@pytest.mark.parametrize("name", HISTORY)
def test_history_is_read_only_even_for_whoever_runs_the_installation(client, ours, name):
    (model,) = (model for model in OWN_MODELS if model.__name__ == name)
    row = rows_of(ours, model)[0]
    client.force_login(person("root", is_superuser=True))
    assert client.get(page(model, "add")).status_code == 403
    assert client.post(page(model, "change", row.pk), {}).status_code == 403
    assert client.post(page(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    assert b"delete_selected" not in client.get(page(model, "changelist")).content


def test_a_member_of_two_businesses_acts_in_each_by_the_role_there(client, people, ours, theirs):
    viewer = people["viewer"]
    theirs.business.memberships.create(user=viewer, role="bookkeeper")
    client.force_login(viewer)
    assert client.post(page(type(ours.integration), "change", ours.integration.pk), {}).status_code == 403
    assert b'name="_save"' in client.get(page(type(ours.integration), "change", theirs.integration.pk)).content


def test_a_member_who_left_is_out_at_once(client, people):
    client.force_login(people["owner"])
    assert client.get(reverse("admin:index")).status_code == 200
    people["owner"].memberships.all().delete()
    assert client.get(reverse("admin:index")).status_code == 302


def test_every_registered_model_of_ours_is_scoped():
    from accounts.admin_scope import RoleMixin

    for model in OWN_MODELS:
        if model is not User:
            assert isinstance(admin.site.get_model_admin(model), RoleMixin), model


def test_each_page_is_in_the_walk():
    """A page added to a model's admin by hand must be added to the walk too."""
    known = {"change", "history", "delete", "changelist", "add", ""}
    for model in OWN_MODELS:
        prefix = f"{model._meta.app_label}_{model._meta.model_name}_"
        names = {str(url.name or "").removeprefix(prefix) for url in admin.site.get_model_admin(model).urls}
        assert names <= known | {"auth_user_password_change"}, model
        with pytest.raises(NoReverseMatch):
            reverse(f"admin:{prefix}nothing")
