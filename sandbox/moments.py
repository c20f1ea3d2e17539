"""When the shops of the demo sell: three weeks of opening hours."""

from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

_DAYS = 21
_OPENS, _CLOSES = 9, 20


def moments_of_trade(count: int, now: datetime, zone: ZoneInfo, chance: Random) -> list[datetime]:
    """In the order of their time; within opening hours where the shop is, and over by now."""
    local_now = now.astimezone(zone)
    moments: list[datetime] = []
    while len(moments) < count:
        day = local_now - timedelta(days=chance.randrange(_DAYS))
        moment = day.replace(
            hour=chance.randrange(_OPENS, _CLOSES), minute=chance.randrange(60), second=chance.randrange(60)
        )
        moments.append(moment if moment < local_now else moment - timedelta(days=1))
    return sorted(moment.astimezone(UTC) for moment in moments)
