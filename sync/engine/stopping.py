"""Whether the workers were asked to end. A sync that works then ends at its next page, and what is left waits for the
next start."""

from multiprocessing.sharedctypes import RawValue

# Shared by the cluster and the workers that it forks. Without a lock: a worker that is killed would keep it for ever.
_STOPPING = RawValue("b", 0)


def stop() -> None:
    _STOPPING.value = 1


def go_on() -> None:
    _STOPPING.value = 0


def is_stopping() -> bool:
    return bool(_STOPPING.value)
