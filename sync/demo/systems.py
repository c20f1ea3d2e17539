"""The simulated systems as a child process, and the settings that point our program at them.

The simulators are no part of the product: they are started like any other program, never imported.
"""

import subprocess
import sys
from base64 import b64encode
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

import requests
from django.conf import settings

NAMES = ("ecwid", "quickbooks", "wix")
_PATIENCE = 10  # seconds


class NotStarted(Exception):
    """Something of the demo does not listen; `str` says what. The simulators tell why on standard error."""


def start(options: Sequence[str]) -> "subprocess.Popen[str]":
    """Start them; `options` are those of `python -m sandbox`. A terminal's Ctrl-C does not reach them: whoever started
    them ends them. They end by themselves when this process is gone.
    """
    command = [sys.executable, "-m", "sandbox", *options]
    # Our own interpreter and module, and options that the caller built; no shell reads it.
    return subprocess.Popen(  # noqa: S603
        command, cwd=settings.BASE_DIR, stdout=subprocess.PIPE, text=True, start_new_session=True
    )


def addresses(process: "subprocess.Popen[str]") -> dict[str, str]:
    """Wait until all listen: their addresses by name. Raises NotStarted."""
    lines = [process.stdout.readline().split() if process.stdout else [] for _name in NAMES]
    found = dict(line for line in lines if len(line) == 2)
    if set(found) != set(NAMES):
        raise NotStarted("the simulators did not start")
    return found


def settings_for(found: Mapping[str, str]) -> dict[str, str]:
    """The settings of an installation that talks to them."""
    ecwid, books, wix = (root_of(found[name]) for name in NAMES)
    return {
        "ECWID_API_URL": f"{ecwid}/api/v3",
        "ECWID_OAUTH_URL": f"{ecwid}/api/oauth",
        "ECWID_CLIENT_ID": "sandbox-client",
        "ECWID_CLIENT_SECRET": "sandbox-secret",
        "QUICKBOOKS_API_URL": books,
        "QUICKBOOKS_AUTHORIZE_URL": f"{books}/connect/oauth2",
        "QUICKBOOKS_TOKEN_URL": f"{books}/oauth2/v1/tokens/bearer",
        "QUICKBOOKS_REVOKE_URL": f"{books}/v2/oauth2/tokens/revoke",
        "QUICKBOOKS_CLIENT_ID": "sandbox-client",
        "QUICKBOOKS_CLIENT_SECRET": "sandbox-secret",
        "QUICKBOOKS_WEBHOOK_TOKEN": "sandbox-verifier",
        "WIX_API_URL": wix,
        "WIX_INSTALL_URL": f"{wix}/app-installer",
        "WIX_DASHBOARDS": wix,
        "WIX_APP_ID": "7d2c5a90-5c1e-4f0b-9d11-3a6f0c2b7e01",
        "WIX_APP_SECRET": "sandbox-secret",
    }


def keys_of(found: Mapping[str, str]) -> dict[str, str]:
    """What only a running system can say: the public key of the messages of Wix, as base64 in one line."""
    with requests.Session() as session:
        session.trust_env = False  # a proxy does not lead to this machine
        answer = session.get(f"{root_of(found['wix'])}/control/app", timeout=_PATIENCE)
    return {"WIX_PUBLIC_KEY": b64encode(answer.json()["publicKey"].encode()).decode()}


def root_of(url: str) -> str:
    """The address without its path."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
