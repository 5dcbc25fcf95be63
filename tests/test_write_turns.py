"""Who writes on SQLite stands in line, in whichever process: the lock is the operating system's."""

from __future__ import annotations

import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from tracker import write_turns

SECOND = """
import sys
from tracker import write_turns
print("here", flush=True)
with write_turns.turn(sys.argv[1]):
    with open(sys.argv[2], "a") as target:
        target.write("second ")
"""


def test_a_second_process_writes_after_the_turn_of_the_first(tmp_path: Path) -> None:
    database, said = tmp_path / "tracker.sqlite3", tmp_path / "said"
    command = [sys.executable, "-c", SECOND, str(database), str(said)]
    with ExitStack() as waiting:
        with write_turns.turn(str(database)):
            second = waiting.enter_context(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
            assert second.stdout is not None
            assert second.stdout.readline() == "here\n"
            with pytest.raises(subprocess.TimeoutExpired):
                second.wait(timeout=0.5)  # it would have ended by now
            said.write_text("first ", encoding="utf-8")
        assert second.wait(timeout=60) == 0
    assert said.read_text(encoding="utf-8") == "first second "


def test_a_turn_ends_with_the_process_that_held_it(tmp_path: Path) -> None:
    database = tmp_path / "tracker.sqlite3"
    holds = "import sys, os\nfrom tracker import write_turns\nwrite_turns.turn(sys.argv[1]).__enter__()\nos._exit(9)"
    assert subprocess.run([sys.executable, "-c", holds, str(database)], check=False).returncode == 9
    with write_turns.turn(str(database)):
        assert (tmp_path / "tracker.sqlite3-turn").read_bytes() == b""


@pytest.mark.parametrize("database", [None, ":memory:", "/nowhere/at/all.sqlite3"])
def test_where_no_file_can_stand_beside_it_threads_alone_wait(database: str | None) -> None:
    with write_turns.turn(database):
        pass
    assert not Path(f"{database}-turn").exists()
