"""What people declare and decide: by name, with a reason, and only where it makes sense."""

from __future__ import annotations

import pytest
from flask import Flask

from tests import make
from tests.wiping.arrivals import (
    NVME,
    SSD,
    arrived,
    attempts,
    destroyed,
    drive,
    ends,
    flags,
    is_gone,
    missing,
    move,
    upload,
    wiped_again,
)
from tests.wiping.reports import FAILED, NEW, changed, text
from tests.wiping.test_report_operations import smartctl
from tracker.accounts.rules import Actor, Role
from tracker.database import session, transaction
from tracker.devices import particulars
from tracker.devices.lifecycle import Action, Flag
from tracker.devices.models import Device
from tracker.devices.rules import Unproven
from tracker.errors import Malformed, NotAllowed, RuleBroken
from tracker.history import queries as past
from tracker.history.models import HistoryEntry
from tracker.wiping import drive_queries, queries, review_operations
from tracker.wiping.declaration_operations import declare as _declare
from tracker.wiping.models import StorageDeclaration, Wipe
from tracker.wiping.rules import DeclarationKind, Verdict

NO_STORAGE, DESTROYED = DeclarationKind.NO_STORAGE, DeclarationKind.DESTROYED
REMOVED, RESET = DeclarationKind.REMOVED, DeclarationKind.FACTORY_RESET


def declare(
    device: Device, kind: DeclarationKind, reason: str = "seen on the bench", **values: object
) -> StorageDeclaration:
    who = values.pop("by", None) or make.actor()
    with transaction():
        return _declare(device, kind, who, reason, **values)  # type: ignore[arg-type]


def review(
    wipe: Wipe, accepted: bool, role: str = "quality", note: str = "read on the label", **values: object
) -> None:
    who = make.actor(role)
    with transaction():
        review_operations.review(drive_queries.wipe(wipe.id), accepted, who, note, **values)  # type: ignore[arg-type]


def test_an_empty_list_of_drives_is_not_a_clean_device(app: Flask) -> None:
    device = arrived()
    assert not is_gone(device) and "No drive is known" in missing(device)
    with pytest.raises(Unproven):
        move(device, Action.FINISH_WIPING)
    declare(device, NO_STORAGE)
    assert is_gone(device)


def test_the_reason_is_kept_as_a_note_of_the_history(app: Flask) -> None:
    row = declare(arrived(), NO_STORAGE, "bay is empty, screws are gone")
    entry = session.get(HistoryEntry, row.history_id)
    assert entry is not None and past.note_of(entry) == "bay is empty, screws are gone"
    assert "bay is empty" not in str(entry.facts)


@pytest.mark.parametrize("reason", ["", "  ", "ok"])
def test_a_declaration_needs_words(app: Flask, reason: str) -> None:
    with pytest.raises(Malformed, match="few words"):
        declare(arrived(), NO_STORAGE, reason)


def test_a_declaration_needs_a_named_person(app: Flask) -> None:
    with pytest.raises(NotAllowed, match="named person"):
        declare(arrived(), NO_STORAGE, by=Actor(Role.VOLUNTEER, None))


def test_no_storage_is_refused_over_a_drive_on_record(app: Flask) -> None:
    device = arrived()
    upload(("nwipe.txt", text(FAILED)), device=device)
    upload(("smart.json", smartctl(SSD)), device=device)
    with pytest.raises(RuleBroken, match="drive is on record"):
        declare(device, NO_STORAGE)


def test_a_drive_seen_after_no_storage_was_declared_counts(app: Flask) -> None:
    device = arrived()
    declare(device, NO_STORAGE)
    upload(("smart.json", smartctl(SSD)), device=device)
    assert not is_gone(device)


def test_destroyed_and_removed_end_a_drive(app: Flask) -> None:
    device = arrived(serial="RICO034")
    upload(("nwipe.txt", text(FAILED)))
    assert flags(device) == {"wipe_failed"}
    destroyed(device, serial="rhd34-b0002")
    assert ends(device) == {"RHD34A0001": "wiped", "RHD34B0002": "destroyed"}
    assert flags(device) == set() and is_gone(device)


def test_the_one_drive_that_is_left_needs_no_name(app: Flask) -> None:
    device = arrived(serial="RICO034")
    upload(("nwipe.txt", text(FAILED)))
    declare(device, REMOVED)
    assert ends(device)["RHD34B0002"] == "removed"


def test_which_of_two_drives_must_be_said(app: Flask) -> None:
    device = arrived(serial=None)
    upload(("a.json", smartctl("TWO0001A")), ("b.json", smartctl("TWO0002B")), device=device)
    with pytest.raises(Malformed, match="which drive"):
        declare(device, DESTROYED)
    with pytest.raises(Malformed, match="does not tell"):
        declare(device, DESTROYED, serial="????")


