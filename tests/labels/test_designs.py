"""Every design on every medium, with the facts that workshops really have: none, long ones, and names from anywhere."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
import zxingcpp
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from labels import drawing
from labels.compose import compose
from labels.designs import DESIGNS
from labels.formats import render
from labels.frames import FREE_DOT
from labels.label import Label
from labels.logo import Logo
from labels.media import MEDIA, Medium, medium, roll
from labels.raster import painted
from labels.typefaces import face
from tests.labels import samples
from tests.labels.reading import pdf_pages, svg_page

LOGO = Logo(40, 20, tuple((1 << 40) - 1 for _ in range(20)))
BOTH_WAYS = ("avery-l7173", "avery-l7651", "avery-l4731", "brother-dk-11209", "zebra-51x25", "zebra-76x51")
LONG = "Médiathèque intercommunale de la Communauté de communes des Hauts de Flandre"
FACTS: dict[str, tuple[str, str, str, tuple[str, ...]]] = {
    "none": ("Effacé", "", "", ()),
    "long": (
        "En reconditionnement",
        LONG,
        LONG,
        (LONG, "HP EliteBook 840 G6 " * 4, "Aide : 03 20 00 00 00", LONG, "x" * 200),
    ),
    "Arabic": (
        "ممسوح",
        "٢٤ نوفمبر",
        "المكتبة البلدية في مدينة ليل",
        ("Dell لاتيتود 5400", "الحاسوب (محمول) ١٥ بوصة"),
    ),
    "many scripts": (
        "Стёрто",
        "הספרייה",
        "図書館 📦 Бібліотека",
        ("Nguyễn Thị Ánh", "Ελλάδα · Հայաստան", "दिल्ली ไทย"),
    ),
}

Box = tuple[float, float, float, float]


@cache
def _reach(name: str, character: str) -> tuple[float, float]:
    """How far a letter's ink goes above and below the line, in ems."""
    typeface = face(name)
    heights = [
        y / typeface.units for part in typeface.outline(typeface.glyphs[character]) for _, y, _ in part
    ]
    return (max(heights), min(heights)) if heights else (0.0, 0.0)


def box(mark: drawing.Mark) -> Box:
    """Left, top, right, bottom of the ink of a mark; of words, the outlines of their letters."""
    match mark:
        case drawing.Words():
            typeface = face(mark.face)
            reach = [_reach(mark.face, character) for character in mark.text] or [(0.0, 0.0)]
            top, bottom = max(high for high, _ in reach), min(low for _, low in reach)
            width = typeface.width(mark.text) * mark.size
            return (
                mark.x,
                mark.y - top * mark.size,
                mark.x + width,
                mark.y - bottom * mark.size,
            )
        case drawing.Matrix():
            side = mark.symbol.size * mark.module
            return mark.x, mark.y, mark.x + side, mark.y + side
        case drawing.Stripes():
            return mark.x, mark.y, mark.x + sum(mark.widths) * mark.module, mark.y + mark.height
        case drawing.Picture():
            return mark.x, mark.y, mark.x + mark.size, mark.y + mark.size
        case drawing.Panel() | drawing.Emblem():
            return mark.x, mark.y, mark.x + mark.width, mark.y + mark.height


def overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] - 0.01 and b[0] < a[2] - 0.01 and a[1] < b[3] - 0.01 and b[1] < a[3] - 0.01


def faults(label: Label, on: Medium, dot: float, colour: bool) -> list[str]:
    """What overlaps what, and what leaves the cell."""
    marks = compose(label, on, dot, colour)
    (matrix,) = [mark for mark in marks if isinstance(mark, drawing.Matrix)]
    quiet = 4 * matrix.module
    left, top, right, bottom = box(matrix)
    kept = [(left - quiet, top - quiet, right + quiet, bottom + quiet)]
    kept += [box(mark) for mark in marks if isinstance(mark, drawing.Stripes)]
    others = [mark for mark in marks if not isinstance(mark, drawing.Matrix | drawing.Stripes)]
    found = [f"{mark} over a code" for mark in others for zone in kept if overlap(box(mark), zone)]
    plain = [
        mark
        for mark in others
        if isinstance(mark, drawing.Emblem) or getattr(mark, "ink", "") == drawing.BLACK
    ]
    bands = [mark for mark in plain if isinstance(mark, drawing.Panel)]
    words = [mark for mark in plain if not isinstance(mark, drawing.Panel)]
    # Letters that reach above a capital or far below the line may come near the next row, never onto its letters.
    found += [
        f"{a} over {b}" for at, a in enumerate(words) for b in words[:at] if overlap(_body(a), _body(b))
    ]
    found += [f"{a} over the band" for a in words for b in bands if overlap(_body(a), box(b))]
    found += [
        f"{mark} leaves the label"
        for mark in marks
        if min(box(mark)[0], box(mark)[1]) < -0.01
        or box(mark)[2] > on.width_mm - on.edge_x_mm + 0.01
        or box(mark)[3] > on.height_mm + 0.01
    ]
    return found


