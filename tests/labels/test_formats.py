"""The files themselves: what a PDF says when searched, what ZPL and Brother's raster draw when read back."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from xml.etree import ElementTree as ET

import numpy as np
import pypdf
import pytest

from labels.compose import compose
from labels.drawing import Picture, Words
from labels.errors import LabelError
from labels.formats import render
from labels.frames import FREE_DOT
from labels.media import medium
from labels.sheets import Printing
from tests.labels import reading, samples

RUN = {**{chr(ord("F") + n): n for n in range(1, 20)}, **{chr(ord("f") + n): 20 * n for n in range(1, 21)}}


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


def _read_zpl(data: str) -> list[reading.Picture]:
    """Labels drawn by a small reader of its own, after Zebra's programming guide."""
    pictures = []
    for label in re.findall(r"\^XA(.*?)\^XZ", data, re.DOTALL):
        width, height = int(re.search(r"\^PW(\d+)", label)[1]), int(re.search(r"\^LL(\d+)", label)[1])
        total, each, body = re.search(r"\^GFA,\d+,(\d+),(\d+),([^^]*)\^FS", label).groups()
        rows = _unpacked_rows(body, int(each) * 2)
        assert len(rows) * int(each) == int(total)
        assert len(rows) == height
        bits = [np.unpackbits(np.frombuffer(bytes.fromhex(row), np.uint8))[:width] for row in rows]
        pictures.append(((1 - np.array(bits)) * 255).astype(np.uint8))
    return pictures


def _unpacked_rows(body: str, digits: int) -> list[str]:
    rows, row, count = [], "", 0
    for letter in body:
        if letter in RUN:
            count += RUN[letter]
            continue
        if letter == ":":
            row = rows[-1]
        elif letter in ",!":
            row = row.ljust(digits, "0" if letter == "," else "F")
        else:
            row, count = row + letter * (count or 1), 0
        if len(row) == digits:
            rows.append(row)
            row = ""
    assert not row
    return rows


@pytest.mark.parametrize("dpi", [203, 300])
@pytest.mark.parametrize("name", ["zebra-57x32", "zebra-51x25", "zebra-76x51", "dymo-99012"])
def test_zpl_reads_back_as_drawn_by_a_reader_of_its_own(name, dpi):
    on, labels = medium(name), samples.each_design()[:: 3 if dpi == 300 else 1]
    pictures = _read_zpl(_bytes(labels, name, "zpl", dpi=dpi).decode("ascii"))
    assert len(pictures) == len(labels)
    assert [
        fault
        for picture, label in zip(pictures, labels, strict=True)
        for fault in reading.problems(picture, on, {0: label}, dpi)
    ] == []


def test_zpl_is_refused_on_a_sheet():
    with pytest.raises(LabelError, match="is a sheet"):
        _bytes(samples.many(1), "avery-l7160", "zpl")


def _read_brother(data: bytes) -> list[tuple[tuple[int, int], reading.Picture]]:
    """Tape size and picture of each label, after Brother's raster command reference."""
    at, labels, rows, tape = data.index(b"\x1b@") + 2, [], [], (0, 0)
    assert not any(data[: at - 2])
    lengths = {b"ia": 1, b"iM": 1, b"iA": 1, b"iK": 1, b"id": 2}
    while at < len(data):
        if data[at : at + 3] == b"\x1biz":
            _, kind, width, length, count, _, _ = struct.unpack("<4BI2B", data[at + 3 : at + 13])
            assert kind == 0x0B
            tape, rows, at = (width, length), [], at + 13
        elif data[at] == 0x1B:
            at += 3 + lengths[data[at + 1 : at + 3]]
        elif data[at : at + 1] == b"M":
            assert data[at + 1] == 0
            at += 2
        elif data[at : at + 3] == b"g\0\x5a":
            rows.append(np.unpackbits(np.frombuffer(data[at + 3 : at + 93], np.uint8))[::-1])
            at += 93
        else:
            assert data[at] == (0x1A if at == len(data) - 1 else 0x0C)
            assert len(rows) == count
            labels.append((tape, ((1 - np.array(rows)) * 255).astype(np.uint8)))
            at += 1
    return labels


@pytest.mark.parametrize(
    ("name", "tape", "shape", "turned"),
    [
        ("brother-dk-11209", (62, 29), (271, 696), False),
        ("brother-dk-11202", (62, 100), (1109, 696), True),
        ("brother-dk-11201", (29, 90), (991, 306), True),
        ("brother-dk-11208", (38, 90), (991, 413), True),
    ],
)
def test_brother_raster_reads_back(name, tape, shape, turned):
    on, labels = medium(name), samples.each_design()[:: 4 if turned else 1]
    read = _read_brother(_bytes(labels, name, "brother"))
    assert [size for size, _ in read] == [tape] * len(labels)
    for (_, pins), label in zip(read, labels, strict=True):
        used = np.flatnonzero((pins < 128).any(axis=0))
        first = {62: 12, 29: 6, 38: 12}[tape[0]]
        assert used.min() >= 720 - first - shape[1]
        assert used.max() < 720 - first
        picture = pins[:, 720 - first - shape[1] : 720 - first]
        assert picture.shape == shape
        assert reading.problems(_whole(picture, on, turned), on, {0: label}, 300) == []


def _whole(printed: reading.Picture, on, turned: bool) -> reading.Picture:
    """The printable part laid on a white label, the way up it is read."""
    printed = np.rot90(printed) if turned else printed
    label = np.full((round(on.height_mm / 25.4 * 300), round(on.width_mm / 25.4 * 300)), 255, np.uint8)
    top, left = (label.shape[0] - printed.shape[0]) // 2, (label.shape[1] - printed.shape[1]) // 2
    label[top : top + printed.shape[0], left : left + printed.shape[1]] = printed
    return label


def test_brother_raster_is_refused_on_other_rolls():
    with pytest.raises(LabelError, match="not a Brother label roll"):
        _bytes(samples.many(1), "zebra-57x32", "brother")
