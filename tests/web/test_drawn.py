"""A drawn signature is taken as a picture and as nothing else."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from tests.distribution.drawings import PREFIX, bomb, data_url, drawn, png
from tracker.errors import Malformed
from tracker.web.drawn import KEPT_WIDTH_PX, read_drawing


def test_nothing_drawn_is_nothing() -> None:
    assert read_drawing(None) is read_drawing("") is read_drawing("  ") is None


@pytest.mark.parametrize("raw", [png(), png(mode="RGBA"), png(2_400, 800)], ids=["white", "clear", "large"])
def test_a_drawing_is_kept_small_and_grey(raw: bytes) -> None:
    kept = read_drawing(data_url(raw))
    assert kept is not None
    with Image.open(BytesIO(kept)) as picture:
        assert picture.mode == "L"
        assert picture.width <= KEPT_WIDTH_PX
        darkest = picture.getextrema()[0]
        assert isinstance(darkest, float | int)
        assert darkest < 128


@pytest.mark.parametrize(
    "given",
    [
        "data:image/svg+xml;base64,PHN2Zy8+",
        "data:text/html;base64,PHA+",
        PREFIX + "not base64!",
        PREFIX,
        data_url(b"GIF89a" + bytes(100)),
        data_url(png()[:300]),
        data_url(png()[:30]),
        data_url(bomb(30_000)),
        data_url(bomb(0)),
        data_url(png(ink=False)),
        data_url(png(mode="RGBA", ink=False)),
        PREFIX + "A" * 900_000,
        "https://example.org/signature.png",
        "é" * 50,
    ],
)
def test_anything_else_is_refused_in_words(given: str) -> None:
    with pytest.raises(Malformed) as refusal:
        read_drawing(given)
    assert refusal.value.field == "signature"


def test_what_hides_in_the_file_is_left_behind() -> None:
    info, out = PngInfo(), BytesIO()
    info.add_text("secret", "hidden words")
    with Image.open(BytesIO(png())) as picture:
        picture.save(out, "PNG", pnginfo=info)
    kept = read_drawing(data_url(out.getvalue() + b"<script>"))
    assert kept is not None
    assert b"hidden" not in kept
    assert b"<script>" not in kept
    assert read_drawing(drawn()) is not None
