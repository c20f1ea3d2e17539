"""Document numbers (O4, O5) and the marks by which our documents are found again."""

from base64 import b32encode
from hashlib import sha256

from integrations.commerce import Order
from sync.translate.settings import Options

NUMBER_LIMIT = 21
_TAIL = 6
_MARK = 10


def digest(text: str, length: int) -> str:
    """The first characters (A-Z, 2-7) of a hash: the same text always gives the same."""
    return b32encode(sha256(text.encode()).digest()).decode()[:length]


def shortened(number: str, limit: int = NUMBER_LIMIT) -> str:
    """A number that fits: its head, a tilde and a hash of the whole, so that two long numbers with one head differ."""
    if len(number) <= limit:
        return number
    return f"{number[: limit - _TAIL - 1]}~{digest(number, _TAIL)}"


def whole_number(order: Order, options: Options) -> str:
    """Prefix and order number, as long as they are. An order without a number is called by its ref; a document that
    follows one that was voided is told apart by its count."""
    count = f"-{options.voided + 1}" if options.voided else ""
    return options.number_prefix + (order.number or order.ref) + count


def document_number(order: Order, options: Options) -> str | None:
    """The number that the document carries; None lets QuickBooks number it."""
    return None if options.auto_number else shortened(whole_number(order, options))


def marker(source: str, order_ref: str, role: str, ordinal: int = 0) -> str:
    """Our own mark on a document, e.g. TB-4KZ7XQ2MRA.

    It depends on nothing that can be edited: the integration, the order, the document's role ("sale", "payment") and
    which of several it is.
    """
    return "TB-" + digest("\x1f".join([source, order_ref, role, str(ordinal)]), _MARK)
