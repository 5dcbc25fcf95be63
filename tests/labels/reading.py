"""Reads labels back: a picture of a page goes in, what is wrong with it comes out, in words.

It shares no code with the drawing: zxing-cpp decodes, pypdfium2 and resvg make pictures of PDF and SVG. From the
package it takes the plan only: where cells are, and how large symbols should be.
"""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pypdfium2
import resvg_py
import zxingcpp
from PIL import Image

from labels.compose import cell_of
from labels.frames import frame
from labels.label import Label
from labels.media import Medium
from labels.raster import dots_per_mm

Picture = np.ndarray[Any, np.dtype[np.uint8]]
DARK = 110
_CHARACTERS = {2: 38, 3: 61, 4: 90}
_READERS = (zxingcpp.BarcodeFormat.QRCode, zxingcpp.BarcodeFormat.Code128)
LEAST_CELL_FOR_BARS = (38.0, 14.0)


def pdf_pages(data: bytes, dpi: int) -> list[Picture]:
    """Pages of a PDF as grey pictures, as PDFium (Chrome) draws them."""
    document = pypdfium2.PdfDocument(data)
    try:
        return [
            page.render(scale=dots_per_mm(dpi) * 25.4 / 72, grayscale=True).to_numpy().squeeze().copy()
            for page in document
        ]
    finally:
        document.close()


def svg_page(data: bytes, dpi: int) -> Picture:
    """An SVG page as a grey picture, as resvg draws it."""
    return png_page(
        bytes(
            resvg_py.svg_to_bytes(
                svg_string=data.decode(),
                background="#ffffff",
                dpi=96,
                zoom=dots_per_mm(dpi) * 25.4 / 96,
                skip_system_fonts=True,
            )
        )
    )


def png_page(data: bytes) -> Picture:
    with Image.open(io.BytesIO(data)) as picture:
        return np.asarray(picture.convert("L"))


def problems(
    page: Picture, medium: Medium, expected: dict[int, Label], dpi: int, dot: float = 0
) -> list[str]:
    """What is wrong with a page that should carry these labels in these cells (counted from 0). `dot` is the dot the
    drawing was planned for, in millimetres, when it is not that of the picture."""
    found: list[str] = []
    scale, outside = dots_per_mm(dpi), page < 160
    wanted = (medium.page_width_mm * scale, medium.page_height_mm * scale)
    if abs(page.shape[1] - wanted[0]) > 2 or abs(page.shape[0] - wanted[1]) > 2:
        found.append(f"the page is {page.shape[1]} × {page.shape[0]} dots instead of {wanted}")
    for cell, label in expected.items():
        left, top = (round(length * scale) for length in medium.corner(cell))
        right, bottom = left + round(medium.width_mm * scale), top + round(medium.height_mm * scale)
        outside[max(top, 0) : bottom, max(left, 0) : right] = False
        cropped = page[max(top, 0) : bottom, max(left, 0) : right]
        found += [
            f"cell {cell + 1}: {fault}"
            for fault in _cell_problems(cropped, medium, label, scale, dot or 1 / scale)
        ]
    if outside.any():
        found.append(f"{int(outside.sum())} dark dots outside the cells")
    return found


def _cell_problems(cropped: Picture, medium: Medium, label: Label, scale: float, dot: float) -> list[str]:
    # Not at half size too: bars of 4.43 dots become 2.2, and there zxing-cpp 3.1 reads one letter wrong, check and all.
    codes = zxingcpp.read_barcodes(cropped, formats=_READERS, try_invert=False, try_downscale=False)
    squares = [code for code in codes if code.format == zxingcpp.BarcodeFormat.QRCode]
    bars = [code for code in codes if code.format == zxingcpp.BarcodeFormat.Code128]
    found = []
    if [code.text for code in squares] != [label.payload]:
        found.append(f"QR {[code.text for code in squares]} instead of {label.payload}")
    else:
        found += _square_problems(cropped, squares[0], medium, label, scale, dot)
    wide, high = LEAST_CELL_FOR_BARS
    wanted = [label.code] if medium.width_mm >= wide and medium.height_mm >= high else []
    if [code.text for code in bars] != wanted:
        found.append(f"bars {[code.text for code in bars]} instead of {wanted}")
    edge = max(1, round(min(medium.edge_x_mm, medium.edge_y_mm) * 0.6 * scale))
    rim = cropped < DARK
    if rim[:edge].any() or rim[-edge:].any() or rim[:, :edge].any() or rim[:, -edge:].any():
        found.append("ink on the blank edge of the label")
    return found


