"""A label in a cell: the marks to paint. Sizes are in millimetres; a size of text is its em."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from labels import bars, qr
from labels.designs import Design, colour_of, design, pictogram_of
from labels.drawing import BLACK, WHITE, Mark, Matrix, Panel, Picture, Stripes, Words
from labels.frames import Area, Cell, Frame, frame
from labels.label import Label, in_two_groups
from labels.media import Medium
from labels.typefaces import face
from labels.wording import fitted, shortened

CAP = 0.668
"""Height of a capital in ems, the same in the three faces."""
CODE_ADVANCE = 0.632
LEAST_TEXT = 2.1
"""Millimetres of em (6 points): nothing is printed smaller."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of words: its baseline and the sizes between which it may be set."""

    baseline: float
    largest: float
    smallest: float


@dataclass(frozen=True, slots=True)
class Rows:
    code: tuple[Row, ...]
    title: Row | None
    lines: tuple[Row, ...]


def compose(label: Label, medium: Medium, dot: float, colour: bool) -> list[Mark]:
    """The marks of a label in a cell of the medium. `dot` is the printer's dot in millimetres (0.025 where there is
    none), `colour` whether the band takes the colour of its phase."""
    chosen = design(label.design)
    symbol = qr.symbol(label.payload)
    cell = Cell(medium.width_mm, medium.height_mm, medium.edge_x_mm, medium.edge_y_mm, symbol.size, dot, chosen.band)
    places = frame(cell)
    marks: list[Mark] = []
    lines = label.lines
    if places.band:
        ink = colour_of(label) if colour else BLACK
        whole = _band(marks, label, places.band, ink)
        lines = lines if whole or not label.right else (label.right, *lines)
    title = label.title or ("" if places.band else label.word)
    _words(marks, label.code, title, lines, places, chosen)
    marks.append(Matrix(places.qr.x, places.qr.y, places.qr.module, symbol))
    if places.bars:
        b = places.bars
        marks.append(Stripes(b.x, b.y, b.module, b.height, bars.widths(label.code)))
    return marks


def _band(marks: list[Mark], label: Label, area: Area, ink: str) -> bool:
    """Panel, pictogram, word and right end. False when the right end found no room."""
    high = area.height
    marks.append(Panel(area.x, area.y, area.width, high, min(1.4, high * 0.22), ink))
    side, pad = high * 0.62, high * 0.26
    marks.append(Picture(area.x + pad, area.y + (high - side) / 2, side, pictogram_of(label), WHITE, ink))
    left, bold = area.x + pad + side + high * 0.22, face("bold")
    room, em = area.right - pad - left, high * 0.56
    baseline = area.y + (high + em * CAP) / 2
    word, size = fitted(label.word.upper(), bold, room, em, max(LEAST_TEXT, em * 0.66))
    if word:
        marks.append(Words(left, baseline, size, "bold", word, WHITE))
    if not label.right:
        return True
    room -= bold.width(word) * size + em * 0.7
    right, size = fitted(label.right, bold, room, em, max(LEAST_TEXT, em * 0.7))
    if not right or right.endswith("…"):
        return False
    marks.append(Words(area.right - pad - bold.width(right) * size, baseline, size, "bold", right, WHITE))
    return True


def _words(marks: list[Mark], code: str, title: str, lines: tuple[str, ...], places: Frame, chosen: Design) -> None:
    area = places.words
    rows = _rows(area, chosen.hero, bool(title), len(lines), places.band is None and places.bars is None)
    groups = in_two_groups(code)
    spoken = groups if len(rows.code) == 2 else ("-".join(groups),)[:len(rows.code)]
    for row, text in zip(rows.code, spoken, strict=True):
        text, size = fitted(text, face("code"), area.width, row.largest, row.smallest)
        marks.append(Words(area.x, row.baseline, size, "code", text, BLACK))
    if rows.title:
        text, size = fitted(title, face("bold"), area.width, rows.title.largest, rows.title.smallest)
        marks.append(Words(area.x, rows.title.baseline, size, "bold", text, BLACK))
    for row, line in zip(rows.lines, lines, strict=False):
        text = shortened(line, face("text"), row.largest, area.width)
        if text:
            marks.append(Words(area.x, row.baseline, row.largest, "text", text, BLACK))


@lru_cache(maxsize=1024)
def _rows(area: Area, hero: str, title: bool, lines: int, bare: bool) -> Rows:
    """Baselines and sizes of the words. What does not fit is left out: first the last lines, then the title."""
    if hero == "title" and title:
        return _title_first(area, lines)
    across = area.width / (9 * CODE_ADVANCE)
    stacked = across < 4.2 and area.height > 2.3 * 3.2
    most = area.height * (0.56 if not title and not lines else 0.30)
    if stacked or bare and not title and not lines:
        em = min(area.width / (4 * CODE_ADVANCE), area.height * (0.62 if not title and not lines else 0.4), 9.0)
        code: tuple[Row, ...] = (Row(area.y + em * CAP, em, em), Row(area.y + em * (2 * CAP + 0.22), em, em))
    else:
        em = min(across, max(most, 3.0), 8.0)
        code = (Row(area.y + em * CAP, em, em),)
    if not title and not lines:
        return Rows(_centred(code, area), None, ())
    return _below(area, code, em, title, lines)


def _centred(code: tuple[Row, ...], area: Area) -> tuple[Row, ...]:
    down = max(0.0, (area.bottom - code[-1].baseline) / 2)
    return tuple(Row(row.baseline + down, row.largest, row.smallest) for row in code)


def _below(area: Area, code: tuple[Row, ...], em: float, title: bool, lines: int) -> Rows:
    y = code[-1].baseline
    room = area.bottom - y
    wanted = (1.25 if title else 0) + lines
    size = min(3.9, max(LEAST_TEXT, room / (1.28 * wanted + 0.5)))
    heading = None
    if title and room >= LEAST_TEXT * 1.25:
        large = min(size * 1.18, em * 0.85)
        y += large * CAP + max(0.32 * em, large * 0.5)
        heading = Row(y, large, max(LEAST_TEXT, large * 0.82))
    return Rows(code, heading, _lines(area, y, size, lines))


def _lines(area: Area, y: float, size: float, lines: int) -> tuple[Row, ...]:
    rows = []
    for _ in range(lines):
        y += size * 1.26
        if y + size * 0.2 > area.bottom:
            break
        rows.append(Row(y, size, size))
    return tuple(rows)


def _title_first(area: Area, lines: int) -> Rows:
    """A place, a command, a person: its name as large as the label allows, the code small beneath."""
    low = area.height < 12
    large = min(area.height * (0.5 if low else 0.46), 15.0)
    em = min(area.width / (9 * CODE_ADVANCE), max(2.6, min(5.2, area.height * 0.2)))
    y = area.y + large * CAP
    heading = Row(y, large, max(LEAST_TEXT, large * 0.42))
    y += em * CAP + max(large * 0.24, em * 0.4)
    if y > area.bottom:
        return Rows((), heading, ())
    size = min(3.6, max(LEAST_TEXT, (area.bottom - y) / (1.28 * max(lines, 1) + 0.2)))
    return Rows((Row(y, em, em),), heading, _lines(area, y + 0.4, size, lines))
