"""The shape of what is typed at a shared bench, and about one."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, HiddenField, StringField
from wtforms.validators import InputRequired, Length

from tracker.benches.rules import LONGEST_NAME
from tracker.web.fields import PlainField, WholeField, readable
from tracker.web.submissions import OnceForm

LONGEST_CODE = 500


class BadgeForm(OnceForm):
    code = StringField(_("Scan your badge"), [InputRequired(), Length(max=LONGEST_CODE)])
    next = HiddenField()


class PinForm(OnceForm):
    """No password field: a browser that several share must not offer to keep it. Its style hides the digits."""

    badge = HiddenField()
    next = HiddenField()
    pin = StringField(_("Your PIN"), [Length(max=20)])


class OwnPinForm(OnceForm):
    pin = StringField(
        _("New PIN"),
        [InputRequired(), Length(max=20)],
        description=_("4 to 6 digits. It opens the benches of your workshop only, with your badge."),
    )
    again = StringField(_("The same PIN again"), [InputRequired(), Length(max=20)])


class BenchForm(OnceForm):
    name = PlainField(
        _("Name of the bench"),
        [InputRequired(), Length(max=LONGEST_NAME), readable],
        description=_("What people call it: “Wiping table”, “Phone of the van”."),
    )


class HabitsForm(OnceForm):
    idle_minutes = WholeField(_("A turn ends after so many minutes without a scan"), [InputRequired()])
    mode_minutes = WholeField(
        _("A scanning mode rests after so many minutes without a scan"),
        [InputRequired()],
        description=_("Then a scan only looks up, until somebody continues. It holds for batches that are opened from now on."),
    )  # fmt: skip
    badge_alone = BooleanField(_("A badge without PIN says who works, with a volunteer’s rights"))
