"""Refusals: the one way in which the application says no."""

from __future__ import annotations

from typing import Any

from tracker.i18n import Sentence


class RuleBroken(Exception):
    """A rule refuses what was asked. Says what is wrong *and what to do next*.

    `message` is an English sentence marked with `N_()`, with `%(name)s` places for `details`.
    It is translated once, at the edge: a flash in a page, a problem document in the API, an exit
    code in a command.
    """

    status = 409

    def __init__(self, message: str | Sentence, **details: Any) -> None:
        self.sentence = message if isinstance(message, Sentence) else Sentence(message, details)
        super().__init__(str(self.sentence))


class Malformed(RuleBroken):
    """What was sent cannot be read: a wrong field, file or code. `field` names where, if known."""

    status = 422

    def __init__(self, message: str | Sentence, *, field: str | None = None, **details: Any) -> None:
        super().__init__(message, **details)
        self.field = field


class NotAllowed(RuleBroken):
    """The person is known, but this is not theirs to do."""

    status = 403


class NotHere(RuleBroken):
    """There is no such thing, or it belongs to somebody else and must not show that it exists."""

    status = 404


class Conflict(RuleBroken):
    """Someone else was first."""

    status = 409
