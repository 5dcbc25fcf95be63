"""Reports come in: kept, matched, judged, and never counted for the wrong device."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests import make
from tests.wiping.arrivals import (
    NEW_SERIAL,
    NVME,
    SSD,
    arrived,
    drive,
    ends,
    flags,
    is_gone,
    missing,
    move,
    upload,
    wiped_again,
)
from tests.wiping.reports import ABORTED, FAILED, FIXTURES, NEW, OLD, changed, text
from tracker.database import session, transaction
from tracker.devices import particulars
from tracker.devices.codes import Kind
from tracker.devices.lifecycle import Action, Stage
from tracker.errors import Malformed, NotAllowed, RuleBroken
from tracker.history.models import HistoryEntry
from tracker.wiping import queries, release_operations, report_operations, report_queries
from tracker.wiping.models import DriveSighting, ReportFile, Wipe
from tracker.wiping.rules import Verdict

LSHW = (FIXTURES / "lshw_laptop.json").read_text(encoding="utf-8")


def smartctl(serial: str, model: str = "Rico NVMe 512", **more: object) -> str:
    import json

    answer = {"smartctl": {"exit_status": 0}, "device": {"name": "/dev/sda", "protocol": "ATA"},
              "model_name": model, "serial_number": serial, "user_capacity": {"bytes": 512110190592}}  # fmt: skip
    return json.dumps({**answer, **more})


def count(table: type) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def test_a_log_finds_its_computer_by_serial_and_proves_its_drives(app: Flask) -> None:
    device = arrived()
    (one,) = upload(("nwipe.txt", text(NEW)))
    assert one.device == device and one.report.matched_by == "serial"
    assert [line.verdict.verdict for line in one.drives] == [Verdict.WIPED, Verdict.WIPED]
    assert ends(device) == {SSD: "wiped", NVME: "wiped"} and is_gone(device)


def test_the_tag_in_a_folders_name_decides(app: Flask) -> None:
    device = arrived(serial=None)
    (one,) = upload((f"clé/{device.code}/nwipe.txt", text(NEW)))
    assert one.device == device and one.report.matched_by == "tag"
    assert is_gone(device)


def test_a_tag_that_was_replaced_still_names_the_device(app: Flask) -> None:
    device = arrived()
    old = device.code
    with transaction():
        fresh = particulars.mint(Kind.DEVICE)[0]
        particulars.replace_tag(device, fresh.code, make.actor())
    (one,) = upload((f"{old}/nwipe.txt", text(NEW)))
    assert one.device == device and "names another" not in str(one.reason)


def test_a_drive_seen_before_finds_its_computer(app: Flask) -> None:
    device = arrived(serial=None)
    upload(("nvme.json", smartctl(NVME)), device=device)
    (one,) = upload(("nwipe.txt", text(NEW)))
    assert one.device == device and one.report.matched_by == "drive"


def test_a_report_that_nothing_fits_waits_for_a_person(app: Flask) -> None:
    device = arrived(serial="SOMETHING-ELSE")
    (one,) = upload(("nwipe.txt", text(NEW)))
    assert one.device is None and "No device fits" in str(one.reason)
    assert list(report_queries.unmatched()) == [one.report]
    assert count(Wipe) == 0 and not is_gone(device)


def test_two_computers_with_one_serial_go_to_a_person(app: Flask) -> None:
    first, second = arrived(), arrived()
    (one,) = upload(("nwipe.txt", text(NEW)))
    assert one.device is None and set(one.choices) == {first.code, second.code}
    with transaction():
        report_operations.assign(report_queries.report(one.report.id), second, make.actor())
    assert is_gone(second) and not is_gone(first)


def test_the_same_file_twice_adds_nothing(app: Flask) -> None:
    device = arrived()
    upload(("a.txt", text(NEW)))
    before = count(HistoryEntry), count(Wipe), count(ReportFile)
    (again,) = upload(("b.txt", text(NEW)))
    assert again.known and again.device == device
    assert (count(HistoryEntry), count(Wipe), count(ReportFile)) == before


def test_the_same_file_twice_in_one_go_is_kept_once(app: Flask) -> None:
    arrived()
    first, second = upload(("a.txt", text(NEW)), ("copy/a.txt", text(NEW)))
    assert not first.known and second.known and first.report is second.report


def test_a_file_recorded_for_one_device_stays_there(app: Flask) -> None:
    device, other = arrived(), arrived(serial=None)
    upload(("a.txt", text(NEW)))
    (again,) = upload(("a.txt", text(NEW)), device=other)
    assert again.device == device and "stays there" in str(again.reason)
    assert ends(other) == {}


def test_a_report_older_than_the_arrival_does_not_count(app: Flask) -> None:
    device = make.device(serial=NEW_SERIAL)
    (one,) = upload(("nwipe.txt", text(NEW)))
    assert {line.verdict.verdict for line in one.drives} == {Verdict.REVIEW}
    assert not is_gone(device) and ends(device) == {SSD: None, NVME: None}


def test_a_failed_drive_raises_the_flag_and_a_good_wipe_clears_it(app: Flask) -> None:
    device = arrived(serial="RICO034")
    upload(("nwipe.txt", text(FAILED)))
    assert flags(device) == {"wipe_failed"}
    assert ends(device) == {"RHD34A0001": "wiped", "RHD34B0002": None}
    good = changed(text(NEW), ("YLRICO42", "RICO034"), (SSD, "RHD34B0002"), (NVME, "RHD34A0001"))
    upload(("again.txt", good))
    assert flags(device) == set() and is_gone(device)


def test_a_later_failure_takes_the_wipe_back(app: Flask) -> None:
    device = arrived()
    upload(("first.txt", text(NEW)))
    upload(("later.txt", wiped_again(failed=True)))
    assert ends(device) == {SSD: None, NVME: "wiped"}
    assert flags(device) == {"wipe_failed"} and drive(SSD).wiped_by_id is None


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_reports_count_in_the_order_of_the_runs_however_they_come(app: Flask, order: tuple[int, int]) -> None:
    """The first run succeeded, the second failed; the second file holds both runs, as an appended log does."""
    device = arrived()
    files = [("first.txt", text(NEW)), ("both.txt", text(NEW) + "\n" + wiped_again(failed=True))]
    for place in order:
        upload(files[place])
    assert ends(device) == {SSD: None, NVME: "wiped"} and flags(device) == {"wipe_failed"}


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_failure_before_the_good_run_does_not_count_against_it(app: Flask, order: tuple[int, int]) -> None:
    device = arrived()
    files = [("failed.txt", wiped_again("05", failed=True)), ("good.txt", text(NEW))]
    for place in order:
        upload(files[place])
    assert is_gone(device) and flags(device) == set()


def test_a_slow_clock_does_not_hide_the_failure_that_came_after(app: Flask) -> None:
    """Both logs tell a time some minutes before the arrival, which is forgiven; their order must hold."""
    from datetime import UTC, datetime

    device = arrived(at=datetime(2026, 9, 6, 8, 25, tzinfo=UTC))  # the log ends at 10:20 in Paris
    upload(("good.txt", text(NEW)))
    assert is_gone(device)
    failed = changed(wiped_again("06", failed=True), ("10:20:07", "10:21:07"), ("01:16:00", "01:17:00"))
    upload(("failed.txt", failed))
    assert ends(device)[SSD] is None


def test_a_check_that_found_data_takes_the_wipe_back(app: Flask) -> None:
    device = arrived()
    upload(("good.txt", text(NEW)))
    check = changed(wiped_again(), ("Fill With Zeros", "Verify Zeros (0x00)"))
    check = changed(
        check, ("sda |           0 |                    0", "sda |           0 |                    7")
    )
    (one,) = upload(("check.txt", check))
    assert one.drives[0].verdict.verdict is Verdict.REVIEW
    assert ends(device) == {SSD: None, NVME: "wiped"}


def test_a_log_of_another_computer_is_never_counted_silently(app: Flask) -> None:
    """The folder's name says one device, the log another: its own drive may never have been seen."""
    device = arrived(serial="PF0TAGGED")
    (one,) = upload((f"{device.code}/nwipe.txt", text(NEW)))
    assert one.device == device and "names another computer" in str(one.reason)
    assert {line.verdict.verdict for line in one.drives} == {Verdict.REVIEW}
    assert ends(device) == {} and not is_gone(device)
    assert len(queries.strays(device)) == 2 and drive(SSD).wiped_at is None


