"""How the admin of a shop opens an app's page: with a payload in the fragment, or encrypted in the query."""

import base64
import json
import secrets
from urllib.parse import quote

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from sandbox.ecwid.values import Json

_BLOCK_BYTES = 16


def payload(store_id: int, token: str, *, lang: str = "en", view_mode: str = "PAGE", app_state: str = "") -> Json:
    state = {"app_state": app_state} if app_state else {}
    return {"store_id": store_id, "lang": lang, "access_token": token, "view_mode": view_mode, **state}


def in_fragment(app_url: str, content: Json) -> str:
    """The default way: hex of the JSON, which never reaches the server."""
    return f"{app_url}#{_text(content).encode().hex()}"


def in_query(app_url: str, content: Json, secret: str, app_state: str = "") -> str:
    """The enhanced way: encrypted with the app's secret, in the query."""
    joint = "&" if "?" in app_url else "?"
    state = f"&app_state={quote(app_state)}" if app_state else ""
    return f"{app_url}{joint}payload={encrypted(content, secret)}{state}&cache-killer={secrets.randbelow(10**6)}"


def encrypted(content: Json, secret: str, start: bytes | None = None) -> str:
    """AES-128-CBC under the first 16 bytes of the secret; URL-safe base64 of start block and text, without padding."""
    start = start or secrets.token_bytes(_BLOCK_BYTES)
    padder = PKCS7(8 * _BLOCK_BYTES).padder()
    padded = padder.update(_text(content).encode()) + padder.finalize()
    key = secret.encode()[:_BLOCK_BYTES].ljust(_BLOCK_BYTES, b"\0")  # only the simulator's secret is shorter
    encryptor = Cipher(algorithms.AES(key), modes.CBC(start)).encryptor()
    blob = start + encryptor.update(padded) + encryptor.finalize()
    return base64.urlsafe_b64encode(blob).decode().rstrip("=")


def _text(content: Json) -> str:
    return json.dumps(content, separators=(",", ":"))
