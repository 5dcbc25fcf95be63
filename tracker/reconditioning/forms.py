"""The shape of what the bench sends: answers, a grade, a reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext
from wtforms import RadioField, SelectMultipleField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from tracker.devices.models import Device
from tracker.devices.rules import Grade
from tracker.errors import Malformed
from tracker.i18n import N_
from tracker.reconditioning import rules
from tracker.reconditioning.checklists import Line
from tracker.reconditioning.rules import Answer, ChecklistState
from tracker.web.fields import WholeField
from tracker.web.forms import Form
from tracker.web.shown import say

NOTE_LENGTH = 1_000


class GradeForm(Form):
    grade = RadioField(lazy_gettext("Grade of the whole"), [InputRequired(lazy_gettext("Choose a grade."))])
    screen = RadioField(lazy_gettext("Screen"), [Optional()])
    casing = RadioField(lazy_gettext("Casing"), [Optional()])
    battery = WholeField(
        lazy_gettext("Battery: what is left of its first capacity"), [Optional(), NumberRange(0, 100)]
    )
    note = TextAreaField(lazy_gettext("Note"), [Optional(), Length(max=NOTE_LENGTH)])

    @classmethod
    def of(cls, device: Device, **values: Any) -> GradeForm:
        """The form for this device: parts that its type has not are left out."""
        form = cls(**values)
        form.grade.choices = _letters(rules.GRADES)
        form.screen.choices = _letters(rules.SCREEN_GRADES)
        form.casing.choices = _letters(rules.CASING_GRADES)
        if device.type not in rules.HAS_SCREEN:
            del form.screen
        if device.type not in rules.HAS_BATTERY:
            del form.battery
        return form

    def values(self) -> dict[str, Any]:
        """What `operations.grade` takes, besides the device and the person."""
        letters = {
            name: self[name].data
            for name in ("grade", "screen", "casing")
            if name in self and self[name].data
        }
        battery = self.battery.data if "battery" in self else None
        return {
            **{name: Grade(letter) for name, letter in letters.items()},
            "battery": battery,
            "note": self.note.data,
        }


def _letters(definitions: Mapping[Grade, str]) -> list[tuple[str, str]]:
    return [(letter.value, f"{letter.value} – {say(text)}") for letter, text in definitions.items()]


class SendBackForm(Form):
    reason = TextAreaField(
        lazy_gettext("What has to be done again"),
        [
            InputRequired(lazy_gettext("Write what you found, so that the bench can put it right.")),
            Length(max=NOTE_LENGTH),
        ],
    )
    lines = SelectMultipleField(
        lazy_gettext("Points that failed"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )

    @classmethod
    def of(cls, state: ChecklistState) -> SendBackForm:
        form = cls()
        form.lines.choices = [(one.line.key, say(one.line.text)) for one in state.lines]
        return form


def read_answers(sent: Mapping[str, str], lines: Sequence[Line]) -> dict[str, Answer]:
    """The answers of the bench form that differ from those its page showed (`seen-<key>`).

    So a page left open for an hour cannot write over what someone else has answered meanwhile.
    """
    found = {}
    for line in lines:
        given = sent.get(f"answer-{line.key}", "")
        if given and given != sent.get(f"seen-{line.key}", ""):
            found[line.key] = answer_named(given)
    return found


def answer_named(text: str) -> Answer:
    """The answer of this name. Raises `Malformed`."""
    try:
        return Answer(text)
    except ValueError as error:
        raise Malformed(
            N_("An answer is “passed”, “failed” or “not_applicable”, not “%(answer)s”."),
            field="answers",
            answer=text[:40],
        ) from error
