"""The shape of what is asked for: which labels, on what. What makes sense is judged by `operations.order_for`."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext
from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from labels.formats import FORMATS
from tracker.errors import Malformed
from tracker.i18n import N_
from tracker.labelling.habit_rules import HABITS
from tracker.labelling.rules import (
    DESIGN_NAMES,
    LONGEST_LIST,
    MOST_AT_ONCE,
    REASONS,
    format_words,
)
from tracker.printing.medium_forms import media_choices
from tracker.printing.models import Printer
from tracker.printing.queries import printers
from tracker.web.fields import PlainField, WholeField, readable
from tracker.web.shown import say
from tracker.web.submissions import OnceForm


class MediumForm(OnceForm):
    """On what: every form that prints has this part. `shown_medium`: the one whose sheet was drawn on the page."""

    medium = SelectField(
        lazy_gettext("Sheet or roll"),
        [InputRequired(message=lazy_gettext("Choose the sheet or roll in your printer."))],
        validate_choice=False,
    )
    shown_medium = HiddenField()
    format = SelectField(
        lazy_gettext("File"),
        [InputRequired(message=lazy_gettext("Choose what kind of file."))],
        validate_choice=False,
    )
    start = StringField(lazy_gettext("First free label of the sheet"), [Optional(), Length(max=20)])

    printer = SelectField(lazy_gettext("Printer"), [Optional()], validate_choice=False)
    shown_printer = HiddenField()
    sheet = SelectField(lazy_gettext("Which sheet"), [Optional()], validate_choice=False)
    shown_sheet = HiddenField()

    def __init__(self, site_id: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.site_id = site_id
        self.printers = {str(one.id): one for one in printers(site_id)}
        self.medium.choices = media_choices(site_id, self.medium.data or "")
        self.format.choices = [(name, say(format_words(name))) for name in FORMATS]
        self.printer.choices = [
            ("", say(N_("None: I save the file"))),
            *((number, one.name) for number, one in self.printers.items()),
        ]
        self.printer_is_new = (self.printer.data or "") != (self.shown_printer.data or "")
        loaded = self.printers.get(self.printer.data or "")
        if self.printer_is_new and loaded and loaded.medium and not self.medium_is_new:
            self.medium.data = loaded.medium  # what lies in it, until somebody says otherwise

    def chosen_printer(self) -> Printer | None:
        """Raises `Malformed` for one that is not in use here."""
        if not self.printer.data:
            return None
        if self.printer.data not in self.printers:
            raise Malformed(N_("There is no such printer here. Choose one of the list."), field="printer")
        return self.printers[self.printer.data]

    @property
    def medium_is_new(self) -> bool:
        return bool(self.shown_medium.data) and self.shown_medium.data != self.medium.data

    @property
    def sheet_is_new(self) -> bool:
        """Whether another sheet was chosen than the one whose cells were shown to choose from."""
        return self.medium_is_new or (
            bool(self.shown_sheet.data) and (self.sheet.data or "") != self.shown_sheet.data
        )


class PrintForm(MediumForm):
    codes = TextAreaField(
        lazy_gettext("Other codes, one on each line"), [Optional(), Length(max=LONGEST_LIST)]
    )
    design = SelectField(lazy_gettext("Label"), validate_choice=False)
    reason = SelectField(lazy_gettext("Why again?"), validate_choice=False)
    asked_why = HiddenField()

    def __init__(self, site_id: int, **kwargs: Any) -> None:
        super().__init__(site_id, **kwargs)
        self.design.choices = [
            ("", say(N_("The one of its stage"))),
            *((name, say(words)) for name, words in DESIGN_NAMES.items()),
        ]
        self.reason.choices = [("", "–"), *((reason.value, say(words)) for reason, words in REASONS.items())]


class MintForm(MediumForm):
    count = WholeField(
        lazy_gettext("How many tags"),
        [
            InputRequired(message=lazy_gettext("Say how many tags.")),
            NumberRange(1, MOST_AT_ONCE, message=lazy_gettext("Ask for 1 to 1,000 tags at a time.")),
        ],
    )


class VoidForm(OnceForm):
    reason = PlainField(lazy_gettext("What happened to it?"), [Optional(), Length(max=500), readable])


class UndoneForm(OnceForm):
    spoilt = BooleanField(lazy_gettext("The paper is spoilt: do not use these labels again"))


class HabitForm(OnceForm):
    habit = RadioField(
        lazy_gettext("When a device comes to this stage"),
        [InputRequired(message=lazy_gettext("Choose one of them."))],
        validate_choice=False,
    )
    printer = SelectField(lazy_gettext("Printer"), [Optional()], validate_choice=False)
    medium = SelectField(lazy_gettext("Sheet or roll"), [Optional()], validate_choice=False)

    def __init__(self, site_id: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.printers = {str(one.id): one for one in printers(site_id)}
        self.habit.choices = [(one.value, say(words)) for one, words in HABITS.items()]
        self.printer.choices = [
            ("", say(N_("As each person printed last"))),
            *((number, one.name) for number, one in self.printers.items()),
        ]
        self.medium.choices = {
            "": [("", say(N_("What lies in the printer, or as each person printed last")))],
            **media_choices(site_id),
        }
