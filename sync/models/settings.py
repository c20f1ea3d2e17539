"""The options of each flow, one row per integration and flow; the field names are those of the setup file."""

from decimal import Decimal
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from integrations.models import BooksObject, Integration
from integrations.models.integration import IntegrationSetting
from sync.models.records import without_payment


def books_object(label: Any, **options: Any) -> "models.ForeignKey[BooksObject | None, BooksObject | None]":
    """A setting that names something in QuickBooks. List entries are never deleted there, so the reference holds."""
    return models.ForeignKey(
        BooksObject, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=label, **options
    )


def one_integration(related_name: str) -> "models.OneToOneField[Integration, Integration]":
    return models.OneToOneField(Integration, models.CASCADE, related_name=related_name, verbose_name=_("integration"))


class PostAs(models.TextChoices):
    INVOICE = "invoice", _("Invoice")
    SALES_RECEIPT = "sales_receipt", _("Sales receipt")


class AssignTo(models.TextChoices):
    BUYER = "buyer", _("The buyer")
    COMPANY = "company", _("The buyer's company when given")
    GENERIC = "generic", _("One customer for the whole store")


class DueUnit(models.TextChoices):
    DAYS = "days", _("Days")
    WEEKS = "weeks", _("Weeks")
    MONTHS = "months", _("Months")
    MONTH_END = "month_end", _("Days after the end of the month")


class ClosedPeriod(models.TextChoices):
    HOLD = "hold", _("Hold the order")
    NEXT_OPEN_DAY = "next_open_day", _("Post it on the first open day")


class OrderSettings(IntegrationSetting):
    """How an order becomes a sale (O1-O20)."""

    integration = one_integration("orders")
    enabled = models.BooleanField(_("post orders"), default=True)
    post_as = models.CharField(_("post as"), max_length=20, choices=PostAs, default=PostAs.INVOICE)
    payment_statuses = models.JSONField(_("payment statuses"), default=list, blank=True)
    fulfillment_statuses = models.JSONField(_("fulfilment statuses"), default=list, blank=True)
    post_imported = models.BooleanField(_("post imported orders"), default=False)
    number_prefix = models.CharField(_("order number prefix"), max_length=15, blank=True)
    auto_number = models.BooleanField(_("let QuickBooks number the documents"), default=False)
    sales_class = books_object(_("class"))
    location = books_object(_("location"))
    customer = models.CharField(_("assign the sale to"), max_length=10, choices=AssignTo, default=AssignTo.BUYER)
    generic_customer = models.CharField(_("generic customer"), max_length=100, blank=True)
    discount_item = books_object(_("discount item"))
    rounding_item = books_object(_("rounding item"))
    rounding_cap = models.DecimalField(
        _("largest rounding difference"),
        max_digits=6,
        decimal_places=2,
        default=Decimal("0.05"),
        validators=[MinValueValidator(0), MaxValueValidator(1)],
    )
    shipping_item = books_object(_("shipping item"))
    fee_item = books_object(_("item for other fees"))
    tip_item = books_object(_("tip item"))
    gift_card_item = books_object(_("gift card item"))
    tax_item = books_object(
        _("tax item"), help_text=_("Only for US companies without sales tax: tax is booked as a line on this item.")
    )
    use_default_message = models.BooleanField(_("use QuickBooks' own customer message"), default=False)
    due_offset = models.PositiveSmallIntegerField(_("due after"), null=True, blank=True)
    due_unit = models.CharField(_("due unit"), max_length=10, choices=DueUnit, default=DueUnit.DAYS)
    allow_card_payment = models.BooleanField(_("allow online card payment"), default=False)
    closed_period = models.CharField(
        _("order dated in a closed period"), max_length=15, choices=ClosedPeriod, default=ClosedPeriod.HOLD
    )

    class Meta:
        verbose_name = _("sale options")
        verbose_name_plural = _("sale options")

    def __str__(self) -> str:
        return f"{self.integration}: {self._meta.verbose_name}"


class MatchBy(models.TextChoices):
    NAME = "name", _("Store SKU = QuickBooks name")
    SKU = "sku", _("Store SKU = QuickBooks SKU")


