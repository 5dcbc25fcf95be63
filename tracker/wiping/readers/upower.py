"""`upower -d` and `upower -i`: what is left of the battery's first capacity."""

import re

from tracker.i18n import N_
from tracker.wiping.readers.source import Source
from tracker.wiping.readings import ComputerSeen, ReportReading, say

KIND = "upower"

_NO_BATTERY = N_("This upower file shows no battery.")
_NUMBER = re.compile(r"\d{1,6}(?:[.,]\d{1,6})?")


def recognises(source: Source) -> bool:
    """Whether the file has upower's first lines."""
    head = source.head[:1500]
    return "native-path:" in head and "has statistics:" in head


def read(source: Source) -> ReportReading:
    """The battery's full charge as a percentage of its design, as the computer's only known fact."""
    for says in _batteries(source.lines):
        full, design, capacity = (
            _number(says.get(key)) for key in ("energy-full", "energy-full-design", "capacity")
        )
        if full and design:
            return _reading(100 * full / design)
        if capacity:
            return _reading(capacity)
    return ReportReading(KIND, notes=(say(_NO_BATTERY),))


def _reading(percent: float) -> ReportReading:
    return ReportReading(KIND, computer=ComputerSeen(battery_percent=min(round(percent), 100)))


def _batteries(lines: list[str]) -> list[dict[str, str]]:
    """The values under each `battery` heading, without those of a mouse or a keyboard, which supply no power."""
    batteries: list[dict[str, str]] = []
    inside, supplies = False, True
    for line in lines:
        key, colon, value = line.strip().partition(":")
        if key == "power supply":
            supplies = value.strip() != "no"
        if not colon:
            inside = key == "battery" and supplies
            if inside:
                batteries.append({})
        elif line.startswith("Device:") or "History (" in line:
            inside, supplies = False, True
        elif inside and batteries:
            batteries[-1].setdefault(key, value.strip())
    return batteries


def _number(text: str | None) -> float | None:
    """upower prints numbers with the system's comma."""
    found = _NUMBER.match(text or "")
    return float(found[0].replace(",", ".")) if found else None
