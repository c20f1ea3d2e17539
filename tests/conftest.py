"""What all tests share: the simulated Ecwid, QuickBooks and Wix as real processes, and a clock that does not wait."""

import os

os.environ.setdefault("SECRET_KEY", "test-only")

import pytest
from django.conf import settings as installation
from django.db import connection

from tests.support.office import Office
from tests.support.processes import database_file, emptied_after
from tests.support.sandbox import Sandbox
from tests.support.time import FastTime
from tests.support.world import World

_NOBODY = "http://127.0.0.1:9"


def pytest_configure():
    """Where a test starts no simulated system nobody answers: none ever calls a real provider."""
    for name in ("ECWID_API_URL", "QUICKBOOKS_API_URL", "QUICKBOOKS_TOKEN_URL", "QUICKBOOKS_REVOKE_URL", "WIX_API_URL"):
        setattr(installation, name, _NOBODY)


@pytest.fixture(scope="session")
def sandbox_processes():
    """The simulated systems, started once per worker."""
    with Sandbox.started() as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(sandbox_processes, settings):
    """The simulated systems with fresh seed data, and our settings pointing at them."""
    sandbox_processes.reset()
    for name, value in sandbox_processes.settings().items():
        setattr(settings, name, value)
    return sandbox_processes


@pytest.fixture
def time():
    """Real time, except that nobody sleeps: a wait moves the clock instead."""
    return FastTime()


@pytest.fixture
def world(db, sandbox, time):
    """The Québec shop (net prices, GST + QST) on the Canadian company, with everything mapped; throttles are off."""
    return World.make(sandbox, time, "CA")


@pytest.fixture
def make_world(db, sandbox, time):
    """Makes a world by name: see `tests.support.world.WORLDS`."""
    return lambda name, **changes: World.make(sandbox, time, name, **changes)


@pytest.fixture
def office(db):
    """A business with all that its pages show; a file whose tests want another one has its own."""
    return Office.open("Maple", "934145001")


@pytest.fixture
def ours(office):
    """The same, where there are two."""
    return office


@pytest.fixture
def theirs(db):
    """Another business; its names must never be seen by ours."""
    return Office.open("Zephyr", "934145002")


@pytest.fixture
def keeper(client, office):
    """Ben keeps the office's books, and is signed in."""
    user = office.hire("ben", "bookkeeper")
    client.force_login(user)
    return user


@pytest.fixture
def owner(client, office):
    """Olga owns the office, and is signed in."""
    user = office.hire("olga", "owner")
    client.force_login(user)
    return user


@pytest.fixture
def shared_db(django_db_setup, django_db_blocker, tmp_path):
    """A database that several processes can work on at once; what is written is committed."""
    with django_db_blocker.unblock():
        elsewhere = database_file(tmp_path / "shared.sqlite3") if connection.vendor == "sqlite" else emptied_after()
        with elsewhere:
            yield
