"""The shape of what is chosen on the page of cards."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext
from wtforms import RadioField
from wtforms.validators import InputRequired, Length, Optional

from tracker.cards.rules import CHOSEN, ENDINGS, Ending
from tracker.web.fields import PlainField, readable
from tracker.web.shown import say
from tracker.web.submissions import OnceForm


class EndCardForm(OnceForm):
    reason = PlainField(lazy_gettext("What happened to it?"), [Optional(), Length(max=500), readable])


class BadgeForm(OnceForm):
    why = RadioField(
        lazy_gettext("What happened to it?"),
        [InputRequired(message=lazy_gettext("Say what happened to it."))],
    )

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.why.choices = [(one.value, say(ENDINGS[one])) for one in CHOSEN]

    @property
    def ending(self) -> Ending:
        return Ending(self.why.data)
