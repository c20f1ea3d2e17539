"""How far the setup of an integration has come, and what was learned from its store meanwhile (L10)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from integrations.models import Integration
from sync.models.settings import one_integration


class SetupProgress(models.Model):
    """The pages of the setup that somebody has saved, and what the last look at the store found.

    `skus` is a `sync.wizard.skus.Health` as JSON; empty while the products were never looked at.
    """

    integration = one_integration("setup")
    saved = models.JSONField(default=list, editable=False)
    sample_number = models.CharField(max_length=100, blank=True, editable=False)
    skus = models.JSONField(default=dict, editable=False)
    skus_checked_at = models.DateTimeField(null=True, editable=False)
    orders_checked_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("setup")
        verbose_name_plural = _("setups")

    def __str__(self) -> str:
        return str(self.integration)

    @classmethod
    def of(cls, integration: Integration) -> "SetupProgress":
        """The progress of an integration; one that was made by a setup file has saved nothing here yet."""
        return cls.objects.get_or_create(integration=integration)[0]

    def note_saved(self, step: str) -> None:
        """Remember that a person has seen and saved this page."""
        if step not in self.saved:
            self.saved = [*self.saved, step]
            self.save(update_fields=["saved"])
