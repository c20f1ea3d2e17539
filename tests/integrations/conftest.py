"""A business that connects its accounts."""

import pytest

from accounts.models import Business
from tests.support.office import member


@pytest.fixture
def business(db):
    return Business.objects.create(name="Maple Goods")


@pytest.fixture
def owner(client, business):
    """Signed in; owns the business."""
    user = member(business, "owner")
    client.force_login(user)
    return user
