"""What providers told by themselves (S6): their messages as received, the events in them, and how many were refused."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Business
from integrations.models.connections import BooksConnection, StoreConnection


class EventState(models.TextChoices):
    STORED = "stored", _("Waits for a worker")
    HANDLED = "handled", _("Handled")
    IGNORED = "ignored", pgettext_lazy("state of a message", "Ignored")


class Outcome(models.TextChoices):
    """What came of an event, or why nothing did."""

    SYNC_ASKED = "sync_asked", _("A sync was asked for.")
    LISTS_READ = "lists_read", _("QuickBooks’ lists were read anew.")
    DISCONNECTED = "disconnected", _("The store no longer lets us in: it must be connected again.")
    STILL_CONNECTED = "still_connected", _("The store still lets us in, so nothing was done.")
    NOT_NEEDED = "not_needed", _("Nothing depends on events of this kind.")
    KNOWN = "known", _("It was known already, for example because Tillbridge made the change.")
    FLOW_OFF = "flow_off", _("The flow that it concerns is switched off.")
    PAUSED = "paused", _("The integration is paused.")
    DRAFT = "draft", _("The setup of the integration is not finished.")
    OWN_TIME = "own_time", _("The integration is synchronised once a day or when somebody asks, and not in between.")
    UNUSED = "unused", _("No integration uses this connection.")
    RECONNECT = "reconnect", _("The connection must be connected again first.")
    NO_ANSWER = "no_answer", _("The provider did not answer when asked about it; the next sync sees to it.")


class WebhookDelivery(models.Model):
    """A message as it was received. It may hold events of several companies, so that only whoever runs the installation
    sees it whole."""

    provider = models.CharField(_("provider"), max_length=20)
    received_at = models.DateTimeField(_("received at"), db_index=True)
    body = models.BinaryField(editable=False)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")

    def __str__(self) -> str:
        return f"{self.provider} {self.received_at:%Y-%m-%d %H:%M:%S}"


class WebhookEvent(models.Model):
    """One event, for one of the connections with the account that it happened in: of a store or of books."""

    delivery = models.ForeignKey(WebhookDelivery, models.CASCADE, related_name="events")
    business = models.ForeignKey(Business, models.CASCADE, related_name="+", verbose_name=_("business"))
    store = models.ForeignKey(
        StoreConnection, models.CASCADE, null=True, related_name="webhook_events", verbose_name=_("store")
    )
    books = models.ForeignKey(
        BooksConnection, models.CASCADE, null=True, related_name="webhook_events", verbose_name=_("QuickBooks company")
    )
    event_id = models.CharField(_("id of the event"), max_length=120)
    topic = models.CharField(max_length=20, editable=False)
    kind = models.CharField(_("event"), max_length=120)
    entity = models.CharField(_("id of what changed"), max_length=120, blank=True)
    merged_entity = models.CharField(_("id of what was merged into it"), max_length=120, blank=True)
    happened_at = models.DateTimeField(_("happened at"))
    state = models.CharField(_("state"), max_length=10, choices=EventState, default=EventState.STORED)
    outcome = models.CharField(_("outcome"), max_length=20, choices=Outcome, blank=True)
    handled_at = models.DateTimeField(_("handled at"), null=True)

    class Meta:
        verbose_name = _("message received")
        verbose_name_plural = _("messages received")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["store", "event_id"], name="one_row_per_store_event"),
            models.UniqueConstraint(fields=["books", "event_id"], name="one_row_per_books_event"),
            models.CheckConstraint(
                condition=Q(store=None, books__isnull=False) | Q(store__isnull=False, books=None),
                name="event_of_a_store_or_of_books",
            ),
        ]
        indexes = [models.Index(fields=["id"], name="webhook_event_stored", condition=Q(state="stored"))]

    def __str__(self) -> str:
        return f"{self.kind} {self.entity}".strip()


class WebhookRefusal(models.Model):
    """How many messages of a provider, or events in them, were refused on a day (UTC), and why. They are not kept."""

    provider = models.CharField(_("provider"), max_length=20)
    reason = models.CharField(_("reason"), max_length=20)
    day = models.DateField(_("day"))
    count = models.PositiveIntegerField(_("count"), default=0)
    last_at = models.DateTimeField(_("last at"))

    class Meta:
        verbose_name = _("refused message")
        verbose_name_plural = _("refused messages")
        constraints = [models.UniqueConstraint(fields=["provider", "reason", "day"], name="one_count_per_day")]

    def __str__(self) -> str:
        return f"{self.provider} {self.reason} {self.day}"
