"""A note in a person's own words says something, or is refused beside its field."""

from __future__ import annotations

import pytest

from tracker.errors import Malformed
from tracker.history.note_rules import must_say_something


@pytest.mark.parametrize("note", ["", "  ", "ok", " ok \n"])
def test_what_says_nothing_is_refused_beside_its_field(note: str) -> None:
    with pytest.raises(Malformed, match="Say why") as refusal:
        must_say_something(note, "Say why.", "reason")
    assert refusal.value.field == "reason"


def test_a_short_word_says_something() -> None:
    must_say_something(" vis ", "Say why.")