def _body(mark: drawing.Mark) -> Box:
    """Of words, from the line up to the height of a capital."""
    left, top, right, bottom = box(mark)
    return (
        (left, mark.y - 0.66 * mark.size, right, mark.y)
        if isinstance(mark, drawing.Words)
        else (left, top, right, bottom)
    )


@pytest.mark.parametrize("on", MEDIA, ids=lambda on: on.name)
def test_nothing_overlaps_anything_whatever_the_design_and_its_facts(on):
    wrong = []
    for seed, design in enumerate(DESIGNS):
        for facts, (word, right, title, lines) in FACTS.items():
            code = samples.code(seed)
            label = Label(code, samples.BASE + code, design, word, right, title, lines, logo=LOGO)
            ways = ((FREE_DOT, True), (0.125, False))
            for dot, colour in ways if on.name in BOTH_WAYS else ways[seed % 2 :][:1]:
                wrong += [(design, facts, fault) for fault in faults(label, on, dot, colour)]
    assert wrong == []


def test_black_and_white_says_what_colour_says():
    for label in samples.each_design():
        for on in (medium("avery-l7160"), medium("zebra-51x25")):
            colour, black = (compose(label, on, 0.125, tinted) for tinted in (True, False))
            assert [type(mark) for mark in colour] == [type(mark) for mark in black]
            inks = {mark.ink for mark in black if isinstance(mark, drawing.Panel)}
            assert inks <= {drawing.BLACK}


def test_a_tiny_label_bears_its_code_in_two_groups_and_nothing_else():
    for label in samples.each_design():
        words = [
            mark.text
            for mark in compose(label, medium("avery-l4731"), FREE_DOT, True)
            if isinstance(mark, drawing.Words)
        ]
        named = {label.title} if DESIGNS[label.design].hero == "title" else set()
        assert "".join(text for text in words if text not in named).replace("-", "") == label.code


def test_the_name_on_a_card_can_be_read_from_a_metre_away():
    """A capital of 5 mm at one metre spans 17 minutes of arc, more than three times what a sharp eye needs."""
    for name in ("avery-l7173", "avery-c32011", "zebra-76x51"):
        for design, title in (
            ("command", "Effacé"),
            ("badge", "Marie-Hélène"),
            ("location", "R3-E2"),
            ("box", "C-014"),
        ):
            label = replace(samples.label(design), title=title)
            sizes = {
                mark.text: mark.size
                for mark in compose(label, medium(name), FREE_DOT, True)
                if isinstance(mark, drawing.Words)
            }
            assert sizes[title] * 0.668 >= 5, (name, design)


def test_a_small_square_label_has_its_code_beneath_its_symbol():
    on = roll("square", 23, 23, edge_x=3, edge_y=3)
    for label in samples.each_design():
        assert faults(label, on, 0.125, False) == []
        (code,) = [mark for mark in compose(label, on, 0.125, False) if isinstance(mark, drawing.Words)]
        assert code.text.replace("-", "") == label.code


ANY = st.text(st.characters(codec=None), max_size=60)  # every character there is, halves of pairs too


@settings(max_examples=12, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(
    ANY,
    ANY,
    ANY,
    st.lists(ANY, max_size=4),
    st.sampled_from(sorted(DESIGNS)),
    st.sampled_from(("avery-l7173", "zebra-51x25")),
)
def test_any_text_at_all_is_printed_and_the_code_beside_it_is_read(word, right, title, lines, design, name):
    on, code = medium(name), samples.code(7)
    label = Label(code, samples.BASE + code, design, word, right, title, tuple(lines), logo=LOGO)
    assert faults(label, on, 0.125, False) == []
    bitmap = painted(label, on, 203)
    dots = np.unpackbits(np.frombuffer(b"".join(bitmap.lines()), np.uint8).reshape(bitmap.height, -1), axis=1)
    thermal = np.ascontiguousarray(255 - 255 * dots[:, : bitmap.width]).astype(np.uint8)
    alone = roll("alone", on.width_mm, on.height_mm, edge_x=on.edge_x_mm, edge_y=on.edge_y_mm)
    pages = [
        thermal,
        pdf_pages(b"".join(render([label], alone, "pdf").chunks), 203)[0],
        svg_page(b"".join(render([label], alone, "svg").chunks), 203),
    ]
    for page in pages:
        found = zxingcpp.read_barcodes(np.ascontiguousarray(page), formats=(zxingcpp.BarcodeFormat.QRCode,))
        assert [one.text for one in found] == [label.payload]
