"""One address for monitors: is the installation well?"""

from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from sync.reports.health import health


@never_cache
@require_safe
def show(_request: HttpRequest) -> JsonResponse:
    """200 when everything works, else 503; open to everybody, hence without any figures."""
    found = health(now=timezone.now())
    parts = {"database": found.database, "worker": found.worker, "queue": found.queue}
    answer = {"status": found.good, **parts}
    return JsonResponse(
        {name: "ok" if good else "failing" for name, good in answer.items()}, status=200 if found.good else 503
    )
