"""One bench per worker: it has simulated systems of its own, so that other tests may reset theirs."""

from contextlib import contextmanager

import pytest

from tests.faults.databases import PostgresDatabases, SqliteFiles
from tests.faults.lab import Lab
from tests.faults.scenario import EcwidScenario
from tests.faults.wix import WixScenario
from tests.support.servers import postgres_url


@pytest.fixture(scope="session")
def lab(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lab")
    with Lab.opened(SqliteFiles(folder), folder / "complaints.txt") as opened:
        yield opened


@pytest.fixture(scope="session")
def wix_lab(tmp_path_factory):
    """A bench with a Wix site."""
    folder = tmp_path_factory.mktemp("wix_lab")
    with Lab.opened(SqliteFiles(folder), folder / "complaints.txt", WixScenario) as opened:
        yield opened


@pytest.fixture(scope="session")
def postgres_lab(tmp_path_factory):
    """The same on PostgreSQL."""
    with _on_postgres(tmp_path_factory.mktemp("postgres_lab"), EcwidScenario) as opened:
        yield opened


@pytest.fixture(scope="session")
def postgres_wix_lab(tmp_path_factory):
    """A bench with a Wix site, on PostgreSQL."""
    with _on_postgres(tmp_path_factory.mktemp("postgres_wix_lab"), WixScenario) as opened:
        yield opened


@contextmanager
def _on_postgres(folder, scenario):
    databases = PostgresDatabases(postgres_url(), scenario.world)
    try:
        with Lab.opened(databases, folder / "complaints.txt", scenario) as opened:
            yield opened
    finally:
        databases.drop_all()
