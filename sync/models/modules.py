"""What becomes of what each part of the shop system sells, where a store has several of them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from integrations.models import Integration
from integrations.models.integration import IntegrationSetting
from sync.models.settings import books_object
from sync.module_names import module_in_words


class ModuleSettings(IntegrationSetting):
    """One module of a store (W1): whether its orders are posted, and the item of lines that have no SKU.

    Rows appear by themselves when a module is first seen; a module without one is posted. `income_account` is that of
    items which are made for its products, where it is not the one of all items.
    """

    integration = models.ForeignKey(Integration, models.CASCADE, related_name="modules", verbose_name=_("integration"))
    module = models.CharField(_("module"), max_length=40)
    enabled = models.BooleanField(_("post its orders"), default=True)
    item = books_object(_("default item"))
    income_account = books_object(_("income account for its items"))

    class Meta:
        verbose_name = _("module")
        verbose_name_plural = _("modules")
        ordering = ["integration", "module"]
        constraints = [models.UniqueConstraint(fields=["integration", "module"], name="one_row_per_module")]

    def __str__(self) -> str:
        return module_in_words(self.module)
