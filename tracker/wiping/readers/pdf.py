"""PDF documents: attachments only. An nwipe certificate tells who the drive is, its text log decides.

nwipe writes its words plainly, one after the other. So they are looked for without any library that would follow what
a hostile file links, nests or swells.
"""

import re
import zlib
from collections.abc import Iterator

from tracker.i18n import N_
from tracker.wiping.readers.source import Source, as_text, name_of
from tracker.wiping.readings import DriveSeen, ReportReading, say

KIND = "pdf"

_CERTIFICATE = N_("This is a certificate of nwipe: it is kept, and the text log of the same run decides.")
_DOCUMENT = N_("This PDF is kept as an attachment: it proves nothing by itself. Declare what it shows.")
_LARGEST = 4 * 1024 * 1024
_MOST_STREAMS, _MOST_SWOLLEN, _MOST_WORDS = 40, 256 * 1024, 2_000
_STREAM = re.compile(rb"stream\r?\n")
_WORDS = re.compile(rb"\(((?:[^()\\]|\\.){0,200})\) ?Tj")
_ESCAPED = re.compile(r"\\([()\\])")
_SERIAL = re.compile(r"Serial(?: No)?\.?:\s*([^\n]{1,60})")
_MODEL = re.compile(r"(?:Make/)?Model:\s*([^\n]{1,80})")


def recognises(source: Source) -> bool:
    """Whether the file begins as a PDF does."""
    return source.data[:1024].lstrip().startswith(b"%PDF-")


def read(source: Source) -> ReportReading:
    """A note, and for an nwipe certificate the drive it names, to pre-fill a declaration."""
    text = "\n".join(_words(source.data)) if len(source.data) <= _LARGEST else ""
    if "nwipe" not in text.lower() and "Disk Erasure Report" not in text:
        return ReportReading(KIND, notes=(say(_DOCUMENT),))
    serial, model = _SERIAL.search(text), _MODEL.search(text)
    drive = DriveSeen(
        model=name_of(model[1]) if model else None, serial=as_text(serial[1]) if serial else None
    )
    return ReportReading("nwipe_pdf", drives=(drive,) if drive.serial_key else (), notes=(say(_CERTIFICATE),))


def _words(data: bytes) -> Iterator[str]:
    """The first texts that the document shows, in the file's order; of compressed streams only the beginning."""
    left = _MOST_WORDS
    for stream in (data, *_swollen(data)):
        for found in _WORDS.finditer(stream):
            if not left:
                return
            left -= 1
            yield _ESCAPED.sub(r"\1", found[1].decode("cp1252", "replace"))


def _swollen(data: bytes) -> Iterator[bytes]:
    for number, start in enumerate(_STREAM.finditer(data)):
        if number >= _MOST_STREAMS:
            return
        try:
            yield zlib.decompressobj().decompress(data[start.end() :], _MOST_SWOLLEN)
        except zlib.error:
            continue
