"""Runs syncs in processes of their own, so that a test can kill one at any point and start the next.

`python -m tests.faults.runner ECWID_URL QUICKBOOKS_URL` loads Django once, then reads one JSON list of jobs per line,
forks a process for each job, and answers with one JSON list of {"status", "result"}: the exit status (negative: the
signal that killed it) and what the job reported. A job is {"do": name of a method of `Jobs`, "database": name} with the
method's keyword arguments; with "here" it is done in this process, so that its children have all loaded and compiled.
"""

import json
import os
import signal
import sys
import traceback

import django
from django.db import connections

from tests.support.sandbox import Sandbox


def _use(database):
    """Point this process at another database of the same kind."""
    connections.close_all()
    del connections["default"]
    connections.settings["default"]["NAME"] = database


def _here(jobs, job):
    """Do a job in this very process: what it loads, its children need not load again."""
    _use(job.pop("database"))
    getattr(jobs, job.pop("do"))(**job)
    connections.close_all()


def _start(jobs, job):
    """Fork; returns the child's process id and where its result can be read."""
    reading, writing = os.pipe()
    child = os.fork()
    if child:
        os.close(writing)
        return child, reading
    os.close(reading)
    status = 1
    try:
        _use(job.pop("database"))
        result = getattr(jobs, job.pop("do"))(**job)
        connections.close_all()
        with os.fdopen(writing, "w") as stream:
            json.dump(result, stream)
        status = 0
    finally:
        if status:
            traceback.print_exc()
            sys.stderr.flush()
        os._exit(status)


def _finish(child, reading):
    with os.fdopen(reading) as stream:
        text = stream.read()
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return {"status": status, "result": json.loads(text) if text and status == 0 else None}


def _answer(jobs, wanted):
    if wanted[0].get("do") == "rewind":
        jobs.time.rewind()
        return []
    if wanted[0].pop("here", False):
        _here(jobs, wanted[0])
        return [{"status": 0, "result": None}]
    return [_finish(*started) for started in [_start(jobs, job) for job in wanted]]


def main():
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    django.setup()
    from tests.faults.jobs import Jobs

    jobs = Jobs(Sandbox(*sys.argv[1:4]))
    for line in sys.stdin:
        sys.stdout.write(json.dumps(_answer(jobs, json.loads(line))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
