"""A tiny document table: what a simulator must remember when its process is killed."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sandbox.exact_json import dumps, loads

_SCHEMA = "CREATE TABLE IF NOT EXISTS document (kind TEXT, key TEXT, body TEXT, PRIMARY KEY (kind, key))"
_PUT = "INSERT INTO document VALUES (?, ?, ?) ON CONFLICT (kind, key) DO UPDATE SET body = excluded.body"

_GONE: Any = object()


class Documents:
    """Write-behind table of JSON documents, keyed by (kind, key). Without a directory it forgets everything.

    Changes are gathered and reach the file together in `commit`, which the system calls before it answers.
    The caller holds the system's lock.
    """

    def __init__(self, directory: Path | None, name: str) -> None:
        self._pending: dict[tuple[str, str], Any] = {}
        self._database: sqlite3.Connection | None = None
        if directory is not None:
            directory.mkdir(parents=True, exist_ok=True)
            self._database = sqlite3.connect(directory / f"{name}.sqlite3", check_same_thread=False)
            self._database.execute("PRAGMA journal_mode = WAL")
            # A killed process loses nothing this way; only a power cut could, and a sandbox may.
            self._database.execute("PRAGMA synchronous = OFF")
            self._database.execute(_SCHEMA)
            self._database.commit()

    def put(self, kind: str, key: str, value: Any) -> None:
        """Remember `value`; it is read at `commit`, so later changes to it before that are kept as well."""
        if self._database is not None:
            self._pending[kind, key] = value

    def remove(self, kind: str, key: str) -> None:
        if self._database is not None:
            self._pending[kind, key] = _GONE

    def commit(self) -> None:
        if self._database is None or not self._pending:
            return
        gone = [key for key, value in self._pending.items() if value is _GONE]
        kept = [(*key, dumps(value)) for key, value in self._pending.items() if value is not _GONE]
        with self._database:
            self._database.executemany("DELETE FROM document WHERE kind = ? AND key = ?", gone)
            self._database.executemany(_PUT, kept)
        self._pending.clear()

    def discard(self) -> None:
        """Forget what was not committed."""
        self._pending.clear()

    def clear(self) -> None:
        self._pending.clear()
        if self._database is not None:
            with self._database:
                self._database.execute("DELETE FROM document")

    def load(self) -> Iterator[tuple[str, str, Any]]:
        """All documents as (kind, key, value), in the order they were first written."""
        if self._database is not None:
            for kind, key, body in self._database.execute("SELECT kind, key, body FROM document ORDER BY rowid"):
                yield kind, key, loads(body)

    def close(self) -> None:
        if self._database is not None:
            self._database.close()
