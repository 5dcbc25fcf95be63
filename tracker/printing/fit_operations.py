"""Making labels fall into place: what corrects a printer on a medium, from what a person saw on a page of crosses."""

from __future__ import annotations

from typing import Any

from labels.calibration import target
from labels.media import Medium
from labels.sheets import Calibration
from tracker import clock
from tracker.accounts.rules import Actor, Permission
from tracker.database import session
from tracker.errors import Conflict, RuleBroken
from tracker.history.models import HistoryEntry
from tracker.i18n import N_
from tracker.printing import fit_rules, queries
from tracker.printing.fit_rules import Seen
from tracker.printing.models import Fit, Printer
from tracker.printing.operations import about


def adjust(printer: Printer, medium: Medium, seen: Seen, by: Actor, *, version: int) -> HistoryEntry:
    """Correct what was seen on a page printed with the correction of that `version` (0: none yet).

    Nothing seen amiss: it is on record that labels fall into place. Raises `Conflict` when somebody has corrected it since
    that page, `Malformed` beyond the limits.
    """
    by.must(Permission.WORK)
    fit = _fit(printer, medium, version)
    before = _values(fit)
    after = fit_rules.corrected(before, seen, target(medium))
    return _set(printer, medium, fit, after, by)


def reset(printer: Printer, medium: Medium, by: Actor) -> HistoryEntry | None:
    """Print as the printer does by itself; None when nothing corrects it."""
    by.must(Permission.WORK)
    fit = queries.fit(printer, medium.name)
    if fit is None:
        return None
    before = _values(fit)
    session.delete(fit)
    session.flush()
    return about(printer, "reset_fit", by, _facts(medium, before, Calibration()))


def _fit(printer: Printer, medium: Medium, version: int) -> Fit | None:
    if printer.retired_at is not None:
        raise RuleBroken(N_("“%(name)s” is retired. Use it again first."), name=printer.name)
    fit = queries.fit(printer, medium.name)
    if version != (fit.version if fit else 0):
        raise Conflict(
            N_(
                "This printer was corrected since your page was printed. Print the page again, and measure that one."
            )
        )
    return fit


def _values(fit: Fit | None) -> Calibration:
    return Calibration(fit.x_mm, fit.y_mm, fit.scale) if fit else Calibration()


def _set(printer: Printer, medium: Medium, fit: Fit | None, after: Calibration, by: Actor) -> HistoryEntry:
    before = _values(fit)
    if fit is None:
        fit = Fit(printer_id=printer.id, medium=medium.name)
        session.add(fit)
    fit.x_mm, fit.y_mm, fit.scale = after.x_mm, after.y_mm, after.scale
    fit.set_at, fit.set_by = clock.now(), by.user_id
    session.flush()
    return about(printer, "fit_printer", by, _facts(medium, before, after))


def _facts(medium: Medium, before: Calibration, after: Calibration) -> dict[str, Any]:
    """Whole numbers, as the chain wants them: micrometres, and hundred-thousandths of scale; before and after."""
    return {
        "medium": medium.name,
        "right_um": [round(one.x_mm * 1000) for one in (before, after)],
        "down_um": [round(one.y_mm * 1000) for one in (before, after)],
        "scale_100000": [round(one.scale * 100_000) for one in (before, after)],
    }
