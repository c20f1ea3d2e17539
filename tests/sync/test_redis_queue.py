"""The queue on Redis: what one process hands over, a worker takes from it and carries out."""

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from urllib.parse import urlsplit

import pytest

from tests.support.processes import until
from tests.support.sandbox import ROOT
from tests.support.servers import redis_url

HAND_OVER = """
import django
django.setup()
from django_q.brokers import get_broker
from django_q.tasks import async_task
print(get_broker().info())
print(async_task("sync.tasks.beat", "2026-11-22T08:00:00+00:00"))
"""


@pytest.fixture
def environment(tmp_path):
    """An installation of its own, with a database of Redis that nobody else uses."""
    broker = urlsplit(redis_url())._replace(path="/7").geturl()
    return {**os.environ, "DATABASE_URL": f"sqlite:///{tmp_path / 'queue.sqlite3'}", "BROKER_URL": broker}


def run(environment, *arguments):
    done = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=True
    )
    return done.stdout.splitlines()


def test_a_worker_carries_out_what_was_handed_over(environment, tmp_path):
    run(environment, "manage.py", "migrate", "--verbosity", "0")
    info, task = run(environment, "-c", HAND_OVER)[-2:]
    assert "Redis" in info

    def is_done():
        with closing(sqlite3.connect(tmp_path / "queue.sqlite3")) as database:
            return database.execute("SELECT success FROM django_q_task WHERE id = ?", [task]).fetchone() == (1,)

    assert not is_done()
    worker = subprocess.Popen(
        [sys.executable, "manage.py", "qcluster"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until(is_done)
    finally:
        worker.send_signal(signal.SIGTERM)
        worker.wait(timeout=60)
