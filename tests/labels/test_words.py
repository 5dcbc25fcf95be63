"""Words on labels: any French text, shortened with grace, never over anything else."""

from __future__ import annotations

import random

import pytest

from labels import drawing
from labels.compose import compose
from labels.designs import DESIGNS, PHASES
from labels.errors import LabelError
from labels.frames import FREE_DOT
from labels.label import Label
from labels.media import MEDIA, medium
from labels.typefaces import face
from labels.wording import fitted, printable, shortened
from tests.labels import samples

FRENCH = "ÀÂÄÆÇÉÈÊËÎÏÔŒÙÛÜŸàâäæçéèêëîïôœùûüÿ «\u00a0guillemets\u00a0» l’été € ° ½ × – — … ·"


@pytest.mark.parametrize("name", ["text", "bold"])
def test_all_french_characters_are_printed_as_they_are(name):
    assert printable(FRENCH, face(name)) == FRENCH


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("Łódź, Şişli, Brașov", "Łódź, Şişli, Brașov"),
        ("Ọlá Nguyễn", "Olá Nguyen"),
        ("مكتبة Lille", "? Lille"),
        ("図書館", "?"),
        ("Ecran 15,6″\u202f!", 'Ecran 15,6"\u00a0!'),
        ("Tour\u200b du \u202emonde", "Tour du monde"),
        ("a\tb\nc", "a b c"),
        ("📦 Caisse", "? Caisse"),
        ("e\u0301te\u0301", "été"),
    ],
)
def test_other_characters_are_replaced_with_grace(text, printed):
    assert printable(text, face("text")) == printed


def test_a_text_that_fits_is_left_alone_and_a_long_one_ends_with_an_ellipsis():
    text, bold = "Association intercommunale", face("bold")
    room = bold.width(text) * 3
    assert shortened(text, bold, 3, room) == text
    cut = shortened(text, bold, 3, room - 0.5)
    assert cut.endswith("…")
    assert text.startswith(cut[:-1])
    assert bold.width(cut) * 3 <= room - 0.5


def test_a_room_too_small_for_a_letter_prints_nothing():
    assert shortened("Association", face("text"), 3, 1) == ""


def test_a_title_becomes_smaller_before_it_is_cut():
    text = "HP EliteBook 840 G6"
    whole = face("bold").width(text)
    assert fitted(text, face("bold"), whole * 3, 4, 2.5)[0] == text
    assert fitted(text, face("bold"), whole * 2, 4, 2.5)[0].endswith("…")


