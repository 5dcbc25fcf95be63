"""The shape of a handover as it is filled in, of a parcel, of a return."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FieldList, FormField, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from tracker.devices.forms import MultiCheckboxField
from tracker.devices.models import Device
from tracker.devices.rules import ACCESSORIES, DEMANDED
from tracker.distribution.queries import Parcel
from tracker.distribution.rules import LONGEST_NAME, MOST_DEVICES, MOST_PEOPLE, OTHERWISES, Otherwise
from tracker.web.fields import EurosField, PlainField, WholeField
from tracker.web.forms import Form
from tracker.web.shown import say
from tracker.web.submissions import OnceForm


class ParcelForm(Form):
    """One device of the handover."""

    class Meta(Form.Meta):
        csrf = False  # the form around it has the token

    device_id = WholeField(_l("Device"))
    chosen = BooleanField(_l("Hand over"), default=True)
    price = EurosField(_l("Price"), [Optional()])
    otherwise = SelectField(_l("Without this device"), [Optional()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.otherwise.choices = [
            ("", _l("Not asked")),
            *((one.value, say(text)) for one, text in OTHERWISES.items()),
        ]


class HandoverForm(OnceForm):
    parcels = FieldList(FormField(ParcelForm), label=_l("Devices"), max_entries=MOST_DEVICES)
    packed = BooleanField(_l("The accessories listed are in the parcels"))
    people = WholeField(
        _l("People equipped"),
        [Optional(), NumberRange(0, MOST_PEOPLE)],
        description=_l("How many people will use these devices. No names."),
    )
    signature = StringField(_l("Signature"))
    signed_by = PlainField(
        _l("Name of the person who receives"),
        [DataRequired(_l("Write the name.")), Length(max=LONGEST_NAME)],
    )
    signed_role = PlainField(
        _l("Role of this person"),
        [DataRequired(_l("Write the role.")), Length(max=LONGEST_NAME)],
        description=_l("For example volunteer, employee, chair."),
    )

    def chosen(self) -> list[ParcelForm]:
        return [entry.form for entry in self.parcels if entry.form.chosen.data and entry.form.device_id.data]

    def prices(self) -> dict[int, int]:
        return {one.device_id.data: one.price.data or 0 for one in self.chosen() if one.device_id.data}

    def otherwises(self) -> dict[int, Otherwise]:
        return {
            one.device_id.data: Otherwise(one.otherwise.data)
            for one in self.chosen()
            if one.device_id.data and one.otherwise.data
        }


def filled_from(parcels: list[Parcel]) -> dict[str, Any]:
    """What the form shows first: everything that is set aside, free of charge."""
    return {
        "parcels": [
            {"device_id": one.device.id, "chosen": True, "price": None, "otherwise": ""} for one in parcels
        ]
    }


class ReturnForm(OnceForm):
    device_id = WholeField(_l("Device"), [InputRequired()])
    reason = PlainField(
        _l("Why does it come back?"), [DataRequired(_l("Say why in a few words.")), Length(max=500)]
    )


class PrepareForm(OnceForm):
    """What is packed. What the type demands comes first."""

    accessories = MultiCheckboxField(_l("Packed with it"))

    def __init__(self, device: Device, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.accessories.flags.required = True  # each type demands one at least
        demanded = DEMANDED[device.type]
        order = sorted(ACCESSORIES, key=lambda one: (one not in demanded, list(ACCESSORIES).index(one)))
        self.accessories.choices = [(one.value, say(ACCESSORIES[one])) for one in order]
