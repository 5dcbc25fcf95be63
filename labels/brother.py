"""Raster commands of Brother's QL printers (Raster Command Reference, QL-800 series; 300 dpi, 720 pins).

The head prints a line across the tape; labels longer than the tape is wide are turned. Pins are counted from the right,
so the first bit of a line is its rightmost dot.
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
from labels.sheets import Printing, pages

DPI = 300
PINS = 720
_DIE_CUT = 0x0B
_VALID = 0x80 | 0x40 | 0x08 | 0x04 | 0x02
"""Recovery on, quality, and: length, width and kind of the tape are given (ESC i z)."""


@dataclass(frozen=True, slots=True)
class Tape:
    """Die-cut tape: size in mm as the printer knows it, printable dots across and along, first pin from the right."""

    width_mm: int
    length_mm: int
    across: int
    along: int
    first_pin: int


TAPES = {
    "brother-dk-11209": Tape(62, 29, 696, 271, 12),
    "brother-dk-11202": Tape(62, 100, 696, 1109, 12),
    "brother-dk-11201": Tape(29, 90, 306, 991, 6),
    "brother-dk-11208": Tape(38, 90, 413, 991, 12),
}


def write(labels: Iterable[Label], medium: Medium, printing: Printing) -> Iterator[bytes]:
    """The commands for one job: a start, then each label; the last one is fed out and cut."""
    tape = TAPES.get(medium.name)
    if tape is None:
        raise LabelError(
            "“%(name)s” is not a Brother label roll. Choose one of: %(known)s.",
            name=medium.name,
            known=", ".join(TAPES),
        )
    yield bytes(400) + b"\x1b@\x1bia\x01"
    waiting: bytes | None = None
    for number, page in enumerate(pages(labels, medium)):
        if waiting is not None:
            yield waiting + b"\x0c"
        waiting = _label(page_bitmap(page, medium, printing, DPI), tape, number)
    yield (waiting or b"") + b"\x1a"


def _label(bitmap: Bitmap, tape: Tape, number: int) -> bytes:
    if (bitmap.width > bitmap.height) != (tape.width_mm > tape.length_mm):
        bitmap = bitmap.turned()
    part = bitmap.cut(
        (bitmap.width - tape.across) // 2, (bitmap.height - tape.along) // 2, tape.across, tape.along
    )
    information = struct.pack(
        "<4BI2B", _VALID, _DIE_CUT, tape.width_mm, tape.length_mm, tape.along, number > 0, 0
    )
    settings = b"\x1biz" + information + b"\x1biM\x40\x1biA\x01\x1biK\x08\x1bid\0\0M\0"
    return settings + b"".join(chain.from_iterable((b"g\0\x5a", _line(row, tape)) for row in part.rows))


def _line(row: int, tape: Tape) -> bytes:
    """A row of dots as pins: mirrored, and moved to where the tape lies under the head."""
    mirrored = int(format(row, f"0{tape.across}b")[::-1], 2)
    return (mirrored << (PINS - tape.first_pin - tape.across)).to_bytes(PINS // 8, "big")
