"""Who changed which setting, when, from what to what (L8)."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Business
from integrations.models import Integration


class SettingChange(models.Model):
    """One setting that somebody changed. Rows are written once and never changed; none ever holds a secret.

    `model` and `field` are names in the code, put into the reader's words when they are shown; `subject` names the row
    where an integration has several of a kind (a tax, a payment method, a SKU). `old` and `new` are texts: what a
    choice is called in the code, what a QuickBooks entry is called in QuickBooks; empty for nothing.
    """

    business = models.ForeignKey(Business, models.CASCADE, related_name="changes", verbose_name=_("business"))
    integration = models.ForeignKey(
        Integration, models.SET_NULL, null=True, blank=True, related_name="changes", verbose_name=_("integration")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("user")
    )
    # The user's name then, or the command's: it stays when the user is gone.
    by = models.CharField(_("changed by"), max_length=150)
    at = models.DateTimeField(_("at"))
    model = models.CharField(_("part"), max_length=60)
    subject = models.CharField(_("of"), max_length=400, blank=True)
    field = models.CharField(_("setting"), max_length=60)
    old = models.TextField(_("before"), blank=True)
    new = models.TextField(_("after"), blank=True)

    class Meta:
        verbose_name = _("change of settings")
        verbose_name_plural = _("changes of settings")
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["integration", "-at"], name="change_latest"),
            models.Index(fields=["business", "-at"], name="change_by_business"),
        ]

    def __str__(self) -> str:
        return f"{self.by}, {self.at:%Y-%m-%d}"
