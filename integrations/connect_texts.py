"""What the connect pages say: each outcome in plain words, with the next step."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from integrations.detail_texts import detail_in_words
from integrations.errors import (
    Malformed,
    NotAllowed,
    NotFound,
    OperatorError,
    OutcomeUnknown,
    ReconnectNeeded,
    Refused,
    RemoteError,
    TemporaryError,
)

# %(name)s is the provider or the account, %(detail)s what the provider or the network said.
_ERRORS: Mapping[type[RemoteError], Promise] = {
    ReconnectNeeded: _("%(name)s does not accept our access (any more): connect it again."),
    OperatorError: _("%(name)s refuses this installation's app settings (%(detail)s). Tell whoever runs it."),
    NotAllowed: _("%(name)s answers but refuses: %(detail)s. Check the account's plan and permissions there."),
    NotFound: _("%(name)s does not know this account: check its number."),
    TemporaryError: _("%(name)s does not answer right now (%(detail)s). Try again in a few minutes."),
    OutcomeUnknown: _("%(name)s gave no clear answer (%(detail)s). Try again in a few minutes."),
    Refused: _("%(name)s refused the request: %(detail)s."),
    Malformed: _("%(name)s gave an answer that cannot be read (%(detail)s). Try again in a few minutes."),
}

NOT_ASKED = _(
    "This answer does not belong to a request of yours, or it came too late. Nothing was changed: start again."
)
DENIED = _("Nothing was connected: access was not granted at %(name)s.")
REFUSED = _("Nothing was connected: %(name)s answered with the error “%(detail)s”. Start again.")
INCOMPLETE = _("Nothing was connected: the answer of %(name)s was incomplete. Start again.")
NO_KEYS = _("This installation has no app keys for %(name)s yet: whoever runs it sets %(detail)s.")
OTHER_ACCOUNT = _("Nothing was changed: you chose another account than “%(name)s”. Start again and choose that one.")
TOKEN_REFUSED = _("%(name)s does not accept this token for this store: compare both with its control panel.")
TAKEN = _("This account cannot be connected here: it is in use already. Choose another one.")
CONNECTED = _("“%(name)s” is connected and answers.")
CHECKED = _("“%(name)s” answers; its lists are up to date.")
SILENT = _("The access is stored, but the test call failed. %(detail)s")
DISCONNECTED = _("“%(name)s” is disconnected. What was posted stays; orders wait until you connect it again.")
DISCONNECTED_STORE = _(
    "“%(name)s” is disconnected and its token is deleted. To withdraw the access itself, remove the app in the store's "
    "control panel."
)
KEPT = _("“%(name)s” is still connected: the access could not be withdrawn. %(detail)s")


def say(text: Promise, *, name: object = "", detail: object = "") -> str:
    """The sentence with its parameters, in the active language."""
    return str(text) % {"name": name, "detail": detail_in_words(str(detail).rstrip(". "))}


def error_in_words(error: RemoteError, name: object) -> str:
    """What a provider's error means for the person in front of the page."""
    for kind, text in _ERRORS.items():
        if isinstance(error, kind):
            return say(text, name=name, detail=error)
    return gettext("Something went wrong: %(detail)s") % {"detail": error}
