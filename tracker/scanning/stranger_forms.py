"""The shape of what a finder writes, of an answer, and of how a workshop is reached."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext
from wtforms import EmailField, StringField, TextAreaField
from wtforms.validators import Email, InputRequired, Length, Optional

from tracker.contacts.models import Contact
from tracker.scanning.stranger_rules import LONGEST_WORDS
from tracker.web.fields import PlainField, plain, readable
from tracker.web.submissions import OnceForm

FIELDS = ("name", "email", "phone", "address", "postcode", "city")


class FoundForm(OnceForm):
    words = TextAreaField(
        lazy_gettext("Where is it? What happened?"),
        [
            InputRequired(message=lazy_gettext("Write where it is, or what happened.")),
            Length(max=LONGEST_WORDS),
            readable,
        ],
    )
    name = PlainField(lazy_gettext("Your name"), [Optional(), Length(max=120), readable])
    email = EmailField(lazy_gettext("Your e-mail address"), [Optional(), Email(), Length(max=254)])
    phone = PlainField(lazy_gettext("Your telephone"), [Optional(), Length(max=40), readable])
    # No person sees this one; programs that fill in every field do.
    website = StringField(lazy_gettext("Leave this empty"))

    @property
    def by_a_program(self) -> bool:
        return bool((self.website.data or "").strip())


class AnswerForm(OnceForm):
    note = PlainField(lazy_gettext("What was answered?"), [Optional(), Length(max=500), readable])


class PublicContactForm(OnceForm):
    name = PlainField(
        lazy_gettext("Name of the workshop, as the public knows it"),
        [InputRequired(message=lazy_gettext("Give a name.")), Length(max=200), readable],
    )
    phone = PlainField(lazy_gettext("Telephone"), [Optional(), Length(max=40), readable])
    email = EmailField(lazy_gettext("E-mail address"), [Optional(), Email(), Length(max=254)])
    address = PlainField(lazy_gettext("Address"), [Optional(), Length(max=200), readable])
    postcode = PlainField(lazy_gettext("Postcode"), [Optional(), Length(max=10), readable])
    city = PlainField(lazy_gettext("Town"), [Optional(), Length(max=120), readable])

    def __init__(self, contact: Contact | None, **kwargs: Any) -> None:
        shown = {name: getattr(contact, name) for name in FIELDS} if contact is not None else None
        super().__init__(data=shown, **kwargs)

    def values(self) -> dict[str, str | None]:
        return {name: plain(self[name].data) for name in FIELDS}
