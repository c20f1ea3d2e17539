"""The same promises on PostgreSQL, where locks, conditional updates and upserts are other code than on SQLite."""

import os
import subprocess
import sys
from urllib.parse import urlsplit

import pytest

from tests.support.sandbox import ROOT
from tests.support.servers import postgres_url

SAMPLE = (
    "tests/sync/engine/test_lease.py",
    "tests/sync/engine/test_pull.py",
    "tests/sync/engine/test_wanted.py",
    "tests/sync/services/test_webhooks.py",
    "tests/integrations/test_webhooks.py",
    "tests/sync/engine/test_directory.py",
    "tests/sync/engine/test_deliver.py",
    "tests/sync/engine/test_record.py",
    "tests/sync/flows",
    "tests/integrations/test_budget.py",
    "tests/integrations/test_fields.py",
    "tests/integrations/test_tokens.py",
)


@pytest.fixture
def database_url():
    """An address for a database of this worker alone."""
    return urlsplit(postgres_url())._replace(path=f"/engine_{os.getpid()}").geturl()


@pytest.mark.postgres
def test_the_engine_keeps_its_promises_on_postgresql(database_url):
    command = [sys.executable, "-m", "pytest", *SAMPLE, "-q", "-p", "no:cacheprovider", "-p", "no:xdist"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}

    done = subprocess.run(
        command,
        cwd=ROOT,
        env=environment | {"DATABASE_URL": database_url},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )

    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
