"""Real report files, where the samples folder stands beside the checkout: each is read, none is believed too easily.

`real/README.tsv` gives, for each drive of each run, what was expected of it. The folder is not part of the
repository; where it is missing these tests are skipped and say so.
"""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from tracker.wiping.readers import UNKNOWN, read
from tracker.wiping.readings import ReportReading
from tracker.wiping.rules import Verdict, verdict, verdicts

ROOT = Path(__file__).parents[2]
SAMPLES = next((folder for folder in (ROOT.parent / "shared" / "samples",) if folder.is_dir()), None)

pytestmark = pytest.mark.skipif(SAMPLES is None, reason="no ../shared/samples folder beside the checkout")

EXPECTED = {
    "wiped_verified": {Verdict.WIPED},
    "wiped_verified but unidentified": {Verdict.REVIEW},
    "failed": {Verdict.FAILED},
    "aborted": {Verdict.FAILED},
    "incomplete": {Verdict.FAILED},
    "not_a_wipe(verify-only)": {Verdict.INFO},
    "not_a_wipe(verify-only, failed)": {Verdict.REVIEW},
}
NOT_REPORTS = ("MANIFEST.tsv", "README.tsv")
KINDS = {
    "lshw": {"lshw"}, "dmidecode": {"dmidecode"}, "inxi": {"inxi"}, "lsblk": {"lsblk"}, "smartctl": {"smartctl"},
    "nvme": {"nvme_list"}, "upower": {"upower"},
}  # fmt: skip
READ_BY_NOBODY = {
    # Plain tables for people, the terminal form of inxi, and two smartctl files with nothing in them.
    "lsblk/jc_centos-7.7_lsblk-allcols.out.txt", "lsblk/jc_centos-7.7_lsblk.out.txt",
    "lsblk/jc_ubuntu-18.04_lsblk-allcols.out.txt", "inxi/local_inxi_Fxxx.txt",
    "smartctl/peracotta_77_smartctl.txt", "smartctl/peracotta_workstation_smartctl.txt",
}  # fmt: skip


def files() -> Iterator[Path]:
    """Every sample that may be a report."""
    assert SAMPLES is not None
    return (path for path in sorted(SAMPLES.rglob("*")) if path.is_file() and path.name not in NOT_REPORTS)


def rows(name: str) -> list[dict[str, str]]:
    """The rows of one of the tables."""
    assert SAMPLES is not None
    with (SAMPLES / name).open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table, delimiter="\t"))


def read_sample(name: str) -> ReportReading:
    """The reading of one sample."""
    assert SAMPLES is not None
    return read((SAMPLES / name).read_bytes(), name)


def test_every_sample_is_read_and_says_something_in_words() -> None:
    count = 0
    for path in files():
        found = read(path.read_bytes(), str(path))
        count += 1
        said = [str(note) for note in found.notes] + [
            str(reason) for _, word in verdicts(found) for reason in word.reasons
        ]
        assert found.computer or said, path
        assert all(said), path
        assert not any("damaged" in sentence for sentence in said), (path, said)
    assert count > 400


def test_every_expected_verdict_holds() -> None:
    wrong = []
    for row in rows("real/README.tsv"):
        if not row["log"].startswith("("):
            run = next(
                run
                for run in read_sample(f"real/{row['log']}").wipes
                if (str(run.run), run.device) == (row["session"], row["device"])
            )
            if verdict(run).verdict not in EXPECTED[row["expected_verdict"]]:
                wrong.append((row["log"], row["device"], row["expected_verdict"], verdict(run)))
    assert wrong == []


def test_no_run_is_read_that_the_table_does_not_know() -> None:
    known: dict[str, set[tuple[str, str]]] = {}
    for row in rows("real/README.tsv"):
        known.setdefault(row["log"], set()).add((row["session"], row["device"]))
    for log, places in known.items():
        if not log.startswith("("):
            assert {(str(run.run), run.device) for run in read_sample(f"real/{log}").wipes} == places


def test_serials_methods_and_computers_are_read_as_the_table_has_them() -> None:
    for row in rows("real/README.tsv"):
        if row["log"].startswith("("):
            continue
        found = read_sample(f"real/{row['log']}")
        run = next(
            run for run in found.wipes if (str(run.run), run.device) == (row["session"], row["device"])
        )
        assert run.serial == row["serial_in_log"]
        assert run.status == (None if row["status_printed"] == "(none)" else row["status_printed"])
        assert row["nwipe_banner"] in ("", run.version)
        if row["host_serial_in_log"] != "(none in log)":
            assert run.host is not None
            assert run.host.serial == row["host_serial_in_log"]


