"""ZPL II for Zebra printers and those that speak it: each label one picture, so that accents, pictograms and typefaces
come out as on paper, and no printer's own QR or Code 128 is trusted. The picture is `^GFA` in hexadecimal with Zebra's own run
lengths (ZPL II programming guide, "Alternative data compression scheme for ~DG and ~DB commands"): `Z64` is a third of the
size, but many printers that speak ZPL without being Zebra's do not know it. One copy is what a printer makes unasked, so
there is no `^PQ`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from labels.bitmap import Bitmap
from labels.errors import LabelError
from labels.label import Label
from labels.media import Medium
from labels.png import page_bitmap
from labels.raster import dots_per_mm
from labels.sheets import Calibration, Printing, pages

USUAL_DPI = 203
_SAME = re.compile(r"(.)\1*")


def write(labels: Iterable[Label], medium: Medium, printing: Printing) -> Iterator[bytes]:
    """One `^XA … ^XZ` for each label; sheets are refused."""
    if not medium.is_roll:
        raise LabelError(
            "“%(name)s” is a sheet; a ZPL printer prints on rolls. Choose a roll, or PDF.", name=medium.name
        )
    dpi = printing.dpi or USUAL_DPI
    dots_per_mm(dpi)
    room = _with_room(medium, printing.calibration)
    for page in pages(labels, medium):
        yield _label(page_bitmap(page, room, printing, dpi))


def _with_room(medium: Medium, correction: Calibration) -> Medium:
    """What is moved to the right or down lies outside the label for the printer, and inside it on paper: it is not cut."""
    return replace(
        medium,
        page_width_mm=medium.page_width_mm * correction.scale + max(0.0, correction.x_mm),
        page_height_mm=medium.page_height_mm * correction.scale + max(0.0, correction.y_mm),
    )


def _label(bitmap: Bitmap) -> bytes:
    lines = bitmap.lines()
    each = len(lines[0])
    total = each * len(lines)
    return (
        f"^XA^PW{bitmap.width}^LL{bitmap.height}^LH0,0^LS0^FO0,0^GFA,{total},{total},{each},"
        f"{''.join(_compressed(lines))}^FS^XZ\n"
    ).encode("ascii")


def _compressed(lines: list[bytes]) -> Iterator[str]:
    """Hexadecimal with run lengths; `,` and `!` fill the row with white or black, `:` repeats the row before."""
    before = None
    for line in lines:
        if line == before:
            yield ":"
            continue
        before, digits = line, line.hex().upper()
        end = ""
        if digits[-1] in "0F":
            kept = digits.rstrip(digits[-1])
            end, digits = ("," if digits[-1] == "0" else "!"), kept
        yield "".join(_run(found.group(1), len(found.group(0))) for found in _SAME.finditer(digits)) + end


def _run(digit: str, count: int) -> str:
    if count < 3:
        return digit * count
    out = ""
    while count > 419:
        out, count = out + "z" + "Y" + digit, count - 419
    twenties, ones = divmod(count, 20)
    return (
        out + (chr(ord("f") + twenties) if twenties else "") + (chr(ord("F") + ones) if ones else "") + digit
    )