def test_an_inventory_of_another_computer_shows_no_drives_of_this_one(app: Flask) -> None:
    device = arrived(serial="PF0TAGGED")
    (one,) = upload((f"{device.code}/lshw.json", LSHW))
    assert one.device == device and "names another computer" in str(one.reason)
    assert count(DriveSighting) == 0


def test_a_drive_that_moved_does_not_pull_a_log_to_its_old_computer(app: Flask) -> None:
    old = arrived(serial="OLD-COMPUTER-1")
    upload(("smart.json", smartctl(SSD, "RICO SSD 128")), device=old)
    (one,) = upload(("nwipe.txt", text(NEW)))
    assert one.device is None and one.choices == (old.code,)


def test_the_bar_code_of_a_lenovo_agrees_with_its_firmware(app: Flask) -> None:
    device = arrived(serial="1S20L5S0ABCDYLRICO42")
    (one,) = upload((f"{device.code}/nwipe.txt", text(NEW)))
    assert "names another" not in str(one.reason) and is_gone(device)


def test_a_log_of_several_known_computers_goes_to_each_of_them(app: Flask) -> None:
    first, second = arrived(), arrived(serial="RICO034")
    (one,) = upload(("nwipe.log", text(NEW) + "\n" + text(FAILED)))
    assert one.reason is None or "names another" not in str(one.reason)
    assert ends(first) == {SSD: "wiped", NVME: "wiped"} and is_gone(first)
    assert ends(second) == {"RHD34A0001": "wiped", "RHD34B0002": None} and flags(second) == {"wipe_failed"}
    assert [report.id for report in report_queries.reports_of(second)] == [one.report.id]


