"""The grid of labels that are read back: every design, in every cell of every medium, by every way of drawing it. Whole
in `make long`; in the ordinary run a sample that another day draws otherwise (`TRACKER_TEST_SEED` gives a day's again)."""

from __future__ import annotations

import os
import random
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from labels.label import Label
from labels.media import MEDIA, Medium
from tests.labels import reading, samples
from tests.labels.pictures import WAYS, Way

SEED = int(os.environ.get("TRACKER_TEST_SEED") or datetime.now(UTC).toordinal())
FINE_ONLY_UNDER_MM = 14


class Printing(NamedTuple):
    """All designs on a medium, in one of the ways, at a resolution."""

    way: Way
    on: Medium
    dpi: int

    @property
    def name(self) -> str:
        return f"{self.way.name}-{self.on.name}-{self.dpi}"

    def faults(self, start: int, labels: Sequence[Label] = ()) -> list[str]:
        """What is wrong with the pages when the first label stands in cell `start`, counted from 1."""
        labels = labels or samples.each_design(seed=start)
        pictures = self.way.drawn(labels, self.on, self.dpi, start)
        wanted = pages(labels, self.on, start)
        if len(pictures) != len(wanted):
            return [f"{len(pictures)} pages instead of {len(wanted)}"]
        dot = self.way.dot(self.on, self.dpi)
        return [
            f"{self.name}, start {start}, page {number}: {fault}"
            for number, (picture, page) in enumerate(zip(pictures, wanted, strict=True), 1)
            for fault in reading.problems(picture, self.on, page, self.dpi, dot)
        ]


def pages(labels: Sequence[Label], on: Medium, start: int = 1) -> list[dict[int, Label]]:
    """What should stand in which cell (from 0) of which page."""
    waiting, first, out = list(labels), start - 1, []
    while waiting:
        here, waiting = waiting[: on.cells - first], waiting[on.cells - first :]
        out.append({first + at: label for at, label in enumerate(here)})
        first = 0
    return out


GRID: tuple[Printing, ...] = tuple(
    Printing(way, on, dpi)
    for way in WAYS
    for on in MEDIA
    if way.takes(on)
    for dpi in way.dpis
    if dpi >= 300 or on.height_mm >= FINE_ONLY_UNDER_MM
)


def sample(seed: int = SEED) -> list[tuple[Printing, int]]:
    """Every medium once as a PDF, and some media in each other way; a resolution and a start for each."""
    chance = random.Random(seed)
    chosen = []
    for way in WAYS:
        media = [on for on in MEDIA if way.takes(on)]
        if way is not WAYS[0]:
            media = chance.sample(media, 1 if way.slow else 3)
        for on in media:
            dpi = chance.choice(
                [one.dpi for one in GRID if one.way is way and one.on is on and one.dpi < 600]
            )
            chosen.append((Printing(way, on, dpi), chance.randint(1, on.cells)))
    return chosen
