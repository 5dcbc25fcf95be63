"""A label printer at a real port: what arrives, what is said where it does not, and where nothing is ever sent."""

from __future__ import annotations

import socket as sockets_of_python
import threading

import pytest

from tests.printing import sockets
from tests.printing.jobs import FILE
from tracker.printing.job_rules import NotSent, Parcel, Unclear
from tracker.printing.rules import Way
from tracker.printing.ways import address_rules, socket, zpl_rules


def parcel(address: str, data: bytes = FILE, asks: bool = False) -> Parcel:
    return Parcel(7, 1, 1, Way.SOCKET, address, "zpl", asks, "Labels", "text/plain", data)


@pytest.mark.parametrize("size", [1, len(FILE), 3_000_000])
def test_every_byte_arrives(size: int) -> None:
    data = (FILE * (size // len(FILE) + 1))[:size]
    with sockets.listening(sockets.reads) as printer:
        assert socket.send(parcel(printer.address, data), [printer.address]) is None
        assert printer.done.wait(10)
    assert printer.got == data and printer.calls == 1


def test_a_printer_that_refuses_is_told_apart_from_one_that_is_unknown() -> None:
    address = f"127.0.0.1:{sockets.closed_port()}"
    with pytest.raises(NotSent, match="refuses the connection") as refused:
        socket.send(parcel(address), [address])
    assert refused.value.again
    with pytest.raises(NotSent, match=r"name zebra\.invalid:9100 is not known") as unknown:
        socket.send(parcel("zebra.invalid:9100"), ["zebra.invalid:9100"])
    assert unknown.value.again


def test_a_printer_that_is_off_is_waited_for_a_set_time_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """A full queue of connections answers nothing, as a printer without power."""
    monkeypatch.setattr(socket, "CONNECT_S", 0.2)
    with sockets_of_python.create_server(("127.0.0.1", 0), backlog=0) as server:
        address = f"127.0.0.1:{server.getsockname()[1]}"
        held = [sockets_of_python.socket() for _ in range(3)]
        for one in held:
            one.setblocking(False)
            one.connect_ex(server.getsockname())
        with pytest.raises(NotSent, match="Switch it on"):
            socket.send(parcel(address), [address])
        for one in held:
            one.close()


def test_a_printer_that_breaks_off_leaves_it_to_a_person() -> None:
    with (
        sockets.listening(sockets.breaks_off) as printer,
        pytest.raises(Unclear, match=r"broke after .* of 8\W?MB"),
    ):
        socket.send(parcel(printer.address, b"x" * 8_000_000), [printer.address])


def test_a_small_file_that_is_cut_off_is_not_said_to_be_printed() -> None:
    """Closed hard with unread data: the kernel took the bytes, the printer did not."""

    def cuts(link: sockets_of_python.socket, heard: sockets.Listening) -> None:
        link.recv(1)

    with sockets.listening(cuts) as printer, pytest.raises(Unclear, match="Look how many labels came out"):
        socket.send(parcel(printer.address, FILE * 10), [printer.address])


def test_a_printer_that_never_reads_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "NO_PROGRESS_S", 0.3)
    over = threading.Event()

    def holds(link: sockets_of_python.socket, heard: sockets.Listening) -> None:
        over.wait(10)

    with sockets.listening(holds) as printer:
        with pytest.raises(Unclear, match="broke after"):
            socket.send(parcel(printer.address, b"x" * 30_000_000), [printer.address])
        over.set()


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (sockets.PAPER_OUT, "no more labels"),
        (sockets.HEAD_OPEN, "cover is open"),
        (sockets.RIBBON_OUT, "no more ribbon"),
        (sockets.PAUSED, "is paused"),
    ],
)
def test_a_printer_that_cannot_print_is_sent_nothing(answer: bytes, words: str) -> None:
    with sockets.listening(sockets.answers, [answer]) as printer:
        with pytest.raises(NotSent, match=words) as refused:
            socket.send(parcel(printer.address, asks=True), [printer.address])
        assert printer.done.wait(10)
    assert printer.got == zpl_rules.ASK and refused.value.again


def test_what_a_printer_lacks_after_it_has_the_file_is_said() -> None:
    with sockets.listening(sockets.answers, [sockets.READY, sockets.PAPER_OUT]) as printer:
        note = socket.send(parcel(printer.address, asks=True), [printer.address])
    assert "no more labels" in str(note) and FILE in printer.got


def test_a_ready_printer_and_one_that_answers_nonsense_print() -> None:
    with sockets.listening(sockets.answers, [sockets.READY, sockets.READY]) as printer:
        assert socket.send(parcel(printer.address, asks=True), [printer.address]) is None
    assert printer.got == zpl_rules.ASK + FILE + zpl_rules.ASK
    with sockets.listening(sockets.answers, [b"\x02\xff,,\x03" * 400] * 2) as printer:
        assert socket.send(parcel(printer.address, asks=True), [printer.address]) is None
    assert FILE in printer.got


def test_a_printer_that_knows_no_status_prints_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "STATUS_S", 0.1)
    with sockets.listening(sockets.reads) as printer:
        assert socket.send(parcel(printer.address, asks=True), [printer.address]) is None
        assert printer.done.wait(10)
    assert FILE in printer.got


def test_what_the_operator_did_not_list_is_never_connected_to() -> None:
    with sockets.listening(sockets.reads) as printer:
        for allowed in ([], ["127.0.0.1:9100"], [f"localhost:{printer.port}"], [f"10.0.0.1:{printer.port}"]):
            with pytest.raises(NotSent, match="may not send") as refused:
                socket.send(parcel(printer.address), allowed)
            assert not refused.value.again
    assert printer.calls == 0


def test_a_listed_name_that_stands_for_this_server_itself_is_never_connected_to() -> None:
    """`localhost` is a name that means another machine than the operator's list says: the trick of DNS rebinding."""
    with sockets.listening(sockets.reads) as printer:
        name = f"localhost:{printer.port}"
        with pytest.raises(NotSent, match="TRACKER_PRINTERS") as refused:
            socket.send(parcel(name), [name])
        assert printer.calls == 0 and not refused.value.again
        assert socket.send(parcel(name), [name, printer.address]) is None
    assert printer.got == FILE


@pytest.mark.parametrize(
    ("address", "may"),
    [
        ("10.1.2.3", True),
        ("172.16.0.9", True),
        ("172.32.0.9", False),
        ("192.168.1.40", True),
        ("fd12::1", True),
        ("::ffff:192.168.1.40", True),
        ("::ffff:127.0.0.1", False),
        ("127.0.0.1", False),
        ("::1", False),
        ("169.254.169.254", False),
        ("fe80::1%eth0", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("8.8.8.8", False),
        ("2001:4860::1", False),
    ],
)
def test_behind_a_name_only_the_workshops_network_is_reached(address: str, may: bool) -> None:
    assert address_rules.reachable([address], 9100, ["zebra.local:9100"]) == ([address] if may else [])


def test_what_the_operator_lists_in_figures_is_reached_at_that_port_only() -> None:
    listed = ["8.8.8.8:9100", "[2001:4860::1]:9101"]
    assert address_rules.reachable(["8.8.8.8"], 9100, listed) == ["8.8.8.8"]
    assert address_rules.reachable(["8.8.8.8"], 9101, listed) == []
    assert address_rules.reachable(["2001:4860::1"], 9101, listed) == ["2001:4860::1"]
