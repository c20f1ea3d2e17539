"""Who: users, businesses and the role of each user in each business (C1)."""

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _


class User(AbstractUser):
    """A person. `language` is the language of pages and mails, empty for the browser's choice."""

    language = models.CharField(_("language"), max_length=8, choices=settings.LANGUAGES, blank=True)


class Business(models.Model):
    """One client company: whatever is connected, configured or posted belongs to exactly one of these."""

    name = models.CharField(_("name"), max_length=200, unique=True)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    class Meta:
        verbose_name = _("business")
        verbose_name_plural = _("businesses")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    """What a member may do: see `accounts.access`."""

    OWNER = "owner", _("Owner: everything")
    BOOKKEEPER = "bookkeeper", _("Bookkeeper: everything but connections and members")
    VIEWER = "viewer", _("Viewer: reads and exports")


class Membership(models.Model):
    """A user's role in a business."""

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships", verbose_name=_("user"))
    business = models.ForeignKey(Business, models.CASCADE, related_name="memberships", verbose_name=_("business"))
    role = models.CharField(_("role"), max_length=20, choices=Role, default=Role.VIEWER)

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = [models.UniqueConstraint(fields=["user", "business"], name="one_role_per_business")]

    def __str__(self) -> str:
        return f"{self.user} · {self.business}"
