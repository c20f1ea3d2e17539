"""One bench per worker: it has simulated systems of its own, so that other tests may reset theirs."""

import os

import pytest

from tests.faults.databases import PostgresDatabases, SqliteFiles, why_unreachable
from tests.faults.lab import Lab

POSTGRES = "postgres://postgres@127.0.0.1:5432/postgres"


@pytest.fixture(scope="session")
def lab(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lab")
    with Lab.opened(SqliteFiles(folder), folder / "complaints.txt") as opened:
        yield opened


@pytest.fixture(scope="session")
def postgres_lab(tmp_path_factory):
    """The same on PostgreSQL; without a server the tests are skipped, in continuous integration they fail."""
    url = os.environ.get("TEST_POSTGRES_URL", POSTGRES)
    problem = why_unreachable(url)
    if problem:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(problem)
    databases = PostgresDatabases(url)
    try:
        with Lab.opened(databases, tmp_path_factory.mktemp("postgres_lab") / "complaints.txt") as opened:
            yield opened
    finally:
        databases.drop_all()
