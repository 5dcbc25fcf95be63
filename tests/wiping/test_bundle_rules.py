"""A status that names no drive is joined with the one identity beside it that can be meant, and with no other."""

from __future__ import annotations

import json

import pytest

from tests.wiping.reports import ABORTED, NEW, text
from tests.wiping.test_report_operations import smartctl
from tracker.wiping import readers
from tracker.wiping.bundle_rules import JOINED, Join, Told, joins, packed, unpacked
from tracker.wiping.drop_rules import opened
from tracker.wiping.readings import ReportReading
from tracker.wiping.rules import Verdict, verdict


def sanitize_log(device: str = "nvme0", status: int = 0x101) -> bytes:
    return json.dumps({device: {"sprog": 65535, "sstat": status}}).encode()


def id_ctrl(serial: str = "RNV77A0001") -> bytes:
    return json.dumps({"vid": 1, "sn": serial, "mn": "Rico NVMe 512", "tnvmcap": 512110190592}).encode()


def nvme_list(*drives: tuple[str, str]) -> bytes:
    rows = [{"DevicePath": f"/dev/{path}", "SerialNumber": serial, "ModelNumber": "Rico NVMe 512"} for path, serial in drives]  # fmt: skip
    return json.dumps({"Devices": rows}).encode()


def hdparm_status(
    device: str = "sda", words: str = "Last Sanitize Operation Completed Without Error"
) -> bytes:
    return f"\n/dev/{device}:\nIssuing SANITIZE_STATUS command\nSanitize status:\n    State:    SD0 Sanitize Idle\n    {words}\n".encode()


def hdparm_identity(device: str = "sda", serial: str = "RHD77B0002") -> bytes:
    return (
        f"\n/dev/{device}:\n\nATA device, with non-removable media\n"
        f"\tModel Number:       Rico Disk 500\n\tSerial Number:      {serial}\n"
    ).encode()


def joined(*files: tuple[str, bytes]) -> Join:
    """What became of the first file."""
    told = [Told(name, readers.read(data, name)) for name, data in files]
    return joins(told)[0]


def serials(reading: ReportReading) -> list[str | None]:
    return [run.serial for run in reading.wipes]


@pytest.mark.parametrize(
    ("status", "identity", "serial"),
    [
        (("a/sanitize-log.json", sanitize_log()), ("a/id-ctrl.json", id_ctrl()), "RNV77A0001"),
        (("sanitize-log.json", sanitize_log("nvme0n1")), ("id-ctrl_nvme0.json", id_ctrl()), "RNV77A0001"),
        (("s.json", sanitize_log("nvme1")), ("list.json", nvme_list(("nvme0n1", "OTHER00001"), ("nvme1n1", "RNV77A0001"))), "RNV77A0001"),
        (("s.txt", hdparm_status()), ("i.txt", hdparm_identity()), "RHD77B0002"),
        (("s.txt", hdparm_status()), ("smart.json", smartctl("RHD77B0002", "Rico Disk 500").encode()), "RHD77B0002"),
    ],
)  # fmt: skip
def test_a_status_is_joined_with_the_drive_beside_it(
    status: tuple[str, bytes], identity: tuple[str, bytes], serial: str
) -> None:
    found = joined(status, identity)
    assert found.identity == 1 and serials(found.reading) == [serial] and found.reading.kind == JOINED
    assert serial in str(found.reasons[0]) and identity[0].rpartition("/")[2] in str(found.reasons[0])


@pytest.mark.parametrize(
    ("why", "files"),
    [
        ("no file beside", [("a/s.json", sanitize_log())]),
        ("no file beside", [("a/s.json", sanitize_log()), ("b/id.json", id_ctrl())]),
        ("no file beside", [("s.json", sanitize_log()), ("i.txt", hdparm_identity())]),
        ("no file beside", [("s.json", sanitize_log()), ("id.json", id_ctrl("unknown"))]),
        ("several drives", [("s.json", sanitize_log()), ("1.json", id_ctrl()), ("2.json", id_ctrl("RNV77A0009"))]),
        ("several drives", [("s0.json", sanitize_log()), ("s1.json", sanitize_log("nvme1")), ("id.json", id_ctrl())]),
        ("several drives", [("s.json", sanitize_log()), ("a_nvme0.json", id_ctrl()), ("b_nvme0.json", id_ctrl("RNV77A0009"))]),
        ("are others", [("s.json", sanitize_log("nvme1")), ("id_nvme0.json", id_ctrl())]),
        ("are others", [("s.txt", hdparm_status("sdb")), ("i.txt", hdparm_identity("sda"))]),
        ("several drives", [("s.json", sanitize_log()), ("id.json", id_ctrl()), ("n.txt", text(NEW).encode()),
                            ("m.txt", text(ABORTED).encode())]),
    ],
)  # fmt: skip
def test_where_two_drives_may_be_meant_nothing_is_joined(why: str, files: list[tuple[str, bytes]]) -> None:
    found = joined(*files)
    assert found.identity is None and why in str(found.reasons[0])
    assert found.reading.kind != JOINED


