"""The faces printed on labels, read from their TrueType files: widths, outlines, and cut-down copies.

Atkinson Hyperlegible (Braille Institute, SIL Open Font License 1.1, see faces/LICENSE.txt) was drawn so that
letters are not taken for one another by tired eyes; its files here are reduced to Latin letters and no hinting.
Letters it lacks come from `world` and `world-bold`: DejaVu Sans 2.37 (see faces/LICENSE-WORLD.txt) reduced to Latin,
Greek, Cyrillic, Armenian, Georgian, Tifinagh, Hebrew and Arabic, with capitals made as high as those of the others.
One reader for all formats, so that a text is as wide in a PDF as it is on a thermal head. Format: OpenType 1.9,
tables head, maxp, hhea, hmtx, cmap (format 4), loca, glyf.
"""

from __future__ import annotations

import struct
from functools import cache
from importlib.resources import files

Point = tuple[float, float, bool]
"""x, y in units of the em (1,000), and whether the curve passes through it."""

Contour = tuple[Point, ...]
_COMPOSITE_WORDS, _COMPOSITE_XY, _COMPOSITE_MORE = 0x0001, 0x0002, 0x0020
_COMPOSITE_SCALES = 0x0008 | 0x0040 | 0x0080


class Face:
    """One typeface. Lengths are fractions of the em unless said otherwise; y goes up from the baseline."""

    def __init__(self, name: str, data: bytes) -> None:
        self.name = name
        self.tables = _tables(data)
        self.units: int = struct.unpack_from(">H", self.tables["head"], 18)[0]
        self.box: tuple[int, ...] = struct.unpack_from(">4h", self.tables["head"], 36)
        self.ascent, self.descent = struct.unpack_from(">2h", self.tables["hhea"], 4)
        self.cap_height: int = struct.unpack_from(">h", self.tables["OS/2"], 88)[0]
        self.glyphs = _character_map(self.tables["cmap"])
        self.advances = self._advances()
        self._offsets = self._locations()
        self._widths = _Widths(
            name, {character: self.advances[glyph] / self.units for character, glyph in self.glyphs.items()}
        )

    def width(self, text: str) -> float:
        """Width of a text in ems; every character must be in the face or its fallback (see `wording.printable`)."""
        return sum(map(self._widths.__getitem__, text), 0.0)

    def draws(self, character: str) -> bool:
        """Whether the face or its fallback has the character."""
        return character in self.glyphs or character in face(fallback_of(self.name)).glyphs

    def outline(self, glyph: int) -> tuple[Contour, ...]:
        """The closed contours of a glyph: quadratic curves as TrueType stores them."""
        data = self._glyph_data(glyph)
        if not data:
            return ()
        count = struct.unpack_from(">h", data)[0]
        return _simple(data, count) if count >= 0 else self._composite(data)

    def reduced(self, characters: set[str]) -> bytes:
        """A TrueType file that keeps the numbers of all glyphs and the outlines of these characters only."""
        kept: set[int] = {0}
        for character in characters:
            self._keep(self.glyphs[character], kept)
        glyf, loca = bytearray(), [0]
        for glyph in range(len(self._offsets) - 1):
            if glyph in kept:
                glyf += self._glyph_data(glyph)
                glyf += bytes(-len(glyf) % 4)
            loca.append(len(glyf))
        head = bytearray(self.tables["head"])
        head[50:52] = b"\0\1"
        return _file(
            {
                "head": bytes(head),
                "hhea": self.tables["hhea"],
                "hmtx": self.tables["hmtx"],
                "maxp": self.tables["maxp"],
                "glyf": bytes(glyf),
                "loca": struct.pack(f">{len(loca)}I", *loca),
            }
        )

    def _advances(self) -> list[int]:
        count: int = struct.unpack_from(">H", self.tables["hhea"], 34)[0]
        total: int = struct.unpack_from(">H", self.tables["maxp"], 4)[0]
        known: list[int] = [struct.unpack_from(">H", self.tables["hmtx"], 4 * at)[0] for at in range(count)]
        return known + known[-1:] * (total - count)

    def _locations(self) -> list[int]:
        loca, long = self.tables["loca"], struct.unpack_from(">h", self.tables["head"], 50)[0]
        if long:
            return list(struct.unpack(f">{len(loca) // 4}I", loca))
        return [2 * offset for offset in struct.unpack(f">{len(loca) // 2}H", loca)]

    def _glyph_data(self, glyph: int) -> bytes:
        return self.tables["glyf"][self._offsets[glyph] : self._offsets[glyph + 1]]

    def _keep(self, glyph: int, kept: set[int]) -> None:
        kept.add(glyph)
        data = self._glyph_data(glyph)
        if data and struct.unpack_from(">h", data)[0] < 0:
            for part, _, _ in _parts(data):
                self._keep(part, kept)

    def _composite(self, data: bytes) -> tuple[Contour, ...]:
        return tuple(
            tuple((x + dx, y + dy, on) for x, y, on in contour)
            for part, dx, dy in _parts(data)
            for contour in self.outline(part)
        )


