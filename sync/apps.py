from datetime import datetime

from django.apps import AppConfig
from django.db.models.signals import post_delete, post_migrate, post_save
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class SyncConfig(AppConfig):
    name = "sync"
    verbose_name = _("Synchronisation")
    started_at: datetime

    def ready(self) -> None:
        """Schedules follow the integrations, whoever changes those."""
        from integrations.events import credentials_changed, webhook_stored
        from sync import housekeeping, schedules
        from sync.services import changes, webhooks

        self.started_at = timezone.now()
        post_save.connect(schedules.on_save, sender="integrations.Integration", dispatch_uid="arrange schedule")
        post_delete.connect(schedules.on_delete, sender="integrations.Integration", dispatch_uid="forget schedule")
        post_migrate.connect(schedules.on_migrate, sender=self, dispatch_uid="arrange schedules")
        post_migrate.connect(housekeeping.on_migrate, sender=self, dispatch_uid="arrange housekeeping")
        credentials_changed.connect(changes.on_credentials_changed, dispatch_uid="note credentials")
        webhook_stored.connect(webhooks.on_webhook_stored, dispatch_uid="wake for webhook")
