"""PDF documents: attachments only. An nwipe certificate tells who the drive is, its text log decides."""

import io
import re

import pypdf
from pypdf.errors import PyPdfError

from tracker.i18n import N_
from tracker.wiping.readers.source import Source, as_text, name_of
from tracker.wiping.readings import DriveSeen, ReportReading, say

KIND = "pdf"

_CERTIFICATE = N_("This is a certificate of nwipe: it is kept, and the text log of the same run decides.")
_DOCUMENT = N_("This PDF is kept as an attachment: it proves nothing by itself. Declare what it shows.")
_LARGEST = 4 * 1024 * 1024
_SERIAL = re.compile(r"Serial(?: No)?\.?:\s*([^\n]{1,60})")
_MODEL = re.compile(r"(?:Make/)?Model:\s*([^\n]{1,80})")


def recognises(source: Source) -> bool:
    """Whether the file begins as a PDF does."""
    return source.data[:1024].lstrip().startswith(b"%PDF-")


def read(source: Source) -> ReportReading:
    """A note, and for an nwipe certificate the drive it names, to pre-fill a declaration."""
    text = _first_page(source.data) if len(source.data) <= _LARGEST else ""
    if "nwipe" not in text.lower() and "Disk Erasure Report" not in text:
        return ReportReading(KIND, notes=(say(_DOCUMENT),))
    serial, model = _SERIAL.search(text), _MODEL.search(text)
    drive = DriveSeen(
        model=name_of(model[1]) if model else None, serial=as_text(serial[1]) if serial else None
    )
    return ReportReading("nwipe_pdf", drives=(drive,) if drive.serial_key else (), notes=(say(_CERTIFICATE),))


def _first_page(data: bytes) -> str:
    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        return reader.pages[0].extract_text()[:20_000] if reader.pages else ""
    except (PyPdfError, ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError):
        return ""
