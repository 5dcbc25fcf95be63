"""Labels leave as they are drawn: the first page before the last label is even asked for, and memory holds none of them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from labels.formats import FORMATS, render
from labels.label import Label
from labels.media import medium
from tests.labels import samples

ROOT = Path(__file__).parents[2]
PROGRAM = r"""
import re, sys
from pathlib import Path
from labels.formats import render
from labels.media import medium
from tests.labels import samples

def most_kb():
    # Not `ru_maxrss`: that begins with what the process that started this one holds, and so hides growth below it.
    return int(re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1])

count, size, early = int(sys.argv[1]), 0, 0
labels = (samples.label("wipe", 10_000 + at) for at in range(count))
for number, chunk in enumerate(render(labels, medium("avery-l7160"), "pdf").chunks):
    size += len(chunk)
    if number == 20:
        early = most_kb()
print(size, early, most_kb())
"""


def _streamed(count: int) -> tuple[int, int, int]:
    """Bytes of the file; the most memory (KB) the process had held after twenty pages, and at the end."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(count)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    size, early, whole = (int(number) for number in done.stdout.split())
    return size, early, whole


@pytest.mark.parametrize("name", FORMATS)
def test_the_first_page_leaves_before_the_last_label_is_asked_for(name):
    on = medium({"zpl": "zebra-57x32", "brother": "brother-dk-11209"}.get(name, "avery-l7163"))
    asked: list[Label] = []

    def labels() -> Iterator[Label]:
        for label in samples.many(40):
            asked.append(label)
            yield label

    chunks = render(labels(), on, name).chunks
    next(chunks)
    next(chunks)
    assert len(asked) <= 2 * on.cells
    for _ in chunks:
        pass
    assert len(asked) == 40


def test_memory_does_not_grow_with_the_labels():
    size, early, whole = _streamed(1_500)
    assert size < 1_500 * 1_000
    assert whole - early < 3_000


@pytest.mark.long
def test_a_hundred_thousand_labels_take_less_than_150_mb_and_a_kilobyte_each():
    size, _, whole = _streamed(100_000)
    assert size < 100_000 * 1_000
    assert whole < 150_000
