"""A signature drawn in the browser: read, measured, and written anew so that nothing else travels with it."""

from __future__ import annotations

import base64
import binascii
import struct
from io import BytesIO

from PIL import Image, ImageOps

from tracker.errors import Malformed
from tracker.i18n import N_

PREFIX = "data:image/png;base64,"
PNG = b"\x89PNG\r\n\x1a\n"
LARGEST_BYTES = 500_000
LARGEST_SIDE_PX = 4_096
KEPT_WIDTH_PX = 900
INK = 128  # darker than this is a stroke
LEAST_INK_PX = 20


def read_drawing(data_url: str | None, field: str = "signature") -> bytes | None:
    """The drawing as a small grey PNG, or None where nothing was drawn.

    Takes a PNG data URL of at most 500 kB and 4,096 px a side. Raises `Malformed` for anything else, and for an
    empty sheet. Metadata and whatever hides behind the picture are left behind.
    """
    given = (data_url or "").strip()
    if not given:
        return None
    picture = _decoded(_bytes(given, field), field)
    ink = sum(picture.histogram()[:INK])
    if ink < LEAST_INK_PX:
        raise Malformed(
            N_("The signature is empty: sign in the frame, or leave it and type the name."), field=field
        )
    picture.thumbnail((KEPT_WIDTH_PX, KEPT_WIDTH_PX))
    kept = BytesIO()
    picture.save(kept, "PNG", optimize=True)
    return kept.getvalue()


def _bytes(given: str, field: str) -> bytes:
    if len(given) > LARGEST_BYTES * 4 // 3 + 100:
        raise Malformed(N_("The signature is too large: clear it and sign again."), field=field)
    if not given.startswith(PREFIX):
        raise _unreadable(field)
    try:
        raw = base64.b64decode(given[len(PREFIX) :], validate=True)
    except (binascii.Error, ValueError) as error:
        raise _unreadable(field) from error
    # Width and height stand right after the signature and the head of the first chunk (PNG, 11.2.2 IHDR).
    if not raw.startswith(PNG) or len(raw) < 24 or raw[12:16] != b"IHDR":
        raise _unreadable(field)
    if not all(1 <= side <= LARGEST_SIDE_PX for side in struct.unpack(">2I", raw[16:24])):
        raise Malformed(N_("The signature is too large: clear it and sign again."), field=field)
    return raw


def _decoded(raw: bytes, field: str) -> Image.Image:
    """Grey on white."""
    try:
        with Image.open(BytesIO(raw), formats=("PNG",)) as opened:
            opened.load()
            drawn = opened.convert("RGBA")
    except (OSError, ValueError, SyntaxError, EOFError, struct.error, Image.DecompressionBombError) as error:
        raise _unreadable(field) from error
    sheet = Image.new("RGBA", drawn.size, "white")
    sheet.alpha_composite(drawn)
    return ImageOps.grayscale(sheet)


def _unreadable(field: str) -> Malformed:
    return Malformed(
        N_("The signature could not be read: clear it and sign again, or leave it and type the name."),
        field=field,
    )
