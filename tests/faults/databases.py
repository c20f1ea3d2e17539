"""Databases to break syncs on: made once, copied for each case."""

import os
import shutil
from pathlib import Path

import psycopg
from psycopg.sql import SQL, Identifier


class SqliteFiles:
    """Databases as files in a folder."""

    def __init__(self, folder):
        self._folder = Path(folder)
        self.url = f"sqlite:///{self._folder / 'unused.sqlite3'}"

    def name(self, label):
        return str(self._folder / f"{label}.sqlite3")

    def create(self, label):
        return self.name(label)

    def copy(self, source, target):
        self.drop(target)
        shutil.copyfile(self.name(source), self.name(target))
        return self.name(target)

    def drop(self, label):
        for ending in ("", "-wal", "-shm"):
            Path(self.name(label) + ending).unlink(missing_ok=True)


class PostgresDatabases:
    """Databases on the server at `url`, whose user may create them; `prefix` tells them from those of other benches."""

    def __init__(self, url, prefix):
        self.url, self._prefix = url, prefix.lower()
        self._made = set()

    def name(self, label):
        return f"faults_{os.getpid()}_{self._prefix}_{label}"

    def create(self, label):
        self.drop(label)
        self._do("CREATE DATABASE {}", label)
        self._made.add(label)
        return self.name(label)

    def copy(self, source, target):
        self.drop(target)
        self._do("CREATE DATABASE {} TEMPLATE {}", target, source)
        self._made.add(target)
        return self.name(target)

    def drop(self, label):
        self._do("DROP DATABASE IF EXISTS {} WITH (FORCE)", label)

    def drop_all(self):
        for label in self._made:
            self.drop(label)

    def _do(self, statement, *labels):
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(SQL(statement).format(*[Identifier(self.name(label)) for label in labels]))
