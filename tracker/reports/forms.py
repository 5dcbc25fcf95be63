"""What the figures are narrowed to."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, SelectField
from wtforms.validators import Optional

from tracker.devices.rules import TYPES, DeviceType
from tracker.errors import Malformed
from tracker.i18n import N_
from tracker.reports.move_queries import Filters, last_year
from tracker.web.forms import Form
from tracker.web.shown import say

LONGEST_DAYS = 366 * 5


class FiltersForm(Form):
    """Sent by GET: the address says what is shown, so that it can be kept and passed on."""

    class Meta(Form.Meta):
        csrf = False

    since = DateField(_l("From"), [Optional()])
    until = DateField(_l("To"), [Optional()])
    type = SelectField(_l("Type"), [Optional()])
    site = SelectField(_l("Workshop"), [Optional()])
    donor = SelectField(_l("Donor"), [Optional()])

    def __init__(self, sites: dict[int, str], donors: dict[int, str], **values: Any) -> None:
        super().__init__(**values)
        everything = [("", _l("All"))]
        self.type.choices = everything + [(kind.value, say(name)) for kind, name in TYPES.items()]
        self.site.choices = everything + [(str(key), name) for key, name in sites.items()]
        self.donor.choices = everything + [(str(key), name) for key, name in donors.items()]
        if not donors:
            del self.donor

    def filters(self) -> Filters:
        """Raises `Malformed` when the period runs backwards or is longer than five years."""
        usual = last_year()
        donor = self.donor.data if "donor" in self else None
        return must_be_a_period(
            Filters(
                since=self.since.data or usual.since,
                until=self.until.data or usual.until,
                type=DeviceType(self.type.data) if self.type.data else None,
                site_id=int(self.site.data) if self.site.data else None,
                donor_id=int(donor) if donor else None,
            )
        )


def must_be_a_period(filters: Filters) -> Filters:
    """Raise `Malformed` unless the period goes forward, within five years, and is one that people lived."""
    if filters.since > filters.until:
        raise Malformed(N_("The period ends before it begins: exchange the two dates."), field="until")
    if filters.until - filters.since > dt.timedelta(days=LONGEST_DAYS):
        raise Malformed(N_("Choose a period of five years at most."), field="since")
    if filters.since.year < 2000 or filters.until.year > 2100:
        raise Malformed(N_("Choose dates between 2000 and 2100."), field="since")
    return filters
