"""The workshop's own boot sticks, remembered by serial number so that none is ever counted as part of a computer."""

from __future__ import annotations

from tracker import clock
from tracker.accounts.rules import Actor, Permission
from tracker.database import session
from tracker.errors import NotAllowed, RuleBroken
from tracker.history import note_rules
from tracker.i18n import N_
from tracker.wiping import drive_queries, drive_rules
from tracker.wiping.drive_history_operations import tell
from tracker.wiping.drive_operations import bring_in, never_met
from tracker.wiping.models import Drive, ReportFile
from tracker.wiping.readings import DriveSeen, Medium, ReportReading, WipeRun
from tracker.wiping.wipe_operations import mark_failures


def remember(report: ReportFile, reading: ReportReading) -> None:
    """Keep in mind the sticks from which a report's system ran.

    A report alone never takes away a drive that is on record for a device: a person has to say that.
    """
    sticks = {one.serial_key or "": one for one in reading.drives if drive_rules.remembered(one)}
    if not sticks:
        return
    known = drive_queries.drives_by_key(sticks.keys())
    fresh = sticks.keys() - known.keys()
    bring_in({key: never_met(sticks[key]) for key in fresh})
    known |= drive_queries.drives_by_key(fresh)
    placed = drive_queries.ever_seen({drive.id for drive in known.values()})
    for key, seen in sticks.items():
        drive = known[key]
        if key in fresh and drive.medium is Medium.UNKNOWN:
            drive.medium = seen.medium
        if drive.id in placed or not drive_rules.may_be_boot_stick(drive.medium, drive.hides_drives):
            continue
        if drive.boot_stick_at is None:
            drive.boot_stick_at = report.received_at
    session.flush()


def is_told_of(drive: Drive, told: DriveSeen | WipeRun) -> bool:
    """Whether what a report tells of is that boot stick; where it may be built in, the mark is dropped and it counts."""
    if drive.boot_stick_at is None:
        return False
    if not drive_rules.is_boot_stick(drive.boot_stick_by is not None, told.medium):
        drive.boot_stick_at = drive.boot_stick_by = None
    return drive.boot_stick_at is not None


def mark(drive: Drive, by: Actor, note: str) -> None:
    """A person who checks quality says that this is the workshop's own stick: no computer has a duty for it any more.

    Refused for what reports showed as built in: such a drive is wiped, taken out or destroyed.
    """
    _must_be_said(by, note)
    drive_queries.lock([drive])
    if drive.boot_stick_at is not None:
        raise RuleBroken(N_("This drive is known as a boot stick already."))
    if not drive_rules.may_be_boot_stick(drive.medium, drive.hides_drives):
        raise RuleBroken(
            N_("Reports showed this drive as built into a computer: declare it taken out, or wipe it.")
        )
    homes = drive_queries.homes([drive.id])
    drive.boot_stick_at, drive.boot_stick_by = clock.now(), by.user_id
    session.flush()
    tell(drive, "boot_stick", by, {"devices": [home.code for home in homes]}, note=note)
    for home in homes:
        mark_failures(home, by)


def unmark(drive: Drive, by: Actor, note: str) -> None:
    """It is no boot stick after all: every device in which it was seen has its duty for it back."""
    _must_be_said(by, note)
    drive_queries.lock([drive])
    if drive.boot_stick_at is None:
        raise RuleBroken(N_("This drive is not known as a boot stick."))
    drive.boot_stick_at = drive.boot_stick_by = None
    session.flush()
    tell(drive, "no_boot_stick", by, note=note)
    for home in drive_queries.homes([drive.id]):
        mark_failures(home, by)


def _must_be_said(by: Actor, note: str) -> None:
    by.must(Permission.CHECK_QUALITY)
    if by.user_id is None:
        raise NotAllowed(N_("A named person says which stick is a boot stick: sign in to do it."))
    note_rules.must_say_something(note, N_("Say in a few words how you know."))
