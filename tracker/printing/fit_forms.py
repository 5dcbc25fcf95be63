"""Three questions about a page of crosses. What the answers mean is worked out by `fit_rules`."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext
from wtforms import HiddenField, RadioField
from wtforms.validators import InputRequired, Optional

from labels.calibration import Target
from tracker.i18n import N_, Sentence
from tracker.printing import fit_rules
from tracker.printing.fit_rules import Across, Down, Seen
from tracker.web.fields import DecimalField
from tracker.web.shown import number, say
from tracker.web.submissions import OnceForm


class MillimetresField(DecimalField):
    """A length typed in millimetres."""

    unit = "mm"
    wrong = N_("Write millimetres, for example 1.5.")


class FitForm(OnceForm):
    """`version`: that of the correction which the measured page was printed with."""

    version = HiddenField()
    across = RadioField(
        lazy_gettext("From left to right, the cross is"),
        [InputRequired(message=lazy_gettext("Say where the cross lies."))],
    )
    across_step = RadioField(lazy_gettext("By how much?"), [Optional()], validate_choice=False)
    across_mm = MillimetresField(lazy_gettext("or type it"), [Optional()])
    down = RadioField(
        lazy_gettext("From top to bottom, the cross is"),
        [InputRequired(message=lazy_gettext("Say where the cross lies."))],
    )
    down_step = RadioField(lazy_gettext("By how much?"), [Optional()], validate_choice=False)
    down_mm = MillimetresField(lazy_gettext("or type it"), [Optional()])
    ruler_step = RadioField(lazy_gettext("The ruler measures"), [Optional()], validate_choice=False)
    ruler_mm = MillimetresField(lazy_gettext("or type it"), [Optional()])

    def __init__(self, target: Target, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.target = target
        self.across.choices = [(one.value, say(words)) for one, words in fit_rules.ACROSS.items()]
        self.down.choices = [(one.value, say(words)) for one, words in fit_rules.DOWN.items()]
        self.across_step.choices = self.down_step.choices = [
            (str(step), f"{number(step)} mm") for step in fit_rules.STEPS_MM
        ]
        self.ruler_step.choices = _ruler_choices(target.ruler)
        self.ruler_step.label.text = say(
            Sentence(N_("The ruler of %(ruler)s mm measures"), {"ruler": target.ruler})
        )

    def seen(self) -> Seen:
        """The answers as one measure. Raises `Malformed` naming the question."""
        return fit_rules.seen(
            Across(self.across.data),
            _length(self.across_mm, self.across_step),
            Down(self.down.data),
            _length(self.down_mm, self.down_step),
            _length(self.ruler_mm, self.ruler_step),
            self.target,
        )


def _ruler_choices(ruler: int) -> list[tuple[str, str]]:
    lengths = sorted([ruler, *(ruler + step for step in fit_rules.RULER_STEPS_MM)])
    exact = say(Sentence(N_("exactly %(ruler)s mm"), {"ruler": ruler}))
    return [(str(float(one)), exact if one == ruler else f"{number(one)} mm") for one in lengths]


def _length(typed: MillimetresField, chosen: RadioField) -> float | None:
    """What was typed, else what was chosen."""
    if isinstance(typed.data, Decimal):
        return float(typed.data)
    known = {value for value, _ in chosen.choices}
    return float(chosen.data) if chosen.data in known else None
