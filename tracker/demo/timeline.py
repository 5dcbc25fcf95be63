"""Many stories told at once, in the order of time."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from datetime import datetime

from tracker import clock
from tracker.database import transaction

# A story does one step, then says when it goes on; each step is one transaction at its own moment.
Story = Iterator[datetime]


def tell(stories: list[tuple[datetime, Story]], until: datetime, after_each: Callable[[], None]) -> None:
    """Let the stories go on in the order of their moments, until `until`; a step due later never happens."""
    waiting = [(begins, number, story) for number, (begins, story) in enumerate(stories)]
    heapq.heapify(waiting)
    while waiting:
        moment, number, story = heapq.heappop(waiting)
        if moment > until:
            continue
        with clock.at(moment), transaction():
            following = next(story, None)
        if following is not None:
            heapq.heappush(waiting, (max(following, moment), number, story))
        after_each()
