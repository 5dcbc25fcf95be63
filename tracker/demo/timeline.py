"""Many stories told at once, in the order of time."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from tracker import clock
from tracker.database import transaction

# A story does one step, then says when it goes on; each step is one transaction at its own moment.
Story = Iterator[datetime]

OPENS, CLOSES = 9, 18  # hours on the workshop's clock


def when_open(moment: datetime) -> datetime:
    """The moment itself while the workshop is open; else the same minute of its next first hour."""
    here = clock.local(moment)
    if OPENS <= here.hour < CLOSES:
        return moment
    morning = here.replace(hour=OPENS) + timedelta(days=1 if here.hour >= CLOSES else 0)
    return morning.astimezone(moment.tzinfo)


def tell(stories: list[tuple[datetime, Story]], until: datetime, after_each: Callable[[], None]) -> None:
    """Let the stories go on in the order of their moments, until `until`; a step due later never happens."""
    waiting = [(when_open(begins), number, story) for number, (begins, story) in enumerate(stories)]
    heapq.heapify(waiting)
    while waiting:
        moment, number, story = heapq.heappop(waiting)
        if moment > until:
            continue
        with clock.at(moment), transaction():
            following = next(story, None)
        if following is not None:
            heapq.heappush(waiting, (when_open(max(following, moment)), number, story))
        after_each()
