"""What the documents list is what there is: floors, settings, commands."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from tracker.cli import COMMANDS

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
OPERATING = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")


def test_the_floors_of_the_readme_are_those_that_are_proven() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = project["tool"]["importlinter"]["contracts"]
    (floors,) = (one["layers"] for one in contracts if one["id"] == "floors")
    assert "```\n" + "\n".join(re.sub("[()]", "", floor) for floor in floors) + "\n```" in README


def test_every_setting_is_explained_to_operators() -> None:
    read = set(re.findall(r"TRACKER_[A-Z_]+", (ROOT / "tracker" / "config.py").read_text(encoding="utf-8")))
    assert read == set(re.findall(r"`(TRACKER_[A-Z_]+)`", OPERATING))


def test_no_document_names_a_command_that_is_not_there() -> None:
    texts = [README, *(path.read_text(encoding="utf-8") for path in (ROOT / "docs").glob("*.md"))]
    named = {word for text in texts for word in re.findall(r"(?:`|bin/)tracker ([a-z]+)", text)}
    assert named
    assert named <= set(COMMANDS)
