"""The chain shows every change, gap and exchange of entries."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from tracker.history.rules import GENESIS, ChainCheck, Written, canonical, entry_hash, new_salt, note_hash

AT = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


def chain(length: int) -> list[tuple[Written, str]]:
    made: list[tuple[Written, str]] = []
    previous = GENESIS
    for sequence in range(1, length + 1):
        entry = Written(
            1,
            sequence,
            AT,
            "user",
            7,
            "device",
            sequence,
            "receive",
            None,
            "received",
            {"n": sequence},
            None,
            previous,
        )
        previous = entry_hash(entry)
        made.append((entry, previous))
    return made


def faults(entries: list[tuple[Written, str]], head: tuple[int, str]) -> int:
    check = ChainCheck(1)
    for entry, digest in entries:
        check.feed(entry, digest)
    check.close(*head)
    return len(check.faults)


def test_an_untouched_chain_has_no_fault() -> None:
    made = chain(5)
    assert faults(made, (5, made[-1][1])) == 0


def test_a_changed_entry_a_missing_one_two_exchanged_and_a_cut_end_all_show() -> None:
    made = chain(5)
    head = (5, made[-1][1])
    changed = [*made]
    changed[2] = (replace(made[2][0], facts={"n": 99}), made[2][1])
    assert faults(changed, head) > 0
    assert faults(made[:2] + made[3:], head) > 0
    assert faults([made[0], made[2], made[1], *made[3:]], head) > 0
    assert faults(made[:4], head) > 0


def test_a_rewritten_end_shows_against_the_head() -> None:
    made = chain(3)
    forged = replace(made[2][0], action="lose")
    assert faults([*made[:2], (forged, entry_hash(forged))], (3, made[2][1])) > 0


@given(st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=8) | st.none() | st.booleans()))
def test_the_order_of_facts_does_not_change_the_hash(facts: dict[str, object]) -> None:
    backwards = dict(reversed(list(facts.items())))
    assert canonical(facts) == canonical(backwards)


def test_the_same_moment_in_another_zone_has_the_same_hash() -> None:
    entry = chain(1)[0][0]
    paris = AT.astimezone(timezone(timedelta(hours=1)))
    assert entry_hash(entry) == entry_hash(replace(entry, at=paris))


def test_a_note_is_hashed_with_its_salt() -> None:
    assert note_hash(new_salt(), "broken hinge") != note_hash(new_salt(), "broken hinge")
