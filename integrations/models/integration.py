"""An integration: one store and one QuickBooks company (C3), with the options that hold for all of its flows
(S1-S5)."""

from datetime import date
from typing import Any

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Business
from integrations.models.connections import BooksConnection, StoreConnection


class AutoSync(models.TextChoices):
    QUARTER = "15min", _("Every 15 minutes")
    HOURLY = "hourly", _("Every hour")
    DAILY = "daily", _("Once a day")
    MANUAL = "manual", _("Only when somebody asks")


class ReportWhen(models.TextChoices):
    OFF = "off", _("Never")
    PROBLEMS = "problems", _("After a sync with problems")
    ALWAYS = "always", _("After every sync")
    DAILY = "daily", _("Daily")
    WEEKLY = "weekly", _("Weekly")


_MOVED_BY_SYNCS = frozenset(
    {
        "revision",
        "orders_read_from",
        "orders_read_until",
        "orders_rechecked_at",
        "orders_rechecked_until",
        "products_read_until",
        "stock_read_until",
        "stock_listed_at",
        "stock_compared_at",
        "stock_basis",
    }
)


def today() -> date:
    """The default start date: a new integration does not post years of history unasked."""
    return timezone.now().date()


class Integration(models.Model):
    """One store and one QuickBooks company, and when and how they are synchronised."""

    slug = models.SlugField(
        _("short name"), max_length=60, unique=True, help_text=_("Names the integration in commands and setup files.")
    )
    business = models.ForeignKey(Business, models.PROTECT, related_name="integrations", verbose_name=_("business"))
    store = models.ForeignKey(StoreConnection, models.PROTECT, related_name="integrations", verbose_name=_("store"))
    books = models.ForeignKey(
        BooksConnection, models.PROTECT, related_name="integrations", verbose_name=_("QuickBooks company")
    )
    time_zone = models.CharField(
        _("time zone"), max_length=64, default="UTC", help_text=_("Decides the date of every document.")
    )
    start_date = models.DateField(
        _("start date"),
        null=True,
        blank=True,
        default=today,
        help_text=_("Nothing dated before it is read or posted. Empty: the store's whole history."),
    )
    auto_sync = models.CharField(_("automatic sync"), max_length=10, choices=AutoSync, default=AutoSync.HOURLY)
    daily_hour = models.PositiveSmallIntegerField(
        _("hour of the daily sync"), default=3, validators=[MaxValueValidator(23)]
    )
    paused = models.BooleanField(_("paused"), default=False)
    # None while its setup is unfinished: until somebody lets it go live nothing is synchronised.
    live_at = models.DateTimeField(_("live since"), null=True, blank=True, default=timezone.now, editable=False)
    report_when = models.CharField(_("e-mail report"), max_length=10, choices=ReportWhen, default=ReportWhen.OFF)
    report_recipients = models.JSONField(_("report recipients"), default=list, blank=True)
    report_language = models.CharField(_("report language"), max_length=8, default="en")

    # Rises with every change of a setting or mapping: what was held or skipped under an older revision is looked at
    # again.
    revision = models.PositiveIntegerField(default=1, editable=False)
    # The store's orders created from `orders_read_from` on are known as they were at `orders_read_until`; both move
    # only together with the records.
    orders_read_from = models.DateTimeField(null=True, editable=False)
    orders_read_until = models.DateTimeField(_("orders read until"), null=True, editable=False)
    # The same for products that become items, and for the levels of the store; `stock_listed_at` is when all of these
    # were last read.
    products_read_until = models.DateTimeField(null=True, editable=False)
    stock_read_until = models.DateTimeField(null=True, editable=False)
    stock_listed_at = models.DateTimeField(null=True, editable=False)
    # When levels were last compared with QuickBooks' quantities, and a digest of what they followed from then; empty
    # when the next sync has to compare them.
    stock_compared_at = models.DateTimeField(null=True, editable=False)
    stock_basis = models.CharField(max_length=64, blank=True, editable=False)
    # When the orders of the last months were read again whatever their dates of change say, in stores where refunds may
    # leave these alone; and how far the reading that is going on has come, by date of change.
    orders_rechecked_at = models.DateTimeField(null=True, editable=False)
    orders_rechecked_until = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    class Meta:
        verbose_name = _("integration")
        verbose_name_plural = _("integrations")
        ordering = ["slug"]
        constraints = [models.UniqueConstraint(fields=["store", "books"], name="one_integration_per_pair")]

    def __str__(self) -> str:
        return self.slug

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Writes what people set. What syncs and changes of settings move is left alone: it may have moved since."""
        if not self._state.adding and kwargs.get("update_fields") is None:
            fields = (field.name for field in self._meta.concrete_fields if not field.primary_key)
            kwargs["update_fields"] = [name for name in fields if name not in _MOVED_BY_SYNCS]
        super().save(*args, **kwargs)

    def touch(self) -> None:
        """Note that a setting changed, so that what waited under the old settings is planned again."""
        Integration.objects.filter(pk=self.pk).update(revision=F("revision") + 1)


class IntegrationSetting(models.Model):
    """Base of every setting and mapping row: saving or deleting one makes the records that waited for it due again."""

    class Meta:
        abstract = True

    integration: models.ForeignKey[Integration, Integration]

    def save(self, *args: object, **kwargs: object) -> None:
        super().save(*args, **kwargs)  # type: ignore[arg-type]
        self.integration.touch()

    def delete(self, *args: object, **kwargs: object) -> tuple[int, dict[str, int]]:
        self.integration.touch()
        return super().delete(*args, **kwargs)  # type: ignore[arg-type]
