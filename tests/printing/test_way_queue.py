"""Printing through a real CUPS: every byte, a title that is no option, and what is said where it does not print."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pytest

from tests.conftest import missing
from tests.postgres import Missing
from tests.printing import cups as real
from tests.printing.cups import Cups
from tests.printing.jobs import FILE
from tracker.printing.job_rules import NotSent, Parcel
from tracker.printing.rules import Way
from tracker.printing.ways import lpstat_rules, queue

OPTIONS = [
    "-o raw",
    "-d other",
    "; rm -rf /tmp/x",
    "$(id)",
    "`id`",
    "a\nb",
    "a\0b",
    "étiquettes – 日本語 العربية",
    "--",
    "-",
]


@pytest.fixture(scope="module")
def server() -> Iterator[Cups]:
    try:
        with real.running() as cups:
            yield cups
    except Missing as error:
        missing(str(error))


@pytest.fixture
def cups(server: Cups, monkeypatch: pytest.MonkeyPatch) -> Cups:
    """A server whose queue `labels` is open, its printer in a good mood."""
    monkeypatch.setenv("CUPS_SERVER", server.server)
    server.mood(real.GOOD_MOOD)
    for path in server.out.iterdir():
        path.unlink()
    server.queue("labels")
    return server


def parcel(name: str = "Labels", address: str = "labels", data: bytes = FILE, format_: str = "zpl") -> Parcel:
    return Parcel(7, 1, 1, Way.QUEUE, address, format_, False, name, "text/plain", data)


def printed(cups: Cups) -> tuple[bytes, str]:
    """The one file that came, and its title."""
    until = time.monotonic() + 10
    while not (names := list(cups.out.glob("job-*"))) and time.monotonic() < until:
        time.sleep(0.02)
    (path,) = names
    return path.read_bytes(), path.with_name(path.name.replace("job", "title")).read_text()


@pytest.mark.parametrize("format_", ["zpl", "brother", "pdf", "png"])
def test_every_byte_arrives(cups: Cups, format_: str) -> None:
    data = b"%PDF-1.4\n" + FILE * 4000
    assert queue.send(parcel(data=data, format_=format_)) is None
    assert printed(cups) == (data, "Ricochet 7: Labels")
    (options,) = cups.out.glob("options-*")
    assert ("print-scaling=none" in options.read_text()) == (format_ in {"pdf", "png"}), (
        "a label keeps its size"
    )


@pytest.mark.parametrize("name", OPTIONS, ids=repr)
def test_a_title_is_never_an_option(cups: Cups, name: str) -> None:
    assert queue.send(parcel(name)) is None
    data, title = printed(cups)
    assert data == FILE and title.startswith("Ricochet 7: ")


@pytest.mark.parametrize(
    "address",
    [
        "-o raw",
        "-h evil.example:631",
        "--",
        "",
        "la bels",
        "labels\n-o",
        "a\0b",
        "../x",
        "labels;id",
        "x@host",
        "étiquettes",
        "a/b",
    ],
)
def test_a_queues_name_is_never_an_option(cups: Cups, address: str) -> None:
    with pytest.raises(NotSent, match="queue’s name") as refused:
        queue.send(parcel(address=address))
    assert not refused.value.again and not cups.files()


def test_a_queue_that_is_not_there_is_not_tried_again(cups: Cups) -> None:
    with pytest.raises(NotSent, match="no queue “nowhere”") as refused:
        queue.send(parcel(address="nowhere"))
    assert not refused.value.again


def test_a_paused_queue_is_given_nothing_and_says_why(cups: Cups) -> None:
    cups.run("cupsdisable", "-r", "roll is being changed", "labels")
    with pytest.raises(NotSent, match=r"paused \(“roll is being changed”\)") as refused:
        queue.send(parcel())
    assert refused.value.again
    cups.run("cupsenable", "labels")
    assert queue.send(parcel()) is None and printed(cups)[0] == FILE


def test_a_queue_that_rejects_is_tried_again(cups: Cups) -> None:
    cups.run("cupsreject", "labels")
    with pytest.raises(NotSent, match="takes nothing at the moment") as refused:
        queue.send(parcel())
    assert refused.value.again and not cups.files()
    cups.run("cupsaccept", "labels")


def test_a_printer_without_paper_says_so_and_prints_later(cups: Cups) -> None:
    empty = cups.root / "empty"
    empty.touch()
    cups.mood(real.NO_PAPER)
    note = queue.send(parcel())
    assert str(note) == lpstat_rules.NOTHING_LEFT and not cups.files()
    empty.unlink()
    assert printed(cups)[0] == FILE


def test_a_print_system_that_is_off_is_tried_again(cups: Cups, monkeypatch: pytest.MonkeyPatch) -> None:
    with real.running() as other:
        monkeypatch.setenv("CUPS_SERVER", other.server)
        other.queue("labels")
        assert queue.send(parcel()) is None
        other.stop()
        with pytest.raises(NotSent, match=r"\(CUPS\) is off") as refused:
            queue.send(parcel())
    assert refused.value.again


def test_a_server_without_cups_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(NotSent, match="install CUPS"):
        queue.send(parcel())


@pytest.mark.parametrize(
    ("alerts", "words"),
    [
        (("media-empty-error",), "no more paper"),
        (("media-empty-warning",), None),
        (("offline-report",), "does not answer"),
        (("connecting-to-device",), "does not answer"),
        (("cover-open",), "cover is open"),
        (("marker-supply-low-warning", "media-jam-error"), "stuck"),
        (("toner-empty-error",), "toner"),
        (("job-printing", "none"), None),
        ((), None),
    ],
)
def test_what_a_printer_names_becomes_what_to_do(alerts: tuple[str, ...], words: str | None) -> None:
    said = lpstat_rules.hindrance(alerts)
    assert said is None if words is None else re.search(words, said or "")
