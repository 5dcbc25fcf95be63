"""A bomb among the reports is refused, or read in part, before anybody waits for it; memory stays small."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.wiping.readers.bombs import BOMBS

ROOT = Path(__file__).parents[3]
LONGEST_S = 1.0
"""Of the processor's time, whoever else uses the machine."""
MOST_MEGABYTES = 300


@pytest.fixture(scope="module")
def measured() -> dict[str, dict[str, Any]]:
    """Name → what reading that bomb took, in a process of its own whose memory is bounded."""
    command = f"ulimit -v 2000000; exec {sys.executable} -m tests.wiping.readers.bombs"
    done = subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return {one["name"]: one for one in map(json.loads, done.stdout.splitlines())}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_takes_less_than_a_second(name: str, measured: dict[str, dict[str, Any]]) -> None:
    assert measured[name]["seconds"] < LONGEST_S


def test_all_bombs_together_leave_memory_small(measured: dict[str, dict[str, Any]]) -> None:
    assert max(one["megabytes"] for one in measured.values()) < MOST_MEGABYTES


def test_no_bomb_holds_more_wipes_and_drives_than_a_stick(measured: dict[str, dict[str, Any]]) -> None:
    for one in measured.values():
        notes, drives, wipes = one["said"]
        assert drives <= 256, one
        assert wipes <= 500, one
        assert notes or drives or wipes or one["kind"] != "unknown", one
