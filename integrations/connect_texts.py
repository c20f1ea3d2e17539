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
NOT_PROVEN = _(
    "Nothing was connected: nothing proves that this answer comes from %(name)s and that you may connect this site. "
    "Start again."
)
NOT_OPENED_THERE = _(
    "Nothing proves that %(name)s opened this page for an owner of the site, or that was too long ago. Open it once "
    "more from the site's dashboard."
)
TOO_LATE = _("This link is no longer good. Open the app's page in the dashboard of your Wix site once more.")
SAME_SITE = _(
    "Nothing was connected: this site is connected already, as “%(name)s”. Connected twice, its orders would come "
    "twice. Test that connection, or disconnect it first."
)
OTHER_ACCOUNT = _("Nothing was changed: you chose another account than “%(name)s”. Start again and choose that one.")
TAKEN = _("This account cannot be connected here: it is in use already. Choose another one.")
CONNECTED = _("“%(name)s” is connected and answers.")
CHECKED = _("“%(name)s” answers; its lists are up to date.")
SILENT = _("The access is stored, but the test call failed. %(detail)s")
KEPT = _("“%(name)s” is still connected: the access could not be withdrawn. %(detail)s")


def say(text: str | Promise, *, name: object = "", detail: object = "") -> str:
    """The sentence with its parameters, in the active language."""
    return str(text) % {"name": name, "detail": detail_in_words(str(detail).rstrip(". "))}


def error_in_words(error: RemoteError, name: object) -> str:
    """What a provider's error means for the person in front of the page."""
    for kind, text in _ERRORS.items():
        if isinstance(error, kind):
            return say(text, name=name, detail=error)
    return gettext("Something went wrong: %(detail)s") % {"detail": error}
