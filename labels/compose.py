"""A label in a cell: the marks to paint, in millimetres."""

from __future__ import annotations

from collections.abc import Iterator

from labels import bars, qr
from labels.designs import colour_of, design, pictogram_of
from labels.drawing import BLACK, WHITE, Emblem, Mark, Matrix, Panel, Picture, Stripes, Words, stretched
from labels.frames import Area, Cell, Frame, frame
from labels.label import Drawing, Label, in_two_groups
from labels.logo import Logo
from labels.media import Medium
from labels.rows import CAP, LEAST_TEXT, Rows, rows
from labels.scripts import laid
from labels.typefaces import face
from labels.wording import briefly, broken, fits, fitted, printable, shortened

LOGO_MM = (30.0, 11.0)
"""A logo's largest width and height."""
LEAST_LOGO_MM = 3.5


def cell_of(label: Label, medium: Medium, dot: float) -> Cell:
    """What the frame of a label on a medium depends on."""
    chosen, size = design(label.design), qr.symbol(label.payload).size
    poster = chosen.hero == "title" and bool(label.title)
    return Cell(
        medium.width_mm, medium.height_mm, medium.edge_x_mm, medium.edge_y_mm, size, dot, chosen.band, poster
    )  # fmt: skip


def compose(label: Label, medium: Medium, dot: float, colour: bool) -> list[Mark]:
    """The marks of a label in a cell of the medium. `dot` is the printer's dot in millimetres (0.025 where there is
    none), `colour` whether the band takes the colour of its phase."""
    if isinstance(label, Drawing):
        return [stretched(mark, medium.width_mm / label.width_mm) for mark in label.marks]
    chosen = design(label.design)
    cell = cell_of(label, medium, dot)
    places = frame(cell)
    marks: list[Mark] = []
    lines, title = label.lines, label.title or ("" if chosen.band else label.word)
    if places.poster and places.band:
        marks += _poster(label, places.band, colour_of(label) if colour else BLACK)
        title, lines = label.word, (label.right, *lines) if label.right else lines
    elif places.band:
        whole = _band(marks, label, places.band, colour_of(label) if colour else BLACK)
        lines = lines if whole or not label.right else (label.right, *lines)
    if cell.tiny or places.alone:
        title, lines = title if chosen.hero == "title" and not places.alone else "", ()
    marks += _words(label, title, lines, places, "code" if places.poster else chosen.hero)
    marks.append(Matrix(places.qr.x, places.qr.y, places.qr.module, qr.symbol(label.payload)))
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
        marks += laid(Words(left, baseline, size, "bold", word, WHITE))
    if not label.right:
        return True
    room -= bold.width(word) * size + em * 0.7
    right = printable(label.right, bold)
    if not fits(right, bold, room, max(LEAST_TEXT, em * 0.7)):
        return False
    right, size = fitted(right, bold, room, em, max(LEAST_TEXT, em * 0.7))
    marks += laid(Words(area.right - pad - bold.width(right) * size, baseline, size, "bold", right, WHITE))
    return True


def _poster(label: Label, area: Area, ink: str) -> Iterator[Mark]:
    """Panel, a large pictogram, and the title as large as it goes: in one row, or in two where that makes it larger."""
    high, bold = area.height, face("bold")
    yield Panel(area.x, area.y, area.width, high, 1.6, ink)
    side, pad = high * 0.66, high * 0.17
    yield Picture(area.x + pad, area.y + pad, side, pictogram_of(label), WHITE, ink)
    left = area.x + 1.9 * pad + side
    room, title = area.right - pad - left, printable(label.title, bold)
    em, two = high * 0.66, high * 0.42
    rows = [title]
    if not fits(title, bold, room, two) and len(pieces := broken(title, bold, room / two)) > 1:
        rows, em = [pieces[0], " ".join(pieces[1:])], two
    for at, row in enumerate(rows):
        text, size = fitted(row, bold, room, em, two * 0.7)
        middle = area.y + high * (0.5 if len(rows) == 1 else 0.28 + 0.44 * at)
        yield from laid(Words(left, middle + size * CAP / 2, size, "bold", text, WHITE))


def _words(
    label: Label, title: str, lines: tuple[str, ...], frame: Frame, hero: str
) -> Iterator[Words | Emblem]:
    lines = tuple(printable(line, face("text")) for line in lines)
    title, area = printable(title, face("bold")), frame.words
    places, titles, texts, size = _arranged(area, hero, title, lines)
    if label.logo and (roomy := _beside_logo(frame, label.logo, hero, title, lines)):
        emblem, area, (places, titles, texts, size) = roomy
        yield emblem
    places = _lowered(places, area, frame.qr.y, size)
    groups = in_two_groups(label.code)
    spoken = groups if len(places.code) == 2 else ("-".join(groups),)
    for row, group in zip(places.code, spoken, strict=False):
        text, em = fitted(group, face("code"), area.width, row.largest, LEAST_TEXT)
        indent = (area.width - face("code").width(text) * em) / 2 if frame.alone else 0.0
        yield from laid(Words(area.x + indent, row.baseline, em, "code", text, BLACK))
    for row, part in zip(places.titles, titles, strict=False):
        text, em = fitted(part, face("bold"), area.width, row.largest, row.smallest)
        yield from laid(Words(area.x, row.baseline, em, "bold", text, BLACK))
    for row, line in zip(places.lines, texts, strict=False):
        if text := shortened(line, face("text"), size, area.width):
            yield from laid(Words(area.x, row.baseline, size, "text", text, BLACK))