class CreateAs(models.TextChoices):
    INVENTORY = "inventory", _("Inventory, where the store tracks stock")
    NON_INVENTORY = "non_inventory", _("Non-inventory")
    SERVICE = "service", _("Service")


class ItemSettings(IntegrationSetting):
    """How the products of an order find their items (I1-I3)."""

    integration = one_integration("items")
    match_by = models.CharField(_("match by"), max_length=10, choices=MatchBy, default=MatchBy.SKU)
    create_missing = models.BooleanField(_("create missing items"), default=True)
    create_as = models.CharField(_("create as"), max_length=15, choices=CreateAs, default=CreateAs.NON_INVENTORY)
    income_account = books_object(_("income account"))
    expense_account = books_object(_("expense or cost of goods sold account"))
    asset_account = books_object(_("inventory asset account"))

    class Meta:
        verbose_name = _("item options")
        verbose_name_plural = _("item options")

    def __str__(self) -> str:
        return f"{self.integration}: {self._meta.verbose_name}"


class PaymentSettings(IntegrationSetting):
    """Whether payments are recorded and where their money goes by default (M1, M2)."""

    integration = one_integration("payments")
    enabled = models.BooleanField(_("record payments"), default=True)
    account = books_object(_("clearing account"))

    class Meta:
        verbose_name = _("payment options")
        verbose_name_plural = _("payment options")

    def __str__(self) -> str:
        return f"{self.integration}: {self._meta.verbose_name}"

    def save(self, *args: object, **kwargs: object) -> None:
        """Once payments are switched on, they follow the invoices that were posted without them."""
        was_off = self.pk is not None and PaymentSettings.objects.filter(pk=self.pk, enabled=False).exists()
        super().save(*args, **kwargs)
        if was_off and self.enabled:
            without_payment(self.integration).update(wanted=F("wanted") + 1)


class RefundSettings(IntegrationSetting):
    """Whether refunds are posted and which account their money leaves (R1)."""

    integration = one_integration("refunds")
    enabled = models.BooleanField(_("post refunds"), default=False)
    account = books_object(_("account that refunds leave from"))
    item = books_object(_("item for partial refunds"))
    number_prefix = models.CharField(_("refund number prefix"), max_length=15, blank=True, default="R-")

    class Meta:
        verbose_name = _("refund options")
        verbose_name_plural = _("refund options")

    def __str__(self) -> str:
        return f"{self.integration}: {self._meta.verbose_name}"


class OpeningQuantity(models.TextChoices):
    ZERO = "zero", _("Zero: you enter the stock in QuickBooks yourself")
    STORE = "store", _("The store's level, plus what is sold and not in the books yet")


class ProductSettings(IntegrationSetting):
    """How new and changed store products become items (I5). What is empty is as for items made for orders."""

    integration = one_integration("products")
    enabled = models.BooleanField(_("create items for new products"), default=False)
    create_as = models.CharField(_("create as"), max_length=15, choices=CreateAs, blank=True)
    income_account = books_object(_("income account"))
    expense_account = books_object(_("expense or cost of goods sold account"))
    asset_account = books_object(_("inventory asset account"))
    opening_quantity = models.CharField(
        _("opening quantity"), max_length=10, choices=OpeningQuantity, default=OpeningQuantity.ZERO
    )
    inventory_start = models.DateField(_("stock is counted from"), null=True, blank=True)
    update_items = models.BooleanField(_("update name, price and description of items made here"), default=False)

    class Meta:
        verbose_name = _("product options")
        verbose_name_plural = _("product options")

    def __str__(self) -> str:
        return f"{self.integration}: {self._meta.verbose_name}"


class StockSettings(IntegrationSetting):
    """Whether QuickBooks' stock levels are set in the store, and when a push stops and asks (K2)."""

    integration = one_integration("stock")
    enabled = models.BooleanField(_("set stock levels in the store"), default=False)
    guard_percent = models.PositiveSmallIntegerField(
        _("stop when more than this percentage would fall to zero"), default=20, validators=[MaxValueValidator(100)]
    )
    include_unlimited = models.BooleanField(_("also products that the store does not count"), default=False)

    class Meta:
        verbose_name = _("stock options")
        verbose_name_plural = _("stock options")

    def __str__(self) -> str:
        return f"{self.integration}: {self._meta.verbose_name}"
