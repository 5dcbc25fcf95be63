"""The files themselves: what a PDF says when searched, what ZPL and Brother's raster draw when read back."""

from __future__ import annotations

import io
import re
import zipfile
from xml.etree import ElementTree as ET

import brother_ql.reader
import numpy as np
import pypdf
import pytest

from labels.brother import TAPES
from labels.compose import compose
from labels.drawing import Matrix, Picture, Words
from labels.errors import LabelError
from labels.formats import render
from labels.frames import FREE_DOT
from labels.media import medium
from labels.raster import dots_per_mm
from labels.sheets import Printing
from tests.labels import pictures, reading, samples


def _bytes(labels, on, name, **printing):
    return b"".join(render(labels, medium(on), name, Printing(**printing)).chunks)


def test_the_text_of_a_pdf_can_be_searched_and_copied():
    reader = pypdf.PdfReader(io.BytesIO(_bytes(samples.each_design(), "avery-l7163", "pdf")), strict=True)
    said = reader.pages[0].extract_text()
    for words in ("EFFACÉ", "Crédit coopératif de Bergues", "Marie-Hélène", samples.code(3)[:4]):
        assert words in said


@pytest.mark.parametrize("name", ["pdf", "svg", "png"])
def test_every_word_and_pictogram_is_inked_in_every_format(name):
    """A missing typeface leaves symbols readable and words blank: no decoder would notice."""
    on, labels, scale = medium("avery-l7163"), samples.each_design(), 300 / 25.4
    data = _bytes(labels, on.name, name, dpi=300)
    page = {
        "pdf": lambda: reading.pdf_pages(data, 300)[0],
        "svg": lambda: reading.svg_page(data, 300),
        "png": lambda: reading.png_page(data),
    }[name]()
    for cell, label in enumerate(labels):
        x, y = on.corner(cell)
        for mark in compose(label, on, FREE_DOT if name != "png" else 1 / scale, True):
            if isinstance(mark, Words | Picture):
                width, rise = (
                    (mark.size, 0.0) if isinstance(mark, Picture) else (2 * mark.size, 0.65 * mark.size)
                )
                left, top = round((x + mark.x) * scale), round((y + mark.y - rise) * scale)
                piece = page[
                    top : top + round((rise or mark.size) * scale), left : left + round(width * scale)
                ]
                assert int(piece.max()) - int(piece.min()) > 90, mark


def test_a_pdf_asks_to_be_printed_at_true_size():
    reader = pypdf.PdfReader(io.BytesIO(_bytes(samples.many(1), "avery-l7160", "pdf")), strict=True)
    assert reader.trailer["/Root"]["/ViewerPreferences"]["/PrintScaling"] == "/None"
    assert float(reader.pages[0].mediabox.width) == pytest.approx(210 / 25.4 * 72, abs=0.01)


def test_a_pdf_of_a_thousand_labels_takes_less_than_a_kilobyte_each():
    assert len(_bytes(samples.many(1_000), "avery-l7160", "pdf")) < 1_000_000


def test_sheets_are_in_colour_and_rolls_in_black_unless_asked():
    def colours(on, **printing):
        return set(
            re.findall(r'fill="#([0-9a-f]{6})"', _bytes(samples.many(1), on, "svg", **printing).decode())
        )

    assert "6a3d9a" in colours("avery-l7160")
    assert colours("zebra-57x32") == {"000000", "ffffff"}
    assert colours("avery-l7160", colour=False) == {"000000", "ffffff"}
    assert "6a3d9a" in colours("zebra-57x32", colour=True)


def test_svg_has_nothing_inline_that_a_strict_policy_forbids_and_says_its_words():
    root = ET.fromstring(_bytes(samples.each_design(), "avery-l7160", "svg"))
    names = {name for element in root.iter() for name in element.attrib}
    assert "style" not in names
    assert not any(name.startswith("on") for name in names)
    titles = [element.text for element in root.iter("{http://www.w3.org/2000/svg}title")]
    assert len(titles) == 13
    assert any("Association Les Petits Débrouillards" in (title or "") for title in titles)


@pytest.mark.parametrize(("name", "magic"), [("png", b"\x89PNG"), ("svg", b"<svg")])
def test_pictures_of_several_pages_come_as_a_zip(name, magic):
    rendered = render(samples.many(3), medium("zebra-57x32"), name)
    assert (rendered.media_type, rendered.extension) == ("application/zip", "zip")
    with zipfile.ZipFile(io.BytesIO(b"".join(rendered.chunks))) as archive:
        assert archive.testzip() is None
        assert [archive.read(entry)[:4] for entry in archive.namelist()] == [magic] * 3


def test_a_picture_of_one_page_comes_alone():
    assert render(samples.many(3), medium("avery-l7160"), "png").media_type == "image/png"