class _Widths(dict[str, float]):
    """Width of each character in ems; what the face lacks is as wide as in its fallback."""

    def __init__(self, name: str, own: dict[str, float]) -> None:
        super().__init__(own)
        self._name = name

    def __missing__(self, character: str) -> float:
        other = fallback_of(self._name)
        if other == self._name:
            raise KeyError(character)
        return face(other).width(character)


def fallback_of(name: str) -> str:
    """The face that lends the letters this one lacks; those of many scripts lend to themselves."""
    return name if name.startswith("world") else "world" if name == "text" else "world-bold"


@cache
def face(name: str) -> Face:
    """`text` (medium), `bold`, `code` (monospaced bold), or what lends to them: `world`, `world-bold`."""
    return Face(name, files("labels").joinpath("faces", f"{name}.ttf").read_bytes())


def _tables(data: bytes) -> dict[str, bytes]:
    found = {}
    for at in range(struct.unpack_from(">H", data, 4)[0]):
        tag, _, offset, length = struct.unpack_from(">4s3I", data, 12 + 16 * at)
        found[tag.decode()] = data[offset : offset + length]
    return found


def _file(tables: dict[str, bytes]) -> bytes:
    """A TrueType file of these tables (checksums, alignment and order by OpenType 1.9)."""
    power = len(tables).bit_length() - 1
    header = struct.pack(
        ">I4H", 0x00010000, len(tables), 16 << power, power, 16 * len(tables) - (16 << power)
    )
    body, offset = b"", len(header) + 16 * len(tables)
    for tag, data in sorted(tables.items()):
        padded = data + bytes(-len(data) % 4)
        checksum = sum(struct.unpack(f">{len(padded) // 4}I", padded)) & 0xFFFFFFFF
        header += struct.pack(">4s3I", tag.encode(), checksum, offset + len(body), len(data))
        body += padded
    return header + body


def _character_map(cmap: bytes) -> dict[str, int]:
    """The format 4 subtable, whichever comes first."""
    for at in range(struct.unpack_from(">H", cmap, 2)[0]):
        start = struct.unpack_from(">I", cmap, 8 + 8 * at)[0]
        if struct.unpack_from(">H", cmap, start)[0] == 4:
            return _segments(cmap, start)
    raise ValueError("this typeface has no format 4 character map")


def _segments(cmap: bytes, start: int) -> dict[str, int]:
    count = struct.unpack_from(">H", cmap, start + 6)[0] // 2
    found = {}
    for at in range(count):
        end = struct.unpack_from(">H", cmap, start + 14 + 2 * at)[0]
        first, delta, slot = (
            struct.unpack_from(">H", cmap, start + 16 + 2 * (count * part + at))[0] for part in (1, 2, 3)
        )
        for character in range(first, min(end, 0xFFFE) + 1):
            glyph = character
            if slot:
                place = start + 16 + 2 * (count * 3 + at) + slot + 2 * (character - first)
                glyph = struct.unpack_from(">H", cmap, place)[0]
            if glyph or not slot:
                found[chr(character)] = (glyph + delta) & 0xFFFF
    return found


def _parts(data: bytes) -> list[tuple[int, int, int]]:
    """Glyph, x and y of each part of a composite glyph; scaled parts do not occur in these faces."""
    at, parts, more = 10, [], True
    while more:
        flags, glyph = struct.unpack_from(">2H", data, at)
        if not flags & _COMPOSITE_XY or flags & _COMPOSITE_SCALES:
            raise ValueError("scaled or anchored parts of a glyph are not read")
        shape = ">2h" if flags & _COMPOSITE_WORDS else ">2b"
        dx, dy = struct.unpack_from(shape, data, at + 4)
        parts.append((glyph, dx, dy))
        at += 4 + struct.calcsize(shape)
        more = bool(flags & _COMPOSITE_MORE)
    return parts


def _simple(data: bytes, count: int) -> tuple[Contour, ...]:
    ends = struct.unpack_from(f">{count}H", data, 10)
    at = 10 + 2 * count
    at += 2 + struct.unpack_from(">H", data, at)[0]
    flags: list[int] = []
    while len(flags) <= ends[-1]:
        flag, at = data[at], at + 1
        repeats = 1
        if flag & 8:
            repeats, at = data[at] + 1, at + 1
        flags += [flag] * repeats
    xs, at = _coordinates(data, at, flags, 2, 16)
    ys, at = _coordinates(data, at, flags, 4, 32)
    points = [(float(x), float(y), bool(flag & 1)) for x, y, flag in zip(xs, ys, flags, strict=True)]
    starts = (0, *(end + 1 for end in ends))
    return tuple(tuple(points[start : end + 1]) for start, end in zip(starts, ends, strict=False))


def _coordinates(data: bytes, at: int, flags: list[int], short: int, same: int) -> tuple[list[int], int]:
    value, values = 0, []
    for flag in flags:
        if flag & short:
            value += data[at] if flag & same else -data[at]
            at += 1
        elif not flag & same:
            value += struct.unpack_from(">h", data, at)[0]
            at += 2
        values.append(value)
    return values, at
