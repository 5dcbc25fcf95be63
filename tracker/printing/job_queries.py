"""Reading what waits for a printer, what failed and what was sent."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from tracker import clock
from tracker.database import session
from tracker.errors import NotHere
from tracker.i18n import N_, Sentence, unpacked
from tracker.printing.job_models import PrintJob
from tracker.printing.job_rules import SENDER_LOST
from tracker.printing.models import Printer
from tracker.printing.rules import BY_ITSELF, JobState, Way

UNDER_WAY = frozenset({JobState.WAITING, JobState.SENDING})
SENT_FROM_HERE = (Way.QUEUE, Way.SOCKET)
MOST_SHOWN = 200


@dataclass(frozen=True)
class Counts:
    """How many files of a site stand where; `sent_today` since midnight on the workshop's clock."""

    waiting: int
    failed: int
    sent_today: int


def jobs(
    site_id: int,
    states: Collection[JobState] = tuple(JobState),
    *,
    since: datetime | None = None,
    printer_id: int | None = None,
    most: int = MOST_SHOWN,
) -> Sequence[PrintJob]:
    """Those of a site, newest first, without their data; `since`: ended since then."""
    chosen = select(PrintJob).where(PrintJob.site_id == site_id, PrintJob.state.in_(states))
    if since is not None:
        chosen = chosen.where(PrintJob.ended_at >= since)
    if printer_id is not None:
        chosen = chosen.where(PrintJob.printer_id == printer_id)
    ordered = chosen.options(joinedload(PrintJob.printer)).order_by(PrintJob.id.desc())
    return session.scalars(ordered.limit(most)).all()


def job(job_id: int, site_id: int) -> PrintJob:
    """One of this site. Raises `NotHere`."""
    found = session.get(PrintJob, job_id)
    if found is None or found.site_id != site_id:
        raise NotHere(N_("There is no such print job here."))
    return found


def fault_of(job: PrintJob) -> Sentence | None:
    """Why its last try failed, and what to do; None where nothing is wrong."""
    return unpacked(job.fault) if job.fault else None


def counts(site_id: int) -> Counts:
    """What waits (or is being sent), what failed, what was sent today."""
    rows = session.execute(
        select(PrintJob.state, func.count())
        .where(PrintJob.site_id == site_id, PrintJob.state.in_((*UNDER_WAY, JobState.FAILED)))
        .group_by(PrintJob.state)
    ).all()
    by_state = {row[0]: int(row[1]) for row in rows}
    sent = select(func.count()).where(
        PrintJob.site_id == site_id, PrintJob.state == JobState.SENT, PrintJob.ended_at >= midnight()
    )
    return Counts(
        waiting=sum(by_state.get(state, 0) for state in UNDER_WAY),
        failed=by_state.get(JobState.FAILED, 0),
        sent_today=session.scalar(sent) or 0,
    )


def midnight() -> datetime:
    """When today began on the workshop's clock."""
    return clock.local(clock.now()).replace(hour=0, minute=0, second=0, microsecond=0)


def waiting_for(printer: Printer) -> Sequence[PrintJob]:
    """What waits for a printer, held until the transaction ends; the oldest first."""
    chosen = select(PrintJob).where(PrintJob.printer_id == printer.id, PrintJob.state == JobState.WAITING)
    return session.scalars(chosen.order_by(PrintJob.id).with_for_update()).all()


def stranded() -> Sequence[PrintJob]:
    """What waits for a printer that is retired, or takes no file by itself: nobody would ever send it."""
    gone = or_(Printer.retired_at.is_not(None), Printer.way.not_in(BY_ITSELF), Printer.id.is_(None))
    chosen = select(PrintJob).outerjoin(Printer, Printer.id == PrintJob.printer_id)
    return session.scalars(chosen.where(PrintJob.state == JobState.WAITING, gone).order_by(PrintJob.id)).all()


def due(most: int = 100) -> dict[int, list[int]]:
    """printer id → ids of what this server is to send to it now, the oldest first. Not what helpers fetch."""
    rows = session.execute(
        select(PrintJob.printer_id, PrintJob.id)
        .join(Printer, Printer.id == PrintJob.printer_id)
        .where(
            PrintJob.state == JobState.WAITING,
            PrintJob.next_try_at <= clock.now(),
            Printer.way.in_(SENT_FROM_HERE),
        )
        .order_by(PrintJob.id)
        .limit(most)
    ).all()
    found: dict[int, list[int]] = {}
    for printer_id, job_id in rows:
        found.setdefault(printer_id, []).append(job_id)
    return found


def lost() -> Sequence[PrintJob]:
    """What a sender of this server took so long ago that it must have died over it; held where one writes."""
    return session.scalars(
        select(PrintJob)
        .where(
            PrintJob.state == JobState.SENDING,
            PrintJob.taken_at < clock.now() - SENDER_LOST,
            PrintJob.printer_id.in_(select(Printer.id).where(Printer.way.in_(SENT_FROM_HERE))),
        )
        .with_for_update(skip_locked=True)
    ).all()
