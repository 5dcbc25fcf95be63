"""A photo is kept as its pixels alone, and nothing but a photo is kept."""

from __future__ import annotations

from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tracker.errors import Malformed
from tracker.web import photos
from tracker.web.photos import read_photo


def picture(kind: str = "JPEG", size: tuple[int, int] = (400, 300), **values: object) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, "red").save(out, kind, **values)  # type: ignore[arg-type]
    return out.getvalue()


def taken_in_tours() -> bytes:
    """A photo that tells where and with what it was taken, and that lies on its side."""
    exif = Image.Exif()
    exif[0x0110] = "Telephone de Mme Untel"
    exif[0x0112] = 6
    exif.get_ifd(0x8825)[2] = (47.0, 23.0, 38.0)
    return picture(exif=exif.tobytes(), comment=b"secret remark")


def opened(kept: bytes | None) -> Image.Image:
    assert kept is not None
    return Image.open(BytesIO(kept))


def test_nothing_sent_is_no_photo() -> None:
    assert read_photo(b"") is None


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_photo_is_kept_as_a_jpeg(kind: str) -> None:
    kept = opened(read_photo(picture(kind)))
    assert (kept.format, kept.size) == ("JPEG", (400, 300))


def test_nothing_that_tells_of_a_person_is_kept() -> None:
    sent = taken_in_tours()
    kept = read_photo(sent)
    assert kept is not None and b"Untel" in sent and b"secret" in sent
    assert b"Untel" not in kept and b"secret" not in kept and b"Exif" not in kept
    assert not dict(opened(kept).getexif())


def test_a_photo_that_lies_on_its_side_stands_up() -> None:
    assert opened(read_photo(taken_in_tours())).size == (300, 400)


def test_what_follows_the_picture_is_left_behind() -> None:
    kept = read_photo(picture() + b"<script>alert(1)</script>" * 100)
    assert kept is not None and b"<script>" not in kept


def test_a_large_photo_is_made_smaller() -> None:
    assert max(opened(read_photo(picture(size=(4000, 3000)))).size) == photos.KEPT_SIDE_PX


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "TIFF", "BMP"])
def test_other_pictures_are_refused(kind: str) -> None:
    with pytest.raises(Malformed, match="JPEG or PNG"):
        read_photo(picture(kind))


@pytest.mark.parametrize(
    "data",
    [
        b"%PDF-1.4",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"GIF89a",
        b"\xff\xd8\xff",
        b"\x89PNG\r\n\x1a\n",
    ],
)
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(Malformed, match="JPEG or PNG"):
        read_photo(data, "slip")


def test_a_file_that_is_too_large_is_refused_unread() -> None:
    with pytest.raises(Malformed, match="too large"):
        read_photo(b"\xff" * (photos.LARGEST_BYTES + 1))


def test_a_picture_that_unpacks_too_far_is_refused() -> None:
    """Ten kilobytes that would become a hundred million pixels."""
    bomb = picture("PNG", (10_000, 10_000))
    assert len(bomb) < 2_000_000
    with pytest.raises(Malformed):
        read_photo(bomb)


def test_a_picture_that_is_cut_off_is_refused() -> None:
    whole = picture(size=(2000, 1500))
    with pytest.raises(Malformed, match="JPEG or PNG"):
        read_photo(whole[: len(whole) // 2])


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_damaged_picture_is_kept_or_refused_and_never_breaks(data: st.DataObject) -> None:
    whole = bytearray(picture(data.draw(st.sampled_from(("JPEG", "PNG"))), (40, 30)))
    for place in data.draw(st.lists(st.integers(0, len(whole) - 1), max_size=6)):
        whole[place] = data.draw(st.integers(0, 255))
    try:
        kept = read_photo(bytes(whole))
    except Malformed:
        return
    assert kept is not None and kept.startswith(b"\xff\xd8")
