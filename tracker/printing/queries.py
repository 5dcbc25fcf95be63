"""Reading printers and what corrects them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select

from labels.sheets import Calibration
from tracker.database import session
from tracker.errors import Malformed, NotHere
from tracker.history import queries as history
from tracker.history.models import HistoryEntry
from tracker.history.rules import Subject
from tracker.i18n import N_
from tracker.printing.job_models import PrintJob
from tracker.printing.models import Fit, Printer


def printers(site_id: int) -> Sequence[Printer]:
    """Those in use at a site, by name."""
    chosen = select(Printer).where(Printer.site_id == site_id, Printer.retired_at.is_(None))
    return session.scalars(chosen.order_by(Printer.name, Printer.id)).all()


def printer(printer_id: int, site_id: int) -> Printer:
    """One printer of this site, also one that is no longer in use. Raises `NotHere`."""
    found = session.get(Printer, printer_id)
    if found is None or found.site_id != site_id:
        raise NotHere(N_("There is no such printer here."))
    return found


def retired(site_id: int) -> Sequence[Printer]:
    """Those that a site no longer uses, by name."""
    chosen = select(Printer).where(Printer.site_id == site_id, Printer.retired_at.is_not(None))
    return session.scalars(chosen.order_by(Printer.name, Printer.id)).all()


def by_name(name: str, site_id: int) -> Printer | None:
    """The printer of that name at a site, in use or retired."""
    chosen = select(Printer).where(Printer.site_id == site_id, Printer.name == name)
    return session.scalars(chosen).first()


def named(text: str, site_id: int) -> Printer:
    """The printer in use at a site that has this name, or this number. Raises `Malformed`."""
    found = by_name(" ".join(text.split()), site_id)
    if found is None and text.isascii() and text.isdecimal() and len(text) < 10:
        found = session.get(Printer, int(text))
    if found is None or found.site_id != site_id or found.retired_at is not None:
        known = ", ".join(one.name for one in printers(site_id)) or "–"
        raise Malformed(
            N_("There is no printer “%(printer)s” here. Choose one of: %(known)s."),
            field="printer",
            printer=text[:80],
            known=known,
        )
    return found


def locked(printer_id: int, site_id: int) -> Printer:
    """As `printer`, its row held until the transaction ends."""
    found = printer(printer_id, site_id)
    session.refresh(found, with_for_update=True)
    return found


def fits(site_id: int) -> dict[int, list[Fit]]:
    """printer id → what corrects it, by medium, of a site's printers in use."""
    chosen = select(Fit).join(Printer).where(Printer.site_id == site_id, Printer.retired_at.is_(None))
    found: dict[int, list[Fit]] = {}
    for one in session.scalars(chosen.order_by(Fit.medium)):
        found.setdefault(one.printer_id, []).append(one)
    return found


def fits_of(printer: Printer) -> Sequence[Fit]:
    """What corrects one printer, by medium."""
    return session.scalars(select(Fit).where(Fit.printer_id == printer.id).order_by(Fit.medium)).all()


def fit(printer: Printer, medium: str) -> Fit | None:
    """What corrects this printer on this medium, if somebody has measured."""
    return session.scalars(select(Fit).where(Fit.printer_id == printer.id, Fit.medium == medium)).first()


def last_fitting(printer: Printer, medium: str) -> HistoryEntry | None:
    """What was last done to correct this printer on this medium."""
    told = history.of_subject(Subject.PRINTER, printer.id)
    return next((one for one in told if "scale_100000" in one.facts and one.facts["medium"] == medium), None)


def last_jobs(site_id: int) -> dict[int, PrintJob]:
    """printer id → the last file that was sent, or is to be sent, to it."""
    latest = select(func.max(PrintJob.id)).where(PrintJob.site_id == site_id).group_by(PrintJob.printer_id)
    chosen = select(PrintJob).where(PrintJob.id.in_(latest))
    return {job.printer_id: job for job in session.scalars(chosen)}


def correction(printer: Printer, medium: str) -> Calibration:
    """What corrects this printer on this medium; nothing where nobody has measured."""
    found = fit(printer, medium)
    return Calibration(found.x_mm, found.y_mm, found.scale) if found else Calibration()
