"""The app's keys as the service keeps them: RS256 for what it sends, and the signed instance of the browser."""

import base64
import hashlib
import hmac
import json
from functools import cache
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from sandbox.wix.values import Json

_BITS = 2048


class Keys:
    """A key pair, made when it is first needed."""

    def __init__(self, pem: str | None = None) -> None:
        self._pem = pem

    @property
    def private_pem(self) -> str:
        if self._pem is None:
            key = rsa.generate_private_key(public_exponent=65537, key_size=_BITS)
            form, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            self._pem = key.private_bytes(serialization.Encoding.PEM, form, plain).decode()
        return self._pem

    @property
    def public_pem(self) -> str:
        public = _loaded(self.private_pem).public_key()
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        return public.public_bytes(serialization.Encoding.PEM, form).decode()

    def jwt(self, payload: Json, signature: str = "right") -> str:
        """`signature`: right, wrong (somebody else's), or missing (the part is empty)."""
        head = _base64({"alg": "RS256", "typ": "JWT", "kid": "sandbox"})
        signed = f"{head}.{_base64(payload)}"
        if signature == "missing":
            return f"{signed}."
        pem = self.private_pem if signature == "right" else _somebody_else().private_pem
        mark = _loaded(pem).sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{signed}.{_unpadded(mark)}"


@cache
def _somebody_else() -> Keys:
    return Keys()


@cache
def _loaded(pem: str) -> rsa.RSAPrivateKey:
    key = serialization.load_pem_private_key(pem.encode(), None)
    if not isinstance(key, rsa.RSAPrivateKey):
        msg = "the key that is kept is no RSA key"
        raise TypeError(msg)
    return key


def signed_instance(content: Json, secret: str) -> str:
    """Signature, point, content: both in URL-safe base64 without padding."""
    part = _base64(content)
    mark = hmac.new(secret.encode(), part.encode(), hashlib.sha256).digest()
    return f"{_unpadded(mark)}.{part}"


def opened_instance(text: str, secret: str) -> Json | None:
    """The content, if the signature is right."""
    mark, _, part = text.partition(".")
    right = _unpadded(hmac.new(secret.encode(), part.encode(), hashlib.sha256).digest())
    return opened(part) if hmac.compare_digest(mark, right) else None


def opened(part: str) -> Json | None:
    """The JSON of one part, whoever signed it."""
    try:
        content: Any = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except ValueError:
        return None
    return content if isinstance(content, dict) else None


def _base64(content: Json) -> str:
    return _unpadded(json.dumps(content, separators=(",", ":")).encode())


def _unpadded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
