"""The shape of what people send about a drive by itself."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import FileStorage
from wtforms import FileField, RadioField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from tracker.web.fields import CodeField, PlainField, readable
from tracker.web.photos import LARGEST_BYTES, read_photo
from tracker.web.submissions import OnceForm
from tracker.wiping.forms import NOTE_LENGTH, needed


class PlaceForm(OnceForm):
    place = CodeField(
        _l("Box or shelf"),
        [InputRequired(_l("Scan or type the code of the box or shelf.")), Length(max=2_000)],
    )


class StickForm(OnceForm):
    note = TextAreaField(_l("How you know"), [needed, Length(max=NOTE_LENGTH), readable])


class ConfirmForm(OnceForm):
    """A second person's answer to a declared destruction."""

    decision = RadioField(_l("What do you see?"), [InputRequired(_l("Choose one of the two."))])
    slip = PlainField(_l("Number of the destruction slip"), [Optional(), Length(max=60), readable])
    photo = FileField(_l("Photo of what is left"))
    note = TextAreaField(_l("In a few words"), [Optional(), Length(max=NOTE_LENGTH), readable])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.decision.choices = [
            ("confirm", _("It is destroyed: nobody can read it any more")),
            ("refuse", _("It is not destroyed")),
        ]


def photo_sent(field: FileField) -> bytes | None:
    """The photo of a form, written anew; None where none was chosen. Raises `Malformed`."""
    sent = field.data
    if not isinstance(sent, FileStorage) or not sent.filename:
        return None
    return read_photo(sent.stream.read(LARGEST_BYTES + 1), field.name)
