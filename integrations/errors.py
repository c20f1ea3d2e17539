"""The few errors of the outside world, sorted by who must act.

Adapters translate whatever a provider answers into one of these at the seam; nothing above the adapters reads a status
code. Messages carry facts for the log (never secrets); the sentence a person reads comes from the reason tables.
"""

from dataclasses import dataclass


@dataclass(eq=False)
class RemoteError(Exception):
    """Base of all. `code` is the provider's own code as text, `trace` its id of the call (intuit_tid)."""

    message: str
    status: int | None = None
    code: str = ""
    trace: str = ""

    def __str__(self) -> str:
        facts = [
            f"HTTP {self.status}" if self.status else "",
            f"code {self.code}" if self.code else "",
            self.trace,
        ]
        shown = ", ".join(fact for fact in facts if fact)
        return f"{self.message} ({shown})" if shown else self.message


class TemporaryError(RemoteError):
    """The network or the provider is at fault: the same call may succeed later. Nothing was changed there."""


class OutcomeUnknown(RemoteError):
    """A write was sent and no usable answer came: it may or may not have been carried out."""


class ReconnectNeeded(RemoteError):
    """The owner must connect the account again: the token is revoked, expired or belongs to another account."""


class OperatorError(RemoteError):
    """Whoever runs this installation must act: wrong client id or secret, wrong environment."""


class NotAllowed(RemoteError):
    """The account is alive but refuses: missing permission or plan, suspended store, lapsed subscription."""


class ReadOnly(NotAllowed):
    """The account may be read but not written to: its subscription has lapsed."""


class NotFound(RemoteError):
    """The object does not exist there (any more)."""


class Refused(RemoteError):
    """The provider understood the call and said no for a reason in the data; repeating it is useless."""


class Malformed(RemoteError):
    """The provider's answer is not what its contract says; nothing in it is used."""
