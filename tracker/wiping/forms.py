"""The shape of what the wiping pages send."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FileField, HiddenField, MultipleFileField, RadioField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, Regexp

from tracker.web.fields import CodeField, PlainField, readable
from tracker.web.forms import Form
from tracker.web.shown import say
from tracker.wiping.certificate_rules import REVOCATIONS, Revocation
from tracker.wiping.queries import DriveState
from tracker.wiping.rules import DeclarationKind

NOTE_LENGTH = 1_000
OTHER_DRIVE = "other"


def needed(form: Any, field: Any) -> None:
    """Marks what has to be filled in; the operation says why, in its own words."""


needed.field_flags = {"required": True}  # type: ignore[attr-defined]

_NOTE = [needed, Length(max=NOTE_LENGTH), readable]


class UploadForm(Form):
    """Files of any kind, and the device they are about where a person knows it."""

    code = CodeField(_l("Device"), [Optional(), Length(max=200)])
    files = MultipleFileField(_l("Reports"), [needed])


class PartForm(UploadForm):
    """Some of the files of a go, with the name that the page gave to the whole of it."""

    key = HiddenField(validators=[InputRequired(), Regexp(r"^[0-9a-f]{32}\Z")])


class DeclareForm(Form):
    """A person's word about a drive, or about the device as a whole."""

    drive = RadioField(_l("Which drive?"), [needed, Optional()])
    serial = PlainField(_l("Serial number of the drive"), [Optional(), Length(max=80), readable])
    lock_checked = BooleanField(_l("I checked that no account locks it (iCloud, Google, company)."))
    slip = PlainField(_l("Number of the destruction slip"), [Optional(), Length(max=60), readable])
    photo = FileField(_l("Photo of what is left"))
    place = CodeField(_l("Box or shelf it lies in now"), [Optional(), Length(max=2_000)])
    reason = TextAreaField(_l("What you saw or did"), [*_NOTE])

    @classmethod
    def of(cls, kind: DeclarationKind, states: Sequence[DriveState], **values: Any) -> DeclareForm:
        """The form for this declaration: what it does not ask is left out."""
        form = cls(**values)
        form.drive.choices = [(str(state.drive.id), state.drive.label) for state in states]
        about_drive = kind in (DeclarationKind.DESTROYED, DeclarationKind.REMOVED)
        if not about_drive or not states:
            del form.drive
        else:
            form.drive.choices.append((OTHER_DRIVE, _("Another drive: its serial number is below")))
        if not about_drive:
            del form.serial
        if kind is not DeclarationKind.FACTORY_RESET:
            del form.lock_checked
        if kind is not DeclarationKind.DESTROYED:
            del form.slip, form.photo
        if kind is not DeclarationKind.REMOVED:
            del form.place
        return form

    @property
    def drive_id(self) -> int | None:
        chosen = self.drive.data if "drive" in self else None
        return int(chosen) if chosen and chosen != OTHER_DRIVE else None


class ReviewForm(Form):
    """A second person's decision on a doubtful attempt."""

    decision = RadioField(
        _l("Your decision"),
        [InputRequired(_l("Choose one of the two."))],
    )
    drive = RadioField(_l("Which drive is it?"), [needed, Optional()])
    serial = PlainField(_l("Serial number read on the drive"), [Optional(), Length(max=80), readable])
    note = TextAreaField(_l("How you know"), [*_NOTE])

    @classmethod
    def of(cls, own: int, states: Sequence[DriveState], **values: Any) -> ReviewForm:
        """`own`: the drive of the attempt as it is on record; the device's others may be meant too."""
        form = cls(**values)
        others = [(str(one.drive.id), one.drive.label) for one in states if one.drive.id != own]
        form.drive.choices = [(str(own), _("As the report shows it")), *others]
        form.decision.choices = [
            ("accept", _("This drive is wiped: count it")),
            ("reject", _("Do not count this attempt")),
        ]
        return form

    @property
    def drive_id(self) -> int | None:
        return int(self.drive.data) if self.drive.data and not self.serial.data else None


class AssignForm(Form):
    """The device a report is about."""

    code = CodeField(_l("Device"), [InputRequired(_l("Scan or type the device’s code.")), Length(max=200)])


class NoteForm(Form):
    """Why."""

    note = TextAreaField(_l("Why"), [*_NOTE])


class RevokeForm(Form):
    """Why a certificate holds no more."""

    word = RadioField(
        _l("What everyone may read"),
        [InputRequired(_l("Choose a reason."))],
    )
    reason = TextAreaField(_l("What happened (for the workshop only)"), [*_NOTE])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.word.choices = [(one.value, say(word)) for one, word in REVOCATIONS.items()]

    @property
    def revocation(self) -> Revocation:
        return Revocation(self.word.data)


class NumberForm(Form):
    """A certificate's number, typed from paper."""

    class Meta(Form.Meta):
        csrf = False  # it only asks

    number = PlainField(_l("Number of the certificate"), [needed, Length(max=40)])


class WordForm(Form):
    """The word printed on a certificate, typed from paper."""

    class Meta(Form.Meta):
        csrf = False  # it only asks

    word = PlainField(_l("The word under “Check it” on your paper"), [needed, Length(max=40)])
