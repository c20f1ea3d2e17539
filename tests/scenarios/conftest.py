"""What the helpers of scenarios assert is explained like what the tests themselves assert."""

import pytest

from tests.support.shelves import Shop

pytest.register_assert_rewrite("tests.support.expect", "tests.support.options")


@pytest.fixture
def shop(world):
    """The world with the stock flow on, and a shelf of helpers."""
    world.set("stock", enabled=True)
    return Shop(world)
