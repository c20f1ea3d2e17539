"""The alarms there are, and what each says: what is the matter, and the way out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum

from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.admin_show import moment_text

Text = str | Promise


class AlarmKind(StrEnum):
    WORKER = "worker"
    NO_SYNC = "no_sync"
    STORE_SILENT = "store_silent"
    CONSENT_ENDS = "consent_ends"
    CONSENT_UNUSED = "consent_unused"
    RECONNECT = "reconnect"
    MISCONFIGURED = "misconfigured"


@dataclass(frozen=True, slots=True)
class AlarmText:
    """`colour`: that of its label."""

    title: Text
    sentence: Text
    way_out: Text
    colour: str = "danger"


TEXTS: Mapping[AlarmKind, AlarmText] = {
    AlarmKind.WORKER: AlarmText(
        _("Nothing is done in the background"),
        _("The worker last showed itself: %(since)s. Nothing is synchronised by itself until it works again."),
        _("Whoever runs this installation starts it: manage.py qcluster."),
    ),
    AlarmKind.NO_SYNC: AlarmText(
        _("%(subject)s: no complete sync for %(lasting)s"),
        _("It is to be synchronised by itself, but no sync has come to its end since %(since)s."),
        _("Open its latest runs: the last one says what stopped it."),
    ),
    AlarmKind.STORE_SILENT: AlarmText(
        _("%(subject)s: no order for %(lasting)s"),
        _("Orders usually come more often; the last one is of %(since)s."),
        _("Look whether the shop is open and can be paid in. If it is only quiet, nothing needs to be done."),
        "warning",
    ),
    AlarmKind.CONSENT_ENDS: AlarmText(
        _("%(subject)s: the QuickBooks consent ends on %(until)s"),
        _("After that nothing can be posted into this company, and orders wait."),
        _("An owner opens the QuickBooks company here and connects it again."),
        "warning",
    ),
    AlarmKind.CONSENT_UNUSED: AlarmText(
        _("%(subject)s: the QuickBooks consent ends on %(until)s"),
        _("QuickBooks ends what was not used for 100 days. After that nothing can be posted, and orders wait."),
        _("Synchronise once, or test the company here. If the day stays the same, an owner connects it again."),
        "warning",
    ),
    AlarmKind.RECONNECT: AlarmText(
        _("%(subject)s must be connected again"),
        _("It no longer lets us in. Orders wait; none is lost."),
        _("An owner opens the connection here and connects it again."),
    ),
    AlarmKind.MISCONFIGURED: AlarmText(
        _("%(subject)s refuses the keys of this installation"),
        _("Orders wait; none is lost."),
        _("Whoever runs this installation compares the keys in its settings with those of the developer account."),
    ),
}


@dataclass(frozen=True, slots=True)
class Alarm:
    """One thing that is missing. `business_id` None: it concerns the whole installation.

    `state` tells one occurrence from the next of the same kind and subject; `url` is the path of the page where it is
    mended; `zone` is that of the times in the text.
    """

    kind: AlarmKind
    subject: str = ""
    subject_key: str = ""
    business_id: int | None = None
    integration_ids: tuple[int, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    lasting: timedelta = timedelta()
    state: str = ""
    url: str = ""
    zone: tzinfo = field(default=UTC)

    @property
    def key(self) -> str:
        """The same as long as it is the same alarm."""
        return f"{self.kind} {self.subject_key} {self.state}".strip()

    @property
    def colour(self) -> str:
        return TEXTS[self.kind].colour

    @property
    def title(self) -> str:
        return str(TEXTS[self.kind].title) % self._words

    @property
    def sentence(self) -> str:
        """What is the matter and what to do about it, in the active language."""
        text = TEXTS[self.kind]
        return f"{str(text.sentence) % self._words} {text.way_out}"

    @property
    def _words(self) -> dict[str, str]:
        return {
            "subject": self.subject,
            "since": moment_text(self.since, self.zone) if self.since else gettext("never"),
            "until": self._day(self.until) if self.until else "",
            "lasting": duration(self.lasting),
        }

    def _day(self, moment: datetime) -> str:
        return formats.date_format(timezone.localtime(moment, self.zone), "DATE_FORMAT")


def duration(lasting: timedelta) -> str:
    """3 days, 5 hours or 40 minutes: the largest unit of which there are two, rounded down."""
    minutes = int(lasting.total_seconds() // 60)
    if minutes >= 2 * 24 * 60:
        return ngettext("%d day", "%d days", minutes // (24 * 60)) % (minutes // (24 * 60))
    if minutes >= 2 * 60:
        return ngettext("%d hour", "%d hours", minutes // 60) % (minutes // 60)
    return ngettext("%d minute", "%d minutes", minutes) % minutes
