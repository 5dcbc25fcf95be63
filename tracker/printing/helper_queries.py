"""Reading helpers, and what waits for them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select

from tracker import clock
from tracker.database import session
from tracker.errors import NotHere
from tracker.i18n import N_
from tracker.printing.helper_models import PrintHelper
from tracker.printing.job_models import PrintJob
from tracker.printing.job_rules import HELPER_LOST
from tracker.printing.models import Printer
from tracker.printing.rules import JobState, Way


def helpers(site_id: int) -> Sequence[PrintHelper]:
    """Those of a site, first those that work, then by name."""
    chosen = select(PrintHelper).where(PrintHelper.site_id == site_id)
    ordered = chosen.order_by(
        PrintHelper.revoked_at.is_not(None), func.lower(PrintHelper.name), PrintHelper.id
    )
    return session.scalars(ordered).all()


def helper(helper_id: int, site_id: int) -> PrintHelper:
    """One of this site. Raises `NotHere`."""
    found = session.get(PrintHelper, helper_id)
    if found is None or found.site_id != site_id:
        raise NotHere(N_("There is no such helper here."))
    return found


def locked(helper_id: int) -> PrintHelper | None:
    """The helper, its row held until the transaction ends: its counter is judged by one at a time."""
    return session.get(PrintHelper, helper_id, with_for_update=True, populate_existing=True)


def waiting_for(code_hash: str) -> PrintHelper | None:
    """The helper whose one-time code that is, its row held."""
    return session.scalars(
        select(PrintHelper).where(PrintHelper.code_hash == code_hash).with_for_update()
    ).first()


def printers_of(site_id: int) -> Sequence[Printer]:
    """The printers of a site that helpers serve."""
    chosen = select(Printer).where(
        Printer.site_id == site_id, Printer.way == Way.WEBHOOK, Printer.retired_at.is_(None)
    )
    return session.scalars(chosen.order_by(Printer.name)).all()


def due(site_id: int, printers: Sequence[int]) -> Sequence[int]:
    """Ids of the files that wait for these printers, the oldest first."""
    chosen = (
        select(PrintJob.id)
        .join(Printer, Printer.id == PrintJob.printer_id)
        .where(
            PrintJob.site_id == site_id,
            PrintJob.printer_id.in_(printers),
            Printer.way == Way.WEBHOOK,
            PrintJob.state == JobState.WAITING,
            PrintJob.next_try_at <= clock.now(),
        )
    )
    return session.scalars(chosen.order_by(PrintJob.id).limit(10)).all()


def unanswered(helper: PrintHelper, printers: Sequence[int]) -> PrintJob | None:
    """A file that this helper took long ago without a word since."""
    return session.scalars(
        select(PrintJob)
        .where(
            PrintJob.helper_id == helper.id,
            PrintJob.printer_id.in_(printers),
            PrintJob.state == JobState.SENDING,
            PrintJob.taken_at < clock.now() - HELPER_LOST,
        )
        .order_by(PrintJob.id)
        .limit(1)
    ).first()


def is_with(helper: PrintHelper, job_id: int) -> bool:
    """Whether this helper has that file in hand."""
    job = session.get(PrintJob, job_id, populate_existing=True)
    return job is not None and job.helper_id == helper.id and job.state is JobState.SENDING