def test_a_log_of_several_computers_of_which_one_is_unknown_begins_with_a_person(app: Flask) -> None:
    first = arrived()
    (one,) = upload(("nwipe.log", text(NEW) + "\n" + text(FAILED)))
    assert one.device is None
    with transaction():
        report_operations.assign(report_queries.report(one.report.id), first, make.actor())
    assert is_gone(first) and len(queries.strays(first)) == 2


def test_several_computers_do_not_all_become_a_device_without_serial(app: Flask) -> None:
    device = arrived(serial=None)
    upload((f"{device.code}/nwipe.log", text(NEW) + "\n" + text(FAILED)))
    assert ends(device) == {} and not is_gone(device)


def test_a_drive_that_was_found_but_not_wiped_counts_in_a_log_of_several(app: Flask) -> None:
    device = arrived()
    arrived(serial="RICO034")
    unwiped = (
        "[2026/09/06 09:00:07]  notice: Found /dev/sdc,  ATA    , RICO HD 2T,  2000 GB, S/N=RHD42C0003\n"
    )
    log = text(NEW).replace(
        "[2026/09/06 09:00:07]    info: Automatically",
        unwiped + "[2026/09/06 09:00:07]    info: Automatically",
        1,
    )
    upload(("nwipe.log", log + "\n" + text(FAILED)))
    assert ends(device)["RHD42C0003"] is None and not is_gone(device)


def test_the_boot_stick_and_other_sticks_are_no_part_of_the_computer(app: Flask) -> None:
    device = arrived()
    stick = "[2026/09/06 09:00:07]  notice: Found /dev/sdc,  USB     , SanDisk Ultra,   32 GB, S/N=4C530001STICK\n"
    log = text(NEW).replace(
        "[2026/09/06 09:00:07]    info: Automatically",
        stick + "[2026/09/06 09:00:07]    info: Automatically",
        1,
    )
    upload(("nwipe.log", log))
    assert set(ends(device)) == {SSD, NVME} and is_gone(device)


def test_a_boot_card_in_the_computers_own_reader_is_no_part_of_it(app: Flask) -> None:
    device = arrived("PFRICO38")
    upload(("lshw.json", LSHW.replace("usb@", "mmc@")))
    assert "STICK0001" in LSHW and "STICK0001" not in ends(device) and NVME in ends(device)


def test_a_raid_volume_hides_its_drives_and_blocks(app: Flask) -> None:
    device = arrived(serial=None)
    upload(("smart.json", smartctl("RAIDVOL0042", "PERC H310", vendor="DELL")), device=device)
    assert "hides its drives" in missing(device)
    log = changed(text(NEW), (SSD, "RAIDVOL0042"))
    upload(("nwipe.txt", log), device=device)
    assert not is_gone(device)


def test_two_drives_with_one_serial_are_told_apart_by_place(app: Flask) -> None:
    device = arrived(serial=None)
    twins = (
        "[" + smartctl("SAMESERIAL1") + "," + smartctl("SAMESERIAL1").replace("/dev/sda", "/dev/sdb") + "]"
    )
    upload(("smart.json", twins), device=device)
    assert len(queries.drive_states(device)) == 2


