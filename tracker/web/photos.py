"""A photo that a person sends: read, turned upright, made smaller and written anew, so that nothing else travels with it."""

from __future__ import annotations

import struct
from io import BytesIO

from PIL import Image, ImageOps

from tracker.errors import Malformed
from tracker.i18n import N_

LARGEST_BYTES = 12 * 1024 * 1024
MOST_PIXELS = 64_000_000
KEPT_SIDE_PX = 1_600
QUALITY = 82
TYPES = "image/jpeg,image/png"
_FORMATS = ("JPEG", "PNG")
_BROKEN = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    struct.error,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
    MemoryError,
)


def read_photo(data: bytes, field: str = "photo") -> bytes | None:
    """The photo as a JPEG of at most 1,600 px a side; None where nothing was sent.

    Takes JPEG and PNG of at most 12 MiB and 64 million pixels; raises `Malformed` for anything else. Only the pixels
    stay: the place where it was taken, the name of the phone and whatever hides behind the picture are left behind.
    """
    if not data:
        return None
    if len(data) > LARGEST_BYTES:
        raise Malformed(
            N_("This photo is too large: at most %(number)s MB."), field=field, number=LARGEST_BYTES >> 20
        )
    try:
        with Image.open(BytesIO(data), formats=_FORMATS) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise Malformed(N_("This photo has too many pixels: take a smaller one."), field=field)
            opened.draft("RGB", (KEPT_SIDE_PX, KEPT_SIDE_PX))
            opened.load()
            upright = ImageOps.exif_transpose(opened)
            return _written(upright)
    except _BROKEN as error:
        raise Malformed(
            N_("This photo could not be read: send a JPEG or PNG picture."), field=field
        ) from error


def _written(picture: Image.Image) -> bytes:
    """On white, in plain colours, without a word of metadata."""
    picture.thumbnail((KEPT_SIDE_PX, KEPT_SIDE_PX))
    drawn = picture.convert("RGBA")
    sheet = Image.new("RGBA", drawn.size, "white")
    sheet.alpha_composite(drawn)
    kept = BytesIO()
    sheet.convert("RGB").save(kept, "JPEG", quality=QUALITY, optimize=True)
    return kept.getvalue()
