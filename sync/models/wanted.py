"""Orders that a provider told us of, until a sync has read them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from integrations.models import Integration


class WantedOrder(models.Model):
    """An order that has just changed in the store. The next pull reads it by its id: searches lag behind by seconds.

    However often it is told of before that, it is one row. The row goes only if `told_at` is still what the pull saw: a
    change that was told of while the order was being read is read as well.
    """

    integration = models.ForeignKey(Integration, models.CASCADE, related_name="wanted_orders")
    store_ref = models.CharField(max_length=120)
    told_at = models.DateTimeField()

    class Meta:
        verbose_name = _("wanted order")
        verbose_name_plural = _("wanted orders")
        constraints = [models.UniqueConstraint(fields=["integration", "store_ref"], name="one_row_per_wanted_order")]

    def __str__(self) -> str:
        return self.store_ref
