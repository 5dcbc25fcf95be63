"""What is sent to set the logo, or to remove it."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import FileField

from tracker.web.submissions import OnceForm


class LogoForm(OnceForm):
    file = FileField(_l("File of the logo"))


class RemoveForm(OnceForm):
    """Nothing but the button."""
