"""Notes and files attached to transactions."""

from decimal import Decimal
from typing import Any

from werkzeug.datastructures import FileStorage

from sandbox.exact_json import loads
from sandbox.quickbooks.drafts import Draft
from sandbox.quickbooks.faults import QboError, business, missing
from sandbox.quickbooks.store import TYPES, Json

_CANONICAL = {name.lower(): name for name in TYPES}


def build_attachable(draft: Draft) -> Json:
    """A note or a file needs a target that exists, when it names one."""
    if not any(name in draft.given for name in ("Note", "FileName")):
        raise missing("Note")
    for reference in draft.given.get("AttachableRef", ()):
        _check_target(draft, reference.get("EntityRef") or {})
    return dict(draft.given)


def file_metadata(part: FileStorage | str | None, content: FileStorage) -> Json:
    """What the metadata part of an upload says about its file, completed from the file itself."""
    text: Any = part.read() if isinstance(part, FileStorage) else part
    try:
        stated = loads(text) if text else {}
    except ValueError:
        raise QboError(2010, "Property Name:Malformed file metadata is not supported") from None
    size = len(content.read())
    defaults = {"FileName": content.filename or "file", "ContentType": content.mimetype}
    return {**defaults, **stated, "Size": Decimal(size)}


def _check_target(draft: Draft, reference: Json) -> None:
    type_name = _CANONICAL.get(str(reference.get("type", "")).lower())
    if type_name is None or draft.books.find(type_name, str(reference.get("value"))) is None:
        detail = (
            f"The entity {reference.get('type')} {reference.get('value')} that you are trying to link does not exist"
        )
        raise business(detail)
