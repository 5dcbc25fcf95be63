"""The shape of a new station."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms.validators import Length

from tracker.web.fields import PlainField
from tracker.web.forms import Form
from tracker.wiping.forms import needed
from tracker.wiping.station_rules import LONGEST_STATION_NAME


class StationForm(Form):
    """A stick's name."""

    name = PlainField(_l("Name"), [needed, Length(max=LONGEST_STATION_NAME)])
