"""The shape of a request as it is typed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import FieldList, FormField, SelectField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from tracker.allocation.needs_rules import MB_PER_GB, USAGES, Needs, measured
from tracker.allocation.queries import active_associations
from tracker.allocation.rules import LARGEST_QUANTITY, LONGEST_NOTE, LONGEST_REFERENCE, MOST_LINES, Asked
from tracker.devices.rules import TYPES, DeviceType
from tracker.web.fields import CodeField, PlainField, WholeField
from tracker.web.forms import Form
from tracker.web.shown import say
from tracker.web.submissions import OnceForm

MEMORY_GB = (2, 4, 8, 16, 32)
STORAGE_GB = (64, 128, 256, 512, 1_000)
SCREEN_INCHES = (10, 13, 14, 15, 17, 22, 24)


def _at_least(key: str, steps: Sequence[int]) -> list[tuple[str, Any]]:
    """ "No matter", then each step as people say it; the value is the step."""
    factor = MB_PER_GB if key == "memory_mb" else 1
    return [("", _l("No matter")), *((str(step), say(measured(key, step * factor))) for step in steps)]


class LineForm(Form):
    """One line. A line without a type is a line not filled in."""

    class Meta(Form.Meta):
        csrf = False  # the form around it has the token

    type = SelectField(_l("What"), [DataRequired(_l("Choose what you need."))])
    quantity = WholeField(
        _l("How many"),
        [InputRequired(_l("Say how many.")), NumberRange(1, LARGEST_QUANTITY)],
        default=1,
    )
    usage = SelectField(_l("What for"), [Optional()])
    memory_gb = SelectField(_l("Memory, at least"), [Optional()])
    storage_gb = SelectField(_l("Storage, at least"), [Optional()])
    screen_inches = SelectField(_l("Screen, at least"), [Optional()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.type.choices = [
            ("", _l("Choose a type")),
            *((one.value, say(name)) for one, name in TYPES.items()),
        ]
        self.usage.choices = [("", _l("Not said")), *((one.value, say(name)) for one, name in USAGES.items())]
        self.memory_gb.choices = _at_least("memory_mb", MEMORY_GB)
        self.storage_gb.choices = _at_least("storage_gb", STORAGE_GB)
        self.screen_inches.choices = _at_least("screen_inches", SCREEN_INCHES)

    def asked(self) -> Asked:
        """The line as the rules take it."""
        needs: dict[str, Any] = {"usage": self.usage.data or None}
        if self.memory_gb.data:
            needs["memory_mb"] = int(self.memory_gb.data) * MB_PER_GB
        for key in ("storage_gb", "screen_inches"):
            if self[key].data:
                needs[key] = int(self[key].data)
        return Asked(DeviceType(self.type.data), self.quantity.data or 0, Needs.read(needs))


class RequestForm(OnceForm):
    association = SelectField(_l("Association"), [InputRequired()], coerce=int)
    reference = PlainField(
        _l("Your own reference"),
        [Optional(), Length(max=LONGEST_REFERENCE)],
        description=_l("A number or initials that only you understand. Never the name of the person."),
    )
    lines = FieldList(FormField(LineForm), label=_l("What you need"), min_entries=1, max_entries=MOST_LINES)
    note = TextAreaField(
        _l("Anything else the workshop should know"),
        [Optional(), Length(max=LONGEST_NOTE)],
        description=_l(
            "Opening hours, a date that matters. Nothing about health or private matters, please."
        ),
    )

    def __init__(self, *args: Any, choose_association: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if choose_association:
            self.association.choices = [(one.id, one.name) for one in active_associations()]
        else:
            del self.association

    def asked(self) -> list[Asked]:
        return [entry.form.asked() for entry in self.lines]


class ReasonForm(OnceForm):
    reason = PlainField(_l("Why"), [DataRequired(_l("Say why in a few words.")), Length(max=LONGEST_NOTE)])


class ReserveForm(Form):
    code = CodeField(_l("Code of the device"), [InputRequired()])
    line = WholeField(_l("Line"), [InputRequired()])
