"""Syncs that did not come to their end."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from sync.reason_texts.rows import Actor, ReasonText, failed
from sync.translate.reasons import Reason

TEXTS: Mapping[Reason, ReasonText] = {
    Reason.ANOTHER_RUN_BUSY: failed(
        _("Another sync is working on this QuickBooks company and has not finished yet."),
        _("Nothing to do: the next sync goes on."),
        Actor.RETRY,
    ),
    Reason.ANOTHER_RUN_TOOK_OVER: failed(
        _("Another sync took over this QuickBooks company while this one was held up."),
        _("Nothing to do: the other sync, or the next one, goes on where this one stopped."),
        Actor.RETRY,
    ),
    Reason.RUN_INTERRUPTED: failed(
        _("This sync was interrupted before it could finish: its process was ended."),
        _("Nothing to do: the next sync goes on where it stopped, and nothing is posted twice."),
        Actor.RETRY,
    ),
    Reason.SETUP_UNFINISHED: failed(
        _("The setup of this integration is not finished, so nothing was synchronised."),
        _("Go through its pages and press “Go live” on the last one."),
        Actor.PERSON,
        "integration",
    ),
    Reason.INSTALLATION_MISCONFIGURED: failed(
        _("This installation is not set up correctly: %(detail)s."),
        _("Whoever runs it must correct its settings; orders wait meanwhile, and none is lost."),
        Actor.OPERATOR,
    ),
    Reason.INTERNAL_ERROR: failed(
        _("Tillbridge itself failed on this order: %(detail)s."),
        _("Tell whoever runs this installation; the next sync tries again."),
        Actor.OPERATOR,
    ),
}
