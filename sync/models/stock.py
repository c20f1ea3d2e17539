"""Pushes of stock levels into a store: the table that a person approves, and the levels before, so that each can be
brought back (K2)."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from integrations.models import Integration
from sync.models.runs import Run


class PushState(models.TextChoices):
    WAITING = "waiting", _("Waits for approval")
    APPROVED = "approved", _("Being carried out")
    REJECTED = "rejected", pgettext_lazy("state of a stock push", "Rejected")
    APPLIED = "applied", pgettext_lazy("state of a stock push", "Carried out")
    RESTORING = "restoring", _("Being brought back")
    RESTORED = "restored", _("Brought back")


class AskBecause(models.TextChoices):
    """Why a push stops and asks."""

    FIRST = "first", _("It is the first one: nobody has seen yet how the levels compare.")
    ZEROS = "zeros", _("More products than usual would fall to zero.")
    NO_INVENTORY = "no_inventory", _("The QuickBooks company does not track stock at the moment.")
    RESTORED = "restored", _("The levels before were brought back, so somebody did not want the last push.")


class StockPush(models.Model):
    """Levels that are to be set, or were. One that asked (`because`) waits for a person; of these there is one at a
    time. `digest` identifies the table that was shown: what is approved is that table and nothing else.
    """

    integration = models.ForeignKey(
        Integration, models.CASCADE, related_name="stock_pushes", verbose_name=_("integration")
    )
    run = models.ForeignKey(Run, models.SET_NULL, null=True, related_name="stock_pushes", verbose_name=_("run"))
    state = models.CharField(_("state"), max_length=10, choices=PushState)
    because = models.CharField(_("asks because"), max_length=15, choices=AskBecause, blank=True)
    digest = models.CharField(max_length=64, editable=False)
    compared = models.PositiveIntegerField(_("products compared"))
    falling = models.PositiveIntegerField(_("would fall to zero"))
    created_at = models.DateTimeField(_("made at"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("user")
    )
    # Who approved, rejected or restored it, by name; empty where nobody was asked.
    by = models.CharField(_("decided by"), max_length=150, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True)
    ended_at = models.DateTimeField(_("ended at"), null=True)

    class Meta:
        verbose_name = _("stock push")
        verbose_name_plural = _("stock pushes")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["integration"], name="one_push_waits_for_approval", condition=models.Q(state="waiting")
            )
        ]
        indexes = [models.Index(fields=["integration", "state"], name="push_by_state")]

    def __str__(self) -> str:
        return f"{self.integration} #{self.pk}"


class StockChange(models.Model):
    """One level of a push. `before` None: the store did not count the product.

    `sent_at` is set ahead of the call that writes the level, `written_at` once it is known to have been written.
    """

    push = models.ForeignKey(StockPush, models.CASCADE, related_name="changes", verbose_name=_("stock push"))
    store_ref = models.CharField(_("store id"), max_length=100)
    sku = models.CharField(_("SKU"), max_length=100)
    product = models.CharField(_("product"), max_length=500)
    before = models.IntegerField(_("level before"), null=True)
    after = models.PositiveIntegerField(_("level after"))
    sent_at = models.DateTimeField(null=True, editable=False)
    written_at = models.DateTimeField(_("written at"), null=True)
    restored_at = models.DateTimeField(_("brought back at"), null=True)

    class Meta:
        verbose_name = _("change of a stock level")
        verbose_name_plural = _("changes of stock levels")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["push", "store_ref"], name="one_level_per_push")]

    def __str__(self) -> str:
        return self.sku or self.store_ref

    @property
    def falls_to_zero(self) -> bool:
        return self.after == 0 and (self.before is None or self.before > 0)
