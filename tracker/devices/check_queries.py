"""Is where each device stands what its history says?"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import String, func, not_, or_, select, type_coerce

from tracker.database import session
from tracker.devices.lifecycle import OPEN_STAGES, Stage
from tracker.devices.models import Device
from tracker.history.models import HistoryEntry
from tracker.history.rules import Subject
from tracker.i18n import N_, Sentence


def stage_faults() -> Iterator[Sentence]:
    """A sentence for each device whose stage is not the one that its last move led to."""
    last = (
        select(HistoryEntry.subject_id, func.max(HistoryEntry.id).label("entry_id"))
        .where(HistoryEntry.subject_kind == Subject.DEVICE, HistoryEntry.to_stage.is_not(None))
        .group_by(HistoryEntry.subject_id)
        .subquery()
    )
    rows = session.execute(
        select(Device.code, Device.stage, HistoryEntry.to_stage)
        .outerjoin(last, last.c.subject_id == Device.id)
        .outerjoin(HistoryEntry, HistoryEntry.id == last.c.entry_id)
        .where(
            or_(HistoryEntry.to_stage.is_(None), HistoryEntry.to_stage != type_coerce(Device.stage, String))
        )
        .order_by(Device.id)
    )
    for code, stage, told in rows:
        values = {"code": code, "stage": stage.value, "told": told or "?"}
        yield Sentence(N_("Device %(code)s stands at “%(stage)s”, its history says “%(told)s”."), values)


# What is with us: from the first hand on it until it is given, gone, or not found.
_WITH_US = [stage.value for stage in OPEN_STAGES if stage is not Stage.ANNOUNCED] + [Stage.PARTS.value]


def balance_faults() -> Iterator[Sentence]:
    """Nothing, or one sentence: what came in less what went out, by the history, is what stands here."""
    inside = HistoryEntry.to_stage.in_(_WITH_US)
    was_inside = func.coalesce(HistoryEntry.from_stage, "").in_(_WITH_US)
    told = session.execute(
        select(
            func.count().filter(inside, not_(was_inside)),
            func.count().filter(not_(inside), was_inside),
        ).where(HistoryEntry.subject_kind == Subject.DEVICE, HistoryEntry.to_stage.is_not(None))
    ).one()
    here = session.scalar(select(func.count()).select_from(Device).where(Device.stage.in_(_WITH_US))) or 0
    if told[0] - told[1] != here:
        values = {"came": told[0], "left": told[1], "here": here}
        yield Sentence(
            N_("%(came)s came in and %(left)s went out by the history, but %(here)s are here."), values
        )
