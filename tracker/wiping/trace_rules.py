"""Which line of a file gave what: so that a person can check with her own eyes what the readers understood.

nwipe's lines are told one by one. Of other formats each value that the reading holds is looked up where it stands: its
path in a JSON file, its line in a text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from tracker.i18n import N_, Sentence
from tracker.wiping.readers.source import LONGEST_LINE, Json
from tracker.wiping.readings import DriveSeen, ReportReading, WipeRun, say

MOST = 400
"""Lines told of one file."""
_MOST_LEAVES = 20_000
_SHORTEST = 3

_STAMP = re.compile(r"^\[\d{4}/\d\d/\d\d \d\d:\d\d:\d\d\] *(?:\w+: )?")
_FOUND = N_("Drive %(device)s: serial number %(serial)s")
_ROW = N_("Result of %(device)s: %(word)s")
_ERRORS = N_("Errors of %(device)s when writing, checking and flushing: %(count)s")
_COUNTED = N_("%(device)s: %(erased)s of %(total)s bytes written")
_NWIPE: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"Found (?P<device>/dev/[^\s,]+),.*S/N=(?P<serial>.*)"), _FOUND),
    (re.compile(r"(?P<device>/dev/\S+) has serial number ?(?P<serial>.*)"), _FOUND),
    (re.compile(r"(?:info: )?nwipe (?P<version>\d+\.\d[\w.]*)$"), N_("A run of nwipe %(version)s begins")),
    (re.compile(r"system-manufacturer = (?P<text>.*)"), N_("Maker of the computer")),
    (re.compile(r"system-(?:product-name|version) = (?P<text>.*)"), N_("Model of the computer")),
    (re.compile(r"system-serial-number = (?P<text>.*)"), N_("Serial number of the computer")),
    (re.compile(r"(?:chassis|baseboard)-serial-number = (?P<text>.*)"), N_("Another serial number of the computer")),
    (re.compile(r"processor-version = (?P<text>.*)"), N_("Processor")),
    (re.compile(r" *(?P<name>method|rounds|verify) *= (?P<text>.*)"), N_("Option “%(name)s”")),
    (re.compile(r"Invoking method '(?P<method>.*)' on .*?(?P<device>/dev/[\w/.+-]*\w)"),
     N_("Wiping of %(device)s begins, method %(method)s")),
    (re.compile(r"\[SUCCESS\] (?P<text>.*)"), N_("nwipe reports a step as done")),
    (re.compile(r"(?P<text>.*(?:HIDDEN SECTORS|INDETERMINATE).*)"), N_("A doubt: sectors that the drive hides")),
    (re.compile(r"Total Throughput .*/s, (?P<method>.*), (?P<how>\d+R\+N?B\+\w\w)"),
     N_("End of the run: %(method)s, rounds, blanking and check %(how)s")),
    (re.compile(r"^!? *(?P<device>\w+) *\| *(?P<word>Erased|-FAILED-|UABORTED|INSANITY) *\|"), _ROW),
    (re.compile(r"^!? *(?P<device>\w+) *\| *(?P<a>\d+) \| *(?P<b>\d+) \| *(?P<c>\d+)\s*$"), _ERRORS),
    (re.compile(r"^!? *(?P<device>\w+) *\| *(?P<erased>\d+) \| *(?P<total>\d+) \| *[\d.]+%"), _COUNTED),
    (re.compile(r"(?P<text>Nwipe (?:successfully|was aborted|exited).*)"), N_("The tool's last words, which prove nothing alone")),
)  # fmt: skip

_SERIAL, _MODEL = N_("Serial number of a drive"), N_("Model of a drive")
_SIZE, _HOURS = N_("Size of a drive"), N_("Hours a drive has run")
_MAKER, _PRODUCT, _OWN = (
    N_("Maker of the computer"),
    N_("Model of the computer"),
    N_("Serial number of the computer"),
)
_OTHER, _CPU, _METHOD = N_("Another serial number of the computer"), N_("Processor"), N_("Method of the wipe")


@dataclass(frozen=True)
class Trace:
    """A line of the file (from 1), its path where it is JSON, and what it gave."""

    line: int
    raw: str
    gives: Sentence
    path: str = ""


def traces(reading: ReportReading, text: str) -> list[Trace]:
    """What each understood line of `text` gave, at most `MOST` of them; other lines stay quiet."""
    lines = [line[:LONGEST_LINE] for line in text.split("\n")]
    told = _of_nwipe if reading.kind == "nwipe_log" else _of_json if _is_json(text) else _of_text
    found: list[Trace] = []
    for one in told(reading, lines):
        found.append(one)
        if len(found) >= MOST:
            break
    return found


def stretches(text: str, found: Sequence[Trace]) -> list[tuple[int | None, str]]:
    """The text in few pieces: each line that gave something with its number, and what lies between them as one."""
    marked = {one.line for one in found}
    made: list[tuple[int | None, str]] = []
    between: list[str] = []
    for number, line in enumerate(text.split("\n"), 1):
        if number not in marked:
            between.append(line)
            continue
        if between:
            made.append((None, "\n".join(between)))
        made.append((number, line))
        between = []
    return [*made, (None, "\n".join(between))] if between else made


def _of_nwipe(reading: ReportReading, lines: list[str]) -> Iterator[Trace]:
    for number, line in enumerate(lines, 1):
        message = _STAMP.sub("", line).rstrip() if line.startswith("[") else line.rstrip()
        for pattern, meaning in _NWIPE:
            if found := pattern.match(message):
                yield Trace(number, line.strip(), say(meaning, **_details(found)))
                break


def _details(found: re.Match[str]) -> dict[str, str]:
    said = {name: text.strip() for name, text in found.groupdict().items()}
    if "a" in said:
        said["count"] = f"{said['a']}, {said['b']}, {said['c']}"
    return said


def _of_text(reading: ReportReading, lines: list[str]) -> Iterator[Trace]:
    values, told = _values(reading), set()
    for number, line in enumerate(lines, 1):
        for value, meaning in values.items():
            if value not in told and len(value) >= _SHORTEST and value in line:
                told.add(value)
                yield Trace(number, line.strip(), say(meaning))
                break


def _of_json(reading: ReportReading, lines: list[str]) -> Iterator[Trace]:
    values = _values(reading)
    try:
        leaves = list(_leaves(json.loads("\n".join(lines)), ""))
    except (ValueError, RecursionError):
        yield from _of_text(reading, lines)
        return
    at = _Finder(lines)
    for path, value in leaves[:_MOST_LEAVES]:
        meaning = values.get(str(value).strip())
        if meaning is not None:
            yield Trace(at.line_of(path, value), str(value), say(meaning), path)


class _Finder:
    """Finds the line on which a value of a JSON file stands, reading on from the one before."""

    def __init__(self, lines: list[str]) -> None:
        self._lines, self._at = lines, 0

    def line_of(self, path: str, value: Json) -> int:
        written, key = json.dumps(value, ensure_ascii=False)[1:-1] or str(value), path.rpartition(".")[2]
        name = re.sub(r"\[\d+\]$", "", key)
        for fits in (_both(name, written), _both(written, written)):
            for number in range(self._at, len(self._lines)):
                if fits(self._lines[number]):
                    self._at = number
                    return number + 1
        return self._at + 1


def _both(first: str, second: str) -> Callable[[str], bool]:
    return lambda line: first in line and second in line


def _leaves(value: Json, path: str) -> Iterator[tuple[str, Json]]:
    """Every plain value with its path, in the order of the file; walked without recursion."""
    waiting: list[tuple[str, Json]] = [(path, value)]
    while waiting:
        path, one = waiting.pop()
        if isinstance(one, dict):
            waiting += [(f"{path}.{key}".lstrip("."), inner) for key, inner in reversed(one.items())]
        elif isinstance(one, list):
            waiting += [(f"{path}[{n}]", inner) for n, inner in reversed(list(enumerate(one)))]
        elif isinstance(one, str | int | float) and not isinstance(one, bool):
            yield path, one


def _values(reading: ReportReading) -> dict[str, str]:
    """What the reading holds, as it stands in the file → what it is."""
    found: dict[str, str] = {}
    seen = reading.computer
    if seen is not None:
        told = [(seen.serial, _OWN), (seen.manufacturer, _MAKER), (seen.model, _PRODUCT), (seen.cpu, _CPU)]
        for text, meaning in [*told, *((one, _OTHER) for one in seen.other_serials)]:
            _put(found, text, meaning)
    parts: list[DriveSeen | WipeRun] = [*reading.drives, *reading.wipes]
    for one in parts:
        _put(found, one.serial, _SERIAL)
        _put(found, one.model, _MODEL)
        _put(found, str(one.size_bytes) if one.size_bytes else None, _SIZE)
    for drive in reading.drives:
        _put(found, str(drive.hours) if drive.hours else None, _HOURS)
    for run in reading.wipes:
        _put(found, run.method, _METHOD)
    return found


def _put(found: dict[str, str], text: str | None, meaning: str) -> None:
    if text and text.strip():
        found.setdefault(text.strip(), meaning)


def _is_json(text: str) -> bool:
    return text.lstrip()[:1] in ("{", "[") and not _STAMP.match(text.lstrip())
