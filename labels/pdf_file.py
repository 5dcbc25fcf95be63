"""The objects of a PDF 1.7 file (ISO 32000-1), numbered and counted as they leave.

What pages share (typefaces, forms, the list of pages, the index) comes after the last page, so that a page can be sent as
soon as it is drawn and memory holds one number for each object.
"""

from __future__ import annotations

import unicodedata
import zlib

from labels.logo import Logo
from labels.typefaces import Face

_CATALOGUE, _PAGES, _RESOURCES = 1, 2, 3
_PACKING = 5
"""Level of zlib: 6 takes 70 % longer for files 12 % smaller."""


class PdfFile:
    """Each method answers the bytes to send; `last` is the number of the object made last."""

    def __init__(self) -> None:
        self.last = _RESOURCES
        self._offsets: dict[int, int] = {}
        self._sent = 0
        self._pages: list[int] = []

    def header(self) -> bytes:
        return self._counted(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")

    def page(self, operators: str) -> bytes:
        """A page and what is drawn on it."""
        content = self.stream("", operators.encode("ascii"))
        page = self.object(f"<</Type/Page/Parent {_PAGES} 0 R/Contents {self.last} 0 R>>")
        self._pages.append(self.last)
        return content + page

    def form(self, box: str, operators: str) -> bytes:
        """A drawing that pages use by name."""
        return self.stream(f"/Type/XObject/Subtype/Form/BBox[{box}]", operators.encode("ascii"))

    def mask(self, logo: Logo) -> bytes:
        """Dots that pages paint in the colour they have set (8.9.6.2)."""
        entries = (
            f"/Type/XObject/Subtype/Image/Width {logo.width}/Height {logo.height}/ImageMask true"
            "/BitsPerComponent 1/Decode[1 0]"
        )
        return self.stream(entries, zlib.decompress(logo.packed))

    def end(self, width: str, height: str, fonts: dict[str, int], forms: dict[str, int]) -> bytes:
        """The list of pages, all of one size in points; names of fonts and forms; the index."""
        resources = f"<</Font<<{_names(fonts)}>>/XObject<<{_names(forms)}>>>>"
        kids = " ".join(f"{number} 0 R" for number in self._pages)
        tree = (
            f"<</Type/Pages/Count {len(self._pages)}/Kids[{kids}]/MediaBox[0 0 {width} {height}]"
            f"/Resources {_RESOURCES} 0 R>>"
        )
        catalogue = f"<</Type/Catalog/Pages {_PAGES} 0 R/ViewerPreferences<</PrintScaling/None>>>>"
        out = self._numbered(_RESOURCES, resources.encode()) + self._numbered(_PAGES, tree.encode())
        out += self._numbered(_CATALOGUE, catalogue.encode())
        return out + self._index()

    def stream(self, entries: str, data: bytes) -> bytes:
        """A compressed stream."""
        packed = zlib.compress(data, _PACKING)
        head = f"<<{entries}/Filter/FlateDecode/Length {len(packed)}>>stream\n".encode()
        self.last += 1
        return self._numbered(self.last, head + packed + b"\nendstream")

    def object(self, body: str) -> bytes:
        """An object of text."""
        self.last += 1
        return self._numbered(self.last, body.encode("ascii"))

    def font(self, typeface: Face, characters: set[str]) -> bytes:
        """A composite font whose codes are numbers of glyphs, cut down to the characters used (9.7, 9.9)."""
        data, name = typeface.reduced(characters), f"LABELS+{typeface.name.capitalize()}"
        box = " ".join(str(value) for value in typeface.box)
        used = sorted({typeface.glyphs[character] for character in characters})
        widths = " ".join(f"{glyph}[{typeface.advances[glyph]}]" for glyph in used)
        out = self.stream(f"/Length1 {len(data)}", data)
        out += self.object(
            f"<</Type/FontDescriptor/FontName/{name}/Flags 4/FontBBox[{box}]/ItalicAngle 0/Ascent {typeface.ascent}"
            f"/Descent {typeface.descent}/CapHeight {typeface.cap_height}/StemV 120/FontFile2 {self.last} 0 R>>"
        )
        out += self.object(
            f"<</Type/Font/Subtype/CIDFontType2/BaseFont/{name}/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)"
            f"/Supplement 0>>/FontDescriptor {self.last} 0 R/CIDToGIDMap/Identity/W[{widths}]>>"
        )
        descendant = self.last
        out += self.stream("", _to_unicode(typeface, characters))
        return out + self.object(
            f"<</Type/Font/Subtype/Type0/BaseFont/{name}/Encoding/Identity-H/DescendantFonts[{descendant} 0 R]"
            f"/ToUnicode {self.last} 0 R>>"
        )

    def _index(self) -> bytes:
        rows = "".join(f"{self._offsets[number]:010d} 00000 n \n" for number in range(1, self.last + 1))
        return (
            f"xref\n0 {self.last + 1}\n0000000000 65535 f \n{rows}trailer\n<</Size {self.last + 1}"
            f"/Root {_CATALOGUE} 0 R>>\nstartxref\n{self._sent}\n%%EOF\n"
        ).encode()

    def _numbered(self, number: int, body: bytes) -> bytes:
        self._offsets[number] = self._sent
        return self._counted(b"%d 0 obj\n%b\nendobj\n" % (number, body))

    def _counted(self, data: bytes) -> bytes:
        self._sent += len(data)
        return data


def _letters(character: str) -> str:
    """The letters that a person would type for it: those of Arabic without the form they take in a word."""
    joined = "\ufb1d" <= character <= "\ufefc"
    return unicodedata.normalize("NFKC", character) if joined else character


def _names(numbers: dict[str, int]) -> str:
    return "".join(f"/{name} {number} 0 R" for name, number in numbers.items())


def _to_unicode(typeface: Face, characters: set[str]) -> bytes:
    """Which letter each glyph is, so that the text of a label can be searched and copied."""
    rows = [
        f"<{typeface.glyphs[character]:04x}> <{_letters(character).encode('utf-16-be').hex()}>"
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
