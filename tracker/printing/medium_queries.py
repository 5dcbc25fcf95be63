"""Reading what can be printed on: the media that everybody knows, and those that a workshop added."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from sqlalchemy import select

from labels import media as known
from labels.errors import LabelError
from labels.media import Medium
from tracker.database import session
from tracker.errors import NotHere
from tracker.i18n import N_
from tracker.printing.medium_models import OwnMedium


def media(site_id: int) -> list[Medium]:
    """All that this site can print on: its own, then those that are known everywhere."""
    return [*(medium_of(one) for one in own(site_id)), *known.MEDIA]


def medium(name: str, site_id: int) -> Medium:
    """The medium of that name, if this site can print on it. Raises `LabelError` that lists the names there are."""
    try:
        return known.medium(name)
    except LabelError:
        return known.medium(name, [medium_of(one) for one in own(site_id)])


def finder(site_id: int) -> Callable[[str], Medium]:
    """`medium` for one site, as rules ask for it."""
    return partial(medium, site_id=site_id)


def ever(name: str) -> Medium:
    """The medium of that name as somebody has printed on it: of whatever site, no longer used or not."""
    return known.medium(name, _own_by_name([name]))


def ever_used(names: Iterable[str]) -> list[Medium]:
    """Those of these that are, or were, media."""
    wanted = set(names)
    return [one for one in (*_own_by_name(wanted), *known.MEDIA) if one.name in wanted]


def _own_by_name(names: Iterable[str]) -> list[Medium]:
    wanted = {name.strip().lower() for name in names}
    asked = sorted(name for name in wanted if name.startswith("own-"))
    if not asked:
        return []
    return [medium_of(one) for one in session.scalars(select(OwnMedium).where(OwnMedium.name.in_(asked)))]


def own(site_id: int, *, retired: bool = False) -> Sequence[OwnMedium]:
    """What this site added, by its words; those in use, or those that no longer are."""
    gone = OwnMedium.retired_at.is_not(None) if retired else OwnMedium.retired_at.is_(None)
    chosen = select(OwnMedium).where(OwnMedium.site_id == site_id, gone)
    return session.scalars(chosen.order_by(OwnMedium.words, OwnMedium.id)).all()


def own_medium(name: str, site_id: int) -> OwnMedium:
    """One that this site added, also one that is no longer used. Raises `NotHere`."""
    chosen = select(OwnMedium).where(OwnMedium.site_id == site_id, OwnMedium.name == name)
    found = session.scalars(chosen).first()
    if found is None:
        raise NotHere(N_("There is no such sheet or roll here."))
    return found


def names_taken() -> frozenset[str]:
    """Names of every site's own media, retired ones too: none is given twice."""
    return frozenset(session.scalars(select(OwnMedium.name)))


def medium_of(row: OwnMedium) -> Medium:
    """The row as what labels are drawn on."""
    return Medium(
        row.name,
        row.kind,
        row.columns,
        row.rows,
        row.width_mm,
        row.height_mm,
        row.page_width_mm,
        row.page_height_mm,
        row.left_mm,
        row.top_mm,
        row.across_mm,
        row.down_mm,
        row.edge_x_mm,
        row.edge_y_mm,
        row.words,
    )
