"""Every address of the site."""

from django.contrib import admin
from django.urls import include, path

from integrations.views import webhooks
from sync.views import health, log

urlpatterns = [
    path("connect/", include("integrations.urls")),
    path("webhooks/ecwid/", webhooks.receive, {"provider": "ecwid"}, name="webhook_ecwid"),
    path("webhooks/wix/", webhooks.receive, {"provider": "wix"}, name="webhook_wix"),
    path("webhooks/quickbooks/", webhooks.receive, {"provider": "quickbooks"}, name="webhook_quickbooks"),
    path("health", health.show, name="health"),
    path("log/export", log.export, name="log_export"),
    path("", include("sync.urls")),
    path("", admin.site.urls),
]
