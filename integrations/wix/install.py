"""Installing the app on a site: where a merchant is sent, and how what the browser brings back is proven.

Whoever knows an instance may ask for tokens of its site, so an instance that somebody merely names is worth nothing.
Wix signs what it hands to the browser. Wix itself is asked first whether that is good; where it does not say so, the
signature is checked with the app's own keys.
"""

import base64
import binascii
import hashlib
import hmac
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import jwt

from integrations.errors import Malformed, OperatorError, RemoteError
from integrations.http import Call, Transport
from integrations.money import json_dumps, json_loads
from integrations.retry import Policy, decide, perform
from integrations.values import Json, number, text
from integrations.wix.faults import error_for
from integrations.wix.keys import public_key
from integrations.wix.values import told_moment

LONGEST = 8000  # characters of a signed text
OLDEST = timedelta(hours=1)  # a page that was opened longer ago is opened again
AHEAD = timedelta(minutes=5)  # clocks differ
# Wix gives the instance of an app to whoever visits a site that shows it. Only these may speak for the site.
_MAY_CONNECT = frozenset({"APP", "USER"})
_OWNER = "OWNER"
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_POLICY = Policy(attempts=2)  # a person waits in front of the browser


class NotProven(Exception):
    """Nothing shows that whoever brings this may speak for the site."""


@dataclass(frozen=True, slots=True)
class App:
    """Our app as Wix knows it. `public_key` is empty where nobody has set it."""

    id: str
    secret: str = field(repr=False)
    public_key: str = ""


def install_address(*, install_url: str, app_id: str, back: str) -> str:
    """Where a merchant chooses a site and agrees; the browser returns to `back` with `signedInstance` added to it.

    What `install_url` asks for already is kept: an app that is not listed needs `shareUrlId` there.
    """
    parts = urlsplit(install_url)
    query = [*parse_qsl(parts.query), ("appId", app_id), ("postInstallationUrl", back)]
    return urlunsplit(parts._replace(query=urlencode(query)))


def instance_proven(signed: str, *, app: App, api_url: str, transport: Transport) -> str:
    """The instance that this text is about, once it is clear that Wix gave it, now, to somebody who may connect it.

    Raises NotProven; `integrations.errors` where Wix could not be asked and its signature does not tell either.
    """
    if not signed or len(signed) > LONGEST:
        raise NotProven
    claims, now = _claims(signed), transport.clock.now()
    if not _is_timely(claims, now) or claims.get("permissions", _OWNER) != _OWNER:
        raise NotProven
    try:
        told = _told_by_wix(signed, api_url, transport)
    except RemoteError:
        if instance := _own_finding(signed, claims, app):
            return instance
        raise
    if told.get("active") is not True:
        told = {}
    instance = _vouched_for(told, app) if told else _own_finding(signed, claims, app)
    if not instance:
        raise NotProven
    return instance


def is_guid(written: str) -> bool:
    """Whether this may be the id of a site or of an instance."""
    return _GUID.fullmatch(written) is not None


# -- Wix says so -------------------------------------------------------------------------------------------------------


def _told_by_wix(signed: str, api_url: str, transport: Transport) -> Json:
    url, body = f"{api_url.rstrip('/')}/oauth2/token-info", json_dumps({"token": signed}).encode()
    call = Call("POST", url, headers={"Content-Type": "application/json"}, body=body)
    answer = perform(lambda: call, transport=transport, decide=partial(decide, policy=_POLICY))
    if not answer.ok:
        raise error_for(answer, call.shown)
    if not isinstance(answer.json, dict):
        raise Malformed(f"{call.shown} did not answer an object", answer.status, trace=answer.trace)
    return answer.json


def _vouched_for(told: Json, app: App) -> str:
    is_ours = text(told, "clientId") == app.id and text(told, "subjectType") in _MAY_CONNECT
    return _guid(told) if is_ours else ""


# -- the signature says so ---------------------------------------------------------------------------------------------


def _own_finding(signed: str, claims: Json, app: App) -> str:
    """The instance where the text is signed for our app, says when, and is an owner's; else nothing."""
    is_signed = _is_signed_classic(signed, app.secret) or _is_signed_jwt(signed, app.public_key)
    is_dated = "signDate" in claims or "iat" in claims
    is_owners = text(claims, "permissions") == _OWNER and text(claims, "appDefId") == app.id
    return _guid(claims) if is_signed and is_dated and is_owners else ""


def _is_signed_classic(signed: str, secret: str) -> bool:
    """`<signature>.<payload>`: HMAC-SHA256 of the payload as it is written."""
    mark, _point, payload = signed.partition(".")
    right = hmac.new(secret.encode(), payload.encode(), hashlib.sha256).digest()
    return bool(secret) and hmac.compare_digest(_decoded(mark), right)


def _is_signed_jwt(signed: str, written: str) -> bool:
    """`<head>.<payload>.<signature>`, by RS256 and nothing else."""
    if signed.count(".") != 2 or not written:
        return False
    try:
        key = public_key(written)
    except ValueError:
        raise OperatorError("the app's public key cannot be read") from None
    options: Any = {"verify_aud": False, "verify_iss": False}
    try:
        jwt.decode(signed, key, algorithms=["RS256"], options=options, leeway=AHEAD)
    except (jwt.PyJWTError, ValueError, TypeError, ArithmeticError, RecursionError):
        return False
    return True


# -- what it says ------------------------------------------------------------------------------------------------------


def _claims(signed: str) -> Json:
    """What the text says, whoever signed it. Both forms have it in their second part; other tokens say nothing."""
    parts = signed.split(".")
    return _opened(parts[1]) if len(parts) in {2, 3} else {}


def _opened(part: str) -> Json:
    try:
        content = json_loads(_decoded(part).decode())
    except (ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def _decoded(part: str) -> bytes:
    try:
        return base64.b64decode(part + "=" * (-len(part) % 4), altchars="-_", validate=True)
    except (binascii.Error, ValueError):
        return b""


def _is_timely(claims: Json, now: datetime) -> bool:
    """Whether it was signed lately and has not ended, as far as it says when."""
    try:
        signed_at, ends_at = told_moment(claims, "signDate"), told_moment(claims, "expirationDate")
        issued, expires = number(claims, "iat"), number(claims, "exp")
        signed_at = signed_at or (datetime.fromtimestamp(float(issued), UTC) if issued is not None else None)
        ends_at = ends_at or (datetime.fromtimestamp(float(expires), UTC) if expires is not None else None)
    except (Malformed, OverflowError, OSError, ValueError):
        return False
    is_recent = signed_at is None or now - OLDEST <= signed_at <= now + AHEAD
    return is_recent and (ends_at is None or ends_at > now)


def _guid(row: Json) -> str:
    instance = text(row, "instanceId").lower()
    return instance if is_guid(instance) else ""
