"""What the runner's processes do: build the world, sync, reconnect."""

import json
import mmap
import time as real_time
import urllib.request
from datetime import UTC, datetime, timedelta
from struct import Struct

from django.core.management import call_command
from django.db.models import F

from integrations.http import Clock, Transport
from integrations.models import BooksConnection, BooksObject, ConnectionState, Integration
from integrations.quickbooks.oauth import TokenPair
from integrations.tokens import store_pair
from sync.engine import deliver, ordering, run
from sync.models import GOODS_KINDS, Batch, Posting, Record, RecordState, StockChange, StockPush
from tests.faults.strikes import Strikes
from tests.support.world import World

_SECONDS = Struct("d")


class SharedTime:
    """A clock whose sleep only moves it, for a process and those that follow it, and for the simulated company."""

    def __init__(self, sandbox):
        self._sandbox = sandbox
        self._memory = mmap.mmap(-1, _SECONDS.size)
        self.clock = Clock(now=self.now, sleep=self.sleep, jitter=lambda: 0.0)

    @property
    def offset(self):
        return _SECONDS.unpack(self._memory[:])[0]

    def rewind(self):
        """To a minute from now."""
        self._memory[:] = _SECONDS.pack(0.0)
        self.sleep(60)

    def now(self):
        return datetime.now(UTC) + timedelta(seconds=self.offset)

    def sleep(self, seconds):
        self._memory[:] = _SECONDS.pack(self.offset + seconds)
        self._move(f"{self._sandbox.quickbooks.url}/control/clock")

    def _move(self, url):
        """Not through `requests`, whose calls are counted and struck."""
        body = json.dumps({"offset_seconds": self.offset}).encode()
        with urllib.request.urlopen(urllib.request.Request(url, body, {"Content-Type": "application/json"})) as answer:
            answer.read()


class FastForward:
    """A clock that runs `speed` times as fast as the real one, the same for all processes."""

    def __init__(self, speed):
        self._speed, self._start = speed, real_time.time()
        self.clock = Clock(now=self.now, sleep=self.sleep, jitter=lambda: 0.0)

    def now(self):
        return datetime.fromtimestamp(self._start + (real_time.time() - self._start) * self._speed, UTC)

    def sleep(self, seconds):
        real_time.sleep(seconds / self._speed)


class Jobs:
    """What the jobs do. Each runs in a process that ends with it, except those "here"."""

    def __init__(self, sandbox):
        self.sandbox = sandbox
        self.time = SharedTime(sandbox)

    def build(self, *, world, settings):
        """Make the tables and the world in an empty database."""
        call_command("migrate", verbosity=0)
        made = World.make(self.sandbox, self.time, world, **settings)
        return {"integration": made.integration.pk}

    def sync(self, *, strikes=(), small=False, speed=None, read_timeout=None, flows=run.FLOWS, approve=False):
        """One run; `strikes` say what happens at which point (see `Strikes`), `small` means tiny pages and batches."""
        if small:
            ordering.PAGE, deliver.BATCH_ITEMS = 4, 3
        if read_timeout is not None:
            Transport.__init__.__kwdefaults__["read_timeout"] = read_timeout
        watched = Strikes(strikes)
        with watched:
            done = run.run_integration(
                Integration.objects.get(),
                clock=(FastForward(speed) if speed else self.time).clock,
                flows=flows,
                approve=approve,
            )
        return {
            "state": done.state,
            "reason": done.reason,
            "calls": watched.calls,
            "writes": watched.writes,
            "ours": self.ours(),
            "goods": self.goods(),
        }

    def switch_on(self, *, flows):
        """Have flows carried out besides the orders: {"stock": {"guard_percent": 20}}."""
        for name, options in flows.items():
            settings = getattr(Integration.objects.get(), name)
            for option, value in {"enabled": True, **options}.items():
                setattr(settings, option, value)
            settings.save()
        return {}

    def reconnect(self, *, access_token, refresh_token):
        """What the consent page leads to."""
        now = self.time.now()
        pair = TokenPair(access_token, refresh_token, now + timedelta(hours=1), now + timedelta(days=100), None)
        store_pair(BooksConnection.objects.get(), pair)
        return {}

    def post_refunds(self, *, account):
        """The bookkeeper switches refunds on."""
        settings = Integration.objects.get().refunds
        settings.enabled = True
        settings.account = BooksObject.objects.get(type="Account", name=account)
        settings.save()
        return {}

    def leave_payments_out(self):
        """The bookkeeper enters payments by hand from now on."""
        settings = Integration.objects.get().payments
        settings.enabled = False
        settings.save()
        return {}

    def retry_all(self):
        Record.objects.exclude(state=RecordState.POSTED).update(wanted=F("wanted") + 1, retry_at=None)
        return {}

    def forward(self, *, delta):
        self.time.sleep(timedelta(**delta).total_seconds())
        return {}

    def goods(self):
        """What we know of products and levels, as plain values."""
        records = Record.objects.filter(kind__in=GOODS_KINDS).order_by("kind", "store_ref")
        changes = StockChange.objects.exclude(written_at=None).order_by("store_ref")
        return {
            "records": [[one.kind, one.number, one.state, one.wanted == one.done] for one in records],
            "written": [[one.sku, one.before, one.after] for one in changes],
            "pushes": sorted(StockPush.objects.values_list("state", flat=True)),
        }

    def ours(self):
        """Our own records of what was done, as plain values."""
        postings = Posting.objects.order_by("pk").values_list("role", "state", "books_type", "books_ref", "total")
        books = BooksConnection.objects.get()
        return {
            "records": [
                [one.number, one.state, one.reason, one.wanted == one.done, one.kind]
                for one in Record.objects.order_by("number", "kind", "created_in_store_at", "pk")
            ],
            "postings": [[*row[:4], str(row[4])] for row in postings],
            "unanswered": Batch.objects.filter(answered_at=None).count(),
            "lease": books.lease_owner,
            "reconnect": books.state == ConnectionState.RECONNECT,
        }
