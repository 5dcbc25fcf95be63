"""A drive's life in words: what was told of it, where reports saw it, and the attempts to wipe it, in one order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tracker.devices import codes
from tracker.i18n import N_, Sentence
from tracker.wiping.verdicts import VERDICT_NAMES, Verdict

ONE_DAY = timedelta(days=1)

# Action of a drive's history → what is said of it.
TOLD: Mapping[str, str] = {
    "drive_seen": N_("Seen in %(code)s"),
    "drive_put": N_("Put into “%(place)s”"),
    "declare_removed": N_("Taken out of %(code)s"),
    "declare_destroyed": N_("Destruction declared, out of %(code)s"),
    "destruction_confirmed": N_("Destruction confirmed by a second person"),
    "destruction_refused": N_("Not destroyed after all"),
    "boot_stick": N_("Known as a boot stick: part of no device"),
    "no_boot_stick": N_("No boot stick after all: it counts again"),
}
_INTO_A_BOX = N_("Taken out of %(code)s and put into “%(place)s”")
_FIRST, _LAST = N_("Seen in %(code)s"), N_("Last seen in %(code)s")
_WITHDRAWN = N_("Seen in %(code)s by a report that was taken away since")
_ATTEMPT = N_("Wipe attempted in %(code)s: %(verdict)s")
_BY_REPORT = N_("A report showed it as a boot stick: part of no device")


@dataclass(frozen=True)
class Happened:
    """One thing that happened to a drive. `by`: user id; `note_id`: of the history; `report_id`: what shows it."""

    at: datetime
    what: Sentence
    by: int | None = None
    note_id: int | None = None
    report_id: int | None = None


def told(
    action: str,
    at: datetime,
    facts: Mapping[str, Any],
    places: Mapping[str, str],
    *,
    by: int | None = None,
    note_id: int | None = None,
) -> Happened:
    """An entry of the drive's history in words; the action's own name where nobody has written a sentence for it."""
    place = str(facts.get("place") or "")
    values = {"code": codes.shown(str(facts.get("code") or "?")), "place": places.get(place, place)}
    message = _INTO_A_BOX if action == "declare_removed" and place else TOLD.get(action)
    if message is None:
        message, values = N_("Recorded: %(action)s"), {"action": action.replace("_", " ")}
    return Happened(at, Sentence(message, values), by, note_id)


def withdrawn(at: datetime, code: str) -> Happened:
    return Happened(at, Sentence(_WITHDRAWN, {"code": codes.shown(code)}))


def seen(code: str, first: datetime, last: datetime) -> list[Happened]:
    """That reports saw it in a device, on the tool's clock: first, and last where that was a day later or more."""
    values = {"code": codes.shown(code)}
    found = [Happened(first, Sentence(_FIRST, values))]
    return [*found, Happened(last, Sentence(_LAST, values))] if last - first >= ONE_DAY else found


def attempted(at: datetime, code: str, verdict: Verdict, report_id: int) -> Happened:
    values = {"code": codes.shown(code), "verdict": Sentence(VERDICT_NAMES[verdict])}
    return Happened(at, Sentence(_ATTEMPT, values), report_id=report_id)


def known_by_report(at: datetime) -> Happened:
    return Happened(at, Sentence(_BY_REPORT))


def in_order(found: Sequence[Happened]) -> list[Happened]:
    """The newest first; of one moment, what was told last first."""
    newest = sorted(enumerate(found), key=lambda pair: (pair[1].at, pair[0]), reverse=True)
    return [one for _number, one in newest]