def _square_problems(
    cropped: Picture, code: Any, medium: Medium, label: Label, scale: float, dot: float
) -> list[str]:
    modules = 17 + 4 * next(version for version, most in _CHARACTERS.items() if len(label.payload) <= most)
    place = code.position
    xs = [place.top_left.x, place.top_right.x, place.bottom_left.x, place.bottom_right.x]
    ys = [place.top_left.y, place.top_right.y, place.bottom_left.y, place.bottom_right.y]
    side = (max(xs) - min(xs) + max(ys) - min(ys) + 2) / 2
    module = side / modules
    planned = frame(cell_of(label, medium, dot)).qr.module
    found = []
    if module / scale < (0.25 if medium.height_mm < 14 else 0.40) * 0.93 or module / scale < planned * 0.9:
        found.append(f"QR modules of {module / scale:.2f} mm, {planned:.2f} planned")
    if not _upright(cropped, min(xs), min(ys), module, modules):
        found.append("the QR is turned or mirrored")
    quiet, slack = 4 * module, max(1.6, 0.35 * module)
    left, top, right, bottom = min(xs) - quiet, min(ys) - quiet, max(xs) + quiet, max(ys) + quiet
    if left < -slack or top < -slack or right > cropped.shape[1] + slack or bottom > cropped.shape[0] + slack:
        found.append("the quiet zone of the QR leaves the label")
    dark = cropped < DARK
    dark[_window(min(xs) - 2, min(ys) - 2, max(xs) + 3, max(ys) + 3)] = False
    if dark[_window(left + slack, top + slack, right - slack, bottom - slack)].any():
        found.append("ink in the quiet zone of the QR")
    return found


def _upright(cropped: Picture, left: float, top: float, module: float, modules: int) -> bool:
    """Whether finder patterns stand at the top left, the top right and the bottom left rather than at the fourth. The
    decoder's corners are whole dots, so one that is not seen at first is looked for half a module beside too."""
    near = [(0.0, 0.0), *((x, y) for x in (-0.4, 0, 0.4) for y in (-0.4, 0, 0.4))]

    def like_a_finder(column: int, row: int) -> int:
        best = 0
        for x, y in near:
            best = max(
                best, _matches(cropped, left + (column + x) * module, top + (row + y) * module, module)
            )
            if best >= 45:
                break
        return best

    last = modules - 7
    return min(like_a_finder(0, 0), like_a_finder(last, 0), like_a_finder(0, last)) > like_a_finder(
        last, last
    )


_LIGHT_RING = {(x, y) for x in range(7) for y in range(7) if max(abs(x - 3), abs(y - 3)) == 2}


def _matches(cropped: Picture, left: float, top: float, module: float) -> int:
    """How many of 49 modules are as in a finder pattern."""
    high, wide = cropped.shape
    return sum(
        bool(
            cropped[
                min(max(round(top + (y + 0.5) * module), 0), high - 1),
                min(max(round(left + (x + 0.5) * module), 0), wide - 1),
            ]
            < DARK
        )
        != ((x, y) in _LIGHT_RING)
        for x in range(7)
        for y in range(7)
    )


def _window(left: float, top: float, right: float, bottom: float) -> tuple[slice, slice]:
    return slice(max(0, round(top)), max(0, round(bottom))), slice(max(0, round(left)), max(0, round(right)))
