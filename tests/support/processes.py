"""Work done in processes of its own, on the database of the test: for what only shows when two do it at once."""

import json
import os
import signal
import sqlite3
import time
import traceback
from contextlib import closing, contextmanager

from django.core.management import call_command
from django.db import connection, connections

_PATIENCE = 60  # seconds for everything that a test has done elsewhere


@contextmanager
def database_file(path):
    """SQLite: work on a file with the test database's tables, since a database in memory belongs to one process."""
    connection.ensure_connection()
    with closing(sqlite3.connect(path)) as target:
        connection.connection.backup(target)
    settings = connections.databases["default"]
    kept, in_memory = settings["NAME"], _without_connection()
    settings["NAME"] = str(path)
    try:
        yield
    finally:
        connections["default"].close()
        settings["NAME"] = kept
        connections["default"] = in_memory


@contextmanager
def emptied_after():
    """Work on the test database itself, and leave it empty."""
    try:
        yield
    finally:
        call_command("flush", verbosity=0, interactive=False)


def _without_connection():
    """Make the next statement open a connection of its own; the old one stays open and is returned."""
    old = connections["default"]
    del connections["default"]
    return old


class Process:
    """A function running in a forked process. `result()` waits for it and gives what it returned (as JSON has it)."""

    def __init__(self, work):
        self._reader, writer = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(self._reader)
            _child(work, writer)
        os.close(writer)

    def result(self):
        with os.fdopen(self._reader) as answers:
            said = answers.read()
        _, status = os.waitpid(self.pid, 0)
        assert status == 0, f"the process ended with {status}: {said}"
        return json.loads(said)

    def kill(self, *, reap=True):
        """End it as the system would: without a word, and without tidying up."""
        os.kill(self.pid, signal.SIGKILL)
        os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT)
        if reap:
            self.reap()

    def reap(self):
        os.close(self._reader)
        os.waitpid(self.pid, 0)


def _child(work, writer):
    status = 1
    try:
        signal.alarm(_PATIENCE)
        inherited = _without_connection()  # kept: it belongs to the parent, and must not be closed from here
        said = json.dumps(work())
        status = 0
        del inherited
    except BaseException:  # noqa: BLE001 - the parent asserts on what is said here
        said = traceback.format_exc()
    with os.fdopen(writer, "w") as answers:
        answers.write(said)
    os._exit(status)


class Gate:
    """Processes wait at `pass_through` until the test opens it, so that they really start together."""

    def __init__(self):
        self._reader, self._writer = os.pipe()

    def pass_through(self):
        os.close(self._writer)
        os.read(self._reader, 1)

    def open(self):
        os.close(self._writer)


def at_once(*works):
    """Run the functions in a process each, starting together; their results in order."""
    gate = Gate()

    def behind_gate(work):
        def run():
            gate.pass_through()
            return work()

        return run

    processes = [Process(behind_gate(work)) for work in works]
    gate.open()
    return [process.result() for process in processes]


def until(condition):
    """Wait for what another process is about to do."""
    deadline = time.monotonic() + _PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.005)
