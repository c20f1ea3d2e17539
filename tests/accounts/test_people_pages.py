"""Signing in, members and profiles: memberships decide, and a business keeps an owner (C1)."""

import pytest
from django.urls import reverse

from accounts.models import Business, Membership, User
from tests.support.office import member, person
from tests.support.pages import errors, read, sent


@pytest.fixture
def business(db):
    return Business.objects.create(name="Maple Goods")


@pytest.fixture
def owner(client, business):
    user = member(business, "owner", "olga")
    client.force_login(user)
    return user


def add(client, **form):
    return client.post(reverse("admin:accounts_membership_add"), form)


def page_of(row):
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


# -- signing in --------------------------------------------------------------------------------------------------------


def sign_in(client, name):
    user = User.objects.get(username=name)
    user.set_password("correct horse battery")
    user.save()
    return client.post(reverse("admin:login"), {"username": name, "password": "correct horse battery"})


def test_whoever_mistypes_is_told_nothing_of_staff(client, business):
    answer = client.post(reverse("admin:login"), {"username": "vera", "password": "wrong"})
    assert "enter a correct username and password" in read(answer)
    assert "staff" not in read(answer)


def test_a_member_signs_in_without_a_staff_flag(client, business):
    user = member(business, "viewer", "vera")
    assert not user.is_staff
    assert sign_in(client, "vera").status_code == 302
    assert client.get(reverse("admin:index")).status_code == 200


def test_a_staff_flag_opens_nothing_by_itself(client, business):
    person("sam", is_staff=True)
    answer = sign_in(client, "sam")
    assert "not a member of any business yet" in answer.content.decode()


@pytest.mark.parametrize("superuser", [True, False])
def test_who_is_not_active_does_not_get_in(client, business, superuser):
    user = member(business, "owner", "gone")
    client.force_login(user)
    User.objects.update(is_active=False, is_superuser=superuser)
    assert client.get(reverse("admin:index")).status_code == 302
    assert sign_in(client, "gone").status_code == 200


# -- members -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["ben", "ben@example.test", " Ben@Example.Test "])
def test_an_owner_adds_a_person_by_name_or_address(client, owner, business, name):
    user = person("ben")
    answer = add(client, business=business.pk, person=name, role="bookkeeper")
    assert answer.status_code == 302, errors(answer)
    assert Membership.objects.get(user=user).role == "bookkeeper"


def test_the_people_of_others_are_not_offered(client, owner, business):
    member(Business.objects.create(name="Zephyr"), "owner", "zoe")
    page = client.get(reverse("admin:accounts_membership_add")).content.decode()
    assert "zoe" not in page
    assert "Zephyr" not in page


@pytest.mark.parametrize("name", ["nobody", "", "gone"])
def test_who_does_not_exist_or_left_is_not_added(client, owner, business, name):
    person("gone", is_active=False)
    assert add(client, business=business.pk, person=name, role="viewer").status_code == 200
    assert Membership.objects.count() == 1


def test_an_address_of_two_people_adds_neither(client, owner, business):
    for name in ("one", "two"):
        User.objects.filter(pk=person(name).pk).update(email="same@example.test")
    assert add(client, business=business.pk, person="same@example.test", role="viewer").status_code == 200


def test_a_member_is_added_once(client, owner, business):
    answer = add(client, business=business.pk, person="olga", role="viewer")
    assert "is a member already" in errors(answer)


def test_an_owner_adds_nobody_to_a_business_of_others(client, owner):
    other = Business.objects.create(name="Zephyr")
    assert add(client, business=other.pk, person="olga", role="owner").status_code == 200
    assert not other.memberships.exists()


def test_a_bookkeeper_adds_nobody_where_somebody_else_owns(client, business):
    user = member(business, "bookkeeper", "ben")
    client.force_login(user)
    assert add(client, business=business.pk, person="ben", role="owner").status_code == 403
    Business.objects.create(name="Own").memberships.create(user=user, role="owner")
    person("new")
    assert add(client, business=business.pk, person="new", role="owner").status_code == 200
    assert business.memberships.count() == 1


def test_the_last_owner_stays(client, owner, business):
    membership = owner.memberships.get()
    answer = client.post(page_of(membership), {"role": "viewer"})
    assert "needs an owner" in errors(answer)
    delete = reverse("admin:accounts_membership_delete", args=[membership.pk])
    assert client.post(delete, {"post": "yes"}).status_code == 403
    member(business, "owner", "second")
    assert client.post(page_of(membership), {"role": "viewer"}).status_code == 302


def test_owners_cannot_all_leave_on_the_page_of_the_business(client, owner, business):
    """Each row alone would leave the other as owner."""
    member(business, "owner", "second")
    page = client.get(page_of(business))
    changes = {"memberships-0-role": "viewer", "memberships-1-role": "viewer"}
    client.post(page_of(business), sent(page, **changes))
    assert business.memberships.filter(role="owner").exists()


def test_a_business_is_made_only_by_whoever_runs_the_installation(client, owner):
    assert client.get(reverse("admin:accounts_business_add")).status_code == 403
    client.force_login(person("root", is_superuser=True))
    page = client.get(reverse("admin:accounts_business_add"))
    assert client.post(reverse("admin:accounts_business_add"), sent(page, name="New")).status_code == 302


# -- profiles ----------------------------------------------------------------------------------------------------------


def test_everybody_edits_their_own_name_and_language_and_nothing_more(client, owner):
    form = {"first_name": "Olga", "language": "fr", "email": "x@example.test", "username": "root", "is_superuser": "on"}
    assert client.post(page_of(owner), form).status_code == 302
    user = User.objects.get(pk=owner.pk)
    assert (user.first_name, user.language) == ("Olga", "fr")
    assert (user.email, user.username, user.is_superuser) == ("olga@example.test", "olga", False)


def test_other_peoples_profiles_do_not_exist(client, owner, business):
    other = member(business, "viewer", "ben")
    assert client.get(page_of(other)).status_code == 404
    assert "ben@" not in client.get(reverse("admin:accounts_user_changelist")).content.decode()


def test_nobody_sets_a_password_without_the_old_one(client, owner):
    url = reverse("admin:auth_user_password_change", args=[owner.pk])
    assert client.post(url, {"password1": "x", "password2": "x"}).status_code == 403
    assert client.get(reverse("admin:password_change")).status_code == 200


def test_the_profile_is_one_click_away(client, owner):
    assert page_of(owner) in client.get(reverse("admin:index")).content.decode()
