"""Words on labels: any French text, shortened with grace, never over anything else."""

from __future__ import annotations

import random

import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labels import drawing
from labels.compose import compose
from labels.designs import DESIGNS, PHASES
from labels.errors import LabelError
from labels.formats import render
from labels.frames import FREE_DOT
from labels.label import Label
from labels.media import MEDIA, medium
from labels.scripts import laid
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
        ("Ọlá Nguyễn", "Ọlá Nguyễn"),
        ("Ελλάδα, Україна, Հայաստան", "Ελλάδα, Україна, Հայաստան"),
        ("ספרייה Lille", "ספרייה Lille"),
        ("図書館 Lille", "TuShuGuan Lille"),
        ("दिल्ली", "dilli"),
        ("a\x00\ud800b", "ab"),
        ("📦", "?"),
        ("Ecran 15,6″\u202f!", 'Ecran 15,6"\u00a0!'),
        ("Tour\u200b du \u202emonde", "Tour du monde"),
        ("a\tb\nc", "a b c"),
        ("📦 Caisse", "Caisse"),
        ("e\u0301te\u0301", "été"),
    ],
)
def test_other_characters_are_replaced_with_grace(text, printed):
    assert printable(text, face("text")) == printed


def test_a_text_that_fits_is_left_alone_and_a_long_one_ends_with_an_ellipsis():
    text, bold = "Secours populaire", face("bold")
    room = bold.width(text) * 3
    assert shortened(text, bold, 3, room) == text
    cut = shortened(text, bold, 3, room - 0.5)
    assert cut.endswith("…")
    assert text.startswith(cut[:-1])
    assert bold.width(cut) * 3 <= room - 0.5


@pytest.mark.parametrize(
    ("text", "share", "printed"),
    [
        ("Association Les Petits Débrouillards", 0.9, "Assoc. Les Petits Débrouillards"),
        (
            "Association Les Petits Débrouillards Hauts-de-France",
            0.85,
            "Assoc. Les Petits Débrouillards Hauts…",
        ),
        ("Association Les Petits Débrouillards", 0.6, "Assoc. Les Petits…"),
        (
            "Médiathèque intercommunale de la Communauté de communes des Hauts de Flandre",
            0.6,
            "Médiath. intercom. de la CC des Hauts de Flandre",
        ),
        ("Centre communal d’action sociale de Saint-Pol-sur-Mer", 0.6, "CCAS de Saint-Pol-sur-Mer"),
        ("Centre communal d’action sociale de Saint-Pol-sur-Mer", 0.4, "CCAS de St-Pol…"),
        ("Lycée Jean-de-La-Fontaine", 0.85, "Lycée Jean…"),
        ("Maison de l’enfance et de la famille", 0.85, "Maison de l’enfance…"),
        ("Appareil reconditionné par Ricochet", 0.85, "Appareil recond. par Ricochet"),
        ("EN RECONDITIONNEMENT", 0.6, "EN RECOND."),
        ("HP EliteBook 840 G6", 0.85, "HP… 840 G6"),
        ("HP EliteBook 840 G6", 0.45, "…840 G6"),
        ("Hewlett-Packard ProBook 650 G4", 0.7, "HP ProBook 650 G4"),
        ("Lenovo ThinkPad X1 Carbon Gen 9", 0.85, "Lenovo… X1 Carbon Gen 9"),
        ("Intel(R) Core(TM) i5-8350U CPU @ 1.70GHz", 0.6, "Intel Core i5-8350U"),
        ("Aide : 03 20 00 00 00", 0.85, "03 20 00 00 00"),
        ("Aide : 03 20 00 00 00", 0.5, "Aide…"),
        ("Dell لاتيتود 5400", 0.9, "Dell… 5400"),
    ],
)
def test_a_long_name_is_shortened_as_a_person_would(text, share, printed):
    bold = face("bold")
    room = bold.width(printable(text, bold)) * share
    assert shortened(text, bold, 1, room) == printed


@given(st.text(max_size=80), st.floats(0.5, 40))
def test_no_text_is_ever_wider_than_its_room_and_nothing_hangs_at_its_end(text, room):
    bold = face("bold")
    short = shortened(text, bold, 1, room)
    assert bold.width(short) <= room + 1e-6
    assert not short.endswith(("-…", " …", "’…"))


@pytest.mark.parametrize(
    "text", ["Dell لاتيتود 5400", "مكتبة البلدية", "ספריית העיר 12", "Бібліотека (Лілль)", "Nguyễn"]
)
def test_each_letter_of_a_line_in_another_script_is_set_in_a_face_that_has_it(text):
    on, code = medium("avery-l7173"), samples.code(1)
    label = Label(code, samples.BASE + code, "intake", "Réceptionné", title=text, lines=(text,))
    words = [mark for mark in compose(label, on, FREE_DOT, True) if isinstance(mark, drawing.Words)]
    assert all(set(mark.text) <= face(mark.face).glyphs.keys() for mark in words)
    assert {mark.face for mark in words} & {"world", "world-bold"}


def test_a_line_in_arabic_is_joined_and_read_from_the_right():
    (piece,) = laid(drawing.Words(0, 0, 3, "text", printable("مكتبة", face("text")), drawing.BLACK))
    assert piece.text == "ﺔﺒﺘﻜﻣ"


def test_a_mixed_line_keeps_its_latin_from_the_left():
    text = printable("Dell لاتيتود HP", face("text"))
    first, *_, last = laid(drawing.Words(0, 0, 3, "text", text, drawing.BLACK))
    assert (first.text, first.face) == ("Dell ", "text")
    assert last.text == " HP"
    assert last.x + face("text").width(last.text) * 3 == pytest.approx(face("text").width(text) * 3)


@pytest.mark.parametrize("text", ["Médiathèque Łódź", "مكتبة البلدية", "ספריית העיר", "Бібліотека Лілль"])
def test_the_words_of_a_pdf_are_found_in_the_order_in_which_they_were_written(text):
    on, code = medium("zebra-76x51"), samples.code(1)
    label = Label(code, samples.BASE + code, "intake", "Réceptionné", title=text)
    document = pypdfium2.PdfDocument(b"".join(render([label], on, "pdf").chunks))
    found = document[0].get_textpage().get_text_range()
    document.close()
    assert text in found


@pytest.mark.parametrize("name", ["world", "world-bold"])
def test_a_face_of_many_scripts_has_an_outline_for_each_letter_it_offers(name):
    lent = face(name)
    assert [c for c, glyph in lent.glyphs.items() if not lent.outline(glyph) and not c.isspace()] in (
        [],
        ["\u00ad"],
    )
    assert lent.glyphs[" "] != 0 and 0 not in lent.glyphs.values()


def test_a_room_too_small_for_a_letter_prints_nothing():
    assert shortened("Association", face("text"), 3, 1) == ""


def test_a_title_becomes_smaller_before_it_is_cut():
    text = "HP EliteBook 840 G6"
    whole = face("bold").width(text)
    assert fitted(text, face("bold"), whole * 3, 4, 2.5)[0] == text
    assert fitted(text, face("bold"), whole * 2, 4, 2.5)[0] == "HP… 840 G6"


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
        case drawing.Emblem():
            return mark.x, mark.y, mark.x + mark.width, mark.y + mark.height


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

    for number in range(20):
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
