"""Reading the sheets that were begun."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from labels.media import Medium
from tracker.accounts.models import Site
from tracker.database import session
from tracker.errors import Conflict, NotHere
from tracker.i18n import N_
from tracker.labelling import sheet_rules
from tracker.labelling.sheet_models import BegunSheet


def begun(site_id: int, medium: str | None = None) -> Sequence[BegunSheet]:
    """The sheets of a site that have free labels, the one printed on last first; of one medium, if given."""
    chosen = select(BegunSheet).where(BegunSheet.site_id == site_id, BegunSheet.ended_at.is_(None))
    if medium is not None:
        chosen = chosen.where(BegunSheet.medium == medium)
    return session.scalars(chosen.order_by(BegunSheet.used_at.desc(), BegunSheet.id.desc())).all()


def current(site_id: int, chosen: Medium) -> BegunSheet | None:
    """The sheet that is printed on next; None on rolls, and where a new one is begun."""
    return None if chosen.is_roll else next(iter(begun(site_id, chosen.name)), None)


def begun_sheet(sheet_id: int, site_id: int) -> BegunSheet:
    """One that has free labels. Raises `NotHere`, and `Conflict` where it was used up meanwhile."""
    found = session.get(BegunSheet, sheet_id, populate_existing=True)
    if found is None or found.site_id != site_id:
        raise NotHere(N_("There is no such sheet here."))
    if found.ended_at is not None:
        raise Conflict(N_("That sheet is used up now. Look at the one shown here, then print again."))
    return found


def next_start(site_id: int, chosen: Medium) -> int:
    """The first free cell of the sheet that is printed on next; 1 on a new one and on rolls."""
    sheet = current(site_id, chosen)
    return (sheet_rules.next_free(sheet.cells) if sheet else None) or 1


def lock(site_id: int) -> None:
    """Hold the site's sheets until the transaction ends: two prints at once take their cells one after the other."""
    session.execute(select(Site.id).where(Site.id == site_id).with_for_update(key_share=True))