def test_two_files_that_name_the_same_drive_are_no_doubt() -> None:
    found = joined(("s.json", sanitize_log()), ("id.json", id_ctrl()), ("l.json", nvme_list(("nvme0n1", "RNV77A0001"))))  # fmt: skip
    assert serials(found.reading) == ["RNV77A0001"]


@pytest.mark.parametrize("status", [0x101, 0x104])
def test_what_is_joined_is_never_wiped_before_a_person_looked(status: int) -> None:
    found = joined(("s.json", sanitize_log(status=status)), ("id.json", id_ctrl()))
    (run,) = found.reading.wipes
    assert verdict(run).verdict is Verdict.REVIEW


def test_a_failed_sanitize_stays_failed() -> None:
    (run,) = joined(("s.json", sanitize_log(status=3)), ("id.json", id_ctrl())).reading.wipes
    assert verdict(run).verdict is Verdict.FAILED


@pytest.mark.parametrize(
    ("status", "identity"),
    [
        (("s.json", sanitize_log(status=0)), ("id.json", id_ctrl())),
        (("s.txt", hdparm_status(words="")), ("i.txt", hdparm_identity())),
    ],
)
def test_a_drive_that_was_never_sanitized_has_no_attempt(
    status: tuple[str, bytes], identity: tuple[str, bytes]
) -> None:
    (first, _) = opened([status, identity]).files
    assert first.reading.wipes == ()


def test_the_two_files_are_kept_byte_for_byte_and_read_the_same_again() -> None:
    status, identity = ("a/s.json", sanitize_log()), ("a/id.json", id_ctrl())
    first, second = opened([status, identity]).files
    assert unpacked(first.data) == [("s.json", status[1]), ("id.json", identity[1])]
    assert readers.read(first.data, "any name") == first.reading and second.data == identity[1]


def test_the_same_status_of_two_drives_becomes_two_reports() -> None:
    files = [(f"{n}/{name}", data) for n, serial in enumerate(("RNV77A0001", "RNV77A0002"))
             for name, data in (("s.json", sanitize_log()), ("id.json", id_ctrl(serial)))]  # fmt: skip
    found = opened(files).files
    assert len({one.digest for one in found}) == 4
    assert [serials(one.reading) for one in found] == [["RNV77A0001"], [], ["RNV77A0002"], []]


def test_an_identity_that_came_before_in_the_same_go_is_found() -> None:
    (one,) = opened([("a/s.json", sanitize_log())], beside=[("a/id.json", id_ctrl())]).files
    assert serials(one.reading) == ["RNV77A0001"]


@pytest.mark.parametrize(
    "data",
    [
        packed(("s", b"x"), ("i", b"y"))[:-1],
        packed(("s", b"x"), ("i", b"y")) + b"more",
        packed(("s", b"x"), ("i", b"y")),
        packed(("s", packed(("s", b"x"), ("i", b"y"))), ("i", id_ctrl())),
        packed(("s", b""), ("i", b"")).replace(b"0 s", b"9999999999 s"),
    ],
)
def test_a_forged_pair_is_no_report(data: bytes) -> None:
    assert readers.read(data, "pair").kind == readers.UNKNOWN


def test_reading_stops_when_its_time_is_over() -> None:
    times = iter([0.0, 1.0, 99.0, 99.0])
    drop = opened([("a", b"1"), ("b", b"2")], now=lambda: next(times))
    assert [one.name for one in drop.files] == ["a"] and "no time left" in str(drop.refused[0].reason)
