"""When a whole nwipe log proves a wipe: every trap seen in real runs, on the logs written for these tests."""

import pytest

from tests.wiping import reports
from tests.wiping.reports import changed, judged, runs, text, without, word
from tracker.wiping.verdicts import Verdict, verdict, verdicts


@pytest.mark.parametrize("name", reports.NWIPE_LOGS)
def test_every_layout_gives_exactly_the_drives_that_were_wiped(name: str) -> None:
    found = {run.serial: verdict(run).verdict for run in reports.reading(text(name)).wipes}
    assert len(found) == 2
    for serial, judgement in found.items():
        assert judgement is (Verdict.WIPED if serial in reports.REALLY_WIPED else Verdict.FAILED)


def test_success_lines_do_not_save_a_failed_drive() -> None:
    assert "[SUCCESS] Blanked device /dev/sdb" in text(reports.FAILED)
    assert word(text(reports.FAILED), "sdb") is Verdict.FAILED


def test_a_power_cut_leaves_no_wiped_drive() -> None:
    log = text(reports.NEW)
    cut = log[: log.index("*" * 10)]
    assert "[SUCCESS] Blanked device /dev/sda" in cut
    assert {word(cut, "sda"), word(cut, "nvme0n1")} == {Verdict.FAILED}


def test_the_last_line_decides_nothing() -> None:
    log = changed(
        text(reports.ABORTED), ("Nwipe was aborted by the user. Check", "Nwipe successfully completed. Check")
    )
    assert word(log, "sda") is Verdict.WIPED
    assert word(log, "sdb") is Verdict.FAILED


@pytest.mark.parametrize("status", ["-FAILED-", "UABORTED", "INSANITY", " Erasing", "Erased?"])
def test_only_the_word_erased_can_be_believed(status: str) -> None:
    assert word(changed(text(reports.NEW), ("sda | Erased |", f"sda |{status}|")), "sda") is not Verdict.WIPED


def test_a_forged_status_is_contradicted_by_the_counts_and_by_the_lines() -> None:
    log = changed(text(reports.FAILED), ("!      sdb |-FAILED-|", "       sdb | Erased |"))
    assert word(log, "sdb") is Verdict.FAILED
    log = changed(
        log,
        (
            "!      sdb |           0 |                    0 |                    3",
            "       sdb |           0 |                    0 |                    0",
        ),
    )
    assert word(log, "sdb") is not Verdict.WIPED


def test_a_forged_abort_is_contradicted_by_the_missing_end_of_the_round() -> None:
    log = changed(text(reports.ABORTED), ("!      sdb |UABORTED|", "       sdb | Erased |"))
    assert word(log, "sdb") is Verdict.REVIEW


def test_an_erased_row_with_a_flag_is_odd() -> None:
    assert (
        word(changed(text(reports.NEW), ("       sda | Erased", "!      sda | Erased")), "sda")
        is Verdict.REVIEW
    )


def test_a_wipe_that_never_began_is_not_believed() -> None:
    assert (
        word(without(text(reports.NEW), "Invoking method 'Fill With Zeros' on /dev/sda"), "sda")
        is Verdict.REVIEW
    )


def test_a_row_without_a_found_line_names_no_drive() -> None:
    assert word(without(text(reports.NEW), "Found /dev/sda"), "sda") is Verdict.REVIEW


def test_the_tables_serial_must_be_that_of_the_found_line() -> None:
    assert (
        word(changed(text(reports.NEW), ("RICO SSD 128/RSS42A0001", "RICO SSD 128/RSS42A0009")), "sda")
        is Verdict.REVIEW
    )
    assert word(changed(text(reports.NEW), ("S/N=RSS42A0001", "S/N=A0001")), "sda") is Verdict.REVIEW
    assert word(
        changed(text(reports.NEW), ("sda has serial number RSS42A0001", "sda has serial number OTHER77")),
        "sda",
    ) is (Verdict.REVIEW)


def test_two_drives_with_one_serial_are_for_a_person() -> None:
    log = changed(text(reports.NEW), ("RNV42B0002", "RSS42A0001"))
    assert {word(log, "sda"), word(log, "nvme0n1")} == {Verdict.REVIEW}


def test_masked_serials_identify_nothing() -> None:
    log = changed(
        text(reports.NEW), ("RSS42A0001", "XXXXXXXXXXXXXXXXXXXX"), ("RNV42B0002", "????????????????????")
    )
    assert {word(log, "sda"), word(log, "nvme0n1")} == {Verdict.REVIEW}