def test_a_drive_taken_out_before_any_report_is_put_on_record(app: Flask) -> None:
    device = arrived()
    declare(device, REMOVED, serial="WD-WX11A1")
    assert ends(device) == {"WD-WX11A1": "removed"}


def test_removed_without_any_drive_asks_which(app: Flask) -> None:
    with pytest.raises(Malformed, match="which drive"):
        declare(arrived(), REMOVED)


def test_a_drive_of_another_computer_cannot_be_destroyed_from_here(app: Flask) -> None:
    """A wrong digit must not end a drive that still lies in another computer."""
    holder, device = arrived(serial=None), arrived()
    upload(("smart.json", smartctl(SSD)), device=holder)
    with pytest.raises(RuleBroken, match="on record for"):
        declare(device, DESTROYED, serial=SSD)
    assert ends(holder) == {SSD: None}


def test_a_drive_of_another_device_is_not_chosen_by_its_id(app: Flask) -> None:
    holder, device = arrived(serial=None), arrived()
    upload(("smart.json", smartctl(SSD)), device=holder)
    with pytest.raises(Malformed, match="not on record"):
        declare(device, DESTROYED, drive_id=drive(SSD).id)


def test_a_removed_drive_that_is_seen_again_has_its_duty_back(app: Flask) -> None:
    device = arrived(serial=None)
    upload(("smart.json", smartctl(SSD)), device=device)
    declare(device, REMOVED)
    assert is_gone(device)
    upload(("smart2.json", smartctl(SSD, power_on_time={"hours": 7})), device=device)
    assert ends(device) == {SSD: None}


def test_a_destroyed_drive_that_is_seen_again_was_not_destroyed(app: Flask) -> None:
    device = arrived(serial=None)
    upload(("smart.json", smartctl(SSD)), device=device)
    destroyed(device)
    upload(("smart2.json", smartctl(SSD, power_on_time={"hours": 7})), device=device)
    assert ends(device) == {SSD: None}


def test_a_log_from_before_the_destruction_does_not_bring_the_drive_back(app: Flask) -> None:
    device = arrived(serial="RICO034")
    destroyed(device, serial="RHD34B0002")
    upload(("nwipe.txt", text(FAILED)))
    assert ends(device)["RHD34B0002"] == "destroyed" and is_gone(device)


def test_what_was_declared_before_the_return_is_asked_again(app: Flask) -> None:
    device = arrived(serial="RICO034")
    upload(("nwipe.txt", text(FAILED)))
    destroyed(device)
    move(device, Action.FINISH_WIPING)
    move(device, Action.WIPE_AGAIN, reason="in doubt")
    assert set(ends(device).values()) == {None}
    declare(device, REMOVED, serial="RHD34A0001")
    destroyed(device)
    assert is_gone(device)


def test_a_drive_removed_before_the_return_can_be_declared_once_more(app: Flask) -> None:
    device = arrived(serial=None)
    upload(("smart.json", smartctl(SSD)), device=device)
    declare(device, REMOVED)
    move(device, Action.FINISH_WIPING)
    move(device, Action.WIPE_AGAIN, reason="in doubt")
    assert not is_gone(device)
    declare(device, REMOVED, serial=SSD)
    assert is_gone(device)


@pytest.mark.parametrize("kind", ["tablet", "smartphone"])
def test_a_phone_is_reset_with_its_lock_checked(app: Flask, kind: str) -> None:
    device = arrived(kind=kind)
    with transaction():
        particulars.raise_flag(device, Flag.ACCOUNT_LOCKED, make.actor())
    with pytest.raises(RuleBroken, match="always has storage"):
        declare(device, NO_STORAGE)
    with pytest.raises(Malformed, match="account lock"):
        declare(device, RESET)
    declare(device, RESET, lock_checked=True)
    assert is_gone(device) and flags(device) == set()


def test_a_computer_is_not_reset_to_factory_settings(app: Flask) -> None:
    with pytest.raises(RuleBroken, match="phones and tablets only"):
        declare(arrived(), RESET, lock_checked=True)


def test_a_screen_has_nothing_to_declare_and_needs_no_proof(app: Flask) -> None:
    device = arrived(kind="screen")
    with pytest.raises(RuleBroken, match="no storage"):
        declare(device, NO_STORAGE)
    assert is_gone(device)


WITHOUT_SERIAL = ("S/N=RSS42A0001", "S/N=[No Information Foun")


def doubtful(device: Device) -> Wipe:
    """The attempt on a drive that shows no serial number."""
    log = changed(text(NEW), WITHOUT_SERIAL, ("has serial number RSS42A0001", "has serial number "),
                  ("128/RSS42A0001", "128/[No Information Foun"))  # fmt: skip
    (one,) = upload(("nwipe.txt", log), device=device)
    return attempts(one)[0]


