"""eReuse Workbench snapshots, old (device and components) and new (the raw answers of other tools inside).

The new layout's `erase` field is a stub and proves nothing; the old one's Erase actions list their steps.
Either way a person reads them before they count.
"""

import json

from tracker.wiping.readers import lshw, smartctl
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
from tracker.wiping.readings import ComputerSeen, DriveSeen, Medium, Oddity, ReportReading, WipeRun

KIND = "ereuse_snapshot"

_DRIVES = {
    "SolidStateDrive": Medium.SSD,
    "HardDrive": Medium.HDD,
    "DataStorage": Medium.UNKNOWN,
    "Mmc": Medium.EMMC,
}
_TYPES = {"Laptop": "laptop", "Netbook": "laptop", "Desktop": "desktop", "Server": None, "Tablet": "tablet"}


def recognises(source: Source) -> bool:
    """Whether the JSON calls itself a snapshot of some Workbench."""
    root = as_dict(source.json)
    named = "workbench" in (as_text(root.get("software")) or "").lower()
    return root.get("type") == "Snapshot" and (named or "components" in root or "data" in root)


def read(source: Source) -> ReportReading:
    """The computer, its drives and their Erase actions."""
    root = as_dict(source.json)
    if "components" not in root:
        return _of_raw_answers(as_dict(root.get("data")) or root)
    components = [as_dict(one) for one in as_list(root.get("components"))[:2000]]
    storage = [one for one in components if as_text(one.get("type")) in _DRIVES][:MOST_DRIVES]
    pairs = [(_drive(one), one) for one in storage]
    wipes = [_wipe(drive, action) for drive, one in pairs for action in _erasures(one)]
    return ReportReading(
        KIND,
        computer=_computer(as_dict(root.get("device")), components),
        drives=tuple(drive for drive, _ in pairs),
        wipes=tuple(wipes[:MOST_DRIVES]),
    )


def _of_raw_answers(data: dict[str, Json]) -> ReportReading:
    """A snapshot that only carries lshw's and smartctl's answers; they may be text inside the JSON."""
    answers = next((data[key] for key in ("smart", "smartctl", "disks") if key in data), None)
    told = smartctl.read(Source("", json.dumps(_loaded(answers)).encode()))
    machine = _loaded(data.get("lshw"))
    seen = lshw.read(Source("", json.dumps(machine).encode())) if machine else ReportReading(KIND)
    return ReportReading(KIND, computer=seen.computer, drives=told.drives or seen.drives, notes=told.notes)


def _loaded(value: Json) -> Json:
    return Source("", value.encode(errors="replace")).json if isinstance(value, str) else value


def _computer(device: dict[str, Json], components: list[dict[str, Json]]) -> ComputerSeen:
    processor = next((one for one in components if one.get("type") == "Processor"), {})
    board = next((one for one in components if one.get("type") == "Motherboard"), {})
    memory = [as_number(one.get("size")) or 0 for one in components if one.get("type") == "RamModule"]
    board_serial = as_text(board.get("serialNumber"))
    return ComputerSeen(
        manufacturer=name_of(device.get("manufacturer")),
        model=name_of(device.get("model")),
        serial=as_text(device.get("serialNumber")),
        other_serials=(board_serial,) if board_serial else (),
        type_guess=_TYPES.get(as_text(device.get("type")) or ""),
        cpu=name_of(processor.get("model")),
        memory_mb=sum(memory) or None,
        graphics=_graphics(components),
    )


def _graphics(components: list[dict[str, Json]]) -> str | None:
    names = [name_of(one.get("model")) for one in components if one.get("type") == "GraphicCard"]
    return " + ".join(dict.fromkeys(name for name in names[:2] if name)) or None


def _drive(component: dict[str, Json]) -> DriveSeen:
    size = as_number(component.get("size"))
    return DriveSeen(
        device=as_text(component.get("logicalName")),
        model=name_of(component.get("model")),
        serial=as_text(component.get("serialNumber")),
        size_bytes=size * 1_000_000 if size and size < 10**9 else size,
        medium=_DRIVES[as_text(component.get("type")) or ""],
    )


def _erasures(component: dict[str, Json]) -> list[dict[str, Json]]:
    actions = [as_dict(action) for action in as_list(component.get("actions", component.get("events")))]
    return [action for action in actions if (as_text(action.get("type")) or "").startswith("Erase")]


def _wipe(drive: DriveSeen, action: dict[str, Json]) -> WipeRun:
    steps = [as_dict(step) for step in as_list(action.get("steps"))]
    done = bool(steps) and all(as_text(one.get("severity")) == "Info" for one in (action, *steps))
    doubts = {Oddity.OTHER_TOOL} if done else {Oddity.OTHER_TOOL, Oddity.STEPS_NOT_SHOWN}
    return WipeRun(
        device=drive.device,
        tool="eReuse Workbench",
        serial=drive.serial,
        model=drive.model,
        medium=drive.medium,
        size_bytes=drive.size_bytes,
        method=as_text(action.get("type")),
        status="Erased" if done else "-FAILED-",
        oddities=frozenset(doubts),
    )
