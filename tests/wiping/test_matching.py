"""Which device a report belongs to."""

from tracker.wiping.matching import Candidate, match_hints
from tracker.wiping.readings import ComputerSeen, DriveSeen, ReportReading, WipeRun

READING = ReportReading(
    "nwipe_log",
    computer=ComputerSeen(serial="YL-RICO-42", other_serials=("45RICO42", "System Serial Number")),
    drives=(
        DriveSeen("/dev/sda", serial="RSS42A0001"),
        DriveSeen("/dev/sdb", serial="STICK0001", boot_stick=True),
    ),
    wipes=(WipeRun("/dev/sda", "nwipe", serial="RSS42A0001"),),
)
LAPTOP = Candidate("BCDFGHJK", frozenset({"YLRICO42"}))
OTHER = Candidate("CDFGHJKB", frozenset({"SOMETHINGELSE"}), frozenset({"RSS42A0001"}))


def code_in(name: str) -> str | None:
    """A stand-in for the real finder: the first word of eight capitals."""
    return next((word for word in name.replace("/", " ").split() if len(word) == 8 and word.isupper()), None)


def test_the_tag_in_the_name_comes_first() -> None:
    match = match_hints(READING, [LAPTOP, OTHER], "stick/BCDFGHJK/nwipe.log", code_in)
    assert (match.code, match.matched_by) == ("BCDFGHJK", "tag")


def test_the_tag_outranks_the_serial_and_the_disagreement_is_said() -> None:
    match = match_hints(READING, [LAPTOP, OTHER], "CDFGHJKB/nwipe.log", code_in)
    assert (match.code, match.matched_by) == ("CDFGHJKB", "tag")
    assert "BCDFGHJK" in str(match.reason)


def test_a_tag_that_belongs_to_nothing_is_not_replaced_by_a_guess() -> None:
    match = match_hints(READING, [LAPTOP], "FGHJKLNP/nwipe.log", code_in)
    assert match.code is None
    assert match.hints == ("BCDFGHJK",)


def test_the_computers_serial_finds_it_however_it_is_written() -> None:
    match = match_hints(READING, [LAPTOP, Candidate("FGHJKLNP", frozenset({"UNRELATED1"}))])
    assert (match.code, match.matched_by) == ("BCDFGHJK", "serial")


def test_two_devices_with_the_serial_go_to_a_person() -> None:
    twin = Candidate("DFGHJKBC", frozenset({"45RICO42"}))
    match = match_hints(READING, [LAPTOP, twin])
    assert match.code is None
    assert match.hints == ("BCDFGHJK", "DFGHJKBC")
    assert "BCDFGHJK, DFGHJKBC" in str(match.reason)


def test_a_drive_is_a_hint_when_the_computer_is_not_known() -> None:
    match = match_hints(READING, [OTHER])
    assert (match.code, match.matched_by) == ("CDFGHJKB", "drive")


def test_a_drive_that_moved_does_not_pull_the_report_to_its_old_computer() -> None:
    match = match_hints(READING, [LAPTOP, OTHER])
    assert (match.code, match.matched_by) == ("BCDFGHJK", "serial")
    assert match.hints == ("BCDFGHJK", "CDFGHJKB")


def test_placeholders_and_the_boot_stick_match_nothing() -> None:
    stick = Candidate("DFGHJKBC", frozenset({"SYSTEMSERIALNUMBER"}), frozenset({"STICK0001"}))
    match = match_hints(READING, [stick])
    assert (match.code, match.hints) == (None, ())


def test_a_report_without_a_computer_still_finds_its_drive() -> None:
    match = match_hints(ReportReading("smartctl", drives=(DriveSeen(serial="RSS42A0001"),)), [LAPTOP, OTHER])
    assert match.code == "CDFGHJKB"
