"""The shape of what people type about places."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext
from wtforms import RadioField, SelectField
from wtforms.validators import InputRequired, Length, Optional

from tracker.stock.models import Location
from tracker.stock.rules import LOCATION_KINDS
from tracker.web.fields import CodeField, PlainField, readable
from tracker.web.shown import say
from tracker.web.submissions import OnceForm


class _PlaceForm(OnceForm):
    name = PlainField(
        lazy_gettext("Name"),
        [
            InputRequired(message=lazy_gettext("Write the name as it stands on the place.")),
            Length(max=80),
            readable,
        ],
    )
    parent = SelectField(lazy_gettext("Lies in"), [Optional()])

    def __init__(self, around: Sequence[Location], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.parent.choices = [("", "–"), *((place.code, place.name) for place in around)]


class NewLocationForm(_PlaceForm):
    kind = RadioField(
        lazy_gettext("What is it?"), [InputRequired(message=lazy_gettext("Choose what it is."))]
    )

    def __init__(self, around: Sequence[Location], **kwargs: Any) -> None:
        super().__init__(around, **kwargs)
        self.kind.choices = [(kind.value, say(word)) for kind, word in LOCATION_KINDS.items()]


class LocationForm(_PlaceForm):
    """Rename a place, or move it."""


class PutForm(OnceForm):
    """A device into a place; on the page of a place only the device is asked for."""

    device = CodeField(
        lazy_gettext("Device"),
        [InputRequired(message=lazy_gettext("Scan or type the code of the device.")), Length(max=2_000)],
    )
    location = CodeField(
        lazy_gettext("Place"),
        [InputRequired(message=lazy_gettext("Scan or choose the place.")), Length(max=2_000)],
    )


class PutHereForm(OnceForm):
    device = CodeField(
        lazy_gettext("Device"),
        [InputRequired(message=lazy_gettext("Scan or type the code of the device.")), Length(max=2_000)],
    )
