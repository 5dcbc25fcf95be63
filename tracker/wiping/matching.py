"""Which device a report is about: the tag in its name decides, serials are hints, a person settles."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tracker.i18n import N_, Sentence
from tracker.wiping.readings import ReportReading, say

FindCode = Callable[[str], str | None]
"""Finds a device's tag code in a text (`devices.codes.find`)."""


@dataclass(frozen=True)
class Candidate:
    """A device that a report may be about, with the usable serial keys on record for it and its drives."""

    code: str
    serial_keys: frozenset[str] = frozenset()
    drive_keys: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Match:
    """`code`: the device, None when a person must say. `matched_by`: tag, serial, drive, or nobody.

    `hints`: the codes a person may choose from, best first. `reason` says it in words.
    """

    code: str | None
    matched_by: str | None
    hints: tuple[str, ...]
    reason: Sentence


_BY_TAG = N_("The tag %(code)s is in the name of the file or folder.")
_TAG_UNKNOWN = N_("The tag %(code)s in the name belongs to no device here. Say which device this is.")
_TAG_AGAINST_SERIAL = N_(
    "The tag %(code)s in the name decides, but the computer's serial number is that of %(others)s: "
    "check both devices."
)
_BY_SERIAL = N_("The computer's serial number is that of %(code)s.")
_BY_DRIVE = N_("A drive of this report was seen in %(code)s.")
_SEVERAL = N_("Several devices fit this report: %(codes)s. Say which one it is.")
_NOBODY = N_("No device fits this report. Scan its tag, or say which device it is.")


def match_hints(
    reading: ReportReading, candidates: Iterable[Candidate], name: str = "", find_code: FindCode | None = None
) -> Match:
    """The device `reading` is about. `name`: the file's path as it was dropped, folders included."""
    known = list(candidates)
    by_serial = _having(known, reading, drives=False)
    by_drive = _having(known, reading, drives=True)
    hints = tuple(dict.fromkeys((*by_serial, *by_drive)))
    code = find_code(name) if find_code and name else None
    if code is not None:
        return _of_tag(code, known, by_serial, hints)
    for word, hits, message in (("serial", by_serial, _BY_SERIAL), ("drive", by_drive, _BY_DRIVE)):
        if len(hits) == 1:
            return Match(hits[0], word, hints, say(message, code=hits[0]))
        if hits:
            return Match(None, None, hints, say(_SEVERAL, codes=", ".join(hits)))
    return Match(None, None, (), say(_NOBODY))


def _of_tag(code: str, known: list[Candidate], by_serial: list[str], hints: tuple[str, ...]) -> Match:
    choices = tuple(dict.fromkeys((code, *hints)))
    if all(one.code != code for one in known):
        return Match(None, None, hints, say(_TAG_UNKNOWN, code=code))
    others = [other for other in by_serial if other != code]
    if others and code not in by_serial:
        return Match(code, "tag", choices, say(_TAG_AGAINST_SERIAL, code=code, others=", ".join(others)))
    return Match(code, "tag", choices, say(_BY_TAG, code=code))


def _having(known: Iterable[Candidate], reading: ReportReading, *, drives: bool) -> list[str]:
    if drives:
        seen = {drive.serial_key for drive in reading.drives if not drive.boot_stick}
        keys = {key for key in (*seen, *(run.serial_key for run in reading.wipes)) if key}
        return [one.code for one in known if one.drive_keys & keys]
    keys = set(reading.computer.serial_keys) if reading.computer else set()
    return [one.code for one in known if one.serial_keys & keys]
