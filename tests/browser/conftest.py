"""A site on a port of its own, and a browser in front of it."""

import os

import pytest
from django.db import connections
from playwright.sync_api import sync_playwright
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from tests.support import chromium
from tests.support.sandbox import UNTHROTTLED

NAME, PASSWORD = "ana", "maple-syrup-41"


def pytest_collection_modifyitems(items):
    """A database is made for those who say so; the site works on a copy of it."""
    for item in items:
        if "/tests/browser/" in item.path.as_posix():
            item.add_marker("browser")
            item.add_marker(pytest.mark.django_db(transaction=True))


@pytest.fixture
def site(shared_db, sandbox, settings):
    """The whole site on an empty database, in front of the simulated systems."""
    sandbox.quickbooks.switch(**UNTHROTTLED)
    for shop in (sandbox.ecwid, sandbox.wix):
        shop.switch(requests_per_minute=None)
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    server = LiveServer("127.0.0.1:0")
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    settings.BASE_URL, settings.CSRF_TRUSTED_ORIGINS = server.url, [server.url]
    yield server
    server.stop()


@pytest.fixture
def browser(site, monkeypatch):
    """Chromium. For each test, because Playwright keeps an event loop in this thread, which Django takes for
    asynchronous code: other database connections, and none without being told so."""
    path = chromium.executable()
    if path is None:
        pytest.fail(chromium.HOW_TO_GET_IT)
    options = [*chromium.OPTIONS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright:
        monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        launched = playwright.chromium.launch(executable_path=path, args=options)
        yield launched
        launched.close()
        connections.close_all()


@pytest.fixture
def open_page(browser, site, sandbox):
    """Opens windows: open_page(width=390, color_scheme="dark", locale="fr-CA"). What went wrong in them fails the
    test at its end."""
    contexts, watches = [], []

    def opened(*, width=1440, height=900, **options):
        context = browser.new_context(viewport={"width": width, "height": height}, base_url=site.url, **options)
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        visited = (sandbox.ecwid.url, sandbox.wix.url, sandbox.quickbooks.url)
        watches.append(chromium.Watch(page, ours=site.url, visited=visited))
        return page

    yield opened
    for context in contexts:
        context.close()
    assert [line for watch in watches for line in watch.seen] == []


@pytest.fixture
def owner(browser):
    """The person who runs the installation."""
    return User.objects.create_superuser(NAME, "ana@example.test", PASSWORD)


@pytest.fixture
def signed_in(open_page, owner, site, client):
    """Opens windows in which the owner is signed in already."""
    client.force_login(owner)
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value}

    def opened(**options):
        page = open_page(**options)
        page.context.add_cookies([{**cookie, "url": site.url}])
        return page

    return opened
