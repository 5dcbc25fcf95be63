"""What is read from nwipe's log, whatever its encoding."""

from dataclasses import replace
from datetime import datetime

import pytest

from tests.wiping import reports
from tests.wiping.reports import changed, reading, runs, text
from tracker.wiping.readings import Medium, Verification


@pytest.mark.parametrize(
    ("name", "layout", "version"),
    [
        (reports.OLD, "0.30", None),
        (reports.FAILED, "0.34", "0.33"),
        (reports.ABORTED, "0.38", "0.38"),
        (reports.NEW, "0.42", "0.42"),
    ],
)
def test_the_layout_is_read_and_the_version_is_only_a_label(
    name: str, layout: str, version: str | None
) -> None:
    assert {(run.layout, run.version) for run in reading(text(name)).wipes} == {(layout, version)}


def test_the_facts_of_a_run_are_read_whole() -> None:
    run = runs(text(reports.NEW))[1, "sda"]
    assert replace(run, host=None, oddities=frozenset()) == replace(
        run,
        host=None,
        oddities=frozenset(),
        device="/dev/sda",
        tool="nwipe",
        serial="RSS42A0001",
        model="RICO SSD 128",
        medium=Medium.SSD,
        size_bytes=128035676160,
        run=1,
        method="Fill With Zeros",
        rounds=1,
        blanking=True,
        verification=Verification.LAST,
        status="Erased",
        pass_errors=0,
        verify_errors=0,
        sync_errors=0,
        bytes_erased=128035676160,
        bytes_total=128035676160,
    )
    assert str(run.started) == "2026-09-06 09:04:07"
    assert str(run.finished) == "2026-09-06 10:20:07"
    assert isinstance(run.finished, datetime)
    assert run.finished.tzinfo is None
    assert not run.oddities


def test_the_computer_is_read_and_placeholders_are_not() -> None:
    computer = reading(text(reports.ABORTED)).computer
    assert computer is not None
    assert (computer.manufacturer, computer.model) == ("LENOVO", "ThinkPad Ricochet 5")
    assert (computer.serial, computer.type_guess) == ("PFRICO38", "laptop")
    assert computer.serial_keys == {"PFRICO38", "L1RICO38"}
    assert reading(text(reports.NEW)).computer.model == "ESPRIMO R42"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("name", "media"),
    [
        (reports.OLD, {"sda": Medium.UNKNOWN, "nvme0n1": Medium.NVME}),
        (reports.ABORTED, {"sda": Medium.SSD, "sdb": Medium.HDD}),
    ],
)
def test_plain_ata_is_a_hard_disk_only_where_the_tool_tells_them_apart(
    name: str, media: dict[str, Medium]
) -> None:
    assert {device: run.medium for (_, device), run in runs(text(name)).items()} == media


def test_a_model_with_a_slash_does_not_break_the_row() -> None:
    assert "RICO HD 500/A/RHD30A0001" in text(reports.OLD)
    assert runs(text(reports.OLD))[1, "sda"].model == "RICO HD 500/A"


@pytest.mark.parametrize("serial", ["(S/N: unknown)", "[No Information Foun", "WD-1 2/3"])
def test_serials_are_kept_as_the_file_says_them(serial: str) -> None:
    run = runs(changed(text(reports.NEW), ("RSS42A0001", serial)))[1, "sda"]
    assert run.serial == serial


def test_an_empty_serial_is_none() -> None:
    assert runs(changed(text(reports.NEW), ("S/N=RSS42A0001", "S/N=")))[1, "sda"].serial is None


ENCODINGS = ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be")


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("name", reports.NWIPE_LOGS)
def test_a_copy_in_another_encoding_says_the_same(name: str, encoding: str) -> None:
    assert reading(text(name).encode(encoding)) == reading(text(name))


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_a_copy_with_other_line_ends_says_the_same(end: str) -> None:
    assert reading(text(reports.FAILED).replace("\n", end)) == reading(text(reports.FAILED))


def test_a_log_that_wiped_nothing_says_so() -> None:
    log = text(reports.NEW)
    found = reading(log[: log.index("[2026/09/06 09:03:07]")])
    assert found.wipes == ()
    assert [drive.serial for drive in found.drives] == ["RSS42A0001", "RNV42B0002"]
    assert "no wipe" in str(found.notes[0])


def test_a_run_without_smbios_has_no_computer() -> None:
    lines = [
        line for line in text(reports.NEW).split("\n") if "system-" not in line and "chassis-" not in line
    ]
    lines = [line for line in lines if "baseboard-" not in line and "processor-" not in line]
    assert reading("\n".join(lines)).computer is None
