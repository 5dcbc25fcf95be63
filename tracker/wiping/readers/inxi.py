"""`inxi --output json`: best for the battery's health and the screen's size.

Keys carry their place and depth ("004#0#3#serial"); the root is a list of sections or (3.3.01) one object.
"""

import re
from collections.abc import Iterator
from typing import TypeAlias

from tracker.wiping.readers.computers import type_guess
from tracker.wiping.readers.source import Json, Source, as_dict, as_list, as_text, name_of
from tracker.wiping.readings import ComputerSeen, ReportReading

KIND = "inxi"

Pairs: TypeAlias = list[tuple[str, str]]

_KEY = re.compile(r"\d{3}#\d+#\d+#")
_PERCENT = re.compile(r"\((\d{1,3}(?:\.\d{1,2})?)%\)")
_BUILT_IN = ("eDP", "LVDS", "DSI")
_CAMERAS = ("uvcvideo", "v4l2loopback")
_AMOUNT = re.compile(r"(?:[\d.]{1,9}/)?(\d{1,6}(?:\.\d{1,3})?) ([MGT])iB")
_MEGABYTES = {"M": 1, "G": 1024, "T": 1024 * 1024}
_INCHES = re.compile(r'\((\d{1,3}(?:\.\d{1,2})?)"\)')


def recognises(source: Source) -> bool:
    """Whether the JSON's keys are numbered as inxi does."""
    return re.match(r'\s*\[?\s*\{\s*"\d{3}#\d+#\d+#', source.head) is not None and source.json is not None


def read(source: Source) -> ReportReading:
    """The computer only: inxi cuts serials at spaces, and a drive that does not exist would never be wiped."""
    return ReportReading(KIND, computer=_computer(dict(_sections(source.json))))


def _sections(root: Json) -> Iterator[tuple[str, list[Pairs]]]:
    """Each section's name with its items, their keys in order and bare; a key may come twice in one item."""
    for part in as_list(root) if isinstance(root, list) else [root]:
        for key, items in as_dict(part).items():
            yield _bare(key), [_pairs(as_dict(item)) for item in as_list(items)]


def _pairs(item: dict[str, Json]) -> Pairs:
    return [(_bare(key), as_text(value) or "") for key, value in sorted(item.items())]


def _bare(key: str) -> str:
    return _KEY.sub("", key, count=1)


def _computer(sections: dict[str, list[Pairs]]) -> ComputerSeen:
    machine = [pair for item in sections.get("Machine", []) for pair in item]
    first = dict(reversed(machine))
    serials = [value for key, value in machine if key == "serial" and name_of(value)]
    cpu = next((dict(item) for item in sections.get("CPU", [])), {})
    return ComputerSeen(
        manufacturer=name_of(first.get("System")),
        model=name_of(first.get("product")),
        serial=serials[0] if serials else None,
        other_serials=tuple(dict.fromkeys(serials[1:])),
        uuid=name_of(first.get("uuid")),
        type_guess=type_guess(first.get("Type")),
        cpu=name_of(cpu.get("model")),
        memory_mb=_memory_mb([*sections.get("Memory", []), *sections.get("Info", [])]),
        battery_percent=_battery(sections.get("Battery", [])),
        screen_inches=_screen(sections.get("Graphics", [])),
        graphics=_graphics(sections.get("Graphics", [])),
    )


def _memory_mb(items: list[Pairs]) -> int | None:
    """All memory; where only what the system can use is told, that: "Memory": "7.63 GiB", or "1.2/7.63 GiB (16%)"."""
    for key in ("total", "Memory", "available"):
        for item in items:
            if found := _AMOUNT.match(dict(item).get(key, "")):
                return round(float(found[1]) * _MEGABYTES[found[2]])
    return None


def _battery(items: list[Pairs]) -> int | None:
    """What is left of the battery's first capacity: "condition": "41.2/57.0 Wh (72.3%)"; a mouse's is listed as a device."""
    for item in items:
        if any(key.startswith("Device") for key, _ in item):
            continue
        if found := _PERCENT.search(dict(item).get("condition", "")):
            return round(float(found[1]))
    return None


def _screen(items: list[Pairs]) -> float | None:
    """The diagonal of the built-in screen: one that is plugged in from outside is no part of the computer."""
    told = [
        (_monitor(item), found[1]) for item in items if (found := _INCHES.search(dict(item).get("diag", "")))
    ]
    built_in = [inches for name, inches in told if name.startswith(_BUILT_IN)]
    unnamed = [inches for name, inches in told if not name]
    return next((float(inches) for inches in (*built_in, *unnamed)), None)


def _monitor(item: Pairs) -> str:
    """What the monitor is plugged into: "Monitor-1": "eDP-1"."""
    return next((value for key, value in item if key.startswith("Monitor")), "")


def _graphics(items: list[Pairs]) -> str | None:
    """The graphics chips' names; a webcam is listed among them, and told by its driver."""
    names = [
        name
        for item in items
        for key, value in item
        if key.startswith("Device") and dict(item).get("driver") not in _CAMERAS and (name := name_of(value))
    ]
    return " + ".join(dict.fromkeys(names[:2])) or None