def test_a_table_row_that_ends_in_garbage_bytes_is_read() -> None:
    log = changed(text(reports.NEW), ("RSS42A0001", "[No Information Foun")).encode()
    log = log.replace(b"RICO SSD 128/[No Information Foun", b"RICO SSD 128/[No Information Foun\xff\x7f")
    assert word(log, "sda") is Verdict.REVIEW
    assert word(log, "nvme0n1") is Verdict.WIPED


@pytest.mark.parametrize(
    ("warning", "drives"),
    [
        (" *** HIDDEN SECTORS DETECTED ! *** on /dev/sda", {"sda"}),
        (
            "HIDDEN SECTORS INDETERMINATE! on /dev/sda, Some USB adapters & memory sticks don't support",
            {"sda"},
        ),
        (" *** HIDDEN SECTORS DETECTED ! ***", {"sda", "nvme0n1"}),
    ],
)
def test_hidden_sectors_are_for_a_person(warning: str, drives: set[str]) -> None:
    line = "[2026/09/06 09:00:07]    info: Automatically enumerated 2 devices."
    log = changed(text(reports.NEW), (line, f"[2026/09/06 09:00:07] warning: {warning}\n{line}"))
    assert {name for name in ("sda", "nvme0n1") if word(log, name) is Verdict.REVIEW} == drives


def test_a_missing_line_in_a_table_is_for_a_person() -> None:
    log = text(reports.NEW)
    assert word(
        changed(log, ("       sda |           0 |                    0 |                    0\n", "")), "sda"
    ) is (Verdict.REVIEW)
    assert word(
        changed(log, ("       sda |      128035676160 |     128035676160 |           100.00%\n", "")), "sda"
    ) is (Verdict.REVIEW)


def test_a_table_that_is_missing_whole_is_for_a_person() -> None:
    log = text(reports.FAILED)
    cut = (
        log[: log.index("******************************** Error")]
        + log[log.index("********************************* Drive") :]
    )
    assert word(cut, "sda") is Verdict.REVIEW


def test_fewer_bytes_than_the_drive_holds_is_a_failure() -> None:
    table = "       sda |      128035676160 |     128035676160"
    assert word(
        changed(text(reports.NEW), (table, "       sda |      128035676159 |     128035676160")), "sda"
    ) is (Verdict.FAILED)
    pass_line = "320072933376 bytes written to /dev/sda"
    assert (
        word(changed(text(reports.FAILED), (pass_line, "100 bytes written to /dev/sda")), "sda")
        is Verdict.FAILED
    )


def test_the_oldest_layout_must_show_every_byte_because_it_counts_no_errors() -> None:
    log = text(reports.OLD)
    assert word(log, "sda") is Verdict.WIPED
    assert word(without(log, "bytes written to /dev/sda"), "sda") is Verdict.REVIEW
    assert word(without(log, "/dev/sda, sect/blk/dev"), "sda") is Verdict.REVIEW
    assert word(without(log, "Finished final round 1 of 1 on /dev/sda"), "sda") is Verdict.REVIEW


def test_the_oldest_layout_cuts_names_and_the_row_still_finds_its_drive() -> None:
    assert "  vme0n1 | Erased" in text(reports.OLD)
    assert word(text(reports.OLD), "nvme0n1") is Verdict.WIPED


@pytest.mark.parametrize(
    ("label", "lines_gone", "expected"),
    [
        ("1R+B+NV", (), Verdict.UNVERIFIED),
        ("1R+NB+NV", (), Verdict.UNVERIFIED),
        ("1R+B+VL", ("Verified that /dev/sda",), Verdict.UNVERIFIED),
        ("1R+B+VL", (), Verdict.WIPED),
    ],
)
def test_an_unverified_wipe_is_called_so(label: str, lines_gone: tuple[str, ...], expected: Verdict) -> None:
    log = changed(text(reports.NEW), ("1R+B+VL", label))
    assert word(without(log, *lines_gone) if lines_gone else log, "sda") is expected


def test_options_and_result_line_that_disagree_give_the_weaker_verification() -> None:
    log = changed(text(reports.NEW), ("verify       = 1 (last pass)", "verify       = 0 (off)"))
    assert word(log, "sda") is Verdict.UNVERIFIED


def test_a_random_fill_checked_on_its_blanking_pass_only_is_verified() -> None:
    log = changed(text(reports.NEW), ("Fill With Zeros", "PRNG Stream"))
    assert word(log, "sda") is Verdict.WIPED


def test_errors_of_another_drive_do_not_stain_this_one() -> None:
    assert word(text(reports.FAILED), "sda") is Verdict.WIPED


