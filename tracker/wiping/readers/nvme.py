"""nvme-cli's JSON: `list`, `id-ctrl`, `sanitize-log`, `smart-log`, and its errors.

A sanitize log names no drive and bears no date: it proves nothing alone. It says success when the three low
bits of `sstat` are 1 or 4, bit 8 (global data erased) is set and `sprog` is 65535.
"""

import re
from collections.abc import Iterator
from itertools import islice

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
from tracker.wiping.readings import DriveSeen, Medium, Oddity, ReportReading, WipeRun, say

KIND = "nvme"

_NO_IDENTITY = N_(
    "This file names no drive. Keep it with the smartctl or nvme id-ctrl file of the same drive, "
    "or wipe the drive with nwipe."
)
_ERROR = N_("nvme could not read this drive: %(error)s")
_STATUS = re.compile(r"\((\d+)\)")
_DONE = (1, 4)
_FINISHED = 65535


def recognises(source: Source) -> bool:
    """Whether the JSON has the keys of one of nvme-cli's answers."""
    root = as_dict(source.json)
    return (
        isinstance(root.get("Devices"), list)
        or {"sn", "mn", "vid"} <= root.keys()
        or {"critical_warning", "data_units_written"} <= root.keys()
        or ("error" in root and root.get("type") == "nvme")
        or any({"sprog", "sstat"} <= as_dict(value).keys() for value in root.values())
    )


def read(source: Source) -> ReportReading:
    """The drives listed, or the sanitize attempt as a run that needs an identity."""
    root = as_dict(source.json)
    if "Devices" in root:
        return ReportReading("nvme_list", drives=tuple(islice(_listed(root), MOST_DRIVES)))
    if "sn" in root:
        drive = DriveSeen(
            model=name_of(root.get("mn")),
            serial=as_text(root.get("sn")),
            medium=Medium.NVME,
            size_bytes=as_number(root.get("tnvmcap")) or None,
        )
        return ReportReading("nvme_id_ctrl", drives=(drive,))
    if "error" in root:
        return ReportReading("nvme_error", notes=(say(_ERROR, error=as_text(root["error"]) or "?"),))
    logs = [(name, as_dict(value)) for name, value in root.items() if "sstat" in as_dict(value)]
    if logs:
        runs = tuple(_sanitized(name, log) for name, log in logs[:MOST_DRIVES])
        return ReportReading("nvme_sanitize_log", wipes=runs, notes=(say(_NO_IDENTITY),))
    return ReportReading("nvme_smart_log", notes=(say(_NO_IDENTITY),))


def _listed(root: dict[str, Json]) -> Iterator[DriveSeen]:
    """Both layouts of `nvme list`: flat, and (2.x, verbose) controllers under subsystems."""
    for device in map(as_dict, as_list(root.get("Devices"))[:MOST_DRIVES]):
        subsystems = [as_dict(one) for one in as_list(device.get("Subsystems"))]
        controllers = [as_dict(one) for part in subsystems for one in as_list(part.get("Controllers"))]
        for one in controllers or [device]:
            spaces = [as_dict(space) for space in as_list(one.get("Namespaces"))]
            space = spaces[0] if spaces else one
            path = as_text(one.get("DevicePath")) or as_text(space.get("NameSpace"))
            yield DriveSeen(
                device=path if path is None or path.startswith("/dev/") else f"/dev/{path}",
                model=name_of(one.get("ModelNumber")),
                serial=as_text(one.get("SerialNumber")),
                size_bytes=as_number(space.get("PhysicalSize")),
                medium=Medium.NVME,
            )


def _sanitized(name: str, log: dict[str, Json]) -> WipeRun:
    status, erased = _state(log.get("sstat"))
    done = status in _DONE and erased and as_number(log.get("sprog")) == _FINISHED
    device = (as_text(name) or "?").removeprefix("/dev/")
    return WipeRun(
        device=f"/dev/{device}",
        tool="nvme-cli",
        medium=Medium.NVME,
        method="Sanitize",
        status="Erased" if done else "-FAILED-" if status else None,  # 0: it never was
        oddities=frozenset({Oddity.NO_IDENTITY_LINE}),
    )


def _state(value: Json) -> tuple[int, bool]:
    """The status code and the "global data erased" bit, from the number or from its description."""
    number = as_number(value)
    if number is not None:
        return number & 7, bool(number & 0x100)
    described = as_dict(value)
    found = _STATUS.match(as_text(described.get("status")) or "")
    return int(found[1]) & 7 if found else 0, as_number(described.get("global_erased")) == 1
