"""What befalls a run: at a chosen HTTP call or SQL statement the process is killed, its lease stolen, ...

A strike is {"act": name, "call": n, "when": "before" | "after"} or {"act": name, "statement": n}, counted from 1:
before or after the n-th HTTP call (after: the answer is there, but nothing was done with it yet), or before the n-th
SQL statement that writes. With "batch" instead of "call" only batch calls count.
"""

import os
import signal
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import psycopg
import requests
from django.db import connection

from integrations.models import BooksConnection


def _kill():
    os.kill(os.getpid(), signal.SIGKILL)


def _steal_lease():
    """Another machine takes the company over, for a minute."""
    ends = datetime.now(UTC) + timedelta(seconds=60)
    BooksConnection.objects.update(lease_owner="elsewhere/1/1/thief", lease_expires_at=ends)


def _end_connections():
    """The database is restarted: every connection to it ends."""
    ours = connection.settings_dict
    address = {"host": ours["HOST"], "port": ours["PORT"], "user": ours["USER"], "password": ours["PASSWORD"] or None}
    with psycopg.connect(**address, dbname="postgres", autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [ours["NAME"]])


# How far a run has come is written at most once a second: how often depends on the machine, so it is not counted.
_PROGRESS = 'SET "expected" ='

ACTS = {"kill": _kill, "steal_lease": _steal_lease, "end_connections": _end_connections}


class Strikes:
    """Counts the calls and writes of a run and strikes where it was told to. A context manager."""

    def __init__(self, wanted):
        self.calls = []
        self.writes = 0
        self._by_point = {self._point(strike): ACTS[strike["act"]] for strike in wanted}
        self._striking = False

    @staticmethod
    def _point(strike):
        if "statement" in strike:
            return "statement", strike["statement"]
        counted = "batch" if "batch" in strike else "call"
        return f"{strike['when']} {counted}", strike[counted]

    def __enter__(self):
        send = self._send = requests.Session.send
        strikes = self

        def counted(self, request, **options):
            strikes.calls.append(f"{request.method} {urlsplit(request.url).path}")
            strikes._at_call("before")
            try:
                return send(self, request, **options)
            finally:
                strikes._at_call("after")

        requests.Session.send = counted
        connection.execute_wrappers.append(self._statement)
        return self

    def __exit__(self, *_error):
        requests.Session.send = self._send
        connection.execute_wrappers.remove(self._statement)

    def _statement(self, execute, sql, params, many, context):
        if not self._striking and not sql.lstrip().upper().startswith("SELECT") and _PROGRESS not in sql:
            self.writes += 1
            self._at("statement", self.writes)
        return execute(sql, params, many, context)

    def _at_call(self, when):
        self._at(f"{when} call", len(self.calls))
        if self.calls[-1].endswith("/batch"):
            self._at(f"{when} batch", sum(1 for call in self.calls if call.endswith("/batch")))

    def _at(self, kind, number):
        act = self._by_point.get((kind, number))
        if act is not None:
            self._striking = True
            act()
            self._striking = False
