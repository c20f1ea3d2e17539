"""What the browser brings from Wix: believed when Wix vouches for it, or when its signature does, and never else."""

import base64
import hashlib
import hmac
import json
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from integrations.errors import OperatorError, TemporaryError
from integrations.wix.install import App, NotProven, install_address, instance_proven
from tests.integrations.ecwid.fakes import answer
from tests.integrations.wix.fakes import API, Site

INSTANCE = "5f0c3c1e-0000-4000-8000-00000000a001"
OTHER = "5f0c3c1e-0000-4000-8000-00000000a002"
INFO = "POST /oauth2/token-info"
ACTIVE = {"active": True, "subjectType": "APP", "clientId": "app", "instanceId": INSTANCE}
SILENT = {"active": False}
KEY, STRANGE_KEY = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _key in range(2))
PEM = KEY.public_key().public_bytes(
    serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
).decode()  # fmt: skip
APP = App("app", "secret", PEM)


@pytest.fixture
def site():
    return Site()


def claims(site, **changes):
    """What Wix says in a signed instance; None takes a claim away."""
    told = {
        "instanceId": INSTANCE, "appDefId": "app", "permissions": "OWNER",
        "signDate": site.time.clock.now().isoformat(), **changes,
    }  # fmt: skip
    return {name: value for name, value in told.items() if value is not None}


def classic(told, secret="secret"):
    payload = _plain(json.dumps(told).encode())
    return f"{_plain(hmac.new(secret.encode(), payload.encode(), hashlib.sha256).digest())}.{payload}"


def _plain(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def as_jwt(told, key=KEY):
    return jwt.encode(told, key, algorithm="RS256")


def proven(site, signed, app=APP):
    return instance_proven(signed, app=app, api_url=API, transport=site.transport)


FORMS = pytest.mark.parametrize("form", [classic, as_jwt])


def test_a_merchant_is_sent_with_the_way_back():
    url = install_address(
        install_url="https://wix.test/app-installer?shareUrlId=1", app_id="app", back="https://t/cb?a=b"
    )
    assert parse_qs(urlsplit(url).query) == {
        "shareUrlId": ["1"], "appId": ["app"], "postInstallationUrl": ["https://t/cb?a=b"],
    }  # fmt: skip


def test_wix_is_asked_and_believed(site):
    site[INFO] = {**ACTIVE, "instanceId": INSTANCE.upper()}
    assert proven(site, "any.token.of.wixs.own") == INSTANCE
    assert site.asked(INFO) == [{"token": "any.token.of.wixs.own"}]


@pytest.mark.parametrize(
    "told",
    [
        {**ACTIVE, "clientId": "another"},
        {**ACTIVE, "clientId": None},
        {**ACTIVE, "subjectType": "VISITOR"},
        {**ACTIVE, "subjectType": "MEMBER"},
        {**ACTIVE, "subjectType": "UNKNOWN"},
        {**ACTIVE, "instanceId": None},
        {**ACTIVE, "instanceId": "../../v1"},
        {**ACTIVE, "active": "true"},
        SILENT,
        {},
    ],
)
def test_what_wix_does_not_vouch_for_is_refused(site, told):
    """A visitor of the site holds a token of our app, too."""
    site[INFO] = told
    with pytest.raises(NotProven):
        proven(site, "any.token.of.wixs.own")


@FORMS
@pytest.mark.parametrize("told", [SILENT, answer({"message": ""}, 404), answer("<html>", 503), answer({}, 401)])
def test_a_good_signature_stands_where_wix_says_nothing(site, form, told):
    site[INFO] = told
    assert proven(site, form(claims(site))) == INSTANCE


@FORMS
def test_what_wix_says_comes_before_the_signature(site, form):
    site[INFO] = {**ACTIVE, "clientId": "another"}
    with pytest.raises(NotProven):
        proven(site, form(claims(site)))


@FORMS
@pytest.mark.parametrize(
    "wrong",
    [
        {"appDefId": "another"},
        {"appDefId": None},
        {"permissions": ""},
        {"permissions": None},
        {"instanceId": None},
        {"instanceId": "1003"},
        {"signDate": None},
        {"signDate": "yesterday"},
        {"exp": 1},
        {"expirationDate": "2020-01-01T00:00:00Z"},
    ],
)
def test_a_signature_under_something_else_does_not(site, form, wrong):
    site[INFO] = SILENT
    with pytest.raises(NotProven):
        proven(site, form(claims(site, **wrong)))


@FORMS
@pytest.mark.parametrize("age", [timedelta(minutes=61), timedelta(minutes=-6)])
@pytest.mark.parametrize("told", [SILENT, ACTIVE])
def test_what_was_signed_too_long_ago_is_refused_whoever_vouches_for_it(site, form, age, told):
    site[INFO] = told
    with pytest.raises(NotProven):
        proven(site, form(claims(site, signDate=(site.time.clock.now() - age).isoformat())))


@FORMS
def test_a_visitors_instance_is_refused_even_if_wix_vouches_for_it(site, form):
    site[INFO] = ACTIVE
    with pytest.raises(NotProven):
        proven(site, form(claims(site, permissions="")))


def forged(site):
    told = claims(site)
    good = classic(told)
    head, payload, mark = as_jwt(told).split(".")
    unsigned = _plain(b'{"alg":"none"}')
    hashed = _plain(b'{"alg":"HS256","typ":"JWT"}')
    yield classic(told, "another")
    yield classic(told, "")
    yield f".{good.partition('.')[2]}"
    yield f"{good.partition('.')[0]}.{classic(claims(site, instanceId=OTHER)).partition('.')[2]}"
    yield as_jwt(told, STRANGE_KEY)
    yield f"{head}.{payload}."
    yield f"{unsigned}.{payload}."
    yield f"{unsigned}.{payload}.{mark}"
    for key in (PEM, "secret"):  # the public key is no secret: it must not do as one
        mark = hmac.new(key.encode(), f"{hashed}.{payload}".encode(), hashlib.sha256).digest()
        yield f"{hashed}.{payload}.{_plain(mark)}"


def test_no_forgery_gets_through(site):
    site[INFO] = SILENT
    for signed in forged(site):
        with pytest.raises(NotProven):
            proven(site, signed)


@pytest.mark.parametrize("signed", ["", ".", "..", "a.b", "é.ü", "a.W10", "." + "[" * 5000, "x" * 8001])
def test_rubbish_is_refused(site, signed):
    site[INFO] = SILENT
    with pytest.raises(NotProven):
        proven(site, signed)


def test_what_is_too_long_is_not_sent_anywhere(site):
    with pytest.raises(NotProven):
        proven(site, "x" * 8001)
    assert not site.session.calls


def test_an_outage_is_no_refusal(site):
    site[INFO] = answer("<html>", 503)
    with pytest.raises(TemporaryError):
        proven(site, "any.token.of.wixs.own")


def test_without_a_public_key_the_classic_form_still_counts(site):
    site[INFO] = SILENT
    app = App("app", "secret")
    assert proven(site, classic(claims(site)), app) == INSTANCE
    with pytest.raises(NotProven):
        proven(site, as_jwt(claims(site)), app)


def test_a_public_key_that_is_none_is_for_the_operator(site):
    site[INFO] = SILENT
    with pytest.raises(OperatorError, match="public key"):
        proven(site, as_jwt(claims(site)), App("app", "secret", "-----BEGIN nonsense"))


def test_nothing_of_the_app_that_is_secret_is_shown():
    assert "secret" not in repr(APP)
