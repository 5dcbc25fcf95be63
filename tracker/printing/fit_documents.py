"""The page of crosses for one printer and one medium, in the format the printer understands."""

from __future__ import annotations

from dataclasses import dataclass

from labels import calibration
from labels.errors import LabelError
from labels.media import Medium
from labels.sheets import Calibration, Printing
from tracker import clock
from tracker.errors import Malformed
from tracker.i18n import Sentence
from tracker.printing.models import Printer


@dataclass(frozen=True)
class CrossesPage:
    """A file, ready to be saved or sent."""

    name: str
    mimetype: str
    data: bytes


def page(printer: Printer, medium: Medium, medium_words: str, correction: Calibration) -> CrossesPage:
    """The page as corrected so far, with the names of printer and medium and the day on it. Raises `Malformed` where the
    printer's format cannot carry this medium."""
    day = clock.local(clock.now()).date().isoformat()
    printing = Printing(calibration=correction, dpi=printer.dpi, colour=printer.colour)
    return _file(medium, (printer.name, medium_words, day), printer.format, printing)


def picture(medium: Medium) -> bytes:
    """The same page as it should be, as SVG, to be shown beside the questions."""
    return _file(medium, (), "svg", Printing()).data


def _file(medium: Medium, title: tuple[str, ...], name: str, printing: Printing) -> CrossesPage:
    try:
        drawn = calibration.page(medium, title, name, printing)
        data = b"".join(drawn.chunks)
    except LabelError as error:
        # As in `labelling.refusal_rules`, which marks these sentences: one without values is given one.
        raise Malformed(Sentence(error.message, error.details or {"nothing": ""})) from error
    return CrossesPage(f"crosses-{medium.name}.{drawn.extension}", drawn.media_type, data)
