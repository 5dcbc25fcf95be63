"""What a second person decides about an attempt that its report leaves in doubt."""

from __future__ import annotations

from tracker import clock
from tracker.accounts.rules import Actor, Role
from tracker.database import session
from tracker.devices.models import Device
from tracker.errors import Malformed, NotAllowed, RuleBroken
from tracker.history import note_rules
from tracker.history import operations as history
from tracker.history.rules import Subject
from tracker.i18n import N_
from tracker.wiping import drive_operations, drive_queries, policy_queries, rules
from tracker.wiping.models import Drive, Wipe
from tracker.wiping.policy_rules import Done, Policy, Reviewer, Ruling, too_weak
from tracker.wiping.readings import Medium
from tracker.wiping.wipe_operations import counted_from, mark_failures, settle


def review(
    wipe: Wipe,
    accepted: bool,
    by: Actor,
    note: str,
    *,
    drive_id: int | None = None,
    serial: str | None = None,
) -> None:
    """A named person decides on an attempt that is `review` or `unverified`. A failed one stays failed.

    `drive_id` or `serial` says which drive it really was, read on the drive; without them it is the one on record.
    Raises `NotAllowed` for the one who brought the report, to let it count, and for whom the policy does not let decide;
    `RuleBroken` when there is nothing to decide, or less was done to the drive than the policy demands.
    """
    device = session.get_one(Device, wipe.device_id)
    policy = policy_queries.in_force(device.site_id)
    _must_be_decided(wipe, accepted, device, by, note)
    if accepted:
        _must_be_let_decide(policy, by)
        drive = _drive_meant(wipe, device, drive_id, serial)
        _must_be_strong_enough(wipe, drive, policy)
        wipe.policy_number, wipe.policy_sha256 = policy.number, policy.sha256
        _take_for(wipe, drive, device, by)
        wipe.counts_from = counted_from(wipe.happened_at, device)
    drive = session.get_one(Drive, wipe.drive_id)
    wipe.accepted, wipe.reviewed_at, wipe.reviewed_by = accepted, clock.now(), by.user_id
    history.append(
        subject=(Subject.DEVICE, device.id),
        action="wipe_accepted" if accepted else "wipe_rejected",
        by=by,
        site_id=device.site_id,
        facts={"wipe": wipe.id, "drive": drive.id, "serial": drive.serial, "policy": policy.number},
        note=note,
    )
    session.flush()
    settle([drive], by)
    mark_failures(device, by)


def _must_be_decided(wipe: Wipe, accepted: bool, device: Device, by: Actor, note: str) -> None:
    if not by.is_at_least(Role.QUALITY) or by.user_id is None:
        raise NotAllowed(N_("Only a quality checker or a coordinator decides on a doubtful report."))
    note_rules.must_say_something(
        note, N_("Say in a few words how you know which drive this is and that it is wiped.")
    )
    if wipe.ruling is Ruling.SHORT:
        raise RuleBroken(drive_queries.reasons(wipe)[0])
    if wipe.ruling is not Ruling.PERSON and not drive_queries.is_doubtful(wipe):
        raise RuleBroken(
            N_("This attempt needs no decision: its report is clear. Wipe the drive again if in doubt.")
        )
    if wipe.reviewed_at is not None:
        raise RuleBroken(N_("Someone has decided on this attempt already: look at its history."))
    if not accepted:
        return
    if wipe.report.received_by == by.user_id:
        raise NotAllowed(
            N_(
                "You brought this report yourself: someone else decides that it counts. You may say that it does not."
            )
        )
    if drive_queries.is_check(wipe):
        raise RuleBroken(N_("A check erases nothing, so it cannot count as a wipe. Wipe the drive."))
    if device.arrived_at and (
        wipe.report.received_at < device.arrived_at
        or drive_queries.told_before(wipe.drive_id, wipe.started, wipe.finished, device.arrived_at)
    ):
        raise RuleBroken(
            N_("This report came in before the device did: it cannot count. Wipe the drive again.")
        )


def _must_be_let_decide(policy: Policy, by: Actor) -> None:
    if policy.reviewer is Reviewer.COORDINATOR and not by.is_at_least(Role.COORDINATOR):
        raise NotAllowed(
            N_("By policy no. %(number)s, a coordinator decides that a doubtful wipe counts."),
            number=policy.number,
        )


def _must_be_strong_enough(wipe: Wipe, drive: Drive, policy: Policy) -> None:
    weak = too_weak(policy, Done(wipe.tool, wipe.method, wipe.layout, (wipe.drive.medium, drive.medium)))
    if weak is not None:
        raise RuleBroken(weak)


def _drive_meant(wipe: Wipe, device: Device, drive_id: int | None, serial: str | None) -> Drive:
    """The drive that the person names. A report that names its drive is about that one, unless it speaks of a USB
    enclosure, which tells its own serial number for whatever drive lies in it."""
    meant = _drive_named(wipe, device, drive_id, serial)
    if meant.id != wipe.drive_id and wipe.drive.serial_key and wipe.drive.medium is not Medium.USB:
        raise Malformed(
            N_("The report is about the drive %(serial)s: it cannot count for another one."),
            field="serial",
            serial=wipe.drive.serial,
        )
    return meant


def _drive_named(wipe: Wipe, device: Device, drive_id: int | None, serial: str | None) -> Drive:
    if drive_id is not None:
        if drive_queries.sighting(device.id, drive_id) is None and drive_id != wipe.drive_id:
            raise Malformed(
                N_("This drive is not on record for this device. Choose one of its drives."), field="serial"
            )
        return drive_queries.drive(drive_id)
    typed = (serial or "").strip()
    if not typed:
        return wipe.drive
    key = rules.usable_serial(typed)
    if key is None:
        raise Malformed(
            N_("“%(serial)s” does not tell one drive from another. Read its serial number on the drive."),
            field="serial",
            serial=typed[:60],
        )
    return drive_queries.drive_by_key(key) or drive_operations.make(
        typed, key, model=wipe.drive.model, size_bytes=wipe.drive.size_bytes
    )


def _take_for(wipe: Wipe, drive: Drive, device: Device, by: Actor) -> None:
    """Let the attempt be one on `drive`, and what the report could not name be that drive from now on."""
    before = wipe.drive
    if drive.id != before.id:
        if before.serial_key is None and before.place_key is not None:
            before.same_as_id = drive.id
            for other in drive_queries.attempts_on(frozenset({before.id})).get(before.id, []):
                other.drive_id = drive.id
        wipe.drive_id = drive.id
        session.flush()
        session.expire(wipe, ["drive"])
        settle([before], by)
    if wipe.foreign or drive_queries.sighting(device.id, drive.id) is None:
        drive_operations.sight(device, drive, wipe.happened_at)
    session.flush()
