"""One address for monitors: is the installation well?"""

from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from sync.reports.health import health
from sync.views.common import started_at


@never_cache
@require_safe
def show(_request: HttpRequest) -> JsonResponse:
    """200 when everything works or its workers have just been started, else 503; open to everybody, hence without any
    figures."""
    found = health(now=timezone.now(), started_at=started_at())
    parts = {"database": found.database, "worker": found.worker, "queue": found.queue}
    answer = {name: "ok" if good else "failing" for name, good in {"status": found.good, **parts}.items()}
    if found.starting:
        answer["worker"] = answer["queue"] = "starting"
    return JsonResponse(answer, status=200 if found.good else 503)
