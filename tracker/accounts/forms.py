"""The shape of what people type to sign in and to manage users and associations."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import EmailField, HiddenField, PasswordField, RadioField, SelectField
from wtforms.validators import InputRequired, Length, Optional

from tracker.accounts import queries
from tracker.accounts.rules import GROUND_NAMES, PASSWORD_LENGTH, ROLE_NAMES, Actor, Role, may_grant
from tracker.web.fields import PlainField
from tracker.web.forms import Form
from tracker.web.shown import say
from tracker.web.submissions import OnceForm


class SignIn(Form):
    email = EmailField(_("E-mail address"), [InputRequired(), Length(max=254)])
    password = PasswordField(_("Password"), [InputRequired(), Length(max=200)])
    next = HiddenField()


class Forgotten(Form):
    email = EmailField(_("E-mail address"), [InputRequired(), Length(max=254)])


class ChoosePassword(Form):
    password = PasswordField(
        _("New password"),
        [InputRequired(), Length(max=200)],
        description=_(
            "At least %(length)s characters; a short sentence is easy to remember.", length=PASSWORD_LENGTH
        ),
    )


class ChangePassword(ChoosePassword):
    present = PasswordField(_("Present password"), [InputRequired(), Length(max=200)])


class KeyForm(OnceForm):
    name = PlainField(_("What will use this key?"), [InputRequired(), Length(max=120)])


class UserForm(OnceForm):
    """A user's name, role and association; the roles offered are those the actor may give."""

    name = PlainField(_("Name shown to the others"), [InputRequired(), Length(max=120)])
    role = RadioField(_("Role"), [InputRequired()])
    association = SelectField(_("Association"), [Optional()], description=_("Only for the role Association."))

    def __init__(self, by: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.role.choices = [(role.value, say(ROLE_NAMES[role])) for role in Role if may_grant(by, role)]
        names = [one.name for one in queries.associations(active_only=True)]
        kept = self.association.object_data
        if kept and kept not in names:
            names.insert(0, kept)
        self.association.choices = [("", _("None")), *((name, name) for name in names)]


class InviteForm(UserForm):
    email = EmailField(_("E-mail address"), [InputRequired(), Length(max=254)])


class AssociationForm(OnceForm):
    name = PlainField(_("Name"), [InputRequired(), Length(max=200)])
    city = PlainField(_("Town"), [Optional(), Length(max=120)])
    ground = RadioField(
        _("Why may it receive gifts of public bodies?"),
        [InputRequired()],
        description=_(
            "Asked for by the Code général de la propriété des personnes publiques, article L3212-2."
        ),
    )
    ground_reference = PlainField(
        _("What proves it"),
        [Optional(), Length(max=300)],
        description=_("Decree, approval or statutes: number and date."),
    )
    rna = PlainField(
        _("RNA number"), [Optional()], description=_("W and nine digits; none in Alsace-Moselle.")
    )
    siret = PlainField(_("SIRET number"), [Optional()], description=_("Fourteen digits."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ground.choices = [(ground.value, say(name)) for ground, name in GROUND_NAMES.items()]
