"""SVG 1.1 at true size, one file a page. Letters are outlines, so it looks the same wherever it is opened; the words
are kept as titles for search and for screen readers. No style attribute: it may stand inline under a strict policy."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from html import escape

from labels.compose import compose
from labels.drawing import Emblem, Mark, Matrix, Panel, Picture, Stripes, Words
from labels.frames import FREE_DOT
from labels.label import Label, in_two_groups
from labels.logo import outline
from labels.media import Medium
from labels.pictograms import PICTOGRAMS
from labels.sheets import Placed, Printing, in_colour, pages
from labels.typefaces import Contour, face

_RUN = re.compile("1+")
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no XML file may hold (XML 1.0, 2.2)."""


def write(labels: Iterable[Label], medium: Medium, printing: Printing) -> Iterator[bytes]:
    """One SVG file for each page."""
    for page in pages(labels, medium, printing.start, printing.skip):
        yield _page(page, medium, printing).encode()


def _page(page: list[Placed], medium: Medium, printing: Printing) -> str:
    width, height, correction = medium.page_width_mm, medium.page_height_mm, printing.calibration
    colour, glyphs = in_colour(printing, medium), dict[str, str]()
    drawn = "\n".join(_label(place, medium, colour, glyphs) for place in page)
    letters = "".join(f'<path id="{name}" d="{path}"/>' for name, path in sorted(glyphs.items()))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}mm" height="{height:g}mm" '
        f'viewBox="0 0 {width:g} {height:g}" role="img">\n<defs>{letters}</defs>\n'
        f'<rect width="{width:g}" height="{height:g}" fill="#fff"/>\n'
        f'<g transform="translate({correction.x_mm:g} {correction.y_mm:g}) scale({correction.scale:g})">\n'
        f"{drawn}\n</g>\n</svg>\n"
    )


def _label(place: Placed, medium: Medium, colour: bool, glyphs: dict[str, str]) -> str:
    label = place.label
    said = ", ".join(
        part
        for part in (
            "-".join(filter(None, in_two_groups(label.code))),
            label.word,
            label.right,
            label.title,
            *label.lines,
        )
        if part
    )
    marks = "".join(_drawn(mark, glyphs) for mark in compose(label, medium, FREE_DOT, colour))
    return f'<g transform="translate({place.x:g} {place.y:g})"><title>{escape(_NO_XML.sub("", said))}</title>{marks}</g>'


def _drawn(mark: Mark, glyphs: dict[str, str]) -> str:
    match mark:
        case Words():
            return _words(mark, glyphs)
        case Matrix():
            path = "".join(
                f"M{run.start()} {y}h{run.end() - run.start()}v1H{run.start()}z"
                for y, row in enumerate(mark.symbol.rows)
                for run in _RUN.finditer(row)
            )
            return (
                f'<path transform="translate({mark.x:.3f} {mark.y:.3f}) scale({mark.module:.4f})" '
                f'shape-rendering="crispEdges" d="{path}"/>'
            )
        case Stripes():
            return f'<path shape-rendering="crispEdges" d="{_stripes(mark)}"/>'
        case Panel():
            return (
                f'<rect x="{mark.x:.2f}" y="{mark.y:.2f}" width="{mark.width:.2f}" height="{mark.height:.2f}" '
                f'rx="{mark.radius:.2f}" fill="#{mark.ink}"/>'
            )
        case Emblem():
            glyphs["logo"] = outline(mark.logo)
            scale = mark.width / mark.logo.width
            return f'<g transform="translate({mark.x:.2f} {mark.y:.2f}) scale({scale:.5f})"><use href="#logo"/></g>'
        case Picture():
            layers = "".join(
                f'<path fill="#{mark.ink if inked else mark.ground}" d="M'
                + "L".join(f"{x:.2f} {y:.2f}" for x, y in polygon)
                + 'z"/>'
                for inked, polygon in PICTOGRAMS[mark.name]
            )
            return f'<g transform="translate({mark.x:.2f} {mark.y:.2f}) scale({mark.size / 24:.4f})">{layers}</g>'


def _words(mark: Words, glyphs: dict[str, str]) -> str:
    typeface, x, uses = face(mark.face), 0, []
    for character in mark.text:
        glyph = typeface.glyphs[character]
        path = _glyph_path(mark.face, glyph)
        if path:
            name = f"{mark.face}{glyph}"
            glyphs[name] = path
            uses.append(f'<use href="#{name}" x="{x}"/>' if x else f'<use href="#{name}"/>')
        x += typeface.advances[glyph]
    scale = mark.size / typeface.units
    return (
        f'<g transform="translate({mark.x:.2f} {mark.y:.2f}) scale({scale:.5f} -{scale:.5f})" '
        f'fill="#{mark.ink}">{"".join(uses)}</g>'
    )


def _stripes(mark: Stripes) -> str:
    x, out = mark.x, []
    for at, width in enumerate(mark.widths):
        if not at % 2:
            out.append(f"M{x:.3f} {mark.y:.2f}h{width * mark.module:.3f}v{mark.height:.2f}H{x:.3f}z")
        x += width * mark.module
    return "".join(out)


@lru_cache(maxsize=1024)
def _glyph_path(name: str, glyph: int) -> str:
    return "".join(_contour_path(contour) for contour in face(name).outline(glyph))


def _contour_path(contour: Contour) -> str:
    """Quadratic curves with the points implied between two control points written out."""
    points: list[tuple[float, float, bool]] = []
    for at, point in enumerate(contour):
        before = contour[at - 1]
        if not point[2] and not before[2]:
            points.append(((before[0] + point[0]) / 2, (before[1] + point[1]) / 2, True))
        points.append(point)
    first = next(at for at, point in enumerate(points) if point[2])
    points = points[first:] + points[: first + 1]
    out = f"M{points[0][0]:g} {points[0][1]:g}"
    for at, (x, y, on) in enumerate(points[1:], 1):
        if not on:
            out += f"Q{x:g} {y:g} {points[at + 1][0]:g} {points[at + 1][1]:g}"
        elif points[at - 1][2]:
            out += f"L{x:g} {y:g}"
    return out + "z"
