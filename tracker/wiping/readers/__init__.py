"""Readers of report files: one file per format, one line in `READERS` each.

`read` takes any bytes at all and always answers with a reading: what no reader understands, what is too
large and what makes a reader stumble comes back as kind `unknown` with a sentence that says what to do.
"""

import hashlib
import logging
from pathlib import Path
from typing import Protocol

from tracker.i18n import N_
from tracker.wiping.readers import (
    dmidecode,
    erasure_xml,
    ereuse,
    hdparm,
    inxi,
    joined,
    lsblk,
    lshw,
    lshw_xml,
    nvme,
    nwipe_log,
    pdf,
    shred,
    smartctl,
    upower,
    usody,
)
from tracker.wiping.readers.source import MOST_STRUCTURED, Source, TooMuch
from tracker.wiping.readings import ReportReading, say

MAX_BYTES = 8 * 1024 * 1024
"""Larger files are not looked into: the largest real report seen is under 1 MB."""

UNKNOWN = "unknown"


class Reader(Protocol):
    """What a reader module offers."""

    KIND: str

    def recognises(self, source: Source, /) -> bool:
        """Whether the file is of this format; cheap, and never wrong about another format."""

    def read(self, source: Source, /) -> ReportReading:
        """All that the file says. Raises `ValueError` where it is not whole, `TooMuch` where it is a bomb; nothing else."""


READERS: tuple[Reader, ...] = (
    joined,
    pdf,
    nwipe_log,
    smartctl,
    lshw,
    lshw_xml,
    dmidecode,
    inxi,
    lsblk,
    nvme,
    upower,
    hdparm,
    ereuse,
    usody,
    erasure_xml,
    shred,
)

_EMPTY = N_("The file %(name)s is empty. Copy it again from the stick.")
_TOO_LARGE = N_("The file %(name)s is too large (%(size)s MB, at most %(limit)s). Is it really a report?")
_CROWDED = N_("The file %(name)s holds more parts than any tool writes. Is it really a report?")
_NOT_READ = N_("The file %(name)s is not of a known format. Declare what it proves, and attach it.")
_STUMBLED = N_(
    "The file %(name)s looks like a report of kind %(kind)s, but it is damaged. Copy it again from the stick."
)

_log = logging.getLogger(__name__)


def _version() -> str:
    """A fingerprint of what the readers are: whoever changes one need not remember to count up."""
    here = Path(__file__).parent
    texts = [path.read_bytes() for path in (*sorted(here.glob("*.py")), here.parent / "readings.py")]
    return hashlib.sha256(b"\0".join(texts)).hexdigest()[:16]


VERSION = _version()
"""By which a kept reading is known to be of these very readers. Another one is made again while its file is there."""


def read(data: bytes, name: str) -> ReportReading:
    """What the file says. `name` is its path as it was dropped; it never raises."""
    shown = name[-120:] or "?"
    if not data.strip():
        return ReportReading(UNKNOWN, notes=(say(_EMPTY, name=shown),))
    if len(data) > MAX_BYTES:
        return _too_large(shown, data, MAX_BYTES)
    source = Source(name, data)
    for reader in READERS:
        # Files come from anybody's stick: whatever one does to a reader, the upload of the others goes on.
        try:
            if reader.recognises(source):
                return reader.read(source)
        except TooMuch:
            return ReportReading(UNKNOWN, notes=(say(_CROWDED, name=shown),))
        except Exception:  # noqa: BLE001
            _log.exception("A report of kind %s could not be read", reader.KIND)
            return ReportReading(UNKNOWN, notes=(say(_STUMBLED, name=shown, kind=reader.KIND),))
    if source.is_bulky:
        return _too_large(shown, data, MOST_STRUCTURED)
    return ReportReading(UNKNOWN, notes=(say(_NOT_READ, name=shown),))


def _too_large(shown: str, data: bytes, limit: int) -> ReportReading:
    megabyte = 1024 * 1024
    size = -(-len(data) // megabyte)
    return ReportReading(UNKNOWN, notes=(say(_TOO_LARGE, name=shown, size=size, limit=limit // megabyte),))
