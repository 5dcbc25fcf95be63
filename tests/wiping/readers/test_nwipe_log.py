"""What is read from nwipe's log, whatever its encoding."""

from dataclasses import replace
from datetime import datetime

import pytest

from tests.wiping import reports
from tests.wiping.reports import changed, reading, runs, text, without
from tracker.wiping.readers import source
from tracker.wiping.readings import Medium, Oddity, Verification


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


@pytest.mark.parametrize("serial", ["RSS42A0001", "RSS 42 A0001"])
def test_a_model_that_is_only_a_placeholder_does_not_hide_the_serial(serial: str) -> None:
    run = runs(changed(text(reports.NEW), ("RICO SSD 128", "Unknown"), ("RSS42A0001", serial)))[1, "sda"]
    assert run.model is None
    assert not run.oddities


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


# --- oddities, each by itself: more than one net is spread under a verdict ------------------------------------------

ENUMERATED = "[2026/09/06 09:00:07]    info: Automatically enumerated 2 devices."
INVOKED = "[2026/09/06 09:04:07]  notice: Invoking method 'Fill With Zeros' on /dev/sda"
STATUS_ROW = "       sda | Erased |  300 MB/s | 01:16:00 | RICO SSD 128/RSS42A0001"
ERROR_ROW = "       sda |           0 |                    0 |                    0"


def oddities(content: str, device: str = "sda") -> frozenset[Oddity]:
    """The oddities of one drive in a log of one run."""
    return runs(content)[1, device].oddities


def test_a_good_run_has_no_oddity() -> None:
    for name in reports.NWIPE_LOGS:
        for run in reading(text(name)).wipes:
            assert bool(run.oddities) is (run.serial not in reports.REALLY_WIPED)


@pytest.mark.parametrize(
    ("line", "more"),
    [
        (INVOKED, INVOKED),
        (ENUMERATED, ENUMERATED),
        (INVOKED, INVOKED.replace("Fill With Zeros", "DoD Short")),
    ],
)
def test_lines_that_come_once_in_a_run_and_come_twice_mean_mixed_runs(line: str, more: str) -> None:
    assert Oddity.MIXED_RUNS in oddities(changed(text(reports.NEW), (line, f"{line}\n{more}")))


def test_a_method_that_differs_from_the_result_line_means_mixed_runs() -> None:
    assert Oddity.MIXED_RUNS in oddities(
        changed(text(reports.NEW), ("MB/s, Fill With Zeros, 1R", "MB/s, DoD Short, 1R"))
    )


@pytest.mark.parametrize("row", [STATUS_ROW, ERROR_ROW])
def test_two_rows_for_one_drive_are_odd(row: str) -> None:
    assert Oddity.TWO_ROWS in oddities(changed(text(reports.NEW), (row, f"{row}\n{row}")))


def test_a_cut_name_that_fits_two_drives_is_odd_for_both() -> None:
    log = changed(text(reports.OLD), ("/dev/sda", "/dev/xvme0n1"), ("     sda |", "  vme0n1 |"))
    assert Oddity.TWO_ROWS in oddities(log, "nvme0n1") & oddities(log, "xvme0n1")


def test_a_row_without_found_line_is_odd() -> None:
    assert Oddity.NO_IDENTITY_LINE in oddities(without(text(reports.NEW), "Found /dev/sda"))


def test_lines_of_trouble_are_odd_even_without_the_counts() -> None:
    log = without(text(reports.FAILED), "exited with errors on device", "debug: Status")
    assert Oddity.ERROR_LINES in oddities(log, "sdb")
    assert Oddity.FAILURE_LINES not in oddities(log, "sdb")
    assert Oddity.FAILURE_LINES in oddities(text(reports.FAILED), "sdb")


# --- where a run begins -----------------------------------------------------------------------------------------


def count_runs(content: str) -> int:
    """How many runs with a wipe the log was cut into."""
    return len({run.run for run in reading(content).wipes})


def before(content: str, part: str) -> str:
    """The log up to that part."""
    return content[: content.index(part)]


@pytest.mark.parametrize("name", reports.NWIPE_LOGS)
def test_a_run_cut_while_it_still_looked_for_drives_stays_apart(name: str) -> None:
    """Its drives must not lend their `Found` line to the run after it."""
    searching = before(text(name), "Automatically enumerated")
    found = reading(searching + without(text(name), "Found /dev/sda"))
    assert {run.run for run in found.wipes} == {2}
    assert Oddity.NO_IDENTITY_LINE in found.wipes[-1].oddities | found.wipes[0].oddities


def test_a_second_banner_begins_a_run() -> None:
    stub = "[2026/09/05 08:00:00]    info: nwipe 0.42\n[2026/09/05 08:00:01]  notice: Found /dev/sdz, ATA, X, 1 GB, S/N=RZZ0001\n"
    assert [run.run for run in reading(stub + text(reports.NEW)).wipes] == [2, 2]


@pytest.mark.parametrize(
    "keep", ["Program options are set", "Invoking method", "bios-version", "Automatically enumerated"]
)
def test_after_the_tables_any_line_of_a_wipe_begins_a_run(keep: str) -> None:
    """A second run that lost its first lines is not laid over the first one's drives."""
    second = text(reports.FAILED)
    second = second[second.rindex("\n", 0, second.index(keep)) + 1 :]
    assert count_runs(text(reports.FAILED) + second) == 2


def test_a_drive_found_again_begins_a_run_even_when_everything_between_is_lost() -> None:
    head = before(text(reports.FAILED), "[2026/09/04 09:00:07]    info: Automatically")
    assert {run.run for run in reading(head + text(reports.FAILED)).wipes} == {2}


def test_a_drive_found_after_a_wipe_began_begins_a_run() -> None:
    lines = without(text(reports.FAILED), "enumerated", "-manufacturer", "-version", "-name", "-serial-number", "-uuid", "-type",
                    "Program options")  # fmt: skip
    other = changed(lines, ("/dev/sda", "/dev/sdc"), ("/dev/sdb", "/dev/sdd"))
    assert count_runs(before(lines, "****") + other) == 2


def test_no_more_than_so_many_runs_are_read_and_it_is_said() -> None:
    run = before(text(reports.FAILED), "[2026/09/04 09:01:07]")
    assert any("Only the first 500 runs" in str(note) for note in reading(run * 501).notes)


@pytest.mark.parametrize("limit", ["MOST_LINES", "MOST_TEXT"])
def test_of_a_log_too_long_the_last_run_looked_at_is_left_out_and_it_is_said(
    limit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = text(reports.NEW)
    whole = {"MOST_LINES": log.count("\n"), "MOST_TEXT": len(log.encode())}[limit]
    monkeypatch.setattr(source, limit, whole * 2 - 3)
    found = reading(log + log)
    assert {run.run for run in found.wipes} == {1} and len(found.wipes) == 2
    assert "Only the first 1 runs" in str(found.notes[0])
    monkeypatch.setattr(source, limit, whole * 2 + 1)
    assert {run.run for run in reading(log + log).wipes} == {1, 2}
