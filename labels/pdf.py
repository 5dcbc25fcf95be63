"""PDF of vectors, with operators of our own: each page is sent as it is drawn. Millimetres with y down inside a page
(one matrix turns them), modules inside a QR symbol and between bars."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import accumulate
from math import floor

from labels import qr
from labels.compose import compose
from labels.drawing import Emblem, Mark, Matrix, Panel, Picture, Stripes, Words
from labels.frames import FREE_DOT
from labels.label import Label
from labels.logo import Logo
from labels.media import Medium
from labels.pdf_file import PdfFile
from labels.pictograms import PICTOGRAMS
from labels.sheets import Calibration, Printing, in_colour, pages, stretched
from labels.typefaces import face

POINTS = 72 / 25.4
ROLL_DOT = 0.125
"""Dot of the 203 dpi heads that rolls are printed with, mostly."""

Spot = tuple[float, float, list[Mark]]
"""Left and top of something on a page, and its marks."""
_RUN = re.compile("1+")
_PIECE = 10
"""Modules of a row that are looked up at once: at most 1,024 pieces for each place in a row."""


def write(labels: Iterable[Label], medium: Medium, printing: Printing) -> Iterator[bytes]:
    """The chunks of one PDF file, a page each."""
    dot, colour = ROLL_DOT if medium.is_roll else FREE_DOT, in_colour(printing, medium)
    shape, correction = medium, printing.calibration
    if medium.is_roll:
        shape, correction = stretched(medium, correction.scale), _on_dots(correction)
    spots = (
        [(place.x, place.y, compose(place.label, shape, dot, colour)) for place in page]
        for page in pages(labels, medium, printing.start, printing.skip)
    )
    return drawn(spots, medium, correction)


def _on_dots(correction: Calibration) -> Calibration:
    """Moved by whole dots of the head, and not scaled: the label is laid out anew for that, so that bars stay whole dots."""
    return Calibration(
        round(correction.x_mm / ROLL_DOT) * ROLL_DOT, round(correction.y_mm / ROLL_DOT) * ROLL_DOT
    )


def drawn(spots_of_pages: Iterable[list[Spot]], medium: Medium, calibration: Calibration) -> Iterator[bytes]:
    """The chunks of a PDF file of pages that carry marks at spots."""
    file, painter = PdfFile(), _Painter()
    yield file.header()
    start = _page_matrix(medium, calibration)
    for spots in spots_of_pages:
        yield file.page("\n".join([start, *map(painter.spot, spots)]))
    yield painter.shared(file)
    yield file.end(
        _points(medium.page_width_mm), _points(medium.page_height_mm), painter.fonts, painter.forms
    )


class _Painter:
    """Marks as operators; remembers which letters and pictograms the file must carry."""

    def __init__(self) -> None:
        self.characters: dict[str, set[str]] = {}
        self.pictures: dict[tuple[str, str, str], str] = {}
        self.logos: dict[Logo, str] = {}
        self.fonts: dict[str, int] = {}
        self.forms: dict[str, int] = {}

    def spot(self, spot: Spot) -> str:
        x, y, marks = spot
        return "\n".join([f"q 1 0 0 1 {x:.3f} {y:.3f} cm", *map(self.mark, marks), "Q"])

    def mark(self, mark: Mark) -> str:
        match mark:
            case Words():
                self.characters.setdefault(mark.face, set()).update(mark.text)
                return (
                    f"BT /{mark.face} {mark.size:.2f} Tf {_ink(mark.ink)} rg 1 0 0 -1 {mark.x:.2f} "
                    f"{mark.y:.2f} Tm <{mark.text.translate(_glyph_numbers(mark.face))}> Tj ET"
                )
            case Matrix():
                return (
                    f"0 g q {mark.module:.4f} 0 0 {mark.module:.4f} {mark.x:.3f} {mark.y:.3f} cm\n"
                    f"{_runs(mark.symbol.rows)} f Q"
                )
            case Stripes():
                return (
                    f"0 g q {mark.module:.5f} 0 0 {mark.height:.2f} {mark.x:.3f} {mark.y:.2f} cm\n"
                    f"{_stripes(mark.widths)} f Q"
                )
            case Panel():
                return f"{_ink(mark.ink)} rg {_rounded(mark)} f"
            case Emblem():
                name = self.logos.setdefault(mark.logo, f"l{len(self.logos)}")
                return (
                    f"0 g q {mark.width:.3f} 0 0 -{mark.height:.3f} {mark.x:.3f} {mark.y + mark.height:.3f} cm "
                    f"/{name} Do Q"
                )
            case Picture():
                name = self.pictures.setdefault((mark.name, mark.ink, mark.ground), f"p{len(self.pictures)}")
                scale = mark.size / 24
                return f"q {scale:.4f} 0 0 {scale:.4f} {mark.x:.2f} {mark.y:.2f} cm /{name} Do Q"

    def shared(self, file: PdfFile) -> bytes:
        """The typefaces and pictograms that were used."""
        out = b""
        for name, characters in self.characters.items():
            out += file.font(face(name), characters)
            self.fonts[name] = file.last
        for picture, name in self.pictures.items():
            out += file.form("0 0 24 24", _picture(*picture))
            self.forms[name] = file.last
        for logo, name in self.logos.items():
            out += file.mask(logo)
            self.forms[name] = file.last
        return out


def _points(length_mm: float) -> str:
    """Cut, never rounded up: a page a thousandth of a point too long takes one dot more on a thermal head, and
    drivers then stretch the bars off their dots."""
    return f"{floor(length_mm * POINTS * 1000) / 1000:.3f}"


def _page_matrix(medium: Medium, calibration: Calibration) -> str:
    scale = POINTS * calibration.scale
    return (
        f"{scale:.6f} 0 0 -{scale:.6f} {calibration.x_mm * POINTS:.3f} "
        f"{(medium.page_height_mm - calibration.y_mm) * POINTS:.3f} cm"
    )


@lru_cache(maxsize=64)
def _ink(colour: str) -> str:
    return " ".join(f"{int(colour[at : at + 2], 16) / 255:.3g}" for at in (0, 2, 4))


@lru_cache(maxsize=5)
def _glyph_numbers(name: str) -> dict[int, str]:
    return {ord(character): f"{glyph:04x}" for character, glyph in face(name).glyphs.items()}


def _runs(rows: list[str]) -> str:
    """Dark modules as rectangles of one path, in modules: runs of a row, cut where a piece ends."""
    return "".join(
        [
            "".join([_pieces[at][row[at : at + _PIECE]] for at in range(0, len(row), _PIECE)]).replace(
                "y", str(y)
            )
            for y, row in enumerate(rows)
        ]
    )


class _Pieces(dict[str, str]):
    """Rectangles of a piece of a row that begins at `left`, each drawn once; "y" stands for the row."""

    def __init__(self, left: int) -> None:
        self.left = left

    def __missing__(self, piece: str) -> str:
        drawn = "".join(
            f"{self.left + run.start()} y {run.end() - run.start()} 1 re " for run in _RUN.finditer(piece)
        )
        self[piece] = drawn
        return drawn


_pieces = {left: _Pieces(left) for left in range(0, qr.LARGEST, _PIECE)}


def _stripes(widths: tuple[int, ...]) -> str:
    """Bars as rectangles of one path, in modules and heights of a bar."""
    ends = list(accumulate(widths))
    lefts = [0, *ends[1::2]]
    return " ".join([f"{left} 0 {width} 1 re" for left, width in zip(lefts, widths[::2], strict=True)])


@lru_cache(maxsize=64)
def _rounded(mark: Panel) -> str:
    if not mark.radius:
        return f"{mark.x:.3f} {mark.y:.3f} {mark.width:.3f} {mark.height:.3f} re"
    x, y, r = mark.x, mark.y, mark.radius
    right, bottom, bow = x + mark.width, y + mark.height, r * 0.4477
    return (
        f"{x + r:.2f} {y:.2f} m {right - r:.2f} {y:.2f} l {right - bow:.2f} {y:.2f} {right:.2f} {y + bow:.2f} "
        f"{right:.2f} {y + r:.2f} c {right:.2f} {bottom - r:.2f} l {right:.2f} {bottom - bow:.2f} "
        f"{right - bow:.2f} {bottom:.2f} {right - r:.2f} {bottom:.2f} c {x + r:.2f} {bottom:.2f} l "
        f"{x + bow:.2f} {bottom:.2f} {x:.2f} {bottom - bow:.2f} {x:.2f} {bottom - r:.2f} c "
        f"{x:.2f} {y + r:.2f} l {x:.2f} {y + bow:.2f} {x + bow:.2f} {y:.2f} {x + r:.2f} {y:.2f} c"
    )


def _picture(name: str, ink: str, ground: str) -> str:
    """The layers of a pictogram, each in its own colour."""
    out = []
    for inked, polygon in PICTOGRAMS[name]:
        (x, y), *rest = polygon
        lines = " ".join(f"{x:.2f} {y:.2f} l" for x, y in rest)
        out.append(f"{_ink(ink if inked else ground)} rg {x:.2f} {y:.2f} m {lines} h f")
    return "\n".join(out)
