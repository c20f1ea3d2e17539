"""The real servers that some tests need: where they are, and what happens when they do not answer."""

import os
from urllib.parse import urlsplit

import psycopg
import pytest
import redis

_POSTGRES = "postgres://postgres@127.0.0.1:5432/postgres"
_REDIS = "redis://127.0.0.1:6379/0"


def postgres_url():
    """A server whose user may create databases."""
    url = os.environ.get("TEST_POSTGRES_URL", _POSTGRES)
    try:
        psycopg.connect(url, connect_timeout=3).close()
    except psycopg.OperationalError as error:
        _missing("PostgreSQL", url, error)
    return url


def redis_url():
    url = os.environ.get("TEST_REDIS_URL", _REDIS)
    try:
        redis.Redis.from_url(url, socket_connect_timeout=3).ping()
    except redis.RedisError as error:
        _missing("Redis", url, error)
    return url


def _missing(name, url, error):
    """Without a server the tests are skipped, in continuous integration they fail."""
    (pytest.fail if os.environ.get("CI") else pytest.skip)(f"no {name} at {urlsplit(url).hostname}: {error}")
