"""Tokens for the app, the pages on which a merchant installs it, and how its own page is opened afterwards."""

import secrets
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from sandbox.pages import html_page
from sandbox.switches import Switches
from sandbox.wix.access import APP_ID, APP_SECRET, Gate
from sandbox.wix.signing import Keys, opened, opened_instance, signed_instance
from sandbox.wix.store import SiteState
from sandbox.wix.values import Json, moment

CODE_SECONDS = 600
LEGACY_TOKEN_SECONDS = 300
_NOTE = '<p class="note">A simulated service: nothing real is shared.</p>'


class RefusedError(ValueError):
    """A token request that gets none."""


# -- tokens ------------------------------------------------------------------------------------------------------


def client_credentials(body: Json, sites: Iterable[SiteState], gate: Gate, now: float) -> tuple[str, Json, Json]:
    """The token, what is remembered of it, and the answer. Raises RefusedError."""
    if body.get("grant_type") != "client_credentials" or not _is_ours(body):
        raise RefusedError("invalid_client")
    token, grant = gate.issue(_installed(body.get("instance_id"), sites), now)
    answer = {"access_token": token, "token_type": "Bearer", "expires_in": grant["expires"] - int(now)}
    return token, grant, answer


def legacy_exchange(body: Json, sites: Iterable[SiteState], gate: Gate, codes: Json, now: float) -> Json:
    """A code, or a refresh token, for an access token that lives five minutes. Raises RefusedError."""
    if not _is_ours(body):
        raise RefusedError("invalid_client")
    if body.get("grant_type") == "authorization_code":
        code = codes.pop(body.get("code", ""), None)
        if code is None or now - code["created"] > CODE_SECONDS:
            raise RefusedError("invalid_grant")
        instance = code["instanceId"]
    else:
        instance = str(body.get("refresh_token", "")).removeprefix("refresh-")
    token, grant = gate.issue(_installed(instance, sites), now)
    grant["expires"] = int(now) + LEGACY_TOKEN_SECONDS
    return {"refresh_token": f"refresh-{instance}", "access_token": token}


def _is_ours(body: Json) -> bool:
    return (body.get("client_id"), body.get("client_secret")) == (APP_ID, APP_SECRET)


def _installed(instance_id: Any, sites: Iterable[SiteState]) -> SiteState:
    for site in sites:
        if site.instance_id == instance_id and site.settings["installed"]:
            return site
    raise RefusedError("invalid_client")


def refused_body(form: str, code: str) -> Json:
    """Nobody says how a refused token request looks."""
    error = {"applicationError": {"code": code.upper(), "description": code, "data": {}}}
    bodies: dict[str, Json] = {
        "oauth": {"error": code},
        "application": {"message": code, "details": error},
        "system": {"message": "", "details": {}},
    }
    return bodies[form]


def token_info(text: str, sites: Iterable[SiteState], gate: Gate, keys: Keys, now: float) -> Json:
    """Of a token or a signed instance; all that is not good is merely not active."""
    grant = gate.grant_of(text, now)
    if grant is None:
        content = opened_instance(text, APP_SECRET) or _of_jwt(text, keys)
        grant = {"instanceId": content.get("instanceId"), "issued": int(now), "expires": 0} if content else {}
    for site in sites:
        if site.instance_id == grant.get("instanceId") and site.settings["installed"]:
            return {
                "active": True,
                "subjectType": "APP",
                "subjectId": APP_ID,
                "clientId": APP_ID,
                "siteId": site.id,
                "instanceId": site.instance_id,
                "iat": str(grant["issued"]),
                **({"exp": str(grant["expires"])} if grant["expires"] else {}),
            }
    return {"active": False}


def _of_jwt(text: str, keys: Keys) -> Json | None:
    parts = text.split(".")
    content = opened(parts[1]) if len(parts) == 3 else None
    return content if content and keys.jwt(content) == text else None