def _beside_logo(
    frame: Frame, logo: Logo, hero: str, title: str, lines: tuple[str, ...]
) -> tuple[Emblem, Area, tuple[Rows, list[str], list[str], float]] | None:
    """The logo under the words, with what is then left for them; None where anything would be lost by it."""
    area = frame.words
    width, height = logo.within(min(area.width, LOGO_MM[0]), min(area.height * 0.3, LOGO_MM[1]))
    if height < LEAST_LOGO_MM:
        return None
    above = Area(area.x, area.y, area.width, area.height - height - 1.2)
    found = _whole(above, hero, title, lines)
    if (
        found is None
        or len(found[2]) > len(found[0].lines)
        or not found[0].code
        or (title and not found[0].titles)
    ):
        return None
    bottom = area.bottom if frame.bars is None else area.bottom - 0.6
    return Emblem(area.x, bottom - height, width, height, logo), above, found


def _lowered(places: Rows, area: Area, top: float, size: float) -> Rows:
    """The rows moved down where they leave room beneath: at most to where the symbol begins."""
    if not places.titles and not places.lines:
        return places
    last = (*places.code, *places.titles, *places.lines)[-1].baseline
    down = min(top - area.y, (area.bottom - last - size * 0.3) * 0.7)
    return places if down <= 0 else places.moved(down)


def _arranged(
    area: Area, hero: str, title: str, lines: tuple[str, ...]
) -> tuple[Rows, list[str], list[str], float]:
    """Rows and what stands in them. A long title or line is broken between words as long as nothing else is
    lost by it; then said in shorter words; only then is something left out."""
    whole = _whole(area, hero, title, lines) or _whole(area, hero, title, lines, small=True)
    if whole is None and (title or lines):
        bold, text = face("bold"), face("text")
        short = briefly(title, bold, area.width / LEAST_TEXT)
        whole = _whole(
            area, hero, short, tuple(briefly(line, text, area.width / LEAST_TEXT) for line in lines)
        )
    return whole or _cut(area, hero, title, lines)


def _whole(
    area: Area, hero: str, title: str, lines: tuple[str, ...], *, small: bool = False
) -> tuple[Rows, list[str], list[str], float] | None:
    """The first arrangement that shows all of the title and as much of the lines as there is room for. `small`: the
    title may be hardly larger than the lines."""
    plain = rows(area, hero, bool(title), len(lines))
    for more_titles, more_lines in ((0, 0), (0, 1), (1, 0), (1, 1), (0, 2), (1, 2), (0, 3)):
        if more_titles and (hero == "title" or not title):
            continue
        tried = rows(area, hero, bool(title) + more_titles, len(lines) + more_lines)
        if more_titles + more_lines and len(tried.lines) < len(plain.lines) + more_lines:
            continue
        tried = tried.closer() if small else tried
        titles = _titles(title, area.width, tried, more_titles)
        texts, size = _set(lines, area.width, tried)
        whole_title = len(titles) == len(tried.titles)
        whole_lines = len(texts) <= len(tried.lines) or len(lines) > len(plain.lines)
        if whole_title and whole_lines and all(fits(text, face("text"), area.width, size) for text in texts):
            return tried, titles, texts, size
    return None


def _cut(
    area: Area, hero: str, title: str, lines: tuple[str, ...]
) -> tuple[Rows, list[str], list[str], float]:
    """In two rows of title where no line is lost by the second, the last of them and each line cut where it must be."""
    tried, titles = rows(area, hero, bool(title), len(lines)), [title]
    two = rows(area, hero, 2, len(lines)) if title and hero != "title" else tried
    if len(two.titles) > 1 and len(two.lines) == len(tried.lines):
        first, *rest = broken(title, face("bold"), area.width / two.titles[0].smallest)
        tried, titles = two, [first, " ".join(rest)] if rest else [first]
    return tried, titles, list(lines), tried.lines[0].smallest if tried.lines else LEAST_TEXT


def _titles(title: str, room: float, places: Rows, more: int) -> list[str]:
    """The title in one row at its smallest size, or in two, at its largest if that will do."""
    if not places.titles:
        return []
    row, bold = places.titles[0], face("bold")
    if not more:
        return broken(title, bold, room / row.smallest)
    pieces = broken(title, bold, room / row.largest)
    return pieces if len(pieces) <= len(places.titles) else broken(title, bold, room / row.smallest)


def _set(lines: tuple[str, ...], room: float, places: Rows) -> tuple[list[str], float]:
    """Lines as they are when they fit, if a little smaller; else broken between words at full size."""
    if not places.lines or not lines:
        return list(lines), LEAST_TEXT
    text, row = face("text"), places.lines[0]
    fitting = room / max(0.01, *map(text.width, lines[: len(places.lines)])) * 0.999
    if fitting >= row.smallest:
        return list(lines), min(row.largest, fitting)
    return [piece for line in lines for piece in broken(line, text, room / row.largest)], row.largest
