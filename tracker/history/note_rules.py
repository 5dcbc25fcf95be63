"""What a person must say in her own words, where her word stands for something."""

from __future__ import annotations

from tracker.errors import Malformed

SHORTEST = 3  # signs; what they say no program can judge


def must_say_something(note: str, what_to_say: str, field: str = "note") -> None:
    """Raise `Malformed` with that sentence for a note that says nothing."""
    if len(note.strip()) < SHORTEST:
        raise Malformed(what_to_say, field=field)
