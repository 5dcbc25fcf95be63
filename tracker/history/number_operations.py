"""Numbers on documents and references: counted in one table, none given twice, none left out."""

from __future__ import annotations

from sqlalchemy.dialects import postgresql, sqlite

from tracker.database import is_postgresql, session
from tracker.history.models import EVERY_YEAR, NumberSeries


def take(series: str, year: int = EVERY_YEAR) -> int:
    """The next number of a series, from 1; of a series that begins anew each January, in that `year`.

    The row stays locked until the running transaction ends: whoever asks meanwhile waits, and a number that was
    rolled back is given again. Lock a site's chain first where one is needed, so that nobody waits crosswise.
    """
    insert = postgresql.insert if is_postgresql() else sqlite.insert
    first = insert(NumberSeries).values(series=series, year=year, last=1)
    following = first.on_conflict_do_update(
        index_elements=["series", "year"], set_={"last": NumberSeries.last + 1}
    ).returning(NumberSeries.last)
    return session.execute(following).scalar_one()
