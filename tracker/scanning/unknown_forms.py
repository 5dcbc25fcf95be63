"""The shape of what is said about a code that nobody knew."""

from __future__ import annotations

from flask_babel import lazy_gettext
from wtforms.validators import InputRequired, Length

from tracker.web.fields import CodeField
from tracker.web.submissions import OnceForm


class LinkForm(OnceForm):
    device = CodeField(
        lazy_gettext("Which device is it on?"),
        [InputRequired(message=lazy_gettext("Scan or type the code of the device.")), Length(max=2_000)],
    )
