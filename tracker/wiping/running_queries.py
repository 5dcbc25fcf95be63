"""Where a wipe runs: since when, who began it, at which bench, and which stick has reported since."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from tracker.accounts import queries as accounts
from tracker.accounts.rules import ActorKind
from tracker.database import session
from tracker.devices.lifecycle import Action
from tracker.history.models import HistoryEntry, Note
from tracker.history.rules import Subject
from tracker.wiping.models import ReportFile
from tracker.wiping.station_models import Station, StationReceipt

_PEOPLE = (ActorKind.USER.value, ActorKind.TOKEN.value)


@dataclass(frozen=True)
class Start:
    """How the wipe of a device began. `bench`: as it was typed; `by`: the person's name; `station`: the last that
    reported of the device since."""

    at: datetime
    bench: str | None
    by: str | None
    station: str | None


def starts(device_ids: Collection[int]) -> dict[int, Start]:
    """device id → its last start, in three statements."""
    rows = session.execute(
        select(
            HistoryEntry.subject_id,
            HistoryEntry.at,
            HistoryEntry.actor_kind,
            HistoryEntry.actor_id,
            Note.text,
        )
        .join(Note, Note.id == HistoryEntry.note_id, isouter=True)
        .where(
            HistoryEntry.subject_kind == Subject.DEVICE,
            HistoryEntry.subject_id.in_(device_ids),
            HistoryEntry.action == Action.START_WIPING.value,
        )
        .order_by(HistoryEntry.id)
    ).all()
    names = accounts.user_names({row[3] for row in rows if row[2] in _PEOPLE and row[3] is not None})
    sticks = _sticks(device_ids)
    found = {}
    for device_id, at, kind, actor, bench in rows:
        name, reported_at = sticks.get(device_id, (None, None))
        since = name if reported_at is not None and reported_at >= at else None
        found[device_id] = Start(at, bench, names.get(actor or 0) if kind in _PEOPLE else None, since)
    return found


def _sticks(device_ids: Collection[int]) -> dict[int, tuple[str, datetime]]:
    rows = session.execute(
        select(ReportFile.device_id, Station.name, StationReceipt.received_at)
        .join(StationReceipt, StationReceipt.report_id == ReportFile.id)
        .join(Station, Station.id == StationReceipt.station_id)
        .where(ReportFile.device_id.in_(device_ids))
        .order_by(StationReceipt.id)
    ).all()
    return {row[0]: (row[1], row[2]) for row in rows if row[0] is not None}


def station_names(site_id: int) -> list[str]:
    """The sticks that may be named as the place of a wipe."""
    return list(
        session.scalars(
            select(Station.name)
            .where(Station.site_id == site_id, Station.revoked_at.is_(None))
            .order_by(Station.name)
        ).all()
    )
