"""What the engine's tests share: an integration without a network behind it."""

import pytest

from tests.sync.engine.making import Shelf, make_integration


@pytest.fixture
def integration(db):
    return make_integration()


@pytest.fixture
def shelf():
    return Shelf()
