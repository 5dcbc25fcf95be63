"""SVG reduced to shapes: what is named here is written anew, what only decorates is left out, the rest is refused in words.

XML by defusedxml (no entities, nothing fetched). Sizes, counts and depth are limited before anything is drawn.
"""

from __future__ import annotations

import math
import re
from xml.etree.ElementTree import Element, ParseError, SubElement, tostring

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from labels.errors import LabelError

DRAWN_WIDE, DRAWN_HIGH = 1_200, 600
MOST_ELEMENTS, MOST_DEPTH, LONGEST_VALUE, FARTHEST = 5_000, 40, 300_000, 1_000_000.0
_SVG = "http://www.w3.org/2000/svg"

SHAPES = frozenset(
    "svg g defs path rect circle ellipse line polyline polygon linearGradient radialGradient stop clipPath style".split()
)
LEFT_OUT = frozenset("title desc metadata".split())
LETTERS = frozenset("text tspan textPath tref font glyph font-face flowRoot".split())
_NUMBERS = frozenset(
    """d points transform gradientTransform x y x1 y1 x2 y2 cx cy r rx ry fx fy width height offset stroke-width
    stroke-miterlimit opacity fill-opacity stroke-opacity stop-opacity""".split()
)
_WORDS = frozenset(
    """id class style fill stroke fill-rule clip-rule clip-path color stop-color stroke-linecap stroke-linejoin
    gradientUnits spreadMethod clipPathUnits display visibility""".split()
)
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_NUMERIC = re.compile(r"[-+0-9.eE,%\sa-zA-Z()]*")
_OWN = re.compile(r"url\(\s*['\"]?#[\w.-]{1,100}['\"]?\s*\)")
_FOREIGN = re.compile(r"url|@|\\|expression|script:|data:|file:|https?:|//|<", re.IGNORECASE)


def plain_svg(data: bytes) -> str:
    """The drawing as shapes alone, sized to be made into dots. `LabelError` names what a logo may not hold."""
    if data.count(b"<") > 3 * MOST_ELEMENTS:
        raise _too_much()
    try:
        root = fromstring(data, forbid_dtd=False, forbid_entities=True, forbid_external=True)
    except DefusedXmlException as error:
        raise LabelError(
            "This drawing refers to something outside itself: save it as plain SVG, or as PNG."
        ) from error
    except (ParseError, ValueError, LookupError, RecursionError) as error:
        raise LabelError(
            "This file could not be read: save your logo again as PNG or SVG, then send it."
        ) from error
    if _name(root) != "svg":
        raise LabelError("This file could not be read: save your logo again as PNG or SVG, then send it.")
    made = Element("svg", {"xmlns": _SVG, **_sized(root)})
    _copy(root, made)
    return tostring(made, encoding="unicode")


def _copy(root: Element, made: Element) -> None:
    """The children of one element under another, each judged; without recursion."""
    waiting, count = [(root, made, 1)], 0
    while waiting:
        source, target, depth = waiting.pop()
        for child in source:
            count += 1
            name = _name(child)
            if count > MOST_ELEMENTS or depth > MOST_DEPTH:
                raise _too_much()
            if not name or name in LEFT_OUT:
                continue
            _must_be_a_shape(name, child)
            copied = SubElement(target, name, _kept(child, inside_clip=_name(source) == "clipPath"))
            if name == "style":
                copied.text = _checked("style", child.text or "")
            waiting.append((child, copied, depth + 1))


def _name(element: Element) -> str:
    """The name of an SVG element; empty for those of other vocabularies (what drawing programs note for themselves)."""
    space, closed, name = element.tag.rpartition("}")
    return name if not closed or space == "{" + _SVG else ""


def _must_be_a_shape(name: str, element: Element) -> None:
    if name in LETTERS:
        raise LabelError(
            "This drawing holds text, which looks different without its typeface: turn text into outlines, or save as PNG."
        )
    if name not in SHAPES or (name == "svg" and len(element)):
        raise LabelError(
            "This drawing holds “%(name)s”, which a logo may not: save it as plain shapes, or as PNG.",
            name=name[:40],
        )


def _kept(element: Element, inside_clip: bool) -> dict[str, str]:
    kept = {}
    for full, value in element.attrib.items():
        name = full.rpartition("}")[2]
        if name.lower().startswith("on") or (name == "href" and not value.startswith("#")):
            raise LabelError(
                "This drawing holds “%(name)s”, which a logo may not: save it as plain shapes, or as PNG.",
                name=name[:40],
            )
        if "}" in full or (inside_clip and name == "clip-path"):
            continue
        if name in _NUMBERS or name in _WORDS:
            kept[name] = _checked(name, value)
    return kept


def _checked(name: str, value: str) -> str:
    if len(value) > LONGEST_VALUE:
        raise _too_much()
    if _FOREIGN.search(_OWN.sub("", value)):
        raise LabelError("This drawing refers to something outside itself: save it as plain SVG, or as PNG.")
    if name in _NUMBERS:
        if not _NUMERIC.fullmatch(value):
            raise LabelError("This file could not be read: save your logo again as PNG or SVG, then send it.")
        _must_be_near(value)
    elif name == "style":
        _must_be_near(value)
    return value


def _must_be_near(value: str) -> None:
    for number in _NUMBER.findall(value):
        if not abs(float(number)) <= FARTHEST:
            raise LabelError("This drawing reaches too far: its measures must stay under one million.")


def _sized(root: Element) -> dict[str, str]:
    """`viewBox` of the drawing, and the dots it is drawn with."""
    box = [float(part) for part in _NUMBER.findall(root.get("viewBox", ""))]
    if len(box) != 4:
        sides = [_NUMBER.match(root.get(side, "").strip()) for side in ("width", "height")]
        box = [0.0, 0.0, *(float(side.group()) for side in sides if side)]
    if (
        len(box) != 4
        or not all(map(math.isfinite, box))
        or min(box[2:]) <= 0
        or max(map(abs, box)) > FARTHEST
    ):
        raise LabelError(
            "This drawing does not say how large it is: save it again with a page around it, or as PNG."
        )
    scale = min(DRAWN_WIDE / box[2], DRAWN_HIGH / box[3])
    width, height = (max(1, round(side * scale)) for side in box[2:])
    return {"viewBox": " ".join(f"{part:g}" for part in box), "width": str(width), "height": str(height)}


def _too_much() -> LabelError:
    return LabelError("This drawing has too many parts for a logo: simplify it, or save it as PNG.")
