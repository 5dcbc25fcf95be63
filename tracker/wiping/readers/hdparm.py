"""`hdparm -I` (who the drive is) and `hdparm --sanitize-status` (no serial, no date: nothing alone)."""

import re
from collections.abc import Iterator

from tracker.i18n import N_
from tracker.wiping.readers.source import Source, name_of
from tracker.wiping.readings import DriveSeen, Medium, Oddity, ReportReading, WipeRun, say

KIND = "hdparm"

_NAMES_NONE = N_("hdparm could not read %(device)s: no serial number. Read it on the drive.")
_STATUS_ONLY = N_("A sanitize status names no drive and bears no date: it proves nothing alone.")
_DEVICE = re.compile(r"^(/dev/[\w/-]{1,60}):", re.MULTILINE)
_FIELD = re.compile(r"^\t(Model Number|Serial Number): +(.{1,80})$", re.MULTILINE)
_SIZE = re.compile(r"LBA(?:48|)\s+user addressable sectors: +(\d{1,15})")
_SECTOR = re.compile(r"Logical +Sector size: +(\d{3,5}) bytes")
_ROTATION = re.compile(r"Nominal Media Rotation Rate: (.{1,40})")


def recognises(source: Source) -> bool:
    """Whether the file names a device, then hdparm's words."""
    head = source.head
    return _DEVICE.search(head) is not None and (
        "ATA device, with" in head
        or "SANITIZE" in head.upper()
        or (head.strip().endswith(":") and len(head) < 200)
    )


def read(source: Source) -> ReportReading:
    """The drive of `hdparm -I`; a note for the rest."""
    text = source.head
    found = _DEVICE.search(text)
    device = found[1] if found else None
    if "ATA device, with" not in text:
        return ReportReading(
            "hdparm_sanitize_status", notes=(say(_STATUS_ONLY),), unnamed=tuple(_sanitized(device, text))
        )
    fields = {name: value.strip() for name, value in _FIELD.findall(text)}
    if not fields.get("Serial Number"):
        return ReportReading("hdparm_identity", notes=(say(_NAMES_NONE, device=device),))
    sectors, sector = [int(count) for count in _SIZE.findall(text)], _SECTOR.search(text)
    drive = DriveSeen(
        device=device,
        model=name_of(fields.get("Model Number")),
        serial=fields["Serial Number"],
        size_bytes=max(sectors) * int(sector[1]) if sectors and sector else None,
        medium=_medium(_ROTATION.search(text)),
    )
    return ReportReading("hdparm_identity", drives=(drive,))


def _sanitized(device: str | None, text: str) -> Iterator[WipeRun]:
    """How the last sanitize ended; a drive that never had one says "Sanitize Idle" and no more (hdparm's `sanitize.c`)."""
    done, failed = "Last Sanitize Operation Completed Without Error" in text, "SD3 Sanitize" in text
    if device is not None and (done or failed):
        yield WipeRun(
            device=device,
            tool="hdparm",
            method="Sanitize",
            status="-FAILED-" if failed else "Erased",
            oddities=frozenset({Oddity.NO_IDENTITY_LINE}),
        )


def _medium(rotation: re.Match[str] | None) -> Medium:
    if rotation is None:
        return Medium.UNKNOWN
    return Medium.SSD if "Solid State" in rotation[1] else Medium.HDD
