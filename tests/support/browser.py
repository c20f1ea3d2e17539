"""The site as a person and as a worker meets it."""

from django.utils.module_loading import import_string
from django.utils.translation import gettext, override
from django_q.models import OrmQ
from django_q.scheduler import scheduler
from django_q.signing import SignedPackage


def words(text, language):
    """A text of the site as a reader of this language sees it."""
    with override(language):
        return gettext(text)


def work():
    """Do what is due and what waits in the queue, as a worker would; returns the names of what was done."""
    scheduler()
    done = []
    while (queued := OrmQ.objects.order_by("pk").first()) is not None:
        queued.delete()
        task = SignedPackage.loads(queued.payload)
        import_string(task["func"])(*task["args"], **task["kwargs"])
        done.append(task["func"])
    return done
