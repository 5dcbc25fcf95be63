"""Reads a printed file back, with a decoder that shares no code with the drawing."""

from __future__ import annotations

from collections import Counter

import zxingcpp

from labels.media import Medium
from labels.raster import dots_per_mm
from tests.labels.reading import pdf_pages

QR = zxingcpp.BarcodeFormat.QRCode
BARS = zxingcpp.BarcodeFormat.Code128


def read_back(pdf: bytes, medium: Medium, dpi: int = 300) -> tuple[dict[int, str], Counter[str]]:
    """What a sheet's PDF holds: cell (from 1, over all pages) → what its QR says, each cell cut out by itself;
    and how often each QR was found."""
    cells: dict[int, str] = {}
    scale = dots_per_mm(dpi)
    for number, page in enumerate(pdf_pages(pdf, dpi)):
        for cell in range(medium.cells):
            left, top = (round(length * scale) for length in medium.corner(cell))
            part = page[
                top : top + round(medium.height_mm * scale), left : left + round(medium.width_mm * scale)
            ]
            for found in zxingcpp.read_barcodes(part.copy(), formats=[QR]):
                cells[number * medium.cells + cell + 1] = found.text
    return cells, Counter(cells.values())


def bars_of(pdf: bytes, dpi: int = 300) -> list[str]:
    """Every Code 128 on the first page."""
    return [found.text for found in zxingcpp.read_barcodes(pdf_pages(pdf, dpi)[0], formats=[BARS])]


def left_edge_mm(pdf: bytes, dpi: int = 300) -> float:
    """How far the first page's QR lies from its left edge."""
    (found,) = zxingcpp.read_barcodes(pdf_pages(pdf, dpi)[0], formats=[QR])
    return float(found.position.top_left.x / dots_per_mm(dpi))