def test_drives_without_a_wipe_report_are_wiped_by_none() -> None:
    absent = {row["serial_in_log"] for row in rows("real/README.tsv") if row["log"].startswith("(")}
    for path in files():
        for run in read(path.read_bytes(), str(path)).wipes:
            assert run.serial not in absent or verdict(run).verdict is not Verdict.WIPED


def test_only_nwipe_logs_make_a_drive_wiped() -> None:
    for path in files():
        found = read(path.read_bytes(), str(path))
        if any(verdict(run).verdict is Verdict.WIPED for run in found.wipes):
            assert found.kind == "nwipe_log", path


def test_every_format_of_the_manifest_is_recognised() -> None:
    for row in rows("MANIFEST.tsv"):
        if row["format"] in KINDS and row["file"] not in READ_BY_NOBODY:
            assert read_sample(row["file"]).kind in KINDS[row["format"]], row["file"]


def test_files_nobody_reads_are_said_to_be_so() -> None:
    for name in READ_BY_NOBODY:
        assert read_sample(name).kind == UNKNOWN
        assert "not of a known format" in str(read_sample(name).notes[0])


CONSTRUCTED = {
    "SYNTH_nwipe_v0.34_01_one_hdd_erased_verified.txt": [Verdict.WIPED],
    "SYNTH_nwipe_v0.34_02_two_drives_one_failed.txt": [Verdict.WIPED, Verdict.FAILED],
    "SYNTH_nwipe_v0.34_16_crlf_copy.txt": [Verdict.WIPED],
    "SYNTH_nwipe_v0.38_03_aborted_by_user.txt": [Verdict.FAILED],
    "SYNTH_nwipe_v0.38_06_quiet_anonymised.txt": [Verdict.REVIEW, Verdict.REVIEW],
    "SYNTH_nwipe_v0.38_12_two_sessions_appended_same_drive.txt": [Verdict.FAILED, Verdict.WIPED],
    "SYNTH_nwipe_v0.40_07_no_verify_no_blank.txt": [Verdict.UNVERIFIED],
    "SYNTH_nvme-cli_2.x_sanitize-log_completed.json": [Verdict.REVIEW],
    "SYNTH_nvme-cli_2.x_sanitize-log_failed.json": [Verdict.FAILED],
    "SYNTH_hdparm_sanitize-status_idle_ok.txt": [],
}


@pytest.mark.parametrize("name", CONSTRUCTED)
def test_the_constructed_samples_are_judged_as_their_names_say(name: str) -> None:
    assert [verdict(run).verdict for run in read_sample(f"constructed/{name}").wipes] == CONSTRUCTED[name]


# --- what the manifest calls peculiar ---------------------------------------------------------------------------


def test_serials_that_were_masked_or_made_up_match_nothing() -> None:
    for row in rows("MANIFEST.tsv"):
        if row["format"] == "smartctl" and any(
            word in row["peculiar"] for word in ("masked", '"yes"', "Volume1")
        ):
            assert [drive.serial_key for drive in read_sample(row["file"]).drives] == [None], row["file"]


def test_a_raid_volume_and_an_ill_drive_are_told() -> None:
    assert read_sample("smartctl/scrutiny_smart-raid.json").drives[0].hides_drives
    assert read_sample("smartctl/peracotta_smartctl_test0.txt").drives[0].healthy is False
    assert read_sample("smartctl/peracotta_smartctl_smart_disabled.txt").drives[0].healthy is None


def test_invalid_and_listed_lshw_files_are_read() -> None:
    debian11 = read_sample("real/19-desktop-debian11-v030/hardware/lshw.json")
    assert debian11.computer is not None
    assert debian11.computer.serial == "CZC0FIC004"
    assert [drive.serial for drive in debian11.drives] == ["Z4YFICT19"]
    assert read_sample("lshw/local_debian12_lshw_class_disk.json").drives[0].device == "/dev/vda"


def test_the_boot_stick_is_marked_by_both_tools_that_list_it() -> None:
    for tool in ("lshw", "lsblk"):
        drives = read_sample(f"real/18-usb-sticks-and-bridge-v038/from_stick/hw/{tool}.json").drives
        assert [drive.device for drive in drives if drive.boot_stick] == ["/dev/sdb"]


def test_battery_health_is_read_from_upower() -> None:
    computer = read_sample("upower/jc_generic_upower-i-c-locale.out.txt").computer
    assert computer is not None
    assert computer.battery_percent == 85


def test_no_network_address_is_kept_from_any_sample() -> None:
    for path in files():
        assert "00:00:5e:00:53" not in repr(read(path.read_bytes(), "x"))
