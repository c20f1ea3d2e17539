"""OAuth 2.0: the consent page, the token endpoint and the revocation endpoint."""

import base64
import binascii
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any
from urllib.parse import urlencode, urlsplit

from werkzeug.wrappers import Request, Response

from sandbox.pages import html_page
from sandbox.quickbooks.store import Books
from sandbox.quickbooks.tokens import CLIENTS, GrantError, Tokens
from sandbox.routing import Route, json_answer, json_body

_SCOPES = {
    "com.intuit.quickbooks.accounting",
    "com.intuit.quickbooks.payment",
    *("openid", "profile", "email", "phone", "address"),
}
_HARD_END_HEADER = "x-include-refresh-token-hard-expires-in"


class OAuth:
    def __init__(self, tokens: Tokens, companies: Mapping[str, Books]) -> None:
        self._tokens = tokens
        self._companies = companies

    def routes(self) -> Iterable[Route]:
        yield Route("GET", "/connect/oauth2", self.ask)
        yield Route("POST", "/connect/oauth2", self.decide)
        yield Route("POST", "/oauth2/v1/tokens/bearer", self.token)
        yield Route("POST", "/v2/oauth2/tokens/revoke", self.revoke)

    # -- consent -------------------------------------------------------------------------------------------------

    def ask(self, request: Request) -> Response:
        """The page where a person chooses a company and allows or denies."""
        wanted = request.args
        refusal = _refuse_page(wanted) or _refuse_redirect(wanted)
        return refusal or self._consent_page(wanted)

    def decide(self, request: Request) -> Response:
        form = request.form
        refusal = _refuse_page(form) or _refuse_redirect(form)
        if refusal:
            return refusal
        if form.get("decision") != "allow":
            return _back(form, error="access_denied")
        realm = form.get("realm", "")
        if realm not in self._companies:
            return html_page("Choose a company", "<p>Go back and choose one of the companies.</p>", 400)
        code = self._tokens.new_code(form["client_id"], realm, form["redirect_uri"])
        return _back(form, code=code, realmId=realm)

    def _consent_page(self, wanted: Mapping[str, str]) -> Response:
        choices = "".join(
            f'<label><input type="radio" name="realm" value="{realm}"{" checked" if first else ""}> '
            f"{escape(str(books.info['CompanyName']))} <span class=note>({escape(str(books.info['Country']))}, "
            f"{books.home_currency}, {realm})</span></label>"
            for first, (realm, books) in zip(_first_then_not(), self._companies.items(), strict=False)
        )
        names = ("client_id", "redirect_uri", "response_type", "scope", "state")
        hidden = "".join(
            f'<input type="hidden" name="{name}" value="{escape(wanted[name])}">' for name in names if name in wanted
        )
        app, site = escape(wanted["client_id"]), escape(urlsplit(wanted["redirect_uri"]).netloc)
        return html_page(
            "Connect to QuickBooks (sandbox)",
            f"<p><b>{app}</b> at <b>{site}</b> asks to read and write the books of a company. Which one?</p>"
            f'<form method="post" action="/connect/oauth2">{hidden}{choices}'
            '<button class="primary" name="decision" value="allow">Allow</button>'
            '<button name="decision" value="deny">Deny</button></form>'
            '<p class="note">This is a simulated QuickBooks. No real company is involved.</p>',
        )

    # -- tokens --------------------------------------------------------------------------------------------------

    def token(self, request: Request) -> Response:
        client = _client(request)
        if client is None:
            return json_answer({"error": "invalid_client"}, 401)
        try:
            answer = self._granted(client, request.form)
        except GrantError as refusal:
            return json_answer(refusal.body, 400)
        if request.headers.get(_HARD_END_HEADER, "").lower() != "true":
            del answer["x_refresh_token_hard_expires_in"]
        return json_answer(answer)

    def _granted(self, client: str, form: Mapping[str, str]) -> dict[str, Any]:
        grant_type = form.get("grant_type")
        needed = {"authorization_code": ("code", "redirect_uri"), "refresh_token": ("refresh_token",)}
        if grant_type not in needed:
            raise GrantError("unsupported_grant_type" if grant_type else "invalid_request", "grant_type")
        for name in needed[grant_type]:
            if not form.get(name):
                raise GrantError("invalid_request", f"{name} is missing")
        if grant_type == "authorization_code":
            return self._tokens.exchange(client, form["code"], form["redirect_uri"])
        return self._tokens.refresh(client, form["refresh_token"])

    def revoke(self, request: Request) -> Response:
        if _client(request) is None:
            return json_answer({"error": "invalid_client"}, 401)
        try:
            token = json_body(request).get("token")
        except (ValueError, TypeError):
            token = None
        if not token or not self._tokens.revoke(str(token)):
            return json_answer({"error": "invalid_request"}, 400)
        return Response("", 200)


def _client(request: Request) -> str | None:
    """The app that signs in by Basic authentication; None when its secret is wrong."""
    scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        client, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return client if client in CLIENTS and CLIENTS[client] == secret else None


def _refuse_page(wanted: Mapping[str, str]) -> Response | None:
    """Mistakes that must not be sent to an address nobody vouched for."""
    if wanted.get("client_id") not in CLIENTS:
        return html_page("Unknown app", "<p>No app has this client_id.</p>", 400)
    if urlsplit(wanted.get("redirect_uri", "")).scheme not in {"http", "https"}:
        return html_page("No way back", "<p>The redirect_uri is missing or is no web address.</p>", 400)
    return None


def _refuse_redirect(wanted: Mapping[str, str]) -> Response | None:
    if wanted.get("response_type") != "code":
        return _back(wanted, error="unsupported_response_type")
    scopes = set(wanted.get("scope", "").split())
    if not scopes or not scopes <= _SCOPES:
        return _back(wanted, error="invalid_scope")
    return None


def _back(wanted: Mapping[str, str], **parameters: str) -> Response:
    uri = wanted["redirect_uri"]
    if "state" in wanted:
        parameters["state"] = wanted["state"]
    separator = "&" if urlsplit(uri).query else "?"
    return Response("", 302, {"Location": f"{uri}{separator}{urlencode(parameters)}"})


def _first_then_not() -> Iterable[bool]:
    yield True
    while True:
        yield False
