"""A file somebody sends as their logo, made into black dots. Judged by what is in it, never by its name.

A PNG is copied without all that is not picture, its size read before a pixel is unpacked. An SVG is written anew from
what `logo_svg` allows, then drawn by resvg, which runs no script, opens no address and knows no fonts here.
"""

from __future__ import annotations

import struct
import zlib
from io import BytesIO

from PIL import Image

from labels.errors import LabelError
from labels.logo import MOST_HIGH, MOST_WIDE, Logo
from labels.logo_svg import plain_svg

LARGEST_BYTES = 1024 * 1024
MOST_PIXELS, MOST_SIDE = 16_000_000, 8_000
MOST_STRETCHED = 10
_PNG = b"\x89PNG\r\n\x1a\n"
_PICTURE = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")
_LIGHT = 200
_FULLEST = 0.97
_BROKEN = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    struct.error,
    zlib.error,
    MemoryError,
    Image.DecompressionBombError,
)


def read(data: bytes) -> Logo:
    """The logo in a PNG or SVG file of at most 1 MB. `LabelError` says what is wrong with it, and what helps."""
    if len(data) > LARGEST_BYTES:
        raise LabelError("This file is too large: a logo is a PNG or SVG file of at most 1 MB.")
    if data.startswith(_PNG):
        return _dots(_picture(_bare(data)))
    if b"<svg" in data[:20_000].replace(b"\0", b""):
        return _dots(_picture(_rendered(plain_svg(data))))
    raise LabelError("This file is neither PNG nor SVG: save your logo as one of them, then send that file.")


def _bare(data: bytes) -> bytes:
    """The PNG with the parts that make the picture, and nothing else."""
    out, at = bytearray(_PNG), len(_PNG)
    while at + 12 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        if kind in _PICTURE:
            out += data[at : at + 12 + length]
        at += 12 + length
    if data[12:16] != b"IHDR" or len(data) < 33:
        raise _unreadable()
    width, height = struct.unpack_from(">2I", data, 16)
    if max(width, height) > MOST_SIDE or width * height > MOST_PIXELS:
        raise LabelError(
            "This picture has %(width)s × %(height)s dots: that is too large. Save it about 1,000 dots wide.",
            width=width,
            height=height,
        )
    return bytes(out)


def _rendered(svg: str) -> bytes:
    from resvg_py import svg_to_bytes

    try:
        return bytes(svg_to_bytes(svg_string=svg, skip_system_fonts=True))
    except ValueError as error:
        raise _unreadable() from error


def _picture(data: bytes) -> Image.Image:
    """In greys on white, without the white around it."""
    try:
        with Image.open(BytesIO(data), formats=("PNG",)) as opened:
            opened.load()
            drawn = opened.convert("RGBA")
    except _BROKEN as error:
        raise _unreadable() from error
    drawn.thumbnail((2 * MOST_WIDE, 2 * MOST_WIDE))
    paper = Image.new("RGBA", drawn.size, "white")
    paper.alpha_composite(drawn)
    grey = paper.convert("L")
    inked = grey.point([255 if level < _LIGHT else 0 for level in range(256)]).getbbox()
    if inked is None:
        raise LabelError(
            "Nothing in this file would print black: send the dark version of your logo, the one for white paper."
        )
    return grey.crop(inked)


def _dots(grey: Image.Image) -> Logo:
    width, height = grey.size
    if max(width, height) > MOST_STRETCHED * min(width, height):
        raise LabelError(
            "This logo is more than ten times as long as it is wide: it would be too thin to read."
        )
    grey.thumbnail((MOST_WIDE, MOST_HIGH))
    width, height = grey.size
    levels = grey.tobytes()
    rows = tuple(
        int("".join("1" if level < _LIGHT else "0" for level in levels[at : at + width]), 2)
        for at in range(0, width * height, width)
    )
    logo = Logo(width, height, rows)
    if logo.blackness > _FULLEST:
        raise LabelError(
            "This logo would print as one black block: send it dark on white or on a transparent ground."
        )
    return logo


def _unreadable() -> LabelError:
    return LabelError("This file could not be read: save your logo again as PNG or SVG, then send it.")