def test_a_device_that_has_left_takes_no_report_and_the_others_go_on(app: Flask) -> None:
    gone, here = arrived(), arrived(serial="RICO034")
    with transaction():
        gone.stage = Stage.DELIVERED
    first, second = upload(("a.txt", text(NEW)), ("b.txt", text(FAILED)))
    assert first.device is None and "record its return first" in str(first.reason)
    assert second.device == here
    with pytest.raises(RuleBroken, match="record its return first"):
        upload(("c.txt", text(OLD)), device=gone)


def test_a_drive_wiped_in_another_computer_counts_here(app: Flask) -> None:
    """The same drive is found in two computers over time: its wipe goes with it."""
    first, second = arrived(), arrived(serial="RICO-SECOND-1")
    upload(("nvme.json", smartctl(SSD)), device=second)
    assert not is_gone(second)
    upload(("nwipe.txt", text(NEW)))
    assert is_gone(second) and is_gone(first)


def test_a_drive_that_came_back_with_one_computer_is_not_done_in_another(app: Flask) -> None:
    """It was wiped, went out and came back in the first; then it was put into the second, which never left."""
    first, second = arrived(), arrived(serial="RICO-SECOND-1")
    upload(("nwipe.txt", text(NEW)))
    move(first, Action.FINISH_WIPING)
    move(first, Action.WIPE_AGAIN, reason="brought back, in short")
    upload(("nvme.json", smartctl(SSD)), device=second)
    assert ends(second) == {SSD: None}


def test_a_failure_elsewhere_blocks_the_computer_that_holds_the_drive(app: Flask) -> None:
    first, second = arrived(), arrived(serial="RICO-SECOND-1")
    upload(("nwipe.txt", text(NEW)))
    upload(("later.txt", changed(wiped_again(failed=True), ("YLRICO42", "RICOSECOND1"))))
    assert flags(first) == {"wipe_failed"} == flags(second) and not is_gone(first)


def test_a_report_given_to_the_wrong_device_is_taken_away_by_a_coordinator(app: Flask) -> None:
    wrong, right = arrived(serial=None), arrived(serial=None)
    (one,) = upload(("nwipe.txt", text(NEW)), device=wrong)
    assert is_gone(wrong)
    with transaction(), pytest.raises(NotAllowed):
        release_operations.release(report_queries.report(one.report.id), make.actor(), "wrong one")
    with transaction():
        release_operations.release(
            report_queries.report(one.report.id), make.actor("coordinator"), "wrong one"
        )
    assert not is_gone(wrong) and drive(SSD).wiped_at is None
    with transaction():
        report_operations.assign(report_queries.report(one.report.id), right, make.actor())
    assert is_gone(right)


def test_a_report_that_is_not_ours_is_set_aside_with_a_word_of_why(app: Flask) -> None:
    (one,) = upload(("nwipe.txt", text(NEW)))
    with transaction(), pytest.raises(Malformed):
        report_operations.dismiss(report_queries.report(one.report.id), make.actor(), " ")
    with transaction():
        report_operations.dismiss(report_queries.report(one.report.id), make.actor(), "a friend's computer")
    assert list(report_queries.unmatched()) == [] and report_queries.count_unmatched() == 0


def test_records_that_are_one_device_share_what_was_seen(app: Flask) -> None:
    kept, gone = arrived(), arrived(serial=None)
    upload(("smart.json", smartctl("EXTRA0001X")), device=gone)
    upload(("nwipe.txt", text(ABORTED)), device=gone)
    with transaction():
        particulars.merge(kept, gone, make.actor())
    assert set(ends(kept)) == {"EXTRA0001X", "RSS38A0001", "RHD38B0002"}
    assert flags(kept) == {"wipe_failed"} and len(report_queries.reports_of(kept)) == 2


def test_too_many_files_are_refused_in_one_sentence(app: Flask) -> None:
    with pytest.raises(Malformed, match="at a time"):
        upload(*[(f"{n}.txt", f"file {n}") for n in range(report_operations.MOST_FILES + 1)])
    assert count(ReportFile) == 0


def test_a_log_with_thousands_of_runs_is_not_judged(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report_operations, "MOST_ATTEMPTS", 3)
    device = arrived()
    (one,) = upload(("nwipe.txt", text(NEW) + "\n" + wiped_again()))
    assert one.device is None and "Start a new log" in str(one.reason)
    with transaction(), pytest.raises(RuleBroken, match="Start a new log"):
        report_operations.assign(report_queries.report(one.report.id), device, make.actor())
    assert not is_gone(device)


def test_an_association_uploads_nothing(app: Flask) -> None:
    with pytest.raises(NotAllowed):
        upload(("a.txt", text(NEW)), by=make.actor("association"))
