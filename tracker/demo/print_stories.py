"""Labels of the demonstration: one morning a week, what waits is printed, so that the register tells of a year."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from tracker import clock
from tracker.demo.stage_setting import Scene
from tracker.labelling import documents, operations, rules
from tracker.labelling.queue_queries import due
from tracker.labelling.rules import Item

EVERY = timedelta(days=7)
LAST = timedelta(days=6)  # before today: what moved since waits on the page of labels


def begins(today: datetime, weeks: int) -> datetime:
    """The first time, so many weeks before the last one."""
    return today - LAST - weeks * EVERY


def print_story(scene: Scene) -> Iterator[datetime]:
    """Print what waits in each workshop, again and again."""
    asked = rules.order(rules.USUAL_MEDIUM, "pdf", None)
    while True:
        for site_id in scene.sites:
            waiting = [Item(one.code, group.design) for group in due(site_id) for one in group.devices]
            if waiting:
                by = scene.someone("benevole", site_id)
                operations.print_items(waiting, asked, by, documents.imprint("fr"))
        yield clock.now() + EVERY
