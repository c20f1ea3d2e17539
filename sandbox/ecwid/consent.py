"""The merchant's consent: the page with Allow and Deny, and the exchange of its code for a token."""

import secrets
from collections.abc import Iterable, Mapping
from html import escape
from urllib.parse import urlencode, urlsplit

from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from sandbox.ecwid.access import DEFAULT_SCOPES
from sandbox.ecwid.store import ShopState
from sandbox.ecwid.values import Json
from sandbox.pages import html_page

CLIENT_ID = "sandbox-client"
CLIENT_SECRET = "sandbox-secret"  # noqa: S105 - the simulator's own, known to everybody
CODE_LIFE_SECONDS = 300


class RefusedError(ValueError):
    """A code exchange that gets no token; the text is the OAuth error."""


def page(request: Request, shops: Iterable[ShopState]) -> Response:
    """Works without script: two buttons of one form, which posts back to the same address."""
    asked = request.args
    problem = problem_with(asked)
    if problem:
        return html_page("This request cannot be answered", f"<p>{escape(problem)}</p>", 400)
    names = ("client_id", "redirect_uri", "scope", "state")
    hidden = "".join(_hidden(name, asked.get(name, "")) for name in names)
    scopes = "".join(f"<li>{escape(scope)}</li>" for scope in asked.get("scope", DEFAULT_SCOPES).split())
    body = (
        f"<p>The app <strong>{escape(asked['client_id'])}</strong> asks for access to one of your stores.</p>"
        f'<form method="post" action="/api/oauth/authorize">{hidden}<fieldset><legend>Store</legend>'
        f"{_choices(shops, asked.get('store_id', ''))}</fieldset><p>It wants to:</p><ul>{scopes}</ul>"
        '<button class="primary" name="decision" value="allow">Allow</button>'
        '<button name="decision" value="deny">Deny</button></form>'
        '<p class="note">A simulated store: nothing real is shared.</p>'
    )
    return html_page("Connect your store", body)


def problem_with(asked: Mapping[str, str]) -> str:
    """Why this consent cannot be asked for; empty when it can."""
    if asked.get("client_id") != CLIENT_ID:
        return "No app has this client_id."
    if asked.get("response_type", "code") != "code":
        return "response_type must be code."
    if urlsplit(asked.get("redirect_uri", "")).scheme not in {"http", "https"}:
        return "redirect_uri must be a complete address."
    return ""


def _hidden(name: str, value: str) -> str:
    return f'<input type="hidden" name="{name}" value="{escape(value)}">'


def _choices(shops: Iterable[ShopState], preselected: str) -> str:
    rows = []
    for number, shop in enumerate(shops):
        checked = " checked" if preselected == str(shop.id) or (not preselected and number == 0) else ""
        name = escape(str(shop.profile["settings"]["storeName"]))
        radio = f'<input type="radio" name="store_id" value="{shop.id}"{checked}>'
        rows.append(f"<label>{radio} {name} ({shop.id})</label>")
    return "".join(rows)


def back_to_app(form: Mapping[str, str], answer: Mapping[str, str], *, with_state: bool) -> Response:
    """Back to where the app asked, with the code or the refusal."""
    state = {"state": form["state"]} if with_state and form.get("state") else {}
    address = form["redirect_uri"]
    joint = "&" if urlsplit(address).query else "?"
    return redirect(f"{address}{joint}{urlencode({**answer, **state})}", 302)


def new_grant(form: Mapping[str, str], now: int) -> tuple[str, Json]:
    """A code, and what is to be remembered under it."""
    return secrets.token_hex(12), {
        "store_id": int(form["store_id"]),
        "scope": form.get("scope") or DEFAULT_SCOPES,
        "redirect_uri": form["redirect_uri"],
        "created": now,
        "token": None,
    }


def exchange(given: Mapping[str, str], grants: Mapping[str, Json], shops: Mapping[int, ShopState], now: int) -> Json:
    """The token for a code; the grant then knows its token. A second exchange ends the first one's token."""
    if (given.get("client_id"), given.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
        raise RefusedError("invalid_client")
    grant = grants.get(given.get("code", ""))
    if given.get("grant_type") != "authorization_code" or grant is None:
        raise RefusedError("invalid_grant")
    shop = shops[grant["store_id"]]
    if grant["token"]:
        shop.tokens.pop(grant["token"], None)
        shop.remember()
        raise RefusedError("invalid_grant")
    if grant["redirect_uri"] != given.get("redirect_uri") or now - grant["created"] > CODE_LIFE_SECONDS:
        raise RefusedError("invalid_grant")
    return _issue(shop, grant)


def _issue(shop: ShopState, grant: Json) -> Json:
    scopes = sorted({"read_store_profile", *grant["scope"].split()})
    token = f"secret_sim_{shop.id}_{secrets.token_hex(8)}"
    shop.tokens[token] = scopes
    shop.remember()
    grant["token"] = token
    public = {"public_token": f"public_sim_{shop.id}"} if "public_storefront" in scopes else {}
    return {
        "access_token": token,
        "token_type": "bearer",
        "scope": " ".join(scopes),
        "store_id": shop.id,
        "email": shop.profile["account"]["accountEmail"],
        **public,
    }
