"""The shape of what leaves: which devices, under which slip."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext
from wtforms import DateField, TextAreaField
from wtforms.validators import Length, Optional

from tracker.recycling.rules import NUMBER_LENGTH, RECYCLER_LENGTH
from tracker.web.fields import PlainField
from tracker.web.submissions import OnceForm


class DepartureForm(OnceForm):
    codes = TextAreaField(
        lazy_gettext("Other devices: their codes, one on each line"), [Optional(), Length(max=10_000)]
    )
    slip_number = PlainField(
        lazy_gettext("Number of the tracking slip"), [Optional(), Length(max=NUMBER_LENGTH)]
    )
    recycler = PlainField(lazy_gettext("Recycler"), [Optional(), Length(max=RECYCLER_LENGTH)])
    reason = PlainField(lazy_gettext("Or why there is no slip"), [Optional(), Length(max=1_000)])
    left_on = DateField(lazy_gettext("Day of departure"), [Optional()])

    def values(self) -> dict[str, Any]:
        """What `operations.recycle_together` takes."""
        return {name: self[name].data for name in ("slip_number", "recycler", "reason", "left_on")}

    def typed_codes(self) -> list[str]:
        """What was scanned or typed, one a line."""
        return [line.strip() for line in (self.codes.data or "").splitlines() if line.strip()]