@pytest.mark.parametrize("dpi", [203, 300, 600])
@pytest.mark.parametrize("name", ["zebra-57x32", "zebra-76x51", "dymo-99012"])
def test_zpl_is_drawn_by_others_dot_for_dot_as_planned(name, dpi):
    on, labels = medium(name), samples.each_design()[:: 1 if dpi == 203 else 5]
    drawn = pictures.zpl_pages(_bytes(labels, name, "zpl", dpi=dpi), dpi)
    assert len(drawn) == len(labels)
    scale = dots_per_mm(dpi)
    for picture, label in zip(drawn, labels, strict=True):
        assert picture.shape == (round(on.height_mm * scale), round(on.width_mm * scale))
        assert reading.problems(picture, on, {0: label}, dpi) == []
        assert _off_plan(picture, on, label, dpi) <= 1
        assert (picture == reading.png_page(_bytes([label], name, "png", dpi=dpi))).all()


def _off_plan(picture: reading.Picture, on, label, dpi: int) -> float:
    """By how many dots the symbol's ink stands off where it was planned, at the worst of its edges."""
    scale = dots_per_mm(dpi)
    plan = next(mark for mark in compose(label, on, 1 / scale, False) if isinstance(mark, Matrix))
    side, near = plan.symbol.size * plan.module, 2 * plan.module
    left, top = max(round((plan.x - near) * scale), 0), max(round((plan.y - near) * scale), 0)
    ink = (
        picture[top : round((plan.y + side + near) * scale), left : round((plan.x + side + near) * scale)]
        < 128
    )
    rows, columns = np.flatnonzero(ink.any(1)), np.flatnonzero(ink.any(0))
    edges = (
        (columns[0] + left, plan.x),
        (rows[0] + top, plan.y),
        (columns[-1] + left + 1, plan.x + side),
        (rows[-1] + top + 1, plan.y + side),
    )
    return max(abs(seen - planned * scale) for seen, planned in edges)


def test_each_label_of_zpl_is_one_format_printed_once():
    """What is not asked for in a format is as the printer last had it, or as in the middle of another's job."""
    data = _bytes(samples.many(3), "zebra-57x32", "zpl").decode("ascii")
    for one in data.splitlines():
        assert re.fullmatch(
            r"\^XA\^PW456\^LL256\^LH0,0\^LS0\^FO0,0\^GFA,14592,14592,57,[^^~]*\^FS\^XZ", one
        ), one
    assert len(data.splitlines()) == 3


def test_zpl_is_refused_on_a_sheet():
    with pytest.raises(LabelError, match="is a sheet"):
        _bytes(samples.many(1), "avery-l7160", "zpl")


@pytest.mark.parametrize(("dpi", "fine"), [(None, False), (600, True)])
@pytest.mark.parametrize("name", sorted(TAPES))
def test_brother_raster_reads_back(name, dpi, fine):
    """Where the tape lies under the head, and how much of it can be printed, is what brother_ql knows of it."""
    on, labels = medium(name), samples.many(2)
    data = _bytes(labels, name, "brother", dpi=dpi)
    assert [one.fine for one in pictures.brother_job(data)] == [fine, fine]
    read = pictures.brother_pages(data, on, dpi or 300)
    faults = [
        reading.problems(page, on, {0: label}, dpi or 300, 25.4 / 300)
        for page, label in zip(read, labels, strict=True)
    ]
    assert faults == [[], []]


def _brother_commands(**printing) -> list[bytes]:
    data = _bytes(samples.many(3), "brother-dk-11209", "brother", **printing)
    return [bytes(one) for one in brother_ql.reader.chunker(data, raise_exception=True)]


@pytest.mark.parametrize(("dpi", "along", "how"), [(None, 271, 0x08), (600, 542, 0x48)])
def test_a_brother_job_is_started_once_and_cut_after_each_label(dpi, along, how):
    commands = _brother_commands(dpi=dpi)
    lines = [one for one in commands if one[:1] == b"g"]
    assert len(lines) == 3 * along
    assert {len(one) for one in lines} == {93}
    rest = b"".join(one for one in commands if one[:1] != b"g")
    size = b"\x0b\x3e\x1d" + along.to_bytes(4, "little")
    start, other = b"\x1biz\xce" + size + b"\0\0", b"\x1biz\xce" + size + b"\1\0"
    how_cut = b"\x1biM\x40\x1biA\1\x1biK" + bytes([how]) + b"\x1bid\0\0"
    assert rest.lstrip(b"\0") == (
        b"\x1b@\x1bia\1" + start + how_cut + b"\x0c" + other + how_cut + b"\x0c" + other + how_cut + b"\x1a"
    )


def test_a_brother_job_first_clears_what_another_left_unfinished():
    """As many bytes that mean nothing as the longest command has."""
    assert _bytes(samples.many(1), "brother-dk-11209", "brother")[:401].rstrip(b"\x1b") == bytes(400)


def test_brother_raster_is_refused_on_other_rolls():
    with pytest.raises(LabelError, match="not a Brother label roll"):
        _bytes(samples.many(1), "zebra-57x32", "brother")
