"""A ZIP is opened only when it is honest, and a hostile one is refused before it costs anything."""

from __future__ import annotations

import resource
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.wiping.zips import Forged, honest
from tracker.wiping import archive_rules
from tracker.wiping.archive_rules import Piece, Room, is_archive, pieces


def opened(data: bytes, room: Room | None = None) -> list[Piece]:
    return pieces("stick.zip", data, room or Room())


def refusal(data: bytes) -> str:
    """The sentence with which the whole archive is refused."""
    (one,) = opened(data)
    assert one.name == "stick.zip" and one.data == b"" and one.refusal is not None
    return str(one.refusal)


@pytest.mark.parametrize("stored", [True, False])
def test_every_file_comes_out_with_its_path(stored: bool) -> None:
    data = honest(("a.txt", "one"), ("salle/b.txt", "two"), ("vide/", ""), stored=stored)
    assert opened(data) == [Piece("stick.zip/a.txt", b"one"), Piece("stick.zip/salle/b.txt", b"two")]


def test_what_systems_leave_behind_is_passed_over() -> None:
    data = honest(("__MACOSX/._a.txt", "x"), (".DS_Store", "x"), ("d/Thumbs.db", "x"), ("a.txt", "one"))
    assert [one.name for one in opened(data)] == ["stick.zip/a.txt"]


def test_names_of_old_french_windows_are_read() -> None:
    (one,) = opened(Forged().add("relevé.txt".encode("cp437")).done())
    assert one.name == "stick.zip/relevé.txt"


def test_a_zip_within_a_zip_is_opened_and_the_third_one_is_not() -> None:
    third = honest(("deep.txt", "deep"))
    second = honest(("b.txt", "two"), ("third.zip", third))
    found = opened(honest(("a.txt", "one"), ("second.zip", second)))
    assert [(one.name, one.refusal is None) for one in found] == [
        ("stick.zip/a.txt", True),
        ("stick.zip/second.zip/b.txt", True),
        ("stick.zip/second.zip/third.zip", False),
    ]


def test_a_hostile_zip_inside_leaves_the_files_beside_it() -> None:
    inside = Forged().add(b"../a").done()
    found = opened(honest(("inside.zip", inside), ("a.txt", "one")))
    assert [(one.name, one.refusal is None) for one in found] == [
        ("stick.zip/inside.zip", False),
        ("stick.zip/a.txt", True),
    ]


HOSTILE = {
    "a bomb": (Forged().add(b"bomb", bytes(50_000_000)).done(), "out of all measure"),
    "a name that leads out": (Forged().add(b"../../etc/passwd").done(), "points outside"),
    "a name that leads out the other way": (Forged().add(b"a\\..\\..\\b").done(), "points outside"),
    "an absolute name": (Forged().add(b"/etc/passwd").done(), "points outside"),
    "a name with a drive": (Forged().add(b"C:/windows/x").done(), "points outside"),
    "a name with NUL": (Forged().add(b"a.txt\0.exe").done(), "forbidden signs"),
    "no name": (Forged().add(b"").done(), "forbidden signs"),
    "a name with a line": (Forged().add(b"a\nb").done(), "forbidden signs"),
    "broken UTF-8": (Forged().add(b"\xff\xfe", flags=0x800).done(), "forbidden signs"),
    "a link": (Forged().add(b"link", b"/etc/passwd", mode=0o120777).done(), "is a link"),
    "a device": (Forged().add(b"dev", mode=0o060600).done(), "is a link"),
    "a password": (Forged().add(b"a", flags=1).done(), "password"),
    "another packing": (Forged().add(b"a", method=14).done(), "packed in a way"),
    "more than it names": (Forged().add(b"a", b"x" * 900, size=9).done(), "not the size"),
    "less than it names": (Forged().add(b"a", b"x" * 9, size=900).done(), "not the size"),
    "two sizes": (Forged().add(b"a", b"xx", local_size=3).done(), "two different things"),
    "two names": (Forged().add(b"a", local_name=b"b").done(), "two different things"),
    "a wrong sum": (Forged().add(b"a", checksum=1).done(), "checksum"),
    "one on another": (Forged().add(b"a", b"x" * 50).add(b"a", b"x" * 50, start=0).done(), "twice"),
    "a kernel of many": (
        Forged().add(b"aa", b"x" * 50).add(b"bb", b"x" * 50, start=0).done(), "two different things"),
    "ten thousand": (honest(*((f"{n}", "") for n in range(10_000))), "more than"),
    "a list that is longer": (Forged().add(b"a").done(count=2), "not whole"),
    "a list that is shorter": (Forged().add(b"a").add(b"b").done(count=1), "not whole"),
    "a list elsewhere": (Forged().add(b"a").done(size=3), "not whole"),
    "ZIP64 in the list": (Forged().add(b"a", extra=struct.pack("<2H8x", 1, 8)).done(), "ZIP64"),
    "ZIP64 at the end": (Forged().add(b"a").done(count=0xFFFF), "ZIP64"),
    "a ZIP64 locator": (Forged().add(b"a").done(before_end=b"PK\6\7" + bytes(16)), "ZIP64"),
    "nothing": (Forged().done(), "holds no file"),
    "cut off": (honest(("a.txt", "one"))[:-30], "list of files is missing"),
    "with something behind": (honest(("a.txt", "one")) + b"more", "not whole"),
}  # fmt: skip


