"""A report is taken away from the device that it was given to by mistake."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, select

from tracker.accounts.rules import Actor, Permission
from tracker.database import session
from tracker.devices import queries as device_queries
from tracker.errors import RuleBroken
from tracker.history import operations as history
from tracker.history.rules import Subject
from tracker.i18n import N_
from tracker.wiping import (
    certificate_operations,
    certificate_queries,
    hardware_operations,
    policy_queries,
    repeat_queries,
    report_queries,
    sighting_operations,
)
from tracker.wiping.absorb_operations import Absorbed, absorb, conclude
from tracker.wiping.bundle_models import RunRepeat
from tracker.wiping.certificate_rules import Revocation
from tracker.wiping.models import Drive, ReportFile, Wipe
from tracker.wiping.report_operations import must_say_why
from tracker.wiping.wipe_operations import mark_failures, settle


def release(report: ReportFile, by: Actor, note: str) -> None:
    """Take a report away from its device: it was given to the wrong one. What it proved counts no more, and the drives
    that it alone showed are not the device's any more (`sighting_operations` says which stay). Certificates that cite
    it are revoked."""
    by.must(Permission.COORDINATE)
    must_say_why(note)
    report = report_queries.held(report.id)
    if report.device_id is None:
        raise RuleBroken(N_("This report is recorded for no device: choose one for it."))
    device = device_queries.locked(report.device_id)
    drives = session.scalars(
        select(Drive).join(Wipe, Wipe.drive_id == Drive.id).where(Wipe.report_id == report.id).distinct()
    ).all()
    of_report = Wipe.report_id == report.id
    decided = (of_report, Wipe.device_id == device.id, Wipe.accepted, Wipe.reviewed_by.is_not(None))
    named = session.scalars(select(Wipe.drive_id).where(*decided)).all()
    repeating = repeat_queries.repeating(report)
    session.execute(delete(RunRepeat).where(repeat_queries.touching(report)))
    session.execute(delete(Wipe).where(Wipe.report_id == report.id))
    report.device_id = report.matched_by = None
    session.flush()
    session.expire(report, ["device"])
    withdrawn = sighting_operations.withdraw(report, device, named)
    history.append(
        subject=(Subject.DEVICE, device.id),
        action="report_released",
        by=by,
        site_id=device.site_id,
        facts={
            "report": report.id,
            "sha256": report.sha256,
            "withdrawn": [[drive.id, drive.serial] for drive in withdrawn],
        },
        note=note,
    )
    for one in certificate_queries.resting_on(report):
        certificate_operations.revoke(one, by, note, Revocation.WRONG_DEVICE)
    settle(drives, by)
    mark_failures(device, by)
    hardware_operations.withdraw(report, device, by)
    _take_again(repeating, by)


def _take_again(repeating: Sequence[ReportFile], by: Actor) -> None:
    """What was not counted because another report told it before counts now that this one is away."""
    taken = Absorbed()
    for report in repeating:
        if report.device is not None:
            device = device_queries.locked(report.device.id)
            taken.add(
                absorb(
                    report, report_queries.reading_of(report), device, policy_queries.in_force(device.site_id)
                )
            )
    conclude(taken, by)
