"""PNG, black on white, one dot a bit, with its resolution inside so that it prints at true size. No library."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Iterator

from labels.bitmap import Bitmap
from labels.label import Label
from labels.media import Medium
from labels.raster import dots_per_mm, painted
from labels.sheets import Placed, Printing, pages, stretched

USUAL_DPI = 300


def write(labels: Iterable[Label], medium: Medium, printing: Printing) -> Iterator[bytes]:
    """One PNG file for each page."""
    dpi = printing.dpi or USUAL_DPI
    for page in pages(labels, medium, printing.start, printing.skip):
        yield encoded(page_bitmap(page, medium, printing, dpi), dpi)


def page_bitmap(
    page: list[Placed], medium: Medium, printing: Printing, dpi: int, dot: float | None = None
) -> Bitmap:
    """A page of labels; calibration moves cells by whole dots, stretches the
    distances between them, and lays each label out anew for a cell stretched like them. `dot`: see
    `raster.painted`."""
    scale, correction = dots_per_mm(dpi), printing.calibration
    bitmap = Bitmap(round(medium.page_width_mm * scale), round(medium.page_height_mm * scale))
    shape = stretched(medium, correction.scale)
    for place in page:
        drawn = painted(place.label, shape, dpi, dot)
        bitmap.stamp(
            drawn.rows,
            drawn.width,
            round((place.x * correction.scale + correction.x_mm) * scale),
            round((place.y * correction.scale + correction.y_mm) * scale),
        )
    return bitmap


def encoded(bitmap: Bitmap, dpi: int) -> bytes:
    """A bitmap as a PNG file of one bit a dot (ISO/IEC 15948)."""
    whole = (1 << bitmap.width) - 1
    size = -(-bitmap.width // 8)
    pad = size * 8 - bitmap.width
    lines = b"".join(b"\0" + ((row ^ whole) << pad).to_bytes(size, "big") for row in bitmap.rows)
    per_metre = round(dots_per_mm(dpi) * 1000)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", struct.pack(">2I5B", bitmap.width, bitmap.height, 1, 0, 0, 0, 0))
        + _chunk(b"pHYs", struct.pack(">2IB", per_metre, per_metre, 1))
        + _chunk(b"IDAT", zlib.compress(lines, 6))
        + _chunk(b"IEND", b"")
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
