"""Two kinds of columns: JSON that keeps every amount exact, and JSON that only we can read."""

import base64
import hashlib
import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models

from integrations.money import json_dumps, json_loads


class ExactJSONField(models.TextField[Any, Any]):
    """JSON kept as text, so that 9.90 comes back as Decimal("9.90") from every database."""

    if TYPE_CHECKING:  # a TextField takes and gives text; this one JSON
        _pyi_private_set_type: Any
        _pyi_private_get_type: Any

    def from_db_value(self, value: str | None, *_args: object) -> Any:
        return None if value is None else json_loads(value)

    def to_python(self, value: Any) -> Any:
        return json_loads(value) if isinstance(value, str) else value

    def get_prep_value(self, value: Any) -> str | None:
        return None if value is None else json_dumps(value)

    def value_to_string(self, obj: models.Model) -> str:
        return json_dumps(self.value_from_object(obj))


@lru_cache(maxsize=4)
def _fernet(keys: tuple[str, ...], secret_key: str) -> MultiFernet:
    if not keys:
        derived = hashlib.sha256(b"tillbridge fields:" + secret_key.encode()).digest()
        return MultiFernet([Fernet(base64.urlsafe_b64encode(derived))])
    try:
        return MultiFernet([Fernet(key) for key in keys])
    except ValueError as error:
        raise ImproperlyConfigured(
            "FIELD_ENCRYPTION_KEYS must hold Fernet keys (32 bytes, URL-safe base64), separated by commas"
        ) from error


def fernet() -> MultiFernet:
    """The keys of FIELD_ENCRYPTION_KEYS: the first encrypts, all decrypt."""
    return _fernet(tuple(settings.FIELD_ENCRYPTION_KEYS), settings.SECRET_KEY)


class UnreadableSecret(Exception):
    """A stored secret was written under a key that this installation no longer has."""


class EncryptedJSONField(models.TextField[Any, Any]):
    """A JSON object encrypted at rest (C4). In Python it is a dict; in the database, dumps and backups it is Fernet
    text."""

    if TYPE_CHECKING:
        _pyi_private_set_type: Any
        _pyi_private_get_type: Any

    def from_db_value(self, value: str | None, *_args: object) -> dict[str, Any] | None:
        if value is None:
            return None
        try:
            decrypted: dict[str, Any] = json.loads(fernet().decrypt(value.encode()))
        except InvalidToken as error:
            raise UnreadableSecret(
                "A stored credential cannot be decrypted: restore the key it was written with in FIELD_ENCRYPTION_KEYS"
            ) from error
        return decrypted

    def to_python(self, value: Any) -> Any:
        """Deserialisers (loaddata) bring back the encrypted text that `value_to_string` gave them."""
        return self.from_db_value(value) if isinstance(value, str) else value

    def get_prep_value(self, value: Any) -> str | None:
        return None if value is None else fernet().encrypt(json.dumps(value).encode()).decode()

    def value_to_string(self, obj: models.Model) -> str:
        """Serialisers (dumpdata) get the encrypted text, never the secret."""
        return self.get_prep_value(self.value_from_object(obj)) or ""
