"""Runs and their log: what each run did with each record, why, and what it cost (L1)."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from integrations.models import Integration
from sync.models.records import TRACE_HELP, Record, RecordKind


class Trigger(models.TextChoices):
    SCHEDULE = "schedule", _("Schedule")
    PERSON = "person", _("Somebody asked")
    COMMAND = "command", _("Command line")
    WEBHOOK = "webhook", _("Message from a provider")


class RunState(models.TextChoices):
    """`failed`: a provider or a setting stopped the run. `broken`: our program did."""

    QUEUED = "queued", _("Waiting to start")
    RUNNING = "running", _("Running")
    FINISHED = "finished", _("Finished")
    FAILED = "failed", _("Stopped early")
    BROKEN = "broken", _("Broke")


class Action(models.TextChoices):
    """What a run did with a record."""

    CREATED = "created", _("Created")
    UPDATED = "updated", _("Updated")
    UNCHANGED = "unchanged", _("Unchanged")
    VOIDED = "voided", _("Voided")
    ADOPTED = "adopted", _("Adopted")
    SKIPPED = "skipped", _("Skipped")
    HELD = "held", _("Held")
    FAILED = "failed", _("Failed")
    WOULD_CREATE = "would_create", _("Would be created")
    WOULD_UPDATE = "would_update", _("Would be updated")
    WOULD_VOID = "would_void", _("Would be voided")


class Run(models.Model):
    """One sync of one integration. `totals` are sums per action and currency, as text; `calls` HTTP requests per
    provider. `expected` records are to be looked at (None: not known yet), `seen` have been."""

    integration = models.ForeignKey(Integration, models.CASCADE, related_name="runs", verbose_name=_("integration"))
    trigger = models.CharField(_("started by"), max_length=10, choices=Trigger)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("user")
    )
    flows = models.JSONField(_("flows"), default=list)
    dry_run = models.BooleanField(_("dry run"), default=False)
    state = models.CharField(_("state"), max_length=10, choices=RunState, default=RunState.RUNNING)
    started_at = models.DateTimeField(_("started at"))
    finished_at = models.DateTimeField(_("finished at"), null=True)
    reason = models.CharField(_("reason"), max_length=40, blank=True)
    params = models.JSONField(default=dict, editable=False)
    counts = models.JSONField(_("records"), default=dict)
    totals = models.JSONField(_("amounts"), default=dict)
    calls = models.JSONField(_("calls"), default=dict)
    expected = models.PositiveIntegerField(null=True, editable=False)
    seen = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("run")
        verbose_name_plural = _("runs")
        ordering = ["-started_at", "-pk"]
        indexes = [
            models.Index(fields=["integration", "-started_at"], name="run_latest"),
            models.Index(fields=["-started_at", "-id"], name="run_by_start"),
        ]

    def __str__(self) -> str:
        return f"{self.integration} #{self.pk}"


class LogEntry(models.Model):
    """What one run did with one record. The sentence is made of `reason` and `params` when somebody reads it."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="entries", verbose_name=_("run"))
    integration = models.ForeignKey(
        Integration, models.CASCADE, related_name="log_entries", verbose_name=_("integration")
    )
    record = models.ForeignKey(
        Record, models.SET_NULL, null=True, blank=True, related_name="log_entries", verbose_name=_("record")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=RecordKind)
    store_ref = models.CharField(_("store reference"), max_length=100)
    action = models.CharField(_("action"), max_length=15, choices=Action)
    books_type = models.CharField(_("document"), max_length=20, blank=True)
    books_ref = models.CharField(_("QuickBooks id"), max_length=40, blank=True)
    doc_number = models.CharField(_("document number"), max_length=40, blank=True)
    amount = models.DecimalField(_("amount"), max_digits=19, decimal_places=4, null=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    reason = models.CharField(_("reason"), max_length=40, blank=True)
    params = models.JSONField(default=dict, editable=False)
    duration_ms = models.PositiveIntegerField(_("duration (ms)"), default=0)
    trace = models.CharField(_("number of the call"), max_length=80, blank=True, help_text=TRACE_HELP)
    created_at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("log entry")
        verbose_name_plural = _("log entries")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["integration", "-created_at"], name="log_latest"),
            models.Index(fields=["integration", "action", "-created_at"], name="log_by_action"),
            models.Index(fields=["reason", "-id"], name="log_by_reason", condition=~models.Q(reason="")),
            models.Index(fields=["store_ref"], name="log_without_record", condition=models.Q(record=None)),
        ]

    def __str__(self) -> str:
        return f"{self.store_ref} · {self.get_action_display()}"
