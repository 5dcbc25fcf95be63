"""Reading printers and what corrects them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from labels.sheets import Calibration
from tracker.database import session
from tracker.errors import NotHere
from tracker.i18n import N_
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


def correction(printer: Printer, medium: str) -> Calibration:
    """What corrects this printer on this medium; nothing where nobody has measured."""
    fit = session.scalars(select(Fit).where(Fit.printer_id == printer.id, Fit.medium == medium)).first()
    return Calibration(fit.x_mm, fit.y_mm, fit.scale) if fit else Calibration()
