"""The public key of our app, with which Wix's signatures are checked."""

from base64 import b64decode
from contextlib import suppress
from functools import lru_cache

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key


@lru_cache(maxsize=4)
def public_key(written: str) -> RSAPublicKey:
    """Written in PEM, as it is or in Base64. Raises ValueError for what is no such key."""
    pem = written.replace("\\n", "\n").encode() if "-----" in written else b64decode(written)
    with suppress(UnsupportedAlgorithm):
        key = load_pem_public_key(pem)
        if isinstance(key, RSAPublicKey):
            return key
    msg = "this is no RSA key"
    raise ValueError(msg)
