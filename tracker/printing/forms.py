"""The shape of what is asked about printers; and media as people read them."""

from __future__ import annotations

import re
from typing import Any

from flask_babel import lazy_gettext
from wtforms import RadioField, SelectField
from wtforms.validators import InputRequired, Length, Optional

from labels.media import Medium
from tracker.i18n import N_
from tracker.printing import medium_queries, rules
from tracker.printing.models import Printer
from tracker.printing.rules import Described, Way
from tracker.web.fields import PlainField, readable
from tracker.web.shown import number, say
from tracker.web.submissions import OnceForm

COLOURS: dict[str, bool | None] = {"": None, "colour": True, "black": False}


def medium_name(medium: Medium) -> str:
    """`avery-l7160` → `Avery L7160`: as the maker writes it on the packet; or as the workshop calls its own."""
    if medium.words:
        return medium.words
    maker, _, reference = medium.name.partition("-")
    return f"{maker.title()} {re.sub(r'(?<=[0-9])X(?=[0-9])', '×', reference.upper())}"


def medium_size(medium: Medium) -> str:
    """`63,5 × 38,1 mm`."""
    return f"{number(medium.width_mm)} × {number(medium.height_mm)} mm".replace(" ", "\u00a0")


def media_choices(site_id: int) -> dict[str, list[tuple[str, str]]]:
    """What this site can print on: its own media first."""
    groups: dict[str, list[tuple[str, str]]] = {
        say(N_("Our own")): [],
        say(N_("Sheets")): [],
        say(N_("Rolls")): [],
    }
    own, sheets, rolls = groups.values()
    for medium in medium_queries.media(site_id):
        words = f"{medium_name(medium)} – {medium_size(medium)}"
        (own if medium.words else rolls if medium.is_roll else sheets).append((medium.name, words))
    return {name: choices for name, choices in groups.items() if choices}


class LoadForm(OnceForm):
    """What lies in a printer now."""

    medium = SelectField(lazy_gettext("What lies in it now"), [Optional()], validate_choice=False)

    def __init__(self, site_id: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.medium.choices = {"–": [("", say(N_("Nothing, or I do not know")))], **media_choices(site_id)}


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

    def described(self) -> Described:
        """What was typed, not yet judged."""
        return Described(
            self.name.data or "",
            Way(self.way.data),
            self.format.data or "",
            self.address.data,
            int(self.dpi.data) if self.dpi.data else None,
            COLOURS[self.colour.data or ""],
        )


class NewPrinterForm(PrinterForm):
    medium = SelectField(lazy_gettext("What lies in it now"), [Optional()], validate_choice=False)

    def __init__(self, site_id: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.medium.choices = {"–": [("", say(N_("Nothing, or I do not know")))], **media_choices(site_id)}


def _shown(printer: Printer) -> dict[str, Any]:
    colour = next(key for key, value in COLOURS.items() if value == printer.colour)
    return {
        "name": printer.name,
        "way": printer.way.value,
        "address": printer.address,
        "format": printer.format,
        "dpi": str(printer.dpi or ""),
        "colour": colour,
    }
