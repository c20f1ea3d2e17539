"""Makes our own site the admin site; in INSTALLED_APPS in the place of django.contrib.admin."""

from django.contrib.admin.apps import AdminConfig


class TillbridgeAdminConfig(AdminConfig):
    default_site = "accounts.admin_site.TillbridgeAdminSite"
