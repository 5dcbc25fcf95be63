"""When one run proves a wipe, and every way in which it does not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tracker.wiping.readings import Oddity, Verification, WipeRun
from tracker.wiping.verdicts import _ODDITIES, StickClock, Verdict, happened_at, verdict


def local(*parts: int) -> datetime:
    """A moment as nwipe prints it, without zone."""
    return datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001


GOOD = WipeRun(
    device="/dev/sda",
    tool="nwipe",
    serial="RHD34A0001",
    method="DoD Short",
    verification=Verification.LAST,
    status="Erased",
    pass_errors=0,
    verify_errors=0,
    sync_errors=0,
    started=local(2026, 9, 4, 9, 4),
    finished=local(2026, 9, 4, 13, 30),
)


def test_a_run_without_any_doubt_is_wiped_and_says_how() -> None:
    judgement = verdict(GOOD)
    assert judgement.verdict is Verdict.WIPED
    assert "DoD Short" in str(judgement.reasons[0])


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"status": None}, Verdict.FAILED),
        ({"status": "-FAILED-"}, Verdict.FAILED),
        ({"status": "UABORTED"}, Verdict.FAILED),
        ({"status": "INSANITY"}, Verdict.FAILED),
        ({"status": "Wiped"}, Verdict.REVIEW),
        ({"status": "ERASED"}, Verdict.REVIEW),
        ({"pass_errors": 1}, Verdict.FAILED),
        ({"verify_errors": 1}, Verdict.FAILED),
        ({"sync_errors": 1}, Verdict.FAILED),
        ({"bytes_erased": 10, "bytes_total": 11}, Verdict.FAILED),
        ({"bytes_erased": 12, "bytes_total": 11}, Verdict.REVIEW),
        ({"bytes_erased": 0, "bytes_total": 0}, Verdict.REVIEW),
        ({"bytes_erased": None, "bytes_total": 11}, Verdict.REVIEW),
        ({"serial": None}, Verdict.REVIEW),
        ({"serial": "(S/N: unknown)"}, Verdict.REVIEW),
        ({"method": None}, Verdict.REVIEW),
        ({"method": "Some New Method"}, Verdict.REVIEW),
        ({"method": "Sanitize Crypto Erase (ATA/SCSI/NVMe)"}, Verdict.REVIEW),
        ({"method": "Secure Erase (ATA/NVMe)"}, Verdict.REVIEW),
        ({"verification": Verification.NONE}, Verdict.UNVERIFIED),
        ({"verification": None}, Verdict.UNVERIFIED),
    ],
)
def test_one_thing_wrong_is_enough(change: dict[str, object], expected: Verdict) -> None:
    judgement = verdict(replace(GOOD, **change))  # type: ignore[arg-type]
    assert judgement.verdict is expected
    assert judgement.reasons


def test_what_was_left_on_a_drive_is_said_as_people_say_it() -> None:
    short = replace(GOOD, bytes_erased=500_107_862_016, bytes_total=1_000_204_886_016)
    (reason,) = verdict(short).reasons
    assert str(reason).startswith("500\u202fGB of 1\u202fTB were not erased.")
    assert reason.shown_in("fr").startswith("500\u202fGo sur 1\u202fTo n’ont pas été effacés.")


@pytest.mark.parametrize("oddity", Oddity)
def test_every_oddity_stands_in_the_way_and_says_why(oddity: Oddity) -> None:
    judgement = verdict(replace(GOOD, oddities=frozenset({oddity})))
    assert judgement.verdict not in (Verdict.WIPED, Verdict.INFO)
    assert judgement.reasons == (_ODDITIES[oddity][1],)


def test_the_gravest_reason_decides_and_comes_first() -> None:
    judgement = verdict(replace(GOOD, serial=None, verification=None, status="-FAILED-"))
    assert judgement.verdict is Verdict.FAILED
    assert [str(reason)[:22] for reason in judgement.reasons] == [
        "The tool says the wipe",
        "The report gives no us",
        "The report does not sh",
    ]


def test_a_check_that_passed_is_no_wipe() -> None:
    judgement = verdict(replace(GOOD, method="Verify Zeros (0x00)"))
    assert judgement.verdict is Verdict.INFO


def test_a_check_that_found_data_goes_to_a_person_whatever_was_wiped_before() -> None:
    failed = replace(GOOD, method="Verify Ones  (0xFF)", status="-FAILED-", verify_errors=1024)
    assert verdict(failed).verdict is Verdict.REVIEW
    assert "may hold data" in str(verdict(failed).reasons[0])


# --- time -------------------------------------------------------------------------------------------------------


def arrival(hours_before_the_end: float) -> datetime:
    """An aware moment so many hours before the end of GOOD, were its clock on UTC."""
    return datetime(2026, 9, 4, 13, 30, tzinfo=UTC) - timedelta(hours=hours_before_the_end)


def test_a_run_older_than_the_arrival_goes_to_a_person() -> None:
    assert verdict(GOOD, arrived_at=arrival(-48)).verdict is Verdict.REVIEW
    assert verdict(GOOD, arrived_at=arrival(48)).verdict is Verdict.WIPED


def test_a_boot_sticks_clock_may_run_on_utc_or_on_local_time() -> None:
    """At 13:30 by the log it is 13:30 UTC, or 11:30 UTC where the clock shows Paris' summer time."""
    assert verdict(GOOD, arrived_at=arrival(1)).verdict is Verdict.WIPED
    martinique = StickClock(zone=ZoneInfo("America/Martinique"))
    assert verdict(GOOD, martinique, arrived_at=arrival(-3)).verdict is Verdict.WIPED
    assert verdict(GOOD, martinique, arrived_at=arrival(-5)).verdict is Verdict.REVIEW


def test_a_run_without_time_proves_nothing_about_after_the_arrival() -> None:
    timeless = replace(GOOD, started=None, finished=None)
    assert verdict(timeless, arrived_at=arrival(1)).verdict is Verdict.REVIEW
    assert verdict(timeless).verdict is Verdict.WIPED


def test_a_run_that_had_not_happened_when_it_was_sent_goes_to_a_person() -> None:
    """Its clock is wrong by an unknown measure, so nothing says that it is younger than the arrival."""
    sent = datetime(2026, 9, 3, 9, 0, tzinfo=UTC)
    judged = verdict(GOOD, arrived_at=arrival(48), received_at=sent)
    assert judged.verdict is Verdict.REVIEW and "had not come" in str(judged.reasons[0])
    for hours in (-23, 0, 24 * 400):
        received = arrival(0) + timedelta(hours=hours)
        assert verdict(GOOD, arrived_at=arrival(48), received_at=received).verdict is Verdict.WIPED
    failed = replace(GOOD, status="-FAILED-")
    assert verdict(failed, arrived_at=arrival(48), received_at=sent).verdict is Verdict.FAILED


def test_a_clock_in_the_future_cannot_outlive_the_upload() -> None:
    received = datetime(2026, 9, 4, 12, 0, tzinfo=UTC)
    assert happened_at(replace(GOOD, finished=local(2036, 1, 1)), received) == received
    assert happened_at(replace(GOOD, started=None, finished=None), received) == received
    assert happened_at(GOOD, received) == datetime(2026, 9, 4, 11, 30, tzinfo=UTC)
