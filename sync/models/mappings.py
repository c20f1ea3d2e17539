"""What corresponds to what: taxes, payment methods, products and buyers of a store and their counterparts in
QuickBooks."""

from hashlib import sha256

from django.db import models
from django.utils.translation import gettext_lazy as _

from integrations.models import BooksObject, Integration
from integrations.models.integration import IntegrationSetting
from integrations.words import taxes_in_words
from sync.models.settings import books_object

_LONGEST_KEY = 400


class TaxMapping(IntegrationSetting):
    """One tax, or combination of taxes on one line, of the store and what it is in QuickBooks (T1).

    `taxes` is a list of names, or names with rates ("VAT 5.5"); empty for untaxed lines. `code` is the id of a tax
    code, or TAX / NON for US companies; empty while nobody has chosen, which holds the orders that use it (T5).
    """

    integration = models.ForeignKey(
        Integration, models.CASCADE, related_name="tax_mappings", verbose_name=_("integration")
    )
    taxes = models.JSONField(_("store taxes"), default=list, blank=True)
    key = models.CharField(max_length=_LONGEST_KEY, editable=False)
    code = models.CharField(_("QuickBooks tax code"), max_length=40, blank=True)
    created_at = models.DateTimeField(_("first seen at"), auto_now_add=True)

    class Meta:
        verbose_name = _("tax mapping")
        verbose_name_plural = _("tax mappings")
        ordering = ["integration", "key"]
        constraints = [models.UniqueConstraint(fields=["integration", "key"], name="one_mapping_per_taxes")]

    def __str__(self) -> str:
        return taxes_in_words(self.taxes)

    @staticmethod
    def key_of(taxes: list[str]) -> str:
        """The compared form of a combination: order, case and blanks do not matter. Of many taxes with long names, as
        tax calculators tell them of one line, it is the beginning and a digest."""
        key = " + ".join(sorted(" ".join(tax.split()).casefold() for tax in taxes))
        return (
            key if len(key) <= _LONGEST_KEY else f"{key[: _LONGEST_KEY - 20]} {sha256(key.encode()).hexdigest()[:16]}"
        )

    def save(self, *args: object, **kwargs: object) -> None:
        self.key = self.key_of(self.taxes)
        super().save(*args, **kwargs)


class PaymentMapping(IntegrationSetting):
    """One payment method of the store, by the name the store shows, and the account its money goes to (M3).

    Rows appear by themselves when a method is first seen; without an account the default clearing account is used.
    """

    integration = models.ForeignKey(
        Integration, models.CASCADE, related_name="payment_mappings", verbose_name=_("integration")
    )
    method = models.CharField(_("payment method"), max_length=200)
    account = books_object(_("account"))
    payment_method = books_object(_("QuickBooks payment method"))
    created_at = models.DateTimeField(_("first seen at"), auto_now_add=True)

    class Meta:
        verbose_name = _("payment mapping")
        verbose_name_plural = _("payment mappings")
        ordering = ["integration", "method"]
        constraints = [models.UniqueConstraint(fields=["integration", "method"], name="one_mapping_per_method")]

    def __str__(self) -> str:
        return self.method


class ProductMatch(IntegrationSetting):
    """A person's decision that a store SKU is this item, whatever their names say (I2)."""

    integration = models.ForeignKey(
        Integration, models.CASCADE, related_name="product_matches", verbose_name=_("integration")
    )
    sku = models.CharField(_("store SKU"), max_length=200)
    sku_key = models.CharField(max_length=200, editable=False)
    item = models.ForeignKey(BooksObject, models.PROTECT, related_name="+", verbose_name=_("item"))

    class Meta:
        verbose_name = _("product match")
        verbose_name_plural = _("product matches")
        ordering = ["integration", "sku"]
        constraints = [models.UniqueConstraint(fields=["integration", "sku_key"], name="one_match_per_sku")]

    def __str__(self) -> str:
        return self.sku

    def save(self, *args: object, **kwargs: object) -> None:
        self.sku_key = " ".join(self.sku.split()).casefold()
        super().save(*args, **kwargs)


class CustomerLink(models.Model):
    """The QuickBooks customer of a buyer, found or created once (O8); one per currency."""

    integration = models.ForeignKey(
        Integration, models.CASCADE, related_name="customer_links", verbose_name=_("integration")
    )
    buyer_ref = models.CharField(_("buyer"), max_length=200)
    currency = models.CharField(_("currency"), max_length=3)
    customer = models.ForeignKey(BooksObject, models.PROTECT, related_name="+", verbose_name=_("customer"))

    class Meta:
        verbose_name = _("customer link")
        verbose_name_plural = _("customer links")
        constraints = [
            models.UniqueConstraint(fields=["integration", "buyer_ref", "currency"], name="one_customer_per_buyer")
        ]

    def __str__(self) -> str:
        return f"{self.buyer_ref} = {self.customer}"
