"""nwipe's text log (ShredOS included), 0.30 to the development branch of 2026.

The log is opened for append, so one file can hold several runs, of several computers. Each drive is read by
itself in each run; nothing is concluded from the last line. Versions differ in what they print: the layout is
read from the lines, the version is a label only (Debian's 0.34 calls itself 0.33).
"""

import re
from collections.abc import Iterator
from itertools import islice

from tracker.i18n import N_, Sentence
from tracker.wiping.readers.nwipe_run import Run
from tracker.wiping.readers.source import MOST_DRIVES, Source
from tracker.wiping.readings import ComputerSeen, ReportReading, say

KIND = "nwipe_log"

_SIGNS = re.compile(
    r"\] +(?:notice: (?:Found /dev/|Invoking method '|Program options are set)|info: (?:nwipe \d|Nwipe ))"
    r"|^!? *Device \| Status \| Thru-put",
    re.MULTILINE,
)
_LINE = re.compile(
    r"\[(\d{4}/\d\d/\d\d \d\d:\d\d:\d\d)\] *(?:(debug|info|notice|warning|error|fatal|sanity): )?(.*)"
)

MOST_RUNS = 500
"""Runs looked at in one file: a stick that wiped ten computers a day fills this in ten weeks."""

_GLUED = re.compile(r"(?<=.)(?=\[\d{4}/\d\d/\d\d \d\d:\d\d:\d\d\] )")
"""Where a run begins in the middle of a line, because a power cut left the line before without its end."""

_SEVERAL_COMPUTERS = N_(
    "This log holds runs of several computers: each drive is found by its own serial number."
)
_SEVERAL_RUNS = N_("This log holds %(count)s runs: each one is judged by itself.")
_TOO_MANY_RUNS = N_("Only the first %(count)s runs of this log were read: start a new log on the stick.")
_NO_RUN = N_("This log shows no wipe of any drive.")


def recognises(source: Source) -> bool:
    """Whether the file has lines that only nwipe writes."""
    return _SIGNS.search(source.text) is not None


def read(source: Source) -> ReportReading:
    """Every run of the log: its drives, its wipes, and the computer when it is the same throughout."""
    runs = list(islice(_runs(source.lines, source.is_cut), MOST_RUNS))
    computers = list(dict.fromkeys(run.computer for run in runs))
    known = [one for one in computers if one != ComputerSeen()]
    wipes = [wipe for run in runs for wipe in run.wipes()]
    drives = list(dict.fromkeys(drive for run in runs for drive in run.drives()))
    return ReportReading(
        KIND,
        computer=known[0] if len(known) == 1 else None,
        drives=tuple(drives[:MOST_DRIVES]),
        wipes=tuple(wipes),
        notes=tuple(_notes(len(runs), len(known), len(wipes), source.is_cut)),
    )


def _notes(runs: int, computers: int, wipes: int, is_cut: bool) -> Iterator[Sentence]:
    if computers > 1:
        yield say(_SEVERAL_COMPUTERS)
    if runs >= MOST_RUNS or (runs and is_cut):
        yield say(_TOO_MANY_RUNS, count=runs)
    elif runs > 1:
        yield say(_SEVERAL_RUNS, count=runs)
    if not wipes:
        yield say(_NO_RUN)


def _runs(lines: list[str], is_cut: bool) -> Iterator[Run]:
    """Cuts the log where a run begins; a run begins where a line cannot belong to the one before.

    `is_cut`: what is looked at ends before the log does, so that nothing is said of the last run.
    """
    number = 1
    run = Run(number)
    for line in _unglued(lines):
        found = _LINE.match(line)
        stamp, level, message = found.groups("") if found else ("", "", line)
        if run.cannot_hold(level, message):
            yield run
            number += 1
            run = Run(number)
        run.take(stamp, level, message, line)
    if run.has_content and not is_cut:
        yield run


def _unglued(lines: list[str]) -> Iterator[str]:
    for line in lines:
        if line.find("[", 1) > 0:
            yield from _GLUED.split(line)
        else:
            yield line
