"""Raster commands of Brother's QL printers (Raster Command Reference, QL-800 series; 300 dpi, 720 pins).

The head prints a line across the tape; labels longer than the tape is wide are turned. Pins are counted from the right,
so the first bit of a line is its rightmost dot. At 600 dpi lines are half as far apart, pins are not. Lines are never
compressed: half of the models do not know compression, and a label is 25 KB without.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from labels.bitmap import Bitmap
from labels.errors import LabelError
from labels.label import Label
from labels.media import Medium
from labels.png import page_bitmap
from labels.raster import dots_per_mm
from labels.sheets import Printing, pages

DPI, FINE_DPI = 300, 600
PINS = 720
_CONTINUOUS, _DIE_CUT = 0x0A, 0x0B
_VALID = 0x80 | 0x40 | 0x08 | 0x04 | 0x02
"""Recovery on, quality, and: length, width and kind of the tape are given (ESC i z)."""
_FEED = 35
"""Dots (3 mm) that continuous tape runs blank before and after what is printed."""


@dataclass(frozen=True, slots=True)
class Tape:
    """Width and length in mm as the printer knows them, printable dots across and along, first pin from the right. Length
    and dots along are 0 for continuous tape: the label's own length counts."""

    width_mm: int
    length_mm: int
    across: int
    along: int
    first_pin: int


TAPES = {  # by what is bought: `Medium.reference`
    "brother-dk-11209": Tape(62, 29, 696, 271, 12),
    "brother-dk-11202": Tape(62, 100, 696, 1109, 12),
    "brother-dk-11201": Tape(29, 90, 306, 991, 6),
    "brother-dk-11204": Tape(17, 54, 165, 566, 0),
    "brother-dk-11208": Tape(38, 90, 413, 991, 12),
    "brother-dk-11221": Tape(23, 23, 202, 202, 42),
    "brother-dk-22205": Tape(62, 0, 696, 0, 12),
    "brother-dk-22210": Tape(29, 0, 306, 0, 6),
    "brother-dk-22214": Tape(12, 0, 106, 0, 29),
    "brother-dk-22225": Tape(38, 0, 413, 0, 12),
}


def write(labels: Iterable[Label], medium: Medium, printing: Printing) -> Iterator[bytes]:
    """The commands for one job: a start, then each label, cut off; the last one is fed out."""
    tape = TAPES.get(medium.reference)
    if tape is None:
        raise LabelError(
            "“%(name)s” is not a Brother label roll. Choose one of: %(known)s.",
            name=medium.name,
            known=", ".join(TAPES),
        )
    dpi = FINE_DPI if printing.dpi == FINE_DPI else DPI
    yield bytes(400) + b"\x1b@\x1bia\x01"
    waiting: bytes | None = None
    for number, page in enumerate(pages(labels, medium)):
        if waiting is not None:
            yield waiting + b"\x0c"
        bitmap = page_bitmap(page, medium, printing, dpi, 1 / dots_per_mm(DPI))
        waiting = _label(_under_the_head(bitmap, tape, medium, dpi // DPI), tape, number, dpi > DPI)
    yield (waiting or b"") + b"\x1a"


def _under_the_head(bitmap: Bitmap, tape: Tape, medium: Medium, fine: int) -> Bitmap:
    """What of a label can be printed, its first line first; `fine` is 2 for twice as many lines, else 1."""
    if abs(medium.width_mm - tape.width_mm) > abs(medium.height_mm - tape.width_mm):
        bitmap = bitmap.turned()
    across, along = tape.across * fine, (tape.along or bitmap.height // fine - 2 * _FEED) * fine
    return bitmap.cut((bitmap.width - across) // 2, (bitmap.height - along) // 2, across, along)


def _label(part: Bitmap, tape: Tape, number: int, fine: bool) -> bytes:
    kind, feed = (_DIE_CUT, 0) if tape.length_mm else (_CONTINUOUS, _FEED)
    information = struct.pack(
        "<4BI2B", _VALID, kind, tape.width_mm, tape.length_mm, part.height, number > 0, 0
    )
    settings = b"\x1biz" + information + b"\x1biM\x40\x1biA\x01\x1biK" + (b"\x48" if fine else b"\x08")
    settings += b"\x1bid" + struct.pack("<H", feed)
    return settings + b"".join(
        chain.from_iterable((b"g\0\x5a", _line(row, part.width, tape)) for row in part.rows)
    )


def _line(row: int, width: int, tape: Tape) -> bytes:
    """A row of dots as pins: mirrored, thinned to one dot a pin, and moved to where the tape lies under the head."""
    dots = format(row, f"0{width}b")[:: width // tape.across]
    return (int(dots[::-1], 2) << (PINS - tape.first_pin - tape.across)).to_bytes(PINS // 8, "big")