def _box(mark: drawing.Mark) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of what a mark inks."""
    match mark:
        case drawing.Words():
            typeface = face(mark.face)
            return mark.x, mark.y - 0.68 * mark.size, mark.x + typeface.width(mark.text) * mark.size, mark.y
        case drawing.Matrix():
            side = mark.symbol.size * mark.module
            return mark.x, mark.y, mark.x + side, mark.y + side
        case drawing.Stripes():
            return mark.x, mark.y, mark.x + sum(mark.widths) * mark.module, mark.y + mark.height
        case drawing.Panel():
            return mark.x, mark.y, mark.x + mark.width, mark.y + mark.height
        case drawing.Picture():
            return mark.x, mark.y, mark.x + mark.size, mark.y + mark.size


def _overlap(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
    return a[0] < b[2] - 0.01 and b[0] < a[2] - 0.01 and a[1] < b[3] - 0.01 and b[1] < a[3] - 0.01


def _faults(label: Label, on, dot: float) -> list[str]:
    marks = compose(label, on, dot, True)
    boxes = [(mark, _box(mark)) for mark in marks]
    (matrix,) = [mark for mark in marks if isinstance(mark, drawing.Matrix)]
    quiet = 4 * matrix.module
    left, top, right, bottom = _box(matrix)
    zone = (left - quiet, top - quiet, right + quiet, bottom + quiet)
    stripes = [mark for mark in marks if isinstance(mark, drawing.Stripes)]
    zones = [
        zone,
        *((b[0] - 10 * s.module, b[1], b[2] + 10 * s.module, b[3]) for s in stripes for b in [_box(s)]),
    ]
    ink = [(mark, box) for mark, box in boxes if not isinstance(mark, drawing.Matrix | drawing.Stripes)]
    black = [box for mark, box in ink if isinstance(mark, drawing.Words) and mark.ink == drawing.BLACK]
    faults = [f"{mark} in a quiet zone" for mark, box in ink for z in zones if _overlap(box, z)]
    faults += [f"{a} and {b} overlap" for at, a in enumerate(black) for b in black[:at] if _overlap(a, b)]
    faults += [
        f"{mark} leaves the label"
        for mark, box in boxes
        if box[0] < on.edge_x_mm - 0.01
        or (box[1] < on.edge_y_mm - 0.3 and on.height_mm >= 14)
        or box[2] > on.width_mm - on.edge_x_mm + 0.01
        or box[3] > on.height_mm - on.edge_y_mm + 0.3
    ]
    faults += [
        "a quiet zone leaves the label"
        for z in zones
        if z[0] < -0.01 or z[2] > on.width_mm + 0.01 or z[1] < -0.01 or z[3] > on.height_mm + 0.01
    ]
    return faults


@pytest.mark.parametrize("dot", [FREE_DOT, 0.125, 25.4 / 300, 25.4 / 600])
@pytest.mark.parametrize("on", MEDIA, ids=lambda on: on.name)
def test_no_text_however_long_touches_a_symbol_another_text_or_the_edge(on, dot):
    chance = random.Random(on.name)
    bits = [
        "Association",
        "Médiathèque",
        "M",
        "WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW",
        "ÉÀÇ",
        "réemploi",
        "15,6″",
        "…",
    ]

    def text(most: int) -> str:
        return " ".join(chance.choices(bits, k=chance.randint(0, most)))

    for number in range(40):
        code = samples.code(number)
        base = chance.choice(["HTTPS://RICO.FR/D/", samples.BASE])
        label = Label(
            code,
            base + code,
            chance.choice(list(DESIGNS)),
            text(3),
            text(2),
            text(6),
            tuple(text(8) for _ in range(chance.randint(0, 6))),
        )
        assert _faults(label, on, dot) == [], label


@pytest.mark.parametrize("dot", [FREE_DOT, 0.125])
@pytest.mark.parametrize("on", [on for on in MEDIA if on.height_mm >= 14], ids=lambda on: on.name)
def test_modules_are_never_under_what_scanners_need(on, dot):
    for base in ("HTTPS://RICO.FR/D/", samples.BASE):
        marks = compose(samples.label("wipe", base=base), on, dot, True)
        (matrix,) = [mark for mark in marks if isinstance(mark, drawing.Matrix)]
        assert matrix.module >= 0.3999
        for bars in (mark for mark in marks if isinstance(mark, drawing.Stripes)):
            assert bars.module >= 0.25
            assert bars.module % 0.125 == pytest.approx(0)


def test_a_link_too_long_for_a_tiny_label_is_refused_in_words():
    label = samples.label("tag", base="HTTPS://UNE-ADRESSE-VRAIMENT-TRES-LONGUE.RICOCHET.EXAMPLE.ORG/D/")
    with pytest.raises(LabelError, match=r"too long for a label of 25\.4 × 10 mm"):
        compose(label, medium("avery-l4731"), FREE_DOT, True)


@pytest.mark.parametrize(
    "wrong",
    [{"design": "nope"}, {"design": "wipe", "phase": "nope"}, {"design": "wipe", "pictogram": "nope"}],
)
def test_an_unknown_design_phase_or_pictogram_is_refused_in_words(wrong):
    with pytest.raises(LabelError, match=r"There is no .*Choose one of"):
        compose(Label("BCDFGHJX", samples.BASE + "BCDFGHJX", **wrong), medium("avery-l7160"), FREE_DOT, True)


@pytest.mark.parametrize("code", ["", "BCDF-GHJX", "BÉDF", "B D"])
def test_a_code_that_bars_cannot_carry_is_refused_in_words(code):
    with pytest.raises(LabelError, match="must be letters"):
        Label(code, "A")


def test_white_words_stand_out_on_every_phase():
    """WCAG 2.2, 1.4.3: a contrast of at least 4.5:1."""

    def light(value: int) -> float:
        return value / 255 / 12.92 if value <= 10 else ((value / 255 + 0.055) / 1.055) ** 2.4

    for colour in PHASES.values():
        red, green, blue = (light(int(colour[at : at + 2], 16)) for at in (0, 2, 4))
        assert 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05) >= 4.5, colour
