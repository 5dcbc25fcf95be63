"""The shape of what people type about donors, collections and arriving devices."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    FileField,
    HiddenField,
    RadioField,
    SelectField,
    TextAreaField,
)
from wtforms.validators import Email, InputRequired, Length, Optional

from tracker import clock
from tracker.accounts.rules import Actor
from tracker.collection.models import Donor
from tracker.collection.rules import DONOR_KINDS, TAKEN_AS, Line, Reachable, beginnings_for
from tracker.devices.forms import type_choices
from tracker.devices.lifecycle import Action
from tracker.devices.rules import DeviceType
from tracker.web.fields import CodeField, KilogramsField, PlainField, plain, readable
from tracker.web.shown import say
from tracker.web.submissions import OnceForm


class DonorForm(OnceForm):
    kind = RadioField(_l("Who gives?"), [InputRequired(message=_l("Choose who gives."))])
    name = PlainField(_l("Name of the organisation"), [Optional(), Length(max=200), readable])
    siret = PlainField(_l("SIRET"), [Optional(), Length(max=40), readable])
    contact_name = PlainField(_l("Name of the person"), [Optional(), Length(max=120), readable])
    email = EmailField(_l("E-mail address"), [Optional(), Email(), Length(max=254)])
    phone = PlainField(_l("Telephone"), [Optional(), Length(max=40), readable])
    address = PlainField(_l("Address"), [Optional(), Length(max=200), readable])
    postcode = PlainField(_l("Postcode"), [Optional(), Length(max=10), readable])
    city = PlainField(_l("Town"), [Optional(), Length(max=120), readable])

    def __init__(self, donor: Donor | None = None, **kwargs: Any) -> None:
        super().__init__(data=_shown(donor) if donor else None, **kwargs)
        self.kind.choices = [(kind.value, say(word)) for kind, word in DONOR_KINDS.items()]

    def reachable(self) -> Reachable:
        return Reachable(
            name=self.contact_name.data,
            email=plain(self.email.data),
            phone=self.phone.data,
            address=self.address.data,
            postcode=self.postcode.data,
            city=self.city.data,
        )


def _shown(donor: Donor) -> dict[str, Any]:
    shown: dict[str, Any] = {"kind": donor.kind.value, "name": donor.name, "siret": donor.siret}
    if donor.contact is not None:
        fields = ("email", "phone", "address", "postcode", "city")
        shown |= {name: getattr(donor.contact, name) for name in fields}
        shown["contact_name"] = donor.contact.name
    return shown


class CollectionForm(OnceForm):
    date = DateField(
        _l("Day"),
        [InputRequired(message=_l("Choose the day."))],
        default=lambda: clock.local(clock.now()).date(),
    )
    reference = PlainField(_l("Reference"), [Optional(), Length(max=24)])
    note = TextAreaField(_l("Note"), [Optional(), Length(max=2_000), readable])


class AddForm(OnceForm):
    """The fast form: what stays is sent back as it was, what is of one device is emptied."""

    type = RadioField(_l("Type"), [InputRequired(message=_l("Choose a type."))])
    action = RadioField(_l("Where is it now?"), [InputRequired(message=_l("Say where the device is."))])
    serial = CodeField(_l("Serial number"), [Optional(), Length(max=80), readable])
    manufacturer = PlainField(_l("Manufacturer"), [Optional(), Length(max=80), readable])
    model = PlainField(_l("Model"), [Optional(), Length(max=120), readable])
    keep = BooleanField(_l("Keep manufacturer and model for the next one"))
    weight_g = KilogramsField(_l("Weight"))
    charger = BooleanField(_l("The charger is with it"))
    code = CodeField(_l("Tag already on it"), [Optional(), Length(max=2_000)])

    def __init__(self, by: Actor, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.type.choices = type_choices()
        self.action.choices = [
            (move.action.value, say(ADD_WORDS[move.action])) for move in beginnings_for(by)
        ]

    def line(self) -> Line:
        return Line(
            type=DeviceType(self.type.data),
            manufacturer=self.manufacturer.data,
            model=self.model.data,
            serial=self.serial.data,
            weight_g=self.weight_g.data or None,
            charger=self.charger.data,
        )

    def kept(self) -> dict[str, Any]:
        """What the next form begins with."""
        kept = {
            "type": self.type.data,
            "action": self.action.data,
            "charger": "1" if self.charger.data else None,
        }
        if self.keep.data:
            kept |= {"keep": "1", "manufacturer": self.manufacturer.data, "model": self.model.data}
        return kept


# Said where a move begins a journey: in the words of the place, not of the move.
ADD_WORDS = {
    Action.ANNOUNCE: _l("Still at the donor's: announced"),
    Action.COLLECT: _l("On its way: collected"),
    Action.RECEIVE: _l("Here: received"),
}


class ReceiveForm(OnceForm):
    scanned = CodeField(
        _l("Code or serial number"),
        [InputRequired(message=_l("Scan or type a code or serial number.")), Length(max=2_000)],
    )
    weight_g = KilogramsField(_l("Weight"))
    charger = BooleanField(_l("The charger is with it"))


class ImportForm(OnceForm):
    file = FileField(_l("The donor's list"))
    action = RadioField(
        _l("Where are the devices now?"), [InputRequired(message=_l("Say where the devices are."))]
    )
    default_type = SelectField(_l("Type, where the list names none"), [Optional()])

    def __init__(self, by: Actor, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.action.choices = [
            (move.action.value, say(ADD_WORDS[move.action])) for move in beginnings_for(by)
        ]
        self.default_type.choices = [("", "–"), *type_choices()]


class ConfirmForm(OnceForm):
    lookalikes = BooleanField(_l("Also add the rows that look the same as rows of another list"))


class GiveBackForm(OnceForm):
    taken_as = RadioField(_l("Who takes it back?"), [InputRequired(message=_l("Say who takes it back."))])
    taken_by = PlainField(
        _l("Name of the person who takes it"),
        [InputRequired(message=_l("Write the name.")), Length(max=120), readable],
    )
    signature = HiddenField(_l("Signature"))
    reason = PlainField(_l("Why is it given back?"), [Optional(), Length(max=500), readable])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.taken_as.choices = [(role.value, say(word)) for role, word in TAKEN_AS.items()]
