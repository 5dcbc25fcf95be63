"""usody-sanitize's JSON: one drive, the steps run on it, and a validation.

The validation looks at about ten sectors, so `result` alone is not believed: every command of every step must
have succeeded too, and a person still reads it.
"""

from tracker.wiping.readers import smartctl
from tracker.wiping.readers.source import Json, Source, as_dict, as_list, as_text
from tracker.wiping.readings import DriveSeen, Oddity, ReportReading, WipeRun

KIND = "usody_sanitize"


def recognises(source: Source) -> bool:
    """Whether the JSON has steps and a validation."""
    root = as_dict(source.json)
    return isinstance(root.get("steps"), list) and "result" in as_dict(root.get("validation"))


def read(source: Source) -> ReportReading:
    """The drive, as smartctl says it inside the file, and the run."""
    root = as_dict(source.json)
    drive = _drive(root)
    steps = [as_dict(step) for step in as_list(root.get("steps"))]
    done = bool(steps) and all(_succeeded(step) for step in steps)
    valid = as_dict(root.get("validation")).get("result") is True
    doubts = {Oddity.OTHER_TOOL} if done else {Oddity.OTHER_TOOL, Oddity.STEPS_NOT_SHOWN}
    run = WipeRun(
        device=drive.device,
        tool="usody-sanitize",
        serial=drive.serial,
        model=drive.model,
        medium=drive.medium,
        size_bytes=drive.size_bytes,
        version=as_text(root.get("version")),
        method=_method(root),
        status="Erased" if done and valid else "-FAILED-",
        oddities=frozenset(doubts),
    )
    return ReportReading(KIND, drives=(drive,), wipes=(run,))


def _succeeded(step: dict[str, Json]) -> bool:
    commands = [as_dict(command) for command in as_list(step.get("commands"))]
    return (
        step.get("success") is True and bool(commands) and all(one.get("success") is True for one in commands)
    )


def _drive(root: dict[str, Json]) -> DriveSeen:
    info = as_dict(root.get("device_info")) or as_dict(root.get("device"))
    exported = as_dict(info.get("export_data")) or as_dict(root.get("export_data"))
    told = smartctl.drive_of(as_dict(exported.get("smart")))
    if told.serial:
        return told
    block = as_dict(exported.get("block"))
    return DriveSeen(
        device=as_text(block.get("path")),
        model=as_text(block.get("model")) or as_text(info.get("model")),
        serial=as_text(block.get("serial")) or as_text(info.get("serial")),
    )


def _method(root: dict[str, Json]) -> str | None:
    method = root.get("method")
    return as_text(as_dict(method).get("name")) if isinstance(method, dict) else as_text(method)
