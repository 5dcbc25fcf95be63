"""Numbers on documents: 2026-0001 and on, by series and year, none twice."""

from __future__ import annotations

from sqlalchemy.dialects import postgresql, sqlite

from tracker import clock
from tracker.allocation.models import NumberSeries
from tracker.database import is_postgresql, session


def next_number(series: str, prefix: str = "") -> str:
    """The next number of a series in the workshop's current year: `R-2026-0001`.

    The row stays locked until the transaction ends, so a number is never given twice, and one that was rolled
    back is given again.
    """
    year = clock.local(clock.now()).year
    insert = postgresql.insert if is_postgresql() else sqlite.insert
    first = insert(NumberSeries).values(series=series, year=year, last=1)
    following = first.on_conflict_do_update(
        index_elements=["series", "year"], set_={"last": NumberSeries.last + 1}
    ).returning(NumberSeries.last)
    last: int = session.execute(following).scalar_one()
    return f"{prefix}{year}-{last:04d}"
