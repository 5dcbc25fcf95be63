"""PDF 1.7 with operators of our own: vectors, compressed pages, each page sent as it is drawn.

Millimetres with y down inside a page (one matrix turns them). Everything pages share (typefaces, pictograms, the list
of pages) comes after the last page, so memory does not grow with the number of labels but for one number a page.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator
from functools import lru_cache
from math import floor

from labels.compose import compose
from labels.drawing import Mark, Matrix, Panel, Picture, Stripes, Words
from labels.frames import FREE_DOT
from labels.label import Label
from labels.media import Medium
from labels.pictograms import PICTOGRAMS
from labels.sheets import Calibration, Placed, Printing, in_colour, pages
from labels.typefaces import Face, face

POINTS = 72 / 25.4
ROLL_DOT = 0.125
"""Dot of the 203 dpi heads that rolls are printed with, mostly."""

_CATALOGUE, _PAGES, _RESOURCES = 1, 2, 3
_RUN = re.compile("1+")
_FACES = ("text", "bold", "code")


def write(labels: Iterable[Label], medium: Medium, printing: Printing) -> Iterator[bytes]:
    """The chunks of one PDF file, a page each."""
    document = _Document()
    dot, colour = ROLL_DOT if medium.is_roll else FREE_DOT, in_colour(printing, medium)
    yield document.header()
    for page in pages(labels, medium, printing.start):
        yield document.page(page, medium, printing.calibration, dot, colour)
    yield document.end(medium)


class _Document:
    def __init__(self) -> None:
        self.offsets: dict[int, int] = {}
        self.at = 0
        self.next = 4
        self.page_numbers: list[int] = []
        self.characters: dict[str, set[str]] = {name: set() for name in _FACES}
        self.pictures: dict[tuple[str, str, str], str] = {}

    def header(self) -> bytes:
        return self._counted(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")

    def page(
        self, placed: list[Placed], medium: Medium, calibration: Calibration, dot: float, colour: bool
    ) -> bytes:
        """One page object and its content."""
        out = [_page_matrix(medium, calibration)]
        for place in placed:
            out.append(f"q 1 0 0 1 {place.x:.2f} {place.y:.2f} cm")
            out += [self._painted(mark) for mark in compose(place.label, medium, dot, colour)]
            out.append("Q")
        content = self._stream("", "\n".join(out).encode("ascii"))
        number, page = self._object(
            f"<</Type/Page/Parent {_PAGES} 0 R/Contents {self.next - 1} 0 R>>".encode()
        )
        self.page_numbers.append(number)
        return content + page

    def end(self, medium: Medium) -> bytes:
        """All that pages share, and the index."""
        shared, fonts = self._fonts()
        pictures = ""
        for drawn, name in self.pictures.items():
            shared += self._stream("/Type/XObject/Subtype/Form/BBox[0 0 24 24]", _picture(*drawn).encode())
            pictures += f"/{name} {self.next - 1} 0 R"
        kids = " ".join(f"{number} 0 R" for number in self.page_numbers)
        box = f"[0 0 {_points(medium.page_width_mm)} {_points(medium.page_height_mm)}]"
        shared += self._numbered(_RESOURCES, f"<</Font<<{fonts}>>/XObject<<{pictures}>>>>".encode())
        shared += self._numbered(
            _PAGES,
            f"<</Type/Pages/Count {len(self.page_numbers)}/Kids[{kids}]/MediaBox{box}"
            f"/Resources {_RESOURCES} 0 R>>".encode(),
        )
        shared += self._numbered(
            _CATALOGUE,
            f"<</Type/Catalog/Pages {_PAGES} 0 R/ViewerPreferences<</PrintScaling/None>>>>".encode(),
        )
        return shared + self._index()

    def _index(self) -> bytes:
        rows = "".join(f"{self.offsets[number]:010d} 00000 n \n" for number in range(1, self.next))
        return (
            f"xref\n0 {self.next}\n0000000000 65535 f \n{rows}trailer\n<</Size {self.next}"
            f"/Root {_CATALOGUE} 0 R>>\nstartxref\n{self.at}\n%%EOF\n"
        ).encode()

    def _painted(self, mark: Mark) -> str:
        match mark:
            case Words():
                self.characters[mark.face].update(mark.text)
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
                return f"0 g {_stripes(mark)} f"
            case Panel():
                return f"{_ink(mark.ink)} rg {_rounded(mark)} f"
            case Picture():
                name = self.pictures.setdefault((mark.name, mark.ink, mark.ground), f"p{len(self.pictures)}")
                scale = mark.size / 24
                return f"q {scale:.4f} 0 0 {scale:.4f} {mark.x:.2f} {mark.y:.2f} cm /{name} Do Q"

    def _fonts(self) -> tuple[bytes, str]:
        out, fonts = b"", ""
        for name, characters in self.characters.items():
            if characters:
                out += self._font(face(name), characters)
                fonts += f"/{name} {self.next - 1} 0 R"
        return out, fonts

    def _font(self, typeface: Face, characters: set[str]) -> bytes:
        """A composite font whose codes are the numbers of glyphs, cut down to the characters used."""
        data = typeface.reduced(characters)
        out = self._stream(f"/Length1 {len(data)}", data)
        file = self.next - 1
        name = f"Label{typeface.name.capitalize()}"
        box = " ".join(str(value) for value in typeface.box)
        number, made = self._object(
            f"<</Type/FontDescriptor/FontName/{name}/Flags 4/FontBBox[{box}]/ItalicAngle 0/Ascent {typeface.ascent}"
            f"/Descent {typeface.descent}/CapHeight {typeface.cap_height}/StemV 120/FontFile2 {file} 0 R>>".encode()
        )
        out += made
        widths = " ".join(
            f"{glyph}[{typeface.advances[glyph]}]"
            for glyph in sorted({typeface.glyphs[character] for character in characters})
        )
        descendant, made = self._object(
            f"<</Type/Font/Subtype/CIDFontType2/BaseFont/{name}/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)"
            f"/Supplement 0>>/FontDescriptor {number} 0 R/CIDToGIDMap/Identity/W[{widths}]>>".encode()
        )
        out += made + self._stream("", _to_unicode(typeface, characters))
        _, made = self._object(
            f"<</Type/Font/Subtype/Type0/BaseFont/{name}/Encoding/Identity-H/DescendantFonts"
            f"[{descendant} 0 R]/ToUnicode {self.next - 1} 0 R>>".encode()
        )
        return out + made

    def _stream(self, entries: str, data: bytes) -> bytes:
        packed = zlib.compress(data, 6)
        return self._object(
            f"<<{entries}/Filter/FlateDecode/Length {len(packed)}>>stream\n".encode()
            + packed
            + b"\nendstream"
        )[1]

    def _object(self, body: bytes) -> tuple[int, bytes]:
        number, self.next = self.next, self.next + 1
        return number, self._numbered(number, body)

    def _numbered(self, number: int, body: bytes) -> bytes:
        self.offsets[number] = self.at
        return self._counted(b"%d 0 obj\n%b\nendobj\n" % (number, body))

    def _counted(self, data: bytes) -> bytes:
        self.at += len(data)
        return data


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


@lru_cache(maxsize=3)
def _glyph_numbers(name: str) -> dict[int, str]:
    return {ord(character): f"{glyph:04x}" for character, glyph in face(name).glyphs.items()}


def _runs(rows: list[str]) -> str:
    """Each row's runs of dark modules as rectangles of one path, in modules."""
    return " ".join(
        [
            f"{run.start()} {y} {run.end() - run.start()} 1 re"
            for y, row in enumerate(rows)
            for run in _RUN.finditer(row)
        ]
    )


def _stripes(mark: Stripes) -> str:
    x, out = mark.x, []
    for at, width in enumerate(mark.widths):
        if not at % 2:
            out.append(f"{x:.3f} {mark.y:.2f} {width * mark.module:.3f} {mark.height:.2f} re")
        x += width * mark.module
    return " ".join(out)


@lru_cache(maxsize=64)
def _rounded(mark: Panel) -> str:
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


def _to_unicode(typeface: Face, characters: set[str]) -> bytes:
    """Which letter each glyph is, so that the text of a label can be searched and copied."""
    rows = [
        f"<{typeface.glyphs[character]:04x}> <{character.encode('utf-16-be').hex()}>"
        for character in sorted(characters)
    ]
    blocks = "\n".join(
        f"{len(rows[at : at + 100])} beginbfchar\n" + "\n".join(rows[at : at + 100]) + "\nendbfchar"
        for at in range(0, len(rows), 100)
    )
    return (
        f"/CIDInit/ProcSet findresource begin 12 dict begin begincmap/CMapName/Letters def/CMapType 2 def\n"
        f"1 begincodespacerange <0000> <ffff> endcodespacerange\n{blocks}\n"
        f"endcmap CMapName currentdict/CMap defineresource pop end end"
    ).encode()