def test_a_warning_before_the_wipe_is_no_error_of_the_wipe() -> None:
    line = "[2026/09/06 09:00:07]    info: Automatically enumerated 2 devices."
    warning = "[2026/09/06 09:00:07] warning: Smartctl is unable to provide smart data for /dev/sda"
    assert word(changed(text(reports.NEW), (line, f"{warning}\n{line}")), "sda") is Verdict.WIPED


def test_a_sanitize_that_nwipe_started_prints_erased_even_when_it_failed() -> None:
    """nwipe prints `Erased` with no error for a sanitize command the drive refused (its `method.c`, 2026)."""
    method = "Sanitize Crypto Erase (ATA/SCSI/NVMe)"
    log = without(
        text(reports.NEW),
        "on /dev/sda",
        "Blanking device /dev/sda",
        "Verifying that",
        "bytes written",
        "bytes read",
    )
    log = changed(log, ("Fill With Zeros", method))
    line = "******************************** Error Summary"
    asked = "[2026/09/06 09:04:07]  notice: Attempting NVMe Sanitize Crypto Erase on /dev/sda (ATA)."
    refused = "[2026/09/06 09:04:08]   error: Sanitize Crypto Erase failed on /dev/sda."
    done = "[2026/09/06 09:04:08]  notice: Sanitize Crypto Erase completed on /dev/sda."
    assert word(changed(log, (line, f"{asked}\n{refused}\n{line}")), "sda") is Verdict.FAILED
    assert word(changed(log, (line, f"{asked}\n{done}\n{line}")), "sda") is Verdict.REVIEW


def test_a_drive_found_but_not_wiped_is_only_seen() -> None:
    log = without(text(reports.NEW), "Invoking method 'Fill With Zeros' on /dev/sda", "       sda |")
    found = {seen.serial: judgement.verdict for seen, judgement in verdicts(reports.reading(log))}
    assert found == {"RSS42A0001": Verdict.INFO, "RNV42B0002": Verdict.WIPED}


# --- several runs in one file -----------------------------------------------------------------------------------


def test_each_run_of_an_appended_log_is_judged_by_itself() -> None:
    good = changed(text(reports.FAILED), ("RHD34A0001", "RHD34B0002"), ("RICO HD 320", "RICO HD 250"))
    both = text(reports.FAILED) + good
    found = {place: verdict(run).verdict for place, run in runs(both).items()}
    assert found[1, "sdb"] is Verdict.FAILED
    assert found[1, "sda"] is Verdict.WIPED
    assert set(found) == {(1, "sda"), (1, "sdb"), (2, "sda"), (2, "sdb")}


def test_a_failed_run_after_a_good_one_stays_failed() -> None:
    failed = changed(
        text(reports.NEW),
        ("       sda | Erased |", "!      sda |-FAILED-|"),
        ("[2026/09/06", "[2026/09/07"),
    )
    found = {place: verdict(run).verdict for place, run in runs(text(reports.NEW) + failed).items()}
    assert (found[1, "sda"], found[2, "sda"]) == (Verdict.WIPED, Verdict.FAILED)


@pytest.mark.parametrize("first", reports.NWIPE_LOGS)
@pytest.mark.parametrize("second", reports.NWIPE_LOGS)
def test_a_cut_run_takes_nothing_from_the_run_after_it(first: str, second: str) -> None:
    log = text(first)
    cut = log[: log.index("*" * 10)]
    found = runs(cut + text(second))
    assert {verdict(run).verdict for (number, _), run in found.items() if number == 1} == {Verdict.FAILED}
    again = {
        run.serial
        for (number, _), run in found.items()
        if number == 2 and verdict(run).verdict is Verdict.WIPED
    }
    assert again == {
        run.serial for run in runs(text(second)).values() if verdict(run).verdict is Verdict.WIPED
    }


def test_runs_of_several_computers_give_no_computer_and_say_so() -> None:
    reading = reports.reading(text(reports.FAILED) + text(reports.NEW))
    assert reading.computer is None
    assert any("several computers" in str(note) for note in reading.notes)
    assert [run.host.serial for run in reading.wipes if run.host] == [
        "RICO034",
        "RICO034",
        "YLRICO42",
        "YLRICO42",
    ]


def test_one_computer_wiped_twice_is_still_one_computer() -> None:
    reading = reports.reading(text(reports.NEW) * 2)
    assert reading.computer is not None
    assert reading.computer.serial == "YLRICO42"


def test_every_verdict_of_every_fixture_has_a_reason() -> None:
    for name in reports.NWIPE_LOGS:
        for device in ("sda", "sdb", "nvme0n1"):
            if (1, device) in runs(text(name)):
                assert judged(text(name), device).reasons
