"""Reading what was printed together, and how far its printer is."""

from __future__ import annotations

from sqlalchemy import select

from tracker.accounts.rules import Actor
from tracker.database import session
from tracker.devices.models import Device
from tracker.errors import NotHere
from tracker.i18n import N_
from tracker.labelling.models import Print, PrintRun
from tracker.printing.job_models import PrintJob


def run(number: int, site_id: int) -> PrintRun:
    """Labels that this site printed together. Raises `NotHere`."""
    found = session.get(PrintRun, number)
    if found is None or found.site_id != site_id:
        raise NotHere(N_("Nothing was printed here under this number."))
    return found


def locked(number: int, by: Actor) -> PrintRun:
    """As `run`, its row held until the transaction ends."""
    found = run(number, by.site_id)
    session.refresh(found, with_for_update=True)
    return found


def job_of(one: PrintRun) -> PrintJob | None:
    """The file on its way to the printer, where that takes files by itself."""
    return session.get(PrintJob, one.job_id) if one.job_id else None


def of_job(job_id: int) -> PrintRun | None:
    """The run whose file this job takes to its printer."""
    return session.scalars(select(PrintRun).where(PrintRun.job_id == job_id)).first()


def last_by_itself(device: Device, design: str) -> PrintRun | None:
    """The run that printed this label last, if it followed a move and nobody said that it did not print."""
    chosen = (
        select(PrintRun)
        .join(Print, Print.run_id == PrintRun.id)
        .where(Print.device_id == device.id, Print.design == design, Print.undone_at.is_(None))
        .order_by(Print.id.desc())
        .limit(1)
    )
    found = session.scalars(chosen).first()
    return found if found is not None and found.by_itself else None
