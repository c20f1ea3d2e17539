"""One row per connected account. Credentials are encrypted, never shown again and never logged (C4)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Business
from integrations.fields import EncryptedJSONField, ExactJSONField


class StoreProvider(models.TextChoices):
    ECWID = "ecwid", "Ecwid"
    WIX = "wix", "Wix"


class BooksProvider(models.TextChoices):
    QUICKBOOKS = "quickbooks", "QuickBooks Online"


class ConnectionState(models.TextChoices):
    """Whether the account answers, and if not, who must act."""

    NEW = "new", _("Not tested yet")
    CONNECTED = "connected", _("Connected")
    RECONNECT = "reconnect", _("Reconnect needed")
    OPERATOR = "operator", _("Installation settings are wrong")
    DISCONNECTED = "disconnected", _("Disconnected")


class Connection(models.Model):
    """What stores and books have in common."""

    business = models.ForeignKey(Business, models.PROTECT, related_name="%(class)ss", verbose_name=_("business"))
    account_id = models.CharField(_("account"), max_length=64)
    name = models.CharField(_("name"), max_length=200, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    credentials = EncryptedJSONField(default=dict, editable=False)
    # A hash of the credentials as somebody last typed them: applying the same setup file again must not undo a token
    # rotation.
    credentials_given = models.CharField(max_length=64, blank=True, editable=False)
    state = models.CharField(_("state"), max_length=20, choices=ConnectionState, default=ConnectionState.NEW)
    state_detail = models.CharField(_("detail"), max_length=500, blank=True)
    checked_at = models.DateTimeField(_("last answered at"), null=True, blank=True)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name or f"{self.provider_label} {self.account_id}"

    @property
    def provider_label(self) -> str:
        raise NotImplementedError


class StoreConnection(Connection):
    """A connected store. `profile` is the last `commerce.StoreProfile` it gave, as JSON."""

    provider = models.CharField(_("shop system"), max_length=20, choices=StoreProvider)
    profile = ExactJSONField(default=dict, editable=False)

    class Meta:
        verbose_name = _("store")
        verbose_name_plural = _("stores")
        constraints = [
            models.UniqueConstraint(fields=["business", "provider", "account_id"], name="one_connection_per_store")
        ]

    @property
    def provider_label(self) -> str:
        return StoreProvider(self.provider).label


class BooksConnection(Connection):
    """A connected QuickBooks company.

    One row per company in the whole installation: its lease and its call budget are what keep the books free of
    duplicates. `token_version` counts token pairs; whoever wants to refresh claims the version it saw with a
    conditional update (C5).
    """

    provider = models.CharField(_("books"), max_length=20, choices=BooksProvider, default=BooksProvider.QUICKBOOKS)
    token_version = models.PositiveIntegerField(default=0, editable=False)
    refresh_claim = models.CharField(max_length=36, blank=True, editable=False)
    refresh_claimed_at = models.DateTimeField(null=True, editable=False)
    access_expires_at = models.DateTimeField(null=True, editable=False)
    refresh_expires_at = models.DateTimeField(_("consent ends at"), null=True, editable=False)
    consent_expires_at = models.DateTimeField(_("consent ends for good at"), null=True, editable=False)

    # CompanyInfo and Preferences as last read; the mirror's lists are `BooksObject` rows.
    info = ExactJSONField(default=dict, editable=False)
    preferences = ExactJSONField(default=dict, editable=False)
    mirrored_at = models.DateTimeField(_("lists read at"), null=True, editable=False)
    taxes_mirrored_at = models.DateTimeField(null=True, editable=False)
    mirror_revision = models.PositiveIntegerField(default=0, editable=False)
    # Rises whenever an item changed, or may have: by whom is no matter.
    items_revision = models.PositiveIntegerField(default=0, editable=False)

    # Who works with this company right now, until when; and the moments of its latest calls (seconds since the epoch,
    # as text).
    lease_owner = models.CharField(max_length=120, blank=True, editable=False)
    lease_expires_at = models.DateTimeField(null=True, editable=False)
    recent_calls = ExactJSONField(default=dict, editable=False)

    class Meta:
        verbose_name = _("QuickBooks company")
        verbose_name_plural = _("QuickBooks companies")
        constraints = [models.UniqueConstraint(fields=["provider", "account_id"], name="one_connection_per_company")]

    @property
    def provider_label(self) -> str:
        return BooksProvider(self.provider).label