def instance_text(site: SiteState, switches: Switches, keys: Keys, now: float) -> str:
    """The signed instance of a site, as the browser carries it to the app."""
    content = {
        "instanceId": site.instance_id,
        "appDefId": APP_ID,
        "signDate": moment(now),
        "uid": site.settings["ownerId"],
        "permissions": "OWNER",
        "demoMode": False,
        "siteOwnerId": site.settings["ownerId"],
    }
    if switches["signed_instance_form"] == "jwt":
        return keys.jwt(content)
    return signed_instance(content, APP_SECRET)


# -- pages -------------------------------------------------------------------------------------------------------


def installer_page(request: Request, sites: Iterable[SiteState]) -> Response:
    """Works without script: a form with two buttons, which posts back to the same address."""
    asked = request.args
    problem = problem_with(asked)
    if problem:
        return html_page("This app cannot be installed", f"<p>{escape(problem)}</p>", 400)
    hidden = "".join(
        f'<input type="hidden" name="{name}" value="{escape(asked.get(name, ""))}">'
        for name in ("appId", "postInstallationUrl", "shareUrlId")
    )
    body = (
        f"<p>The app <strong>Books Sync</strong> asks to be added to one of your sites.</p>"
        f'<form method="post" action="/app-installer">{hidden}<fieldset><legend>Site</legend>{_choices(sites)}'
        "</fieldset><p>It wants to:</p><ul><li>read orders and payments</li><li>read and manage products and stock</li>"
        '</ul><button class="primary" name="decision" value="allow">Allow</button>'
        f'<button name="decision" value="deny">Deny</button></form>{_NOTE}'
    )
    return html_page("Add an app to your site", body)


def problem_with(asked: Mapping[str, str]) -> str:
    """Why nothing can be installed; empty when it can."""
    if asked.get("appId") != APP_ID:
        return "No app has this appId."
    if urlsplit(asked.get("postInstallationUrl", "")).scheme not in {"http", "https"}:
        return "postInstallationUrl must be a complete address."
    return ""


def _choices(sites: Iterable[SiteState]) -> str:
    rows = []
    for number, site in enumerate(sites):
        checked = "" if number else " checked"
        radio = f'<input type="radio" name="site" value="{site.id}"{checked}>'
        rows.append(f"<label>{radio} {escape(site.settings['name'])}</label>")
    return "".join(rows)


def back_to_app(address: str, site: SiteState, signed: str) -> Response:
    """To where the app asked, with its own query and what it may know now."""
    parts = urlsplit(address)
    told = {
        "appId": APP_ID,
        "tenantId": site.id,
        "instanceId": site.instance_id,
        "signedInstance": signed,
    }
    query = urlencode([*parse_qsl(parts.query, keep_blank_values=True), *told.items()])
    return redirect(urlunsplit(parts._replace(query=query)), 302)


def denied_page() -> Response:
    """Whoever says no stays where they are: the app hears nothing of it."""
    return html_page("Nothing was added", f"<p>The app was not added to your site.</p>{_NOTE}")


def dashboard_page(app_url: str, site: SiteState, signed: str) -> Response:
    """The site's dashboard with the app's page in a frame."""
    joint = "&" if "?" in app_url else "?"
    told = {"instance": signed, "locale": site.settings["language"], "viewMode": "dashboard"}
    address = escape(f"{app_url}{joint}{urlencode({**told, 'siteUrl': site.settings['url']})}")
    frame = f'<iframe title="App" src="{address}" style="width:100%;height:70vh;border:1px solid #c5ccd3"></iframe>'
    return html_page(f"Dashboard of {site.settings['name']}", frame)


def legacy_consent(asked: Mapping[str, str], site: SiteState, codes: Json, now: float) -> Response:
    """Where the app sends the browser of a merchant who installs it the old way."""
    code = secrets.token_hex(12)
    codes[code] = {"instanceId": site.instance_id, "created": int(now)}
    told = {"code": code, "state": asked.get("state", ""), "instanceId": site.instance_id}
    address = asked["redirectUrl"]
    return redirect(f"{address}{'&' if '?' in address else '?'}{urlencode(told)}", 302)
