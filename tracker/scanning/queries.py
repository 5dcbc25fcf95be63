"""Reading scans: a verdict given before, codes that are not ours, codes that were perhaps meant."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import bindparam, or_, select

from tracker.database import session
from tracker.devices import queries as devices
from tracker.devices.models import Device, Tag
from tracker.errors import NotHere
from tracker.history.models import Note
from tracker.i18n import N_, unpacked
from tracker.prepared import Prepared
from tracker.scanning import meaning_queries as meanings
from tracker.scanning import rules
from tracker.scanning.models import Scan
from tracker.scanning.rules import Outcome, Verdict
from tracker.statements import ask, table_of

SHOWN_UNKNOWN = 20
MOST_READ = 500  # the newest scans of those codes


@dataclass(frozen=True)
class Stray:
    """A code that is not ours: the last scan of it, and how many of the newest scans read it."""

    scan: Scan
    times: int = 1


def by_scan_id(scan_id: str) -> Scan | None:
    """The scan of this id, if it was ever judged. Also None for what is no id at all."""
    return session.scalars(select(Scan).where(Scan.scan_id == scan_id[:36])).first()


def verdict_of(scan: Scan) -> Verdict:
    """The verdict as it was given."""
    return Verdict(
        scan_id=scan.scan_id,
        outcome=scan.verdict,
        sentence=unpacked(scan.message),
        code=scan.code,
        action=scan.action,
        stage=scan.stage,
        address=scan.address,
        device_id=scan.device_id,
        history_id=scan.history_id,
    )


def judged(scan_ids: Collection[str]) -> set[str]:
    """Those of these ids that were judged before."""
    return set(ask(_JUDGED, {"scan_ids": list(scan_ids)}).scalars())


def held_or_judged(code: str, scan_id: str) -> tuple[Device, bool] | None:
    """A device as `devices.held` reads and locks it, and whether this scan was judged before that: what is judged while
    one waits for the device is not seen. None where the code names no device that is its own record."""
    row = _HELD_OR_JUDGED.one_or_none(code=code, scan_id=scan_id)
    return (devices.held_in(row), row[-1]) if row else None


_SCANS = table_of(Scan)
_JUDGED = select(_SCANS.c.scan_id).where(_SCANS.c.scan_id.in_(bindparam("scan_ids", expanding=True)))
_HELD_OR_JUDGED = Prepared(
    lambda: devices.HELD_ONE.add_columns(
        select(_SCANS.c.id).where(_SCANS.c.scan_id == bindparam("scan_id")).exists()
    )
)


def note_of(scan: Scan) -> str | None:
    """The reason that was typed and led to nothing, so that it need not be typed again."""
    note = session.get(Note, scan.note_id) if scan.note_id else None
    return note.text if note else None


def unknown(site_id: int, limit: int = SHOWN_UNKNOWN) -> Sequence[Stray]:
    """The codes of a workshop that are not ours and that nobody has dismissed, each once, the one read last first. Those
    of stock checks are dealt with there, scan by scan."""
    chosen = (
        select(Scan)
        .where(Scan.verdict == Outcome.UNKNOWN, Scan.dismissed_at.is_(None), Scan.site_id == site_id)
        .order_by(Scan.id.desc())
        .limit(MOST_READ)
    )
    once: dict[str | int, Stray] = {}
    for one in session.scalars(chosen):
        read = one.id if one.action == rules.STOCK_CHECK else one.code or one.raw
        once[read] = replace(once[read], times=once[read].times + 1) if read in once else Stray(one)
    return list(once.values())[:limit]


def unknown_scan(number: int, site_id: int) -> Scan:
    """One scan of that list, by its row's id, also when it was dealt with. Raises `NotHere`."""
    found = session.get(Scan, number)
    if found is None or found.site_id != site_id or found.verdict is not Outcome.UNKNOWN:
        raise NotHere(N_("This scan is not in the list any more."))
    return found


def is_nobodys(scan: Scan) -> bool:
    """Whether no device was known for this scan: a code that is not ours, or a tag that was on nothing yet."""
    if scan.verdict is Outcome.REFUSED and scan.code:
        return scan.address == meanings.binding(scan.code)
    return scan.verdict is Outcome.UNKNOWN


def waiting_like(scan: Scan, *, locked: bool = False) -> Sequence[Scan]:
    """The scans of the same code in this workshop that wait for somebody to say what it is, in their order. Those of a
    stock check stand on its own page. `locked`: their rows, so that two people never say two things of one code."""
    same = Scan.code == scan.code if scan.code else (Scan.code.is_(None)) & (Scan.raw == scan.raw)
    chosen = select(Scan).where(
        Scan.site_id == scan.site_id,
        same,
        Scan.dismissed_at.is_(None),
        Scan.device_id.is_(None),
        Scan.verdict == scan.verdict,
        or_(Scan.action.is_(None), Scan.action != rules.STOCK_CHECK),
    )
    chosen = chosen.order_by(Scan.id)
    if locked:
        chosen = chosen.with_for_update().execution_options(populate_existing=True)
    return session.scalars(chosen).all()


def perhaps_meant(raw: str) -> Sequence[Device]:
    """Devices whose code differs in one letter from what was read."""
    near = rules.one_letter_off(raw)
    return session.scalars(
        select(Device).join(Tag, Tag.device_id == Device.id).where(Tag.code.in_(near))
    ).all()
