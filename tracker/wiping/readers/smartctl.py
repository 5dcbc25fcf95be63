"""`smartctl -j -a`: the best word on a drive's serial, size, kind, hours and health.

The exit status is a bit mask: a drive in bad health, or one that answers only in part, still tells who it is.
A file can also hold a list of such answers.
"""

from tracker.i18n import N_
from tracker.wiping.readers.source import (
    MOST_DRIVES,
    Json,
    Source,
    as_dict,
    as_list,
    as_number,
    as_text,
    name_of,
)
from tracker.wiping.readings import DriveSeen, Medium, ReportReading, say

KIND = "smartctl"

_NO_ANSWER = N_("smartctl could not read %(device)s: no serial number. Read it on the drive.")
_RAID = N_(
    "%(model)s is a RAID volume that hides its drives. Take them out of the array and read them one by one."
)
_NOBODY = N_("This smartctl file lists no drive.")
_RAID_WORDS = ("raid", "logical volume", "perc ", "megaraid", "servraid")


def recognises(source: Source) -> bool:
    """Whether the JSON, or each element of its list, is signed by smartctl."""
    answers = _answers(source.json)
    return bool(answers) and all("smartctl" in answer or _looks_like(answer) for answer in answers[:3])


def read(source: Source) -> ReportReading:
    """One drive for each answer that names one; a note for each that does not."""
    drives: list[DriveSeen] = []
    notes = []
    for answer in _answers(source.json)[:MOST_DRIVES]:
        drive = drive_of(answer)
        if drive.model is None and drive.serial is None:
            notes.append(say(_NO_ANSWER, device=drive.device or _asked(answer) or "?"))
        else:
            drives.append(drive)
        if drive.hides_drives:
            notes.append(say(_RAID, model=drive.model))
    if not drives and not notes:
        notes.append(say(_NOBODY))
    return ReportReading(KIND, drives=tuple(drives), notes=tuple(notes))


def _answers(root: Json) -> list[dict[str, Json]]:
    return (
        [as_dict(one) for one in as_list(root)]
        if isinstance(root, list)
        else [root]
        if isinstance(root, dict)
        else []
    )


def _looks_like(answer: dict[str, Json]) -> bool:
    """Some wrappers strip what smartctl says of itself."""
    return "protocol" in as_dict(answer.get("device")) and "model_name" in answer


def drive_of(answer: dict[str, Json]) -> DriveSeen:
    """The drive of one answer of smartctl; other tools carry such answers inside their own files."""
    device = as_dict(answer.get("device"))
    model = (
        name_of(answer.get("model_name"))
        or name_of(answer.get("scsi_model_name"))
        or name_of(answer.get("product"))
    )
    vendor_and_model = f"{as_text(answer.get('vendor')) or ''} {model or ''}".lower()
    return DriveSeen(
        device=as_text(device.get("name")),
        model=model,
        serial=as_text(answer.get("serial_number")),
        size_bytes=_size(answer),
        medium=_medium(answer, device, model),
        hours=as_number(as_dict(answer.get("power_on_time")).get("hours")),
        healthy=_health(answer),
        hides_drives=any(word in vendor_and_model for word in _RAID_WORDS),
    )


def _asked(answer: dict[str, Json]) -> str | None:
    """The device on smartctl's command line, where the answer names none."""
    words = [as_text(word) for word in as_list(as_dict(answer.get("smartctl")).get("argv"))]
    return next((word for word in words if word and word.startswith("/dev/")), None)


def _size(answer: dict[str, Json]) -> int | None:
    capacity = as_dict(answer.get("user_capacity"))
    return as_number(capacity.get("bytes")) or as_number(answer.get("nvme_total_capacity"))


def _medium(answer: dict[str, Json], device: dict[str, Json], model: str | None) -> Medium:
    if as_text(device.get("protocol")) == "NVMe":
        return Medium.NVME
    rotation = answer.get("rotation_rate")
    trims = as_dict(answer.get("trim")).get("supported") is True
    if rotation == 0 or (rotation is None and (trims or "SSD" in (model or "").upper())):
        return Medium.SSD
    return Medium.HDD if as_number(rotation) else Medium.UNKNOWN


def _health(answer: dict[str, Json]) -> bool | None:
    passed = as_dict(answer.get("smart_status")).get("passed")
    return passed if isinstance(passed, bool) else None
