"""What is known of the installation's own well-being: whether workers work, what is usual for a store, and which
mails about it went out."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from integrations.models import Integration


class Heartbeat(models.Model):
    """When a worker last did the little task that the queue holds for it every minute.

    `asked_at` is when that task was due: workers that come late have more in their queue than they can do.
    """

    name = models.CharField(primary_key=True, max_length=20)
    beat_at = models.DateTimeField()
    asked_at = models.DateTimeField()

    class Meta:
        verbose_name = _("heartbeat")
        verbose_name_plural = _("heartbeats")

    def __str__(self) -> str:
        return f"{self.name} {self.beat_at:%Y-%m-%d %H:%M}"


class StoreHabit(models.Model):
    """How long a store usually goes without an order; measured now and then, because it takes reading many orders."""

    integration = models.OneToOneField(Integration, models.CASCADE, primary_key=True, related_name="habit")
    longest_gap = models.DurationField()
    orders = models.PositiveIntegerField()
    measured_at = models.DateTimeField()

    class Meta:
        verbose_name = _("store habit")
        verbose_name_plural = _("store habits")

    def __str__(self) -> str:
        return f"{self.integration_id}: {self.longest_gap}"


class Claim(models.Model):
    """A mail that is to be sent once. Whoever changes `claimed_at` from what they saw sends it; the claim of a process
    that died ends by itself."""

    claimed_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


class AlarmNotice(Claim):
    """An alarm that stands, and whether its mail went out. The row goes when the alarm ends, so that the next one of
    its kind is told again."""

    key = models.CharField(max_length=200, unique=True)
    since = models.DateTimeField()
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("alarm notice")
        verbose_name_plural = _("alarm notices")

    def __str__(self) -> str:
        return self.key


class ReportState(Claim):
    """Up to when an integration's e-mail reports have told what happened. It moves only when a report went out (or
    there was nothing to tell), so whatever a mail server refused is in the next one."""

    integration = models.OneToOneField(Integration, models.CASCADE, primary_key=True, related_name="report_state")
    reported_until = models.DateTimeField()

    class Meta:
        verbose_name = _("report state")
        verbose_name_plural = _("report states")

    def __str__(self) -> str:
        return f"{self.integration_id} {self.reported_until:%Y-%m-%d %H:%M}"
