"""The table of patterns gives `qrcode`'s own symbols; the bars are `python-barcode`'s."""

from __future__ import annotations

import random
import string

import barcode
import pytest
import qrcode
from qrcode.util import MODE_ALPHA_NUM, QRData

from labels import bars, qr
from labels.errors import LabelError


def _own_matrix(payload: str, version: int) -> list[str]:
    drawing = qrcode.QRCode(version, qrcode.constants.ERROR_CORRECT_M, border=0, mask_pattern=qr.MASK)
    drawing.add_data(QRData(payload.encode(), mode=MODE_ALPHA_NUM))
    drawing.make(fit=False)
    return ["".join("01"[bool(dark)] for dark in row) for row in drawing.modules]


def _random_payloads(count: int) -> list[str]:
    chance = random.Random(20261124)
    return ["".join(chance.choices(qr.ALPHANUMERIC, k=chance.randint(1, 90))) for _ in range(count)]


def test_symbols_equal_those_of_qrcode_module_for_module():
    for payload in _random_payloads(300):
        assert qr.symbol(payload).rows == _own_matrix(payload, qr.version_for(payload)), payload


@pytest.mark.long
def test_ten_thousand_symbols_equal_those_of_qrcode_module_for_module():
    for payload in _random_payloads(10_000):
        assert qr.symbol(payload).rows == _own_matrix(payload, qr.version_for(payload)), payload


@pytest.mark.parametrize(("length", "version"), [(1, 2), (38, 2), (39, 3), (61, 3), (62, 4), (90, 4)])
def test_the_smallest_version_that_holds_the_payload_is_taken(length, version):
    assert qr.version_for("A" * length) == version


def test_a_payload_too_long_is_refused_in_words():
    with pytest.raises(LabelError, match="91 characters; a label holds at most 90"):
        qr.symbol("A" * 91)


@pytest.mark.parametrize("payload", ["https://ricochet.example/d/BCDFGHJX", "RÉEMPLOI", "A_B", "A?B"])
def test_a_payload_outside_the_alphanumeric_mode_is_refused_in_words(payload):
    with pytest.raises(LabelError, match="capital letters"):
        qr.symbol(payload)


def test_bars_are_those_of_python_barcode():
    chance = random.Random(20261127)
    letters, mixed = string.ascii_letters, string.ascii_letters + string.digits
    codes = ["".join(chance.choices(signs, k=chance.randint(1, 12))) for signs in [letters, mixed] * 500]
    for code in ["BCDFGHJX", *codes]:
        (modules,) = barcode.Code128(code).build()
        drawn = "".join("10"[at % 2] * width for at, width in enumerate(bars.widths(code)))
        assert drawn == modules.strip("0"), code


def test_bars_of_eight_letters_are_123_modules_wide():
    assert sum(bars.widths("BCDFGHJX")) == 123
