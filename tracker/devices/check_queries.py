"""Is where each device stands what its history says?"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import String, func, or_, select, type_coerce

from tracker.database import session
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
