"""`shred -v`: which device, which passes, in the system's language; no serial and no date, so nothing alone."""

import re

from tracker.i18n import N_
from tracker.wiping.readers.source import Source
from tracker.wiping.readings import ReportReading, say

KIND = "shred"

_ALONE = N_("shred names no drive and no date: its output proves nothing. Wipe the drive with nwipe.")
_LINE = re.compile(r"^shred: /dev/\S+", re.MULTILINE)


def recognises(source: Source) -> bool:
    """Whether a line begins as shred's do."""
    return _LINE.search(source.head) is not None


def read(source: Source) -> ReportReading:
    """A note only."""
    return ReportReading(KIND, notes=(say(_ALONE),))
