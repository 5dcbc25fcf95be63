"""Every entry of a device's history is said in words, in both languages."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tracker.devices.lifecycle import MOVES, Action
from tracker.history.models import HistoryEntry
from tracker.passport import timeline
from tracker.passport.timeline import MOVED, SAID


def entry(action: str, sequence: int = 1, **facts: Any) -> HistoryEntry:
    return HistoryEntry(
        action=action,
        sequence=sequence,
        facts=facts,
        at=datetime(2026, 11, 24, tzinfo=UTC),
        actor_kind="user",
        actor_id=7,
        to_stage=None,
        note_id=None,
    )


def said(action: str, **facts: Any) -> str:
    return timeline.sentence(entry(action, **facts), {"BCDFGHJX": "Étagère 1"}).shown_in("en")


def test_every_move_of_the_table_has_its_words() -> None:
    assert set(MOVED) | {Action.CORRECT} == set(Action)
    assert set(MOVED) == set(MOVES)


@pytest.mark.parametrize("action", sorted(SAID))
def test_no_entry_without_its_facts_breaks_the_page(action: str) -> None:
    assert said(action)


def test_an_action_nobody_has_words_for_shows_its_name() -> None:
    assert said("polish_the_lid") == "Recorded: polish the lid"


@pytest.mark.parametrize(
    ("action", "facts", "words"),
    [
        ("edit", {"serial": [None, "5CD1"]}, "Corrected: serial number, from “–” to “5CD1”"),
        ("edit", {"type": ["laptop", "screen"]}, "Corrected: type, from “Laptop” to “Screen”"),
        ("edit", {"model": ["a", "b"], "weight_g": [1, 2]}, "Corrected: model, weight"),
        ("raise_flag", {"flag": "needs_part"}, "Marked “Needs a part”"),
        ("set_accessories", {"added": ["charger", "bag"], "removed": []}, "Accessories that came with it: Charger, Bag"),
        ("check", {"answers": {"a": "passed", "b": "failed"}}, "Points tested: 2, faults found: 1"),
        ("put", {"location": "BCDFGHJX"}, "Put into “Étagère 1”"),
        ("correct", {"undone_action": "start_wiping"}, "Undone: Start wiping"),
        ("finish_wiping", {"proven": {"data_gone": {"reason": "no_storage_by_type"}}}, "Holds no data by its type: nothing to wipe"),
        ("report_released", {"withdrawn": []}, "A report was taken away from it: it was another device’s"),
        ("report_released", {"withdrawn": [[3, "WD-1"], [4, None]]}, "A report was taken away from it, and drives with it, no longer on record here: WD-1, ?"),
        ("declare_removed", {"drive": 3, "serial": "WD-1"}, "Declared: drive WD-1 was taken out"),
        ("declare_destroyed", {"drive": 3, "serial": "WD-1"}, "Declared: drive WD-1 is destroyed"),
        ("reserve", {"request": "2026-118"}, "Reserved for request 2026-118"),
        ("recycle", {"slip_number": "B-7"}, "Sent to recycling, slip B-7"),
        ("report_attached", {"kind": "nwipe_log"}, "Report received: Wiping log (nwipe, ShredOS)"),
        ("report_attached", {"kind": "a_kind_of_tomorrow"}, "Report received"),
        ("certificate_issued", {"number": "2026-00412"}, "Wipe certificate 2026-00412 issued"),
    ],
)  # fmt: skip
def test_facts_become_words(action: str, facts: dict[str, Any], words: str) -> None:
    assert said(action, **facts) == words


def test_no_kind_of_report_is_shown_by_its_code() -> None:
    from tracker.wiping.upload_rules import KIND_NAMES

    for kind in KIND_NAMES:
        words = timeline.sentence(entry("report_attached", kind=kind), {}).shown_in("fr")
        assert kind not in words.split() and words.startswith("Rapport"), words


def test_a_percent_sign_in_what_people_typed_is_only_a_sign() -> None:
    assert "100%(x)s" in said("edit", model=["a", "100%(x)s"])


def test_what_was_undone_is_marked() -> None:
    lines = timeline.told(
        [
            entry("correct", 3, undoes=2, undone_action="start_wiping"),
            entry("start_wiping", 2),
            entry("receive", 1),
        ],
        {},
        {7: "Claire"},
        {},
    )
    assert [line.undone for line in lines] == [False, True, False]
    assert lines[0].by == "Claire"
