"""Files of one folder that belong together: a status that names no drive, and the file that says who the drive is.

`nvme sanitize-log` and `hdparm --sanitize-status` tell how a sanitize of the drive ended and not of which drive. Where
the same folder holds its identity (`nvme id-ctrl`, `nvme list`, `hdparm -I`, smartctl) and only one drive can be meant,
the two are joined. What is joined still bears no date: a person looks at it before it counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from tracker.i18n import N_, Sentence
from tracker.wiping.readings import DriveSeen, Medium, ReportReading, WipeRun, say

STATUS_KINDS = {"nvme_sanitize_log": True, "hdparm_sanitize_status": False}
"""Kinds that name no drive; True where they are of an NVMe drive."""

IDENTITY_KINDS = {"nvme_id_ctrl", "nvme_list", "hdparm_identity", "smartctl", "lsblk"}
"""Kinds that say which drive has which name now; a log may tell of several days, on which names change."""

JOINED = "joined_status"
"""The kind of the two together."""

_CONTROLLER = re.compile(r"(?<![a-z0-9])(nvme\d{1,3}|(?:sd|hd)[a-z]{1,2})(?:n\d+)?(?:p?\d+)?(?![a-z0-9])")

_JOINED = N_(
    "This file names no drive. “%(file)s” in the same folder does: %(model)s, serial number %(serial)s. The two were joined."
)
_NEVER = N_("The drive says that it was never sanitized.")
_BY_NAME = N_("Both are about %(device)s.")
_THE_ONLY_ONE = N_("It is the only drive of its kind in that folder.")
_NOT_THERE = N_("This file names no drive, and no file beside it in its folder does: send both together.")
_SEVERAL = N_(
    "This file names no drive, and several drives of its folder may be meant: put one computer's files into one folder."
)
_ANOTHER = N_(
    "This file is about %(device)s, and the drives beside it are others: send the file that names it too."
)


@dataclass(frozen=True)
class Told:
    """One file of a drop: its path and what it says."""

    name: str
    reading: ReportReading


@dataclass(frozen=True)
class Join:
    """What became of a status: `reading` is the joined one, `identity` the place of the file that named the drive.

    Without `identity` the status stays as it is, and `reasons` say why.
    """

    reading: ReportReading
    identity: int | None
    reasons: tuple[Sentence, ...]


@dataclass(frozen=True)
class _Candidate:
    place: int
    drive: DriveSeen
    names: frozenset[str]


def names_no_drive(reading: ReportReading) -> bool:
    """Whether a reading is a status that needs the identity of its drive."""
    return reading.kind in STATUS_KINDS and bool(_runs(reading))


def joins(files: Sequence[Told]) -> Mapping[int, Join]:
    """For each status among the files, by its place: with which identity it is joined, or why with none."""
    return {place: _join(place, files) for place, one in enumerate(files) if names_no_drive(one.reading)}


def joined(status: ReportReading, drive: DriveSeen, told: tuple[Sentence, ...] = ()) -> ReportReading:
    """The status with the drive that it is about. A drive that was never sanitized has no attempt."""
    runs = tuple(
        replace(
            run,
            serial=drive.serial,
            model=drive.model,
            size_bytes=run.size_bytes or drive.size_bytes,
            medium=drive.medium if run.medium is Medium.UNKNOWN else run.medium,
        )
        for run in _runs(status)
        if run.status is not None
    )
    return replace(status, kind=JOINED, wipes=runs, unnamed=(), notes=told if runs else (*told, say(_NEVER)))


def _runs(reading: ReportReading) -> list[WipeRun]:
    """The attempts of a status that do not say of which drive."""
    return [run for run in (*reading.wipes, *reading.unnamed) if run.serial is None]


def controllers(text: str | None) -> frozenset[str]:
    """The drives that a path or a file's name speaks of: `/dev/nvme0n1` → `nvme0`."""
    return frozenset(_CONTROLLER.findall((text or "").lower().replace("_", " ")))


def folder_of(name: str) -> str:
    return name.replace("\\", "/").rpartition("/")[0]


