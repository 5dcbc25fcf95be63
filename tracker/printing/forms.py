"""The shape of what is asked about printers; and media as people read them."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext
from wtforms import RadioField, SelectField
from wtforms.validators import InputRequired, Length, Optional

from tracker.i18n import N_
from tracker.printing import rules
from tracker.printing.medium_forms import media_choices
from tracker.printing.models import Printer
from tracker.printing.rules import Described, Way
from tracker.web.fields import PlainField, readable
from tracker.web.shown import say
from tracker.web.submissions import OnceForm

COLOURS: dict[str, bool | None] = {"": None, "colour": True, "black": False}


class LoadForm(OnceForm):
    """What lies in a printer now."""

    medium = SelectField(lazy_gettext("What lies in it now"), [Optional()], validate_choice=False)

    def __init__(self, site_id: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.medium.choices = {
            "–": [("", say(N_("Nothing, or I do not know")))],
            **media_choices(site_id, self.medium.data or ""),
        }


class PrinterForm(OnceForm):
    """A printer: what it is called, how a file reaches it, what it understands."""

    name = PlainField(
        lazy_gettext("Name"),
        [
            InputRequired(message=lazy_gettext("Write what you call it, for example “Zebra at the door”.")),
            Length(max=rules.LONGEST_NAME),
            readable,
        ],
    )
    way = RadioField(
        lazy_gettext("How does a file reach it?"),
        [InputRequired(message=lazy_gettext("Choose how a file reaches it."))],
    )
    address = PlainField(lazy_gettext("Queue or address"), [Optional(), Length(max=200)])
    format = SelectField(
        lazy_gettext("What it understands"),
        [InputRequired(message=lazy_gettext("Choose what kind of file."))],
        validate_choice=False,
    )
    dpi = SelectField(lazy_gettext("Fineness"), [Optional()])
    colour = SelectField(lazy_gettext("Colours"), [Optional()])
    asks_status = SelectField(lazy_gettext("Asked how it is, before and after"), [Optional()])

    def __init__(self, printer: Printer | None = None, **kwargs: Any) -> None:
        super().__init__(data=_shown(printer) if printer else None, **kwargs)
        self.way.choices = [(way.value, say(words)) for way, words in rules.WAYS.items()]
        self.format.choices = [
            (name, say(rules.format_words(name))) for name in rules.FORMATS_OF[Way.DOWNLOAD]
        ]
        self.dpi.choices = [
            ("", say(N_("Usual for the file"))),
            *((str(dpi), f"{dpi} dpi") for dpi in rules.DPI),
        ]
        self.colour.choices = [
            ("", say(N_("Colour on sheets, black on rolls"))),
            ("colour", say(N_("Always in colour"))),
            ("black", say(N_("Always black"))),
        ]
        self.asks_status.choices = [
            ("", say(N_("Yes, where it speaks ZPL"))),
            ("no", say(N_("No: it does not answer"))),
        ]

    def described(self) -> Described:
        """What was typed, not yet judged."""
        return Described(
            self.name.data or "",
            Way(self.way.data),
            self.format.data or "",
            self.address.data,
            int(self.dpi.data) if self.dpi.data else None,
            COLOURS[self.colour.data or ""],
            False if self.asks_status.data == "no" else None,
        )


class NewPrinterForm(PrinterForm):
    medium = SelectField(lazy_gettext("What lies in it now"), [Optional()], validate_choice=False)

    def __init__(self, site_id: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.medium.choices = {
            "–": [("", say(N_("Nothing, or I do not know")))],
            **media_choices(site_id, self.medium.data or ""),
        }


def _shown(printer: Printer) -> dict[str, Any]:
    colour = next(key for key, value in COLOURS.items() if value == printer.colour)
    return {
        "name": printer.name,
        "way": printer.way.value,
        "address": printer.address,
        "format": printer.format,
        "dpi": str(printer.dpi or ""),
        "colour": colour,
        "asks_status": "no" if printer.asks_status is False else "",
    }
