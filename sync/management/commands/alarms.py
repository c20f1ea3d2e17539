"""`manage.py alarms`: what is missing right now, for the machine's own timer. A worker that stopped cannot tell.

Exit status: 0 when nothing is missing, 3 when something is.
"""

import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from integrations.models import Integration
from sync.reports.alarms import alarms_for
from sync.services.alarms import alarms_mail

SOME = 3


class Command(BaseCommand):
    help = "Say what is missing (workers, syncs, orders, consents), and mail it to whoever was not told yet"

    def handle(self, *_args: Any, **_options: Any) -> None:
        now = timezone.now()
        alarms_mail(now=now)
        found = alarms_for(Integration.objects.only("pk"), now=now)
        for alarm in found:
            self.stdout.write(f"{alarm.title}\n  {alarm.sentence}")
        if found:
            sys.exit(SOME)
