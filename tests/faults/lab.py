"""A bench for breaking syncs: one scenario, set up once, run again and again with something going wrong."""

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import requests

from tests.faults.scenario import EcwidScenario, type_by_hand
from tests.faults.shape import shape
from tests.support.sandbox import ROOT, UNTHROTTLED, Sandbox
from tests.support.world import CA, money


@dataclass(frozen=True)
class Ended:
    """How a process ended: its exit status (negative: killed by that signal) and what it reported."""

    status: int
    result: dict | None

    @property
    def was_killed(self):
        return self.status < 0

    @property
    def state(self):
        return self.result["state"] if self.result else None

    @property
    def reason(self):
        return self.result["reason"] if self.result else None

    @property
    def calls(self):
        return self.result["calls"]

    @property
    def ours(self):
        return self.result["ours"]


class Lab:
    """Runs the scenario. `begin` puts books and database back to the moment before the first sync."""

    def __init__(self, sandbox, databases, process, complaints, scenario):
        self.sandbox, self.databases, self.scenario = sandbox, databases, scenario
        self._process, self._complaints = process, complaints
        self._database = ""
        self._undisturbed = {}
        self._expected = None

    @classmethod
    @contextmanager
    def opened(cls, databases, complaints, scenario=EcwidScenario):
        """`databases` makes and copies them, `complaints` is a file for what the processes say."""
        with Sandbox.started() as sandbox, Path(complaints).open("w") as errors:
            command = [sys.executable, "-m", "tests.faults.runner"]
            command += [side.url for side in (sandbox.ecwid, sandbox.quickbooks, sandbox.wix)]
            environment = {
                **os.environ,
                **sandbox.settings(),
                "SECRET_KEY": "test-only",
                "DATABASE_URL": databases.url,
                "DJANGO_SETTINGS_MODULE": "config.settings",
            }
            with subprocess.Popen(
                command,
                cwd=ROOT,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            ) as process:
                lab = cls(sandbox, databases, process, Path(complaints), scenario(sandbox))
                try:
                    lab._prepare()
                    yield lab
                finally:
                    process.stdin.close()
                    process.wait(timeout=20)

    def _prepare(self):
        self._database = self.databases.create("template")
        self._jobs({"here": True, "do": "build", "world": self.scenario.world, "settings": self.scenario.settings})
        self.scenario.open()
        self.begin()
        self._jobs({"here": True, "do": "sync"})
        self.undisturbed()

    def _ask(self, message):
        self._process.stdin.write(json.dumps(message) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        assert answer, self.complaints()
        return json.loads(answer)

    def _jobs(self, *jobs):
        answers = self._ask([{"database": self._database, **job} for job in jobs])
        return [Ended(answer["status"], answer["result"]) for answer in answers]

    def complaints(self):
        return self._complaints.read_text()[-4000:]

    # -- acting --------------------------------------------------------------------------------------------------------

    def begin(self, **switches):
        """The books as seeded (with what was typed by hand), our database as configured, the clock near now."""
        self._database = self.databases.copy("template", "case")
        self.scenario.begin()
        quickbooks = self.sandbox.quickbooks
        quickbooks.control("POST", "reset", {})
        quickbooks.switch(**UNTHROTTLED, **switches)
        type_by_hand(quickbooks, CA)
        self._ask([{"do": "rewind"}])  # a minute later, so that searches show what was typed
        quickbooks.reset_counters()

    def sync(self, *strikes, **options):
        (ended,) = self._jobs({"do": "sync", "strikes": strikes, **options})
        return ended

    def sync_at_once(self, count, *, first=(), **options):
        """Several syncs in processes that run side by side; `first` strikes the first of them."""
        return self._jobs(*({"do": "sync", **options, "strikes": first if not n else ()} for n in range(count)))

    def until_finished(self, **options):
        """Sync until a run finishes, as the schedule would; at most three times."""
        for _ in range(3):
            ended = self.sync(**options)
            if ended.state == "finished":
                break
        return ended

    def cut_off(self, calls, number):
        """Close the connection after the work of that call (counted from 0) is done, in the system that it is for."""
        mine, side = self._side(calls[number])
        before = sum(1 for call in calls[:number] if self._side(call)[0] == mine)
        side.fault("drop_after", skip=before)

    def _side(self, call):
        is_store = not call.split()[1].startswith(("/v3/company/", "/oauth2/v1/"))
        return is_store, (self.scenario.side if is_store else self.sandbox.quickbooks)

    def broken_and_restarted(self, strike, *, replay=True, **options):
        """The differences after a run that was struck and one that followed."""
        self.begin(request_id_replay=replay)
        struck = self.sync(strike, **options)
        assert struck.was_killed, f"{strike}: {self.complaints()}"
        return [f"{strike}: {one}" for one in self.differences(self.sync(**options))]

    def type_again(self, entity):
        """Somebody enters a copy of the company's first document of a type."""
        first = self.books()[entity][0]
        copy = {key: first[key] for key in ("CustomerRef", "TotalAmt")}
        self.sandbox.quickbooks.add(CA, entity, copy)

    def reconnect(self):
        """Somebody goes through QuickBooks' consent page again."""
        back = "http://127.0.0.1:8000/back"
        url, app = self.sandbox.quickbooks.url, {"client_id": "sandbox-client", "redirect_uri": back}
        wanted = {**app, "response_type": "code", "scope": "com.intuit.quickbooks.accounting", "state": "s"}
        allowed = {**wanted, "decision": "allow", "realm": CA}
        answer = requests.post(f"{url}/connect/oauth2", data=allowed, allow_redirects=False, timeout=20)
        code = parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": back}
        keys = ("sandbox-client", "sandbox-secret")
        pair = requests.post(f"{url}/oauth2/v1/tokens/bearer", data=form, auth=keys, timeout=20).json()
        tokens = {name: pair[name] for name in ("access_token", "refresh_token")}
        (ended,) = self._jobs({"do": "reconnect", **tokens})
        assert ended.status == 0, self.complaints()

    def switch_on(self, **flows):
        """Have flows carried out besides the orders, with these options."""
        (ended,) = self._jobs({"do": "switch_on", "flows": flows})
        assert ended.status == 0, self.complaints()

    def retry_all(self):
        """Somebody asks for everything that waits to be tried again."""
        (ended,) = self._jobs({"do": "retry_all"})
        assert ended.status == 0, self.complaints()

    def post_refunds(self):
        """The bookkeeper switches refunds on."""
        (ended,) = self._jobs({"do": "post_refunds", "account": "Ecwid Clearing"})
        assert ended.status == 0, self.complaints()

    def leave_payments_out(self):
        """The bookkeeper enters payments by hand from now on."""
        (ended,) = self._jobs({"do": "leave_payments_out"})
        assert ended.status == 0, self.complaints()

    def forward(self, **delta):
        """Time goes by between two runs."""
        self._jobs({"do": "forward", "delta": delta})

    # -- comparing -----------------------------------------------------------------------------------------------------

    def books(self):
        return self.sandbox.quickbooks.books(CA)

    def undisturbed(self, **options):
        """A run that nothing happens to, done once; the first one's books are what all others must come to."""
        key = json.dumps(options, sort_keys=True)
        if key not in self._undisturbed:
            self.begin()
            ended = self.sync(**options)
            assert ended.state == "finished", self.complaints()
            self._expected = self._expected or (shape(self.books()), ended.ours)
            self._undisturbed[key] = ended
        return self._undisturbed[key]

    def differences(self, ended, expected=None):
        """How the books, and our own records of them, differ from what they should be; empty when they do not.

        They should be as after the undisturbed run, or as `expected` (shape, our own records).
        """
        books = self.books()
        expected, ours = expected or self._expected
        found = shape(books)
        problems = [f"missing {kind}: {one}" for kind, one in sorted(expected - found)]
        problems += [f"unexpected {kind}: {one}" for kind, one in sorted(found - expected)]
        if ended.state != "finished":
            return [*problems, f"the run ended as {ended.state} {ended.reason}: {self.complaints()}"]
        return problems + _own_differences(ended.ours, ours, books)


def _own_differences(ours, expected, books):
    problems = []
    if ours["records"] != expected["records"]:
        problems.append(f"records: {ours['records']}")
    documents = {(kind, row["Id"]): row for kind, rows in books.items() if kind != "deleted" for row in rows}
    for role, state, kind, ref, total in ours["postings"]:
        if state not in ("posted", "voided") or (kind, ref) not in documents:
            problems.append(f"posting {role} {kind} {ref} is {state}")
        elif (
            role in ("sale", "payment")
            and state == "posted"
            and money(total) != money(documents[kind, ref]["TotalAmt"])
        ):
            problems.append(f"posting {role} {kind} {ref} says {total}")
    if sorted(row[0] for row in ours["postings"]) != sorted(row[0] for row in expected["postings"]):
        problems.append("there are other postings than there should be")
    if ours["unanswered"] or ours["lease"]:
        problems.append(f"left behind: {ours['unanswered']} batches, lease {ours['lease']!r}")
    return problems
