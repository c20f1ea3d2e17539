"""Does what the workers would do, one task after the other, until the queue is empty."""

from importlib import import_module

from django_q.models import OrmQ
from django_q.signing import SignedPackage


def work():
    """Carry out what is queued; returns the names of the tasks, in order."""
    done = []
    while (queued := OrmQ.objects.order_by("pk").first()) is not None:
        queued.delete()
        task = SignedPackage.loads(queued.payload)
        module, _, name = task["func"].rpartition(".")
        getattr(import_module(module), name)(*task["args"], **task["kwargs"])
        done.append(name)
    return done
