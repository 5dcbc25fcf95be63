"""A file of labels as grey pictures, a page each, drawn by programs that share no code with ours: PDFium and Poppler for
PDF, resvg for SVG, Pillow for PNG, zplkit for ZPL, brother_ql for Brother's raster. `WAYS` is the list of them."""

from __future__ import annotations

import contextlib
import io
import shutil
import subprocess
import tempfile
import unittest.mock
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

import brother_ql.labels
import brother_ql.reader
import numpy as np
import zplkit.rendering

from labels.brother import TAPES
from labels.formats import render
from labels.frames import FREE_DOT
from labels.label import Label
from labels.media import Medium
from labels.pdf import ROLL_DOT
from labels.raster import dots_per_mm
from labels.sheets import Calibration, Printing
from tests.conftest import missing
from tests.labels.reading import Picture, pdf_pages, png_page, svg_page

TRUE = Calibration()


class Way(NamedTuple):
    """A format and what draws it. `fixed`: the dots are in the file, so its printer's resolution is asked for; else
    the picture is taken at any."""

    name: str
    format: str
    pages: Callable[[bytes, Medium, int], list[Picture]]
    takes: Callable[[Medium], bool]
    fixed: bool = False
    dpis: tuple[int, ...] = (203, 300)
    slow: bool = False

    def dot(self, on: Medium, dpi: int) -> float:
        """The dot that modules were planned for, in millimetres."""
        if self.format == "brother":
            return 25.4 / 300
        if self.fixed:
            return 1 / dots_per_mm(dpi)
        return ROLL_DOT if self.format == "pdf" and on.is_roll else FREE_DOT

    def drawn(
        self,
        labels: Iterable[Label],
        on: Medium,
        dpi: int,
        start: int = 1,
        calibration: Calibration = TRUE,
    ) -> list[Picture]:
        """The pages that come out."""
        printing = Printing(start=start, calibration=calibration, dpi=dpi if self.fixed else None)
        # brother_ql takes time by the square of a job's length, so each label is a job of its own here.
        jobs = [[label] for label in labels] if self.format == "brother" else [labels]
        files = [b"".join(render(job, on, self.format, printing).chunks) for job in jobs]
        return [page for file in files for page in self.pages(file, on, dpi)]


def poppler_pages(data: bytes, dpi: int) -> list[Picture]:
    """Pages of a PDF as Poppler draws them (what most Linux desktops print with)."""
    program = shutil.which("pdftoppm")
    if program is None:
        missing("pdftoppm (poppler-utils) is not installed")
    command = [str(program), "-gray", "-r", f"{dots_per_mm(dpi) * 25.4:.4f}", "-"]
    out = subprocess.run(command, input=data, capture_output=True, check=True).stdout
    pictures, at = [], 0
    while at < len(out):
        head = out[at : at + 40].split(b"\n", 3)
        width, height = (int(number) for number in head[1].split())
        at += sum(len(line) + 1 for line in head[:3])
        pictures.append(np.frombuffer(out, np.uint8, width * height, at).reshape(height, width))
        at += width * height
    return pictures


def zpl_pages(data: bytes, dpi: int) -> list[Picture]:
    """Labels of a ZPL file; `^PW` and `^LL` are their size."""
    options = zplkit.Options(profile="specification", dpi=dpi)
    limits = zplkit.rendering.Limits(input_bytes=100_000_000, graphic_bytes=10_000_000)
    document = zplkit.render(data, options, limits=limits)
    assert document.warnings == []
    rasters = [label.rasterize() for label in document.labels]
    return [np.frombuffer(one.pixels, np.uint8).reshape(one.height, one.width) for one in rasters]


class Printed(NamedTuple):
    """One label as a Brother printer gets it: its tape (mm), what lies under the head (rows × 720 pins, leftmost
    first), whether rows are half as high as pins are wide."""

    tape: tuple[int, int]
    pins: Picture
    fine: bool


