"""The shape of what is asked about tags: who takes them, which are lost, which device bears one from now on."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext
from wtforms import BooleanField, DateField, HiddenField, RadioField, SelectField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from tracker import clock
from tracker.accounts.models import Site, User
from tracker.collection.models import Collection
from tracker.devices.forms import LossForm, type_choices
from tracker.i18n import N_
from tracker.labelling.rules import MOST_AT_ONCE
from tracker.web.fields import CodeField, PlainField, WholeField, readable
from tracker.web.shown import say
from tracker.web.submissions import OnceForm

_ONE_OF_THEM = NumberRange(1, MOST_AT_ONCE, message=lazy_gettext("Count from 1, as on the roll."))


class PartForm(OnceForm):
    """A part of a roll; what is left empty is its end."""

    first = WholeField(lazy_gettext("From tag no."), [Optional(), _ONE_OF_THEM])
    last = WholeField(lazy_gettext("To tag no."), [Optional(), _ONE_OF_THEM])


class HandForm(PartForm):
    to = SelectField(
        lazy_gettext("Who takes them?"), [InputRequired(message=lazy_gettext("Say who takes the tags."))]
    )
    on = DateField(
        lazy_gettext("Day"),
        [InputRequired(message=lazy_gettext("Choose the day."))],
        default=lambda: clock.local(clock.now()).date(),
    )

    def __init__(self, users: list[User], sites: list[Site], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        people = [(f"user:{one.id}", one.name) for one in users]
        places = [(f"site:{one.id}", one.name) for one in sites]
        self.to.choices = {say(N_("A person")): people, say(N_("A workshop")): places}

    def taker(self, kind: str) -> int | None:
        """The id of the user or site chosen, if it is of this kind."""
        chosen, _, number = (self.to.data or "").partition(":")
        return int(number) if chosen == kind and number.isdecimal() else None


class VoidRestForm(PartForm):
    reason = PlainField(lazy_gettext("What happened to it?"), [Optional(), Length(max=500), readable])


class BindForm(OnceForm):
    """A device that is new to us: its type is enough."""

    doing = HiddenField(default="add")
    collection = RadioField(
        lazy_gettext("With which collection?"),
        [InputRequired(message=lazy_gettext("Choose the collection it comes with."))],
    )
    type = RadioField(lazy_gettext("Type"), [InputRequired(message=lazy_gettext("Choose a type."))])
    serial = CodeField(lazy_gettext("Serial number"), [Optional(), Length(max=80), readable])
    here = BooleanField(lazy_gettext("It is in the workshop already"))

    def __init__(self, collections: list[Collection], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.collection.choices = [(one.reference, one.reference) for one in collections]
        self.type.choices = type_choices()


class PutOnForm(LossForm):
    """A device that we know: by its old code, its serial number or its IMEI. The tag is the one that was scanned."""

    doing = HiddenField(default="put_on")
    device = CodeField(
        lazy_gettext("Code, serial number or IMEI of the device"),
        [InputRequired(message=lazy_gettext("Scan or type which device it is.")), Length(max=2000)],
    )
