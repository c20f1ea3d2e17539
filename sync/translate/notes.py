"""The private note of a document: one line that a bookkeeper can read and that we find our documents by."""

from integrations.commerce import Order
from sync.translate.settings import Options

NOTE_LIMIT = 4000


def private_note(order: Order, options: Options, mark: str, gateway_id: str = "") -> str:
    """Store, order number, the gateway's transaction id in full, and the mark: `Ecwid 1001, pi_3Q [TB-4KZ7XQ2MRA]`."""
    said = f"{options.store_label} {order.number or order.ref}" + (f", {gateway_id}" if gateway_id else "")
    return marked(said, mark)


def marked(said: str, mark: str) -> str:
    """The text in one line with the mark behind it, which survives whatever else must be cut."""
    ending = f" [{mark}]"
    return " ".join(said.split())[: NOTE_LIMIT - len(ending)] + ending