def _join(place: int, files: Sequence[Told]) -> Join:
    status, folder = files[place], folder_of(files[place].name)
    beside = [n for n, one in enumerate(files) if n != place and folder_of(one.name) == folder]
    nvme = STATUS_KINDS[status.reading.kind]
    found = [one for n in beside for one in _candidates(n, files[n], nvme)]
    mine = {name for run in _runs(status.reading) for name in controllers(run.device)}
    if not found:
        return Join(status.reading, None, (say(_NOT_THERE),))
    if len(mine) != 1 or _several_computers([files[n] for n in (*beside, place)]):
        return Join(status.reading, None, (say(_SEVERAL),))
    named = [one for one in found if one.names & mine]
    if not named:
        nameless = [one for one in found if not one.names]
        others = {name for n in beside for name in _status_names(files[n], nvme)} - mine
        if not nameless:
            return Join(status.reading, None, (say(_ANOTHER, device=next(iter(mine))),))
        if others or len(nameless) != len(found):
            return Join(status.reading, None, (say(_SEVERAL),))
    chosen = named or found
    if len({one.drive.serial_key for one in chosen}) != 1:
        return Join(status.reading, None, (say(_SEVERAL),))
    return _with(status.reading, chosen[0], files, next(iter(mine)) if named else None)


def _with(status: ReportReading, one: _Candidate, files: Sequence[Told], device: str | None) -> Join:
    file = files[one.place].name.replace("\\", "/").rpartition("/")[2]
    told = say(_JOINED, file=file[-120:], model=one.drive.model or "?", serial=one.drive.serial)
    reasons = (told, say(_BY_NAME, device=device) if device else say(_THE_ONLY_ONE))
    return Join(joined(status, one.drive, reasons), one.place, reasons)


def _candidates(place: int, file: Told, nvme: bool) -> Iterator[_Candidate]:
    drives = list(_drives(file.reading, nvme))
    for drive in drives:
        by_file = controllers(file.name.rpartition("/")[2]) if len(drives) == 1 else frozenset()
        yield _Candidate(place, drive, controllers(drive.device) or by_file)


def _drives(reading: ReportReading, nvme: bool) -> Iterator[DriveSeen]:
    """Drives of that kind with a serial number that tells them, the boot stick and RAID volumes left out."""
    for one in reading.drives if reading.kind in IDENTITY_KINDS else ():
        of_kind = (one.medium is Medium.NVME) == nvme and one.medium is not Medium.USB
        if of_kind and one.serial_key and not one.boot_stick and not one.hides_drives:
            yield one


def _status_names(file: Told, nvme: bool) -> set[str]:
    if STATUS_KINDS.get(file.reading.kind) is not nvme:
        return set()
    return {name for run in _runs(file.reading) for name in controllers(run.device)}


def _several_computers(files: Sequence[Told]) -> bool:
    """Whether files of two computers lie in one folder, so that `nvme0` may be either's."""
    hosts: list[frozenset[str]] = []
    for one in files:
        seen = [one.reading.computer, *(run.host for run in one.reading.wipes)]
        hosts += [host.serial_keys for host in seen if host is not None and host.serial_keys]
    return bool(hosts) and not all(any(keys & other for other in hosts[:1]) for keys in hosts)


_FIRST_LINE = b"Ricochet: two files of one drive\n"


def packed(status: tuple[str, bytes], identity: tuple[str, bytes]) -> bytes:
    """Both files byte for byte in one, each after a line with its size and name.

    Every drive that was sanitized well writes the same status: only together with its identity is it this drive's.
    """
    parts = [_FIRST_LINE]
    for name, data in (status, identity):
        own = "".join(sign for sign in name.replace("\\", "/").rpartition("/")[2] if sign.isprintable())[
            -120:
        ]
        parts.append(f"{len(data)} {own}\n".encode("utf-8", "replace") + data + b"\n")
    return b"".join(parts)


def is_packed(data: bytes) -> bool:
    return data.startswith(_FIRST_LINE)


def unpacked(data: bytes) -> list[tuple[str, bytes]]:
    """The two files of `packed`. Raises `ValueError` for anything else."""
    found: list[tuple[str, bytes]] = []
    at = len(_FIRST_LINE)
    while at < len(data) and len(found) < 2:
        end = data.index(b"\n", at)
        size, _, name = data[at:end].decode().partition(" ")
        if not (size.isascii() and size.isdigit() and len(size) < 9):
            raise ValueError("no size")
        begins = end + 1
        at = begins + int(size) + 1
        found.append((name, data[begins : at - 1]))
    if not is_packed(data) or len(found) != 2 or at != len(data):
        raise ValueError("not two whole files")
    return found
