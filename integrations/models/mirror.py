"""The local copy of QuickBooks' lists, so that a known customer, item or account costs no call."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from integrations.fields import ExactJSONField
from integrations.models.connections import BooksConnection


class BooksObject(models.Model):
    """One list entry of a company: an account, item, customer, tax code, class, ...

    The `*_key` columns hold the compared form (trimmed, blanks collapsed, case folded). Rows are never deleted:
    QuickBooks only makes entries inactive, and settings may still point at them.
    """

    books = models.ForeignKey(
        BooksConnection, models.CASCADE, related_name="objects_mirrored", verbose_name=_("QuickBooks company")
    )
    type = models.CharField(_("type"), max_length=20)  # Account, Item, Customer, TaxCode, ...
    books_ref = models.CharField(_("QuickBooks id"), max_length=40)
    name = models.CharField(_("name"), max_length=500)
    name_key = models.CharField(max_length=500, editable=False)
    sku = models.CharField(_("SKU"), max_length=100, blank=True)
    sku_key = models.CharField(max_length=100, blank=True, editable=False)
    email_key = models.CharField(max_length=100, blank=True, editable=False)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    kind = models.CharField(_("kind"), max_length=60, blank=True)  # an account's AccountType, an item's Type
    detail = models.CharField(_("detail"), max_length=60, blank=True)  # an account's AccountSubType
    active = models.BooleanField(_("active"), default=True)
    sync_token = models.CharField(max_length=20, blank=True, editable=False)
    data = ExactJSONField(default=dict, editable=False)
    updated_at = models.DateTimeField(_("changed in QuickBooks at"), null=True, editable=False)

    class Meta:
        verbose_name = _("QuickBooks list entry")
        verbose_name_plural = _("QuickBooks list entries")
        ordering = ["type", "name"]
        constraints = [models.UniqueConstraint(fields=["books", "type", "books_ref"], name="one_row_per_books_object")]
        indexes = [
            models.Index(fields=["books", "type", "name_key"], name="mirror_by_name"),
            models.Index(fields=["books", "type", "sku_key"], name="mirror_by_sku"),
            models.Index(fields=["books", "type", "email_key"], name="mirror_by_email"),
        ]

    def __str__(self) -> str:
        return self.name
