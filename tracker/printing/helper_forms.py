"""The shape of a new helper."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired, Length

from tracker.printing.helper_rules import LONGEST_HELPER_NAME
from tracker.web.fields import PlainField
from tracker.web.forms import Form


class HelperForm(Form):
    """The name of the computer it runs on."""

    name = PlainField(
        _l("Name"),
        [InputRequired(_l("This is missing: fill it in.")), Length(max=LONGEST_HELPER_NAME)],
    )
