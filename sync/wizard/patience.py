"""How long a page waits for a provider that asks for patience: not as long as a sync, because a person looks on."""

import time
from collections.abc import Callable

from integrations.errors import TemporaryError
from integrations.http import Clock

SECONDS = 2.5  # enough for a second attempt


def page_clock(*, sleep: Callable[[float], None] = time.sleep) -> Clock:
    """The time of one page. Waits that together would be longer end in TemporaryError, which the page then tells."""
    waited = 0.0

    def wait(seconds: float) -> None:
        nonlocal waited
        waited += seconds
        if waited > SECONDS:
            raise TemporaryError("it is busy, or asks to be left alone for a while")
        sleep(seconds)

    return Clock(sleep=wait)
