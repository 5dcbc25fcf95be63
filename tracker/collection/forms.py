"""The shape of what people type about donors, collections and arriving devices."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext
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
    kind = RadioField(lazy_gettext("Who gives?"), [InputRequired(message=lazy_gettext("Choose who gives."))])
    name = PlainField(lazy_gettext("Name of the organisation"), [Optional(), Length(max=200), readable])
    siret = PlainField(lazy_gettext("SIRET"), [Optional(), Length(max=40), readable])
    contact_name = PlainField(lazy_gettext("Name of the person"), [Optional(), Length(max=120), readable])
    email = EmailField(lazy_gettext("E-mail address"), [Optional(), Email(), Length(max=254)])
    phone = PlainField(lazy_gettext("Telephone"), [Optional(), Length(max=40), readable])
    address = PlainField(lazy_gettext("Address"), [Optional(), Length(max=200), readable])
    postcode = PlainField(lazy_gettext("Postcode"), [Optional(), Length(max=10), readable])
    city = PlainField(lazy_gettext("Town"), [Optional(), Length(max=120), readable])

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
        lazy_gettext("Day"),
        [InputRequired(message=lazy_gettext("Choose the day."))],
        default=lambda: clock.local(clock.now()).date(),
    )
    reference = PlainField(lazy_gettext("Reference"), [Optional(), Length(max=24)])
    note = TextAreaField(lazy_gettext("Note"), [Optional(), Length(max=2_000), readable])


class AddForm(OnceForm):
    """The fast form: what stays is sent back as it was, what is of one device is emptied."""

    type = RadioField(lazy_gettext("Type"), [InputRequired(message=lazy_gettext("Choose a type."))])
    action = RadioField(
        lazy_gettext("Where is it now?"), [InputRequired(message=lazy_gettext("Say where the device is."))]
    )
    serial = CodeField(lazy_gettext("Serial number"), [Optional(), Length(max=80), readable])
    manufacturer = PlainField(lazy_gettext("Manufacturer"), [Optional(), Length(max=80), readable])
    model = PlainField(lazy_gettext("Model"), [Optional(), Length(max=120), readable])
    keep = BooleanField(lazy_gettext("Keep manufacturer and model for the next one"))
    imei = CodeField(lazy_gettext("IMEI"), [Optional(), Length(max=40), readable])
    imei2 = CodeField(lazy_gettext("Second IMEI (two SIM cards)"), [Optional(), Length(max=40), readable])
    weight_g = KilogramsField(lazy_gettext("Weight"))
    charger = BooleanField(lazy_gettext("The charger is with it"))
    code = CodeField(lazy_gettext("Tag already on it"), [Optional(), Length(max=2_000)])

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
            imei=self.imei.data,
            imei2=self.imei2.data,
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
    Action.ANNOUNCE: lazy_gettext("Still at the donor's: announced"),
    Action.COLLECT: lazy_gettext("On its way: collected"),
    Action.RECEIVE: lazy_gettext("Here: received"),
}


class ReceiveForm(OnceForm):
    scanned = CodeField(
        lazy_gettext("Code or serial number"),
        [InputRequired(message=lazy_gettext("Scan or type a code or serial number.")), Length(max=2_000)],
    )
    weight_g = KilogramsField(lazy_gettext("Weight"))
    charger = BooleanField(lazy_gettext("The charger is with it"))


class ImportForm(OnceForm):
    file = FileField(lazy_gettext("The donor's list"))
    action = RadioField(
        lazy_gettext("Where are the devices now?"),
        [InputRequired(message=lazy_gettext("Say where the devices are."))],
    )
    default_type = SelectField(lazy_gettext("Type, where the list names none"), [Optional()])

    def __init__(self, by: Actor, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.action.choices = [
            (move.action.value, say(ADD_WORDS[move.action])) for move in beginnings_for(by)
        ]
        self.file.flags.required = True  # judged in the view: an upload is no text
        self.default_type.choices = [("", "–"), *type_choices()]


class ConfirmForm(OnceForm):
    lookalikes = BooleanField(lazy_gettext("Also add the rows that look the same as rows of another list"))


class GiveBackForm(OnceForm):
    taken_as = RadioField(
        lazy_gettext("Who takes it back?"), [InputRequired(message=lazy_gettext("Say who takes it back."))]
    )
    taken_by = PlainField(
        lazy_gettext("Name of the person who takes it"),
        [InputRequired(message=lazy_gettext("Write the name.")), Length(max=120), readable],
    )
    signature = HiddenField(lazy_gettext("Signature"))
    reason = PlainField(lazy_gettext("Why is it given back?"), [Optional(), Length(max=500), readable])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.taken_as.choices = [(role.value, say(word)) for role, word in TAKEN_AS.items()]
