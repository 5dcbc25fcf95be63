"""A fixed mask costs nothing when a picture is poor: read after blur and speckle, beside the mask `qrcode` prefers."""

from __future__ import annotations

import random

import numpy as np
import pytest
import qrcode
import zxingcpp
from PIL import Image, ImageFilter

from labels import qr
from labels.formats import render
from labels.media import medium
from tests.labels import reading, samples


def _picture(rows: list[str], module: int) -> Image.Image:
    dark = np.array([[letter == "1" for letter in row] for row in rows])
    dark = np.pad(dark, 4).repeat(module, 0).repeat(module, 1)
    return Image.fromarray(np.where(dark, 0, 255).astype(np.uint8))


def _spoilt(picture: Image.Image, seed: int, blur: float, speckle: float) -> reading.Picture:
    """A part of the dots turned black or white, as by wear and dust, then seen out of focus."""
    grey = np.asarray(picture).copy()
    chance = np.random.default_rng(seed)
    hit = chance.random(grey.shape) < speckle
    grey[hit] = chance.choice(np.array([0, 255], np.uint8), hit.sum())
    return np.asarray(Image.fromarray(grey).filter(ImageFilter.GaussianBlur(blur)))


def _best_mask(payload: str) -> list[str]:
    drawing = qrcode.QRCode(qr.version_for(payload), qrcode.constants.ERROR_CORRECT_M, border=0)
    drawing.add_data(payload)
    drawing.make(fit=False)
    return ["".join("01"[bool(dark)] for dark in row) for row in drawing.modules]


def _read(picture: reading.Picture, payload: str) -> bool:
    return payload in [
        code.text for code in zxingcpp.read_barcodes(picture, formats=(zxingcpp.BarcodeFormat.QRCode,))
    ]


def _score(count: int) -> tuple[int, int]:
    """How many symbols of each kind were read: ours, and those with the mask `qrcode` prefers."""
    ours = best = 0
    for seed in range(count):
        payload = samples.BASE + samples.code(seed)
        blur = random.Random(seed).uniform(1.2, 1.9)
        ours += _read(_spoilt(_picture(qr.symbol(payload).rows, 4), seed, blur, 0.1), payload)
        best += _read(_spoilt(_picture(_best_mask(payload), 4), seed, blur, 0.1), payload)
    return ours, best


@pytest.mark.long
def test_the_fixed_mask_is_not_worse_than_the_best_over_two_thousand_poor_pictures():
    ours, best = _score(2_000)
    assert ours >= best - 40, f"{ours} read with mask 2, {best} with the best mask"


@pytest.mark.parametrize("name", ["avery-l7160", "avery-l7651", "zebra-57x32"])
def test_labels_read_back_blurred_and_with_five_percent_of_speckle(name):
    on, labels = medium(name), samples.each_design()
    pages = reading.pdf_pages(b"".join(render(labels, on, "pdf").chunks), 300)
    scale = 300 / 25.4
    for at, label in enumerate(labels):
        x, y = (round(length * scale) for length in on.corner(at % on.cells))
        cell = pages[at // on.cells][y : y + round(on.height_mm * scale), x : x + round(on.width_mm * scale)]
        assert _read(_spoilt(Image.fromarray(cell), at, 1.0, 0.05), label.payload), label.design