def test_a_drive_without_serial_waits_for_a_person(app: Flask) -> None:
    device = arrived()
    wipe = doubtful(device)
    assert wipe.verdict is Verdict.REVIEW and not is_gone(device)
    assert queries.drive_states(device)[0].to_review == wipe


def test_only_a_quality_checker_decides_and_only_with_a_note(app: Flask) -> None:
    device = arrived()
    wipe = doubtful(device)
    with pytest.raises(NotAllowed, match="quality checker"):
        review(wipe, True, "volunteer")
    with pytest.raises(Malformed, match="few words"):
        review(wipe, True, note=" ")
    review(wipe, True)
    assert is_gone(device)
    with pytest.raises(RuleBroken, match="already"):
        review(wipe, False)


def test_a_rejected_attempt_leaves_the_drive_as_it_was(app: Flask) -> None:
    device = arrived()
    wipe = doubtful(device)
    review(wipe, False)
    assert not is_gone(device) and queries.drive_states(device)[0].to_review is None


def test_the_serial_read_on_the_drive_says_which_it_is(app: Flask) -> None:
    """The inventory knew the drive, the log did not: it is one drive, and stays one when the log grows."""
    device = arrived()
    upload(("smart.json", smartctl(SSD, "RICO SSD 128")), device=device)
    wipe = doubtful(device)
    assert len(queries.drive_states(device)) == 3
    review(wipe, True, serial=SSD)
    assert ends(device) == {SSD: "wiped", NVME: "wiped"} and is_gone(device)
    longer = (
        session.get_one(Wipe, wipe.id).report.content.decode()
        + "\n[2026/09/07 10:00:00]    info: nwipe 0.42\n"
    )
    upload(("longer.txt", longer), device=device)
    assert is_gone(device)


def test_a_failed_attempt_cannot_be_accepted(app: Flask) -> None:
    arrived(serial="RICO034")
    (one,) = upload(("nwipe.txt", text(FAILED)))
    failed = next(wipe for wipe in attempts(one) if wipe.verdict is Verdict.FAILED)
    with pytest.raises(RuleBroken, match="needs no decision"):
        review(failed, True)


def test_a_check_cannot_be_accepted_as_a_wipe(app: Flask) -> None:
    device = arrived()
    check = changed(wiped_again(), ("Fill With Zeros", "Verify Zeros (0x00)"))
    check = changed(
        check, ("sda |           0 |                    0", "sda |           0 |                    7")
    )
    (one,) = upload(("check.txt", check), device=device)
    with pytest.raises(RuleBroken, match="erases nothing"):
        review(attempts(one)[0], True)
    assert not is_gone(device)


def test_a_report_from_before_the_return_cannot_be_accepted(app: Flask) -> None:
    device = arrived()
    wipe = doubtful(device)
    review(wipe, True)
    move(device, Action.FINISH_WIPING)
    move(device, Action.WIPE_AGAIN, reason="in doubt")
    (again,) = upload(("other.txt", wiped_again()), device=device)
    assert not is_gone(device)
    late = attempts(again)[0]
    assert late.verdict is Verdict.REVIEW  # its clock tells a time before the return
    review(late, True)
    assert ends(device)[SSD] == "wiped"


def test_an_old_report_is_not_accepted_after_the_return(app: Flask) -> None:
    device = arrived()
    wipe = doubtful(device)
    destroyed(device, drive_id=wipe.drive_id)
    move(device, Action.FINISH_WIPING)
    move(device, Action.WIPE_AGAIN, reason="in doubt")
    with pytest.raises(RuleBroken, match="before the device did"):
        review(wipe, True)


def test_a_run_on_another_computer_counts_once_a_person_says_where_the_drive_is(app: Flask) -> None:
    device = arrived(serial="PF0TAGGED")
    (one,) = upload(("nwipe.txt", text(NEW)), device=device)
    first, second = attempts(one)
    review(first, True, note="wiped on the dock of bench 2")
    assert ends(device) == {SSD: "wiped"}
    review(second, False)
    assert ends(device) == {SSD: "wiped"} and list(queries.strays(device)) == []


def test_a_failure_known_to_the_person_who_decided_does_not_count_again(app: Flask) -> None:
    device = arrived()
    upload(("failed.txt", changed(wiped_again("20", failed=True))))
    wipe = doubtful(device)
    review(wipe, True, serial=SSD)
    assert ends(device)[SSD] == "wiped"


def test_a_failure_that_comes_after_the_decision_takes_it_back(app: Flask) -> None:
    device = arrived()
    review(doubtful(device), True, serial=SSD)
    upload(("failed.txt", wiped_again("20", failed=True)))
    assert ends(device)[SSD] is None and flags(device) == {"wipe_failed"}
