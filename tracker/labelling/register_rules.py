"""What is asked of the register of prints. Plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from tracker.clock import WORKSHOP_ZONE
from tracker.devices import codes
from tracker.errors import Malformed
from tracker.i18n import N_
from tracker.labelling.rules import DESIGN_NAMES, Reason

MONTHS_SHOWN = 12
ANY_REASON = "any"


@dataclass(frozen=True)
class Filters:
    """Which prints of a site. `reason` may be `any`: those printed again. `came`: yes or no, whether they came out."""

    site_id: int
    code: str = ""
    design: str = ""
    person: int | None = None
    printer: int | None = None
    reason: str = ""
    since: date | None = None
    until: date | None = None
    came: str = ""

    @property
    def any(self) -> bool:
        return self != Filters(self.site_id)

    @property
    def begins(self) -> datetime | None:
        return _midnight(self.since) if self.since else None

    @property
    def ends(self) -> datetime | None:
        return _midnight(self.until + timedelta(days=1)) if self.until else None


def filters(given: Mapping[str, str], site_id: int) -> Filters:
    """As they stand in an address. Raises `Malformed` naming what cannot be read."""
    typed = given.get("q", "").strip()
    code = codes.read(typed) if typed else ""
    if isinstance(code, codes.Fault):
        raise Malformed(
            N_("Not a code of ours: %(codes)s. Check the letters, or scan the label again."),
            field="q",
            codes=typed[:40],
        )
    since, until = _day(given, "since"), _day(given, "until")
    if since and until and since > until:
        raise Malformed(N_("The first day lies after the last one: exchange them."), field="since")
    return Filters(
        site_id,
        code,
        _one_of(given, "design", DESIGN_NAMES),
        _number(given, "person"),
        _number(given, "printer"),
        _one_of(given, "reason", [ANY_REASON, *(one.value for one in Reason)]),
        since,
        until,
        _one_of(given, "came", ("yes", "no")),
    )


def _one_of(given: Mapping[str, str], name: str, known: object) -> str:
    value = given.get(name, "")
    return value if value in known else ""  # type: ignore[operator]


def _number(given: Mapping[str, str], name: str) -> int | None:
    value = given.get(name, "")
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 10 else None


def _day(given: Mapping[str, str], name: str) -> date | None:
    value = given.get(name, "").strip()
    if not value:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise Malformed(
            N_("“%(day)s” is no day: write it as 2026-11-24."), field=name, day=value[:20]
        ) from error


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), WORKSHOP_ZONE)


@dataclass(frozen=True)
class Month:
    """A month on the workshop's clock, with its first and last day."""

    first: date
    last: date

    @property
    def begins(self) -> datetime:
        return _midnight(self.first)

    @property
    def ends(self) -> datetime:
        return _midnight(self.last + timedelta(days=1))


def months(today: date, count: int = MONTHS_SHOWN) -> list[Month]:
    """The last months, the running one first."""
    found, first = [], today.replace(day=1)
    for _ in range(count):
        after = (first + timedelta(days=32)).replace(day=1)
        found.append(Month(first, after - timedelta(days=1)))
        first = (first - timedelta(days=1)).replace(day=1)
    return found