def brother_job(data: bytes) -> list[Printed]:
    """The labels of one job, in brother_ql's reading."""
    settings = [one for one in brother_ql.reader.chunker(data, raise_exception=True) if one[:3] == b"\x1biz"]
    with tempfile.TemporaryDirectory() as folder, io.StringIO() as silence:
        reader = brother_ql.reader.BrotherQLReader(io.BytesIO(data))
        reader.filename_fmt = f"{folder}/{{counter:04d}}.png"
        # It writes each line in hexadecimal for a log that nobody keeps: half of its time.
        quiet = unittest.mock.patch.object(brother_ql.reader, "hex_format", return_value="")
        with contextlib.redirect_stdout(silence), quiet:
            reader.analyse()
        pictures = [png_page(path.read_bytes()) for path in sorted(Path(folder).iterdir())]
    assert len(pictures) == len(settings)
    printed = []
    for picture, setting in zip(pictures, settings, strict=True):
        # The reader keeps the rows of the labels before; the printer is told how many are this one's.
        rows = int.from_bytes(setting[7:11], "little")
        printed.append(Printed((setting[5], setting[6]), picture[-rows:], reader.high_resolution_printing))
    return printed


def brother_pages(data: bytes, on: Medium, dpi: int) -> list[Picture]:
    """Each label of a job as it lies on its tape, the way up it is read."""
    return [_on_tape(printed, on, dpi) for printed in brother_job(data)]


def _on_tape(printed: Printed, on: Medium, dpi: int) -> Picture:
    """brother_ql knows what of each tape can be printed and where it lies under the head."""
    tape = next(
        one
        for one in brother_ql.labels.ALL_LABELS
        if one.tape_size == printed.tape and one.color == brother_ql.labels.Color.BLACK_WHITE
    )
    across, along = tape.dots_printable
    pins = printed.pins[:, 720 - tape.offset_r - across : 720 - tape.offset_r]
    assert (printed.pins < 128).sum() == (pins < 128).sum(), "ink beside the tape"
    if along:
        assert len(pins) == along * (1 + printed.fine)
    if printed.fine:
        pins = pins.repeat(2, 1)
    turned = abs(on.width_mm - tape.tape_size[0]) > abs(on.height_mm - tape.tape_size[0])
    pins = np.rot90(pins) if turned else pins
    high, wide = (round(length * dots_per_mm(dpi)) for length in (on.height_mm, on.width_mm))
    top, left = (high - pins.shape[0]) // 2, (wide - pins.shape[1]) // 2
    # What touches the last dot that can be printed was cut off there: let it run on, so that it is seen.
    beside = ((top, high - top - pins.shape[0]), (left, wide - left - pins.shape[1]))
    return np.pad(pins, beside, mode="edge")


def _each(draw: Callable[[bytes], Picture]) -> Callable[[bytes, Medium, int], list[Picture]]:
    """Pictures come alone or in a ZIP."""

    def pages(data: bytes, _on: Medium, _dpi: int) -> list[Picture]:
        if data[:2] != b"PK":
            return [draw(data)]
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return [draw(archive.read(name)) for name in archive.namelist()]

    return pages


def _svg(data: bytes, on: Medium, dpi: int) -> list[Picture]:
    return _each(lambda one: svg_page(one, dpi))(data, on, dpi)


def _any(_on: Medium) -> bool:
    return True


WAYS: tuple[Way, ...] = (
    Way("pdf-pdfium", "pdf", lambda data, _on, dpi: pdf_pages(data, dpi), _any),
    Way("pdf-poppler", "pdf", lambda data, _on, dpi: poppler_pages(data, dpi), _any),
    Way("svg-resvg", "svg", _svg, _any),
    Way("png-pillow", "png", _each(png_page), _any, fixed=True, dpis=(203, 300, 600)),
    Way("zpl-zplkit", "zpl", lambda data, _on, dpi: zpl_pages(data, dpi), lambda on: on.is_roll, fixed=True),
    Way(
        "brother-brother_ql",
        "brother",
        brother_pages,
        lambda on: on.reference in TAPES,
        fixed=True,
        dpis=(300, 600),
        slow=True,
    ),
)
