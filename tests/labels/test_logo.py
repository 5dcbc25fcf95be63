"""A logo: what is taken of a file, what is refused and how soon, and where it stands on a label."""

from __future__ import annotations

import contextlib
import io
import struct
import zlib
from collections import Counter
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import zxingcpp
from PIL import Image, ImageDraw

from labels import drawing, logo
from labels.compose import compose
from labels.errors import LabelError
from labels.formats import render
from labels.frames import FREE_DOT
from labels.logo_files import read
from labels.media import MEDIA, medium, roll
from labels.raster import painted
from tests.labels import samples
from tests.labels.reading import pdf_pages, svg_page

HEAD = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 40 20">'
)
SHAPE = '<rect width="10" height="20"/><circle cx="30" cy="10" r="8" fill="#14508c"/>'
DRAWING = f"{HEAD}{SHAPE}</svg>".encode()


def png(width: int = 400, height: int = 200, **more: object) -> bytes:
    picture, out = Image.new("RGBA", (width, height), (0, 0, 0, 0)), io.BytesIO()
    ImageDraw.Draw(picture).rectangle((0, 0, width // 4, height), fill="black")
    ImageDraw.Draw(picture).ellipse(
        (width * 0.55, height * 0.1, width * 0.95, height * 0.9), fill=(20, 80, 140)
    )
    picture.save(out, "PNG", **more)
    return out.getvalue()


def dots(of: logo.Logo) -> np.ndarray:
    return np.array([[int(dot) for dot in format(row, f"0{of.width}b")] for row in of.rows])


@pytest.mark.parametrize("data", [png(1_200, 600), DRAWING, b"\xef\xbb\xbf" + DRAWING])
def test_a_png_and_an_svg_become_the_same_black_dots(data):
    made = read(data)
    assert (made.width, made.height) == pytest.approx((570, 300), abs=6)
    seen = dots(made)
    assert seen[:, : made.width // 5].all()
    assert not seen[:, int(made.width * 0.3) : int(made.width * 0.5)].any()
    assert seen[made.height // 2, int(made.width * 0.8)]


def test_what_drawing_programs_note_for_themselves_is_left_out_and_the_shapes_stay():
    inkscape = DRAWING.replace(
        b"<rect",
        b'<!-- made by hand --><metadata><x/></metadata><sodipodi:namedview xmlns:sodipodi="http://sodipodi" '
        b'onzoom="1"/><defs><clipPath id="c"><rect width="40" height="20"/></clipPath></defs><rect clip-path="url(#c)"',
        1,
    )
    doctype = (
        b'<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" '
        b'"http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">'
    )
    assert read(doctype + inkscape).rows == read(DRAWING).rows


def svg(inside: str, head: str = HEAD, before: str = "") -> bytes:
    return f"{before}{head}{inside}{SHAPE}</svg>".encode()


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
HOSTILE = {
    "an entity from a file": svg(
        "<title>&x;</title>", before='<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    ),
    "a billion laughs": svg("<title>&l9;</title>", before=f'<!DOCTYPE svg [<!ENTITY l0 "lol">{LAUGHS}]>'),
    "a parameter entity": svg("", before='<!DOCTYPE svg [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x">%p;]>'),
    "a script": svg("<script>alert(1)</script>"),
    "a script in another case": svg("<SCRIPT>alert(1)</SCRIPT>"),
    "a handler": svg("<g/>", HEAD.replace("<svg ", '<svg onload="alert(1)" ')).replace(
        b"<g/>", b'<g onclick="x"/>'
    ),
    "a link": svg('<a xlink:href="javascript:alert(1)"><rect width="1" height="1"/></a>'),
    "a picture from a file": svg('<image href="file:///etc/passwd" width="9" height="9"/>'),
    "a picture by xlink": svg('<image xlink:href="http://127.0.0.1:9/a.png" width="9" height="9"/>'),
    "a picture in itself": svg('<image href="data:image/png;base64,AAAA" width="9" height="9"/>'),
    "another drawing": svg('<use href="other.svg#a"/>'),
    "a page within": svg("<foreignObject><b xmlns='http://www.w3.org/1999/xhtml'>x</b></foreignObject>"),
    "movement": svg('<rect width="1" height="1"><animate attributeName="x" to="9"/></rect>'),
    "a style from elsewhere": svg('<style>@import url("http://127.0.0.1:9/x.css");</style>'),
    "a fill from elsewhere": svg('<rect width="9" height="9" fill="url(http://127.0.0.1:9/x#a)"/>'),
    "a style that hides its address": svg(r'<rect width="9" height="9" style="fill:\75rl(x)"/>'),
    "letters": svg("<text>Ricochet</text>"),
    "a filter": svg('<filter id="f"><feFlood/></filter>'),
    "huge measures": svg('<path d="M0 0L1e300 1e300"/>'),
    "measures without end": svg('<path d="M0 0L1e999 0"/>'),
    "huge pages": svg("", HEAD.replace("0 0 40 20", "0 0 1e30 1e30")),
    "no size at all": svg("", HEAD.replace('viewBox="0 0 40 20"', "")),
    "a million parts": svg("<g/>" * 250_000),
    "ten thousand parts": svg("<g/>" * 10_000),
    "parts within parts": svg("<g>" * 2_000 + "</g>" * 2_000),
    "a path as long as the file": svg(f'<path d="M0 0{"l1 1" * 100_000}"/>'),
    "half a file": DRAWING[:-30],
    "nothing to see": f"{HEAD}</svg>".encode(),
    "a white drawing": svg("").replace(SHAPE.encode(), b'<rect width="40" height="20" fill="#fff"/>'),
    "a black block": svg("").replace(SHAPE.encode(), b'<rect width="40" height="20"/>'),
    "a thread": svg("").replace(SHAPE.encode(), b'<rect width="40" height="1"/>'),
    "no picture": b"GIF89a" + bytes(100),
    "nothing": b"",
    "too much": bytes(2_000_000),
    "a broken picture": png()[:300],
    "a picture without dots": png()[:33],
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_file_that_could_do_harm_is_refused_in_a_sentence(data):
    with pytest.raises(LabelError) as refusal:
        read(data)
    assert str(refusal.value).startswith(("This ", "Nothing "))
    assert str(refusal.value).endswith(".")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _bomb(width: int, height: int, dots: bytes, *more: bytes) -> bytes:
    head = _chunk(b"IHDR", struct.pack(">2I5B", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(more) + _chunk(b"IDAT", dots) + _chunk(b"IEND", b"")


@cache
def _packed() -> bytes:
    """Three hundred million bytes in as few as there can be."""
    return zlib.compress(bytes(300_000_000), 9)


SWELLING = {  # packed when the test runs: to do it takes a second, in each process that only reads this file
    "many dots": lambda: _bomb(60_000, 60_000, zlib.compress(bytes(10_000))),
    "one long row": lambda: _bomb(2**31 - 1, 1, zlib.compress(bytes(10_000))),
    "dots packed a thousandfold": lambda: _bomb(100, 100, _packed()),
    "words packed a thousandfold": lambda: (
        png()[:-12] + _chunk(b"zTXt", b"a\0\0" + _packed()) + _chunk(b"IEND", b"")
    ),
}


@pytest.mark.parametrize("packed", SWELLING.values(), ids=SWELLING.keys())
def test_a_picture_that_swells_takes_no_memory(packed):
    data = packed()
    Path("/proc/self/clear_refs").write_text(
        "5"
    )  # the most held is counted anew: an earlier test may have held more
    before = _most_kb()
    with contextlib.suppress(LabelError):
        read(data)
    assert _most_kb() - before < 80_000


def _most_kb() -> int:
    return int(Path("/proc/self/status").read_text().split("VmHWM:", 1)[1].split()[0])


def test_what_is_kept_of_a_logo_is_the_same_after_packing():
    made = read(png())
    again = logo.unpacked(made.width, made.height, made.packed)
    assert again.rows == made.rows
    with pytest.raises(ValueError, match="not the dots"):
        logo.unpacked(made.width, made.height + 8, made.packed)


def _labels(lines: tuple[str, ...] = ("par Ricochet",)):
    made = read(png())
    return [
        replace(samples.label(design, seed), logo=made, lines=lines)
        for seed, design in enumerate(("handover", "badge"))
    ]


def _letters(marks: list[drawing.Mark]) -> Counter[str]:
    words = " ".join(mark.text for mark in marks if isinstance(mark, drawing.Words))
    return Counter("".join(words.split()))


def _without(marks: list[drawing.Mark]) -> list[drawing.Mark]:
    return [mark for mark in marks if isinstance(mark, drawing.Matrix | drawing.Stripes | drawing.Panel)]


@pytest.mark.parametrize(
    "lines", [(), ("par Ricochet",), ("par Ricochet", "Aide : 03 20 00 00 00", "مكتبة " * 12)]
)
@pytest.mark.parametrize("on", MEDIA, ids=lambda on: on.name)
def test_a_logo_moves_no_code_takes_no_line_and_stays_out_of_the_quiet_zone(on, lines):
    for label in _labels(lines):
        for dot in (FREE_DOT, 0.125):
            bare = compose(replace(label, logo=None), on, dot, True)
            marks = compose(label, on, dot, True)
            assert _without(marks) == _without(bare)
            emblems = [mark for mark in marks if isinstance(mark, drawing.Emblem)]
            if not emblems:
                assert marks == bare
                continue
            (emblem,) = emblems
            assert not (_letters(bare) - Counter({"…": 9, ".": 9})) - _letters(marks)
            (matrix,) = [mark for mark in marks if isinstance(mark, drawing.Matrix)]
            assert emblem.x >= matrix.x + (matrix.symbol.size + 4) * matrix.module - 1e-6
            assert emblem.x + emblem.width <= on.width_mm - on.edge_x_mm + 1e-6
            below = [mark.y for mark in marks if isinstance(mark, drawing.Stripes)]
            assert emblem.y + emblem.height <= min([*below, on.height_mm - on.edge_y_mm]) + 1e-6
            words = [mark for mark in marks if isinstance(mark, drawing.Words)]
            assert all(mark.y + 0.2 * mark.size <= emblem.y + 0.3 for mark in words)


def test_a_large_label_has_room_for_the_logo_and_a_tiny_one_has_not():
    handover, badge = _labels()
    for name in ("avery-l7173", "zebra-76x51", "avery-l7160", "brother-dk-11202"):
        for label in (handover, badge):
            assert any(isinstance(m, drawing.Emblem) for m in compose(label, medium(name), FREE_DOT, True)), (
                name
            )
    for name in ("avery-l4731", "avery-l7651"):
        assert not any(isinstance(m, drawing.Emblem) for m in compose(handover, medium(name), FREE_DOT, True))


def test_pdf_svg_and_thermal_heads_print_the_same_logo_and_its_label_is_read():
    on, (label, _) = roll("card", 85.6, 54), _labels()
    bitmap = painted(label, on, 300)
    thermal = (
        255
        - 255
        * np.unpackbits(np.frombuffer(b"".join(bitmap.lines()), np.uint8).reshape(bitmap.height, -1), axis=1)[
            :, : bitmap.width
        ]
    )
    pdf = pdf_pages(b"".join(render([label], on, "pdf").chunks), 300)[0]
    drawn = svg_page(b"".join(render([label], on, "svg").chunks), 300)
    (emblem,) = [mark for mark in compose(label, on, 25.4 / 300, False) if isinstance(mark, drawing.Emblem)]
    scale = 300 / 25.4
    middle = round((emblem.y + emblem.height / 2) * scale)
    for share, black in ((0.1, True), (0.4, False), (0.8, True)):
        across = round((emblem.x + emblem.width * share) * scale)
        assert (thermal[middle, across] < 128) == black
    for page in (thermal, pdf, drawn):
        found = zxingcpp.read_barcodes(np.ascontiguousarray(page.astype(np.uint8)))
        assert label.payload in {one.text for one in found}
    for page in (pdf, drawn):
        (free,) = [
            m
            for m in compose(label, on, FREE_DOT if page is drawn else 0.125, False)
            if isinstance(m, drawing.Emblem)
        ]
        spot = page[round((free.y + free.height / 2) * scale), round((free.x + free.width * 0.1) * scale)]
        assert spot < 128


def test_a_logo_is_carried_once_however_many_labels_bear_it():
    made = read(png())
    some = [replace(samples.label("handover", seed), logo=made) for seed in range(10)]
    one = len(b"".join(render(some[:1], medium("avery-l7173"), "pdf").chunks))
    assert len(b"".join(render(some, medium("avery-l7173"), "pdf").chunks)) - one < 9 * 2_500
