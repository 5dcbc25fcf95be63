"""The shape of what a batch asks once, and of what is said on its page."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext
from wtforms import RadioField
from wtforms.validators import Length, Optional

from tracker.cards.rules import METHODS
from tracker.devices.rules import Grade
from tracker.scanning.mode_rules import LONGEST, QUESTIONS, Mode, asked_once, lacking
from tracker.web.fields import PlainField, readable
from tracker.web.shown import say
from tracker.web.submissions import OnceForm


class AnswerForm(OnceForm):
    """What a mode is told once: the fields that its action has no use for are left out."""

    reason = PlainField(lazy_gettext("Why?"), [Length(max=LONGEST["reason"]), readable])
    slip_number = PlainField(lazy_gettext("Slip number"), [Length(max=LONGEST["slip_number"]), readable])
    recycler = PlainField(lazy_gettext("Who takes them"), [Length(max=LONGEST["recycler"]), readable])
    left_on = PlainField(lazy_gettext("Left on"), [Length(max=LONGEST["left_on"]), readable])
    grade = RadioField(lazy_gettext("Grade"), [Optional()])
    method = RadioField(lazy_gettext("Wipe method"), [Optional()])

    def __init__(self, mode: Mode, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.grade.choices = [(one.value, one.value) for one in Grade]
        self.method.choices = [(key, say(name)) for key, name in METHODS.items()]
        for name in set(QUESTIONS) - set(asked_once(mode)):
            delattr(self, name)
        for name in lacking(mode):
            if mode.action != "recycle":  # a slip and who takes it, or the reason for none
                self[name].flags.required = True

    @property
    def answers(self) -> dict[str, str]:
        return {name: self[name].data for name in QUESTIONS if name in self and self[name].data}