@pytest.mark.parametrize("trick", HOSTILE)
def test_a_hostile_zip_is_refused_in_words(trick: str) -> None:
    data, words = HOSTILE[trick]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    assert words in refusal(data)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_utime - before < 1


def test_files_that_share_their_bytes_are_refused() -> None:
    """Fifield's bomb: the first file's bytes are the second's head and bytes, quoted as stored deflate blocks."""
    inner = Forged().add(b"b", b"y" * 30, method=0)
    outer = Forged().add(b"a", inner.body, method=0)
    at = outer.body.index(inner.body)
    outer.add(b"b", b"y" * 30, method=0, start=at)
    assert "lies on top" in refusal(outer.done())


def test_too_much_in_all_is_refused_and_takes_no_room() -> None:
    room = Room(files=2, size=20)
    (one,) = opened(honest(("a", "x" * 15), ("b", "y" * 15)), room)
    assert one.refusal is not None and (room.files, room.size) == (2, 20)
    assert [piece.data for piece in opened(honest(("a", "x" * 15)), room)] == [b"x" * 15]
    assert (room.files, room.size) == (1, 5)


def limits() -> dict[str, str]:
    """Each limit → what is said where it is reached, and nothing else is wrong."""
    third = honest(("second.zip", honest(("third.zip", honest(("deep.txt", "deep"))))))
    bomb = Forged().add(b"bomb", bytes(50_000_000)).done()
    return {
        "count": refusal(honest(*((f"{n}.txt", "x") for n in range(501)))),
        "entries": refusal(honest(*((f"{n}/", "") for n in range(701)))),
        "size": str(opened(honest(("a", "x" * 15), ("b", "y" * 15)), Room(size=20))[0].refusal),
        "one file": str(opened(honest(("a", bytes(range(256)) * 40_000), stored=True))[0].refusal),
        "ratio": refusal(bomb),
        "depth": str(opened(third)[0].refusal),
    }


def test_each_limit_has_its_own_sentence_that_says_what_to_do() -> None:
    told = limits()
    assert (
        told["count"]
        == "This ZIP holds more than 500 files. Make several of it, or leave out what is no report."
    )
    assert "more than 700 files" in told["entries"] and "more than 64 MB" in told["size"]
    assert "Larger than 8 MB" in told["one file"] and "out of all measure" in told["ratio"]
    assert "Unpack it first" in told["depth"] and len(set(told.values())) == len(told)


def test_the_sticks_own_system_is_stepped_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive_rules, "LARGEST_FILE", 10)
    found = opened(honest(("bzImage", bytes(range(100))), ("a.txt", "one")))
    assert [(one.name, one.data, one.refusal is None) for one in found] == [
        ("stick.zip/bzImage", b"", False),
        ("stick.zip/a.txt", b"one", True),
    ]


def test_only_what_is_called_a_zip_is_opened() -> None:
    data = honest(("word/document.xml", "x"))
    assert is_archive("B.ZIP", data) and not is_archive("b.docx", data) and not is_archive("b.zip", b"text")


@given(st.data())
@settings(max_examples=400, deadline=None)
def test_a_damaged_zip_gives_its_files_or_a_sentence(data: st.DataObject) -> None:
    whole = honest(("a.txt", "one " * 40), ("d/b.txt", "two"), ("c.zip", honest(("x", "y"))))
    at = data.draw(st.integers(0, len(whole) - 1))
    bits = data.draw(st.integers(1, 255))
    changed = whole[:at] + bytes([whole[at] ^ bits]) + whole[at + 1 :]
    cut = data.draw(st.sampled_from([changed, changed[:at], changed[at:], changed + changed]))
    for one in opened(cut):
        assert one.refusal is not None or one.data in (b"one " * 40, b"two", b"y") or b"PK" in one.data
