"""Issuing and revoking wipe certificates. One that was issued is never changed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from tracker import clock
from tracker.accounts.rules import Actor, Permission
from tracker.database import session
from tracker.devices.models import Device
from tracker.devices.rules import WITHOUT_STORAGE, Unproven
from tracker.errors import Malformed, RuleBroken
from tracker.history import operations as history
from tracker.history.models import ChainHead
from tracker.history.rules import Subject
from tracker.i18n import N_
from tracker.wiping import certificate_queries, certificate_rules, queries
from tracker.wiping.models import Certificate, Wipe
from tracker.wiping.rules import DeclarationKind


def issue(device: Device, by: Actor) -> Certificate:
    """Attest that every drive of the device is accounted for. Refused while any is not.

    An unrevoked certificate that still covers the device is returned instead of a second one.
    """
    by.must(Permission.WORK)
    if device.type in WITHOUT_STORAGE:
        raise RuleBroken(N_("This kind of device has no storage: there is nothing to certify."))
    proof = queries.data_gone(device)
    if not proof.held:
        raise Unproven(proof.missing)
    valid = certificate_queries.valid_for(device)
    if valid is not None:
        return valid
    now = clock.now()
    number = _take_number(now.year)
    payload = _payload(device, by, number)
    made = Certificate(
        number=number,
        device_id=device.id,
        issued_at=now,
        issued_by=by.user_id,
        payload=payload,
        sha256=certificate_rules.payload_hash(payload),
    )
    session.add(made)
    session.flush()
    history.append(
        subject=(Subject.DEVICE, device.id),
        action="certificate_issued",
        by=by,
        site_id=device.site_id,
        facts={"number": number, "sha256": made.sha256, "certificate": made.id},
    )
    return made


def _take_number(year: int) -> str:
    """The next number of the year. The row lock on the chain's heads keeps two from taking the same one."""
    session.execute(select(ChainHead.site_id).order_by(ChainHead.site_id).with_for_update()).all()
    last = session.scalar(
        select(func.max(Certificate.number)).where(Certificate.number.startswith(f"{year}-"))
    )
    return certificate_rules.next_number(year, [last] if last else [])


def _payload(device: Device, by: Actor, number: str) -> dict[str, Any]:
    head = session.execute(
        select(ChainHead.sequence, ChainHead.hash).where(ChainHead.site_id == device.site_id)
    ).one()
    return {
        "v": certificate_rules.PAYLOAD_VERSION,
        "number": number,
        "device": {
            "code": device.code,
            "type": device.type.value,
            "manufacturer": device.manufacturer,
            "model": device.model,
            "serial": device.serial,
        },
        "drives": [_line(state) for state in queries.drive_states(device)],
        "declarations": [
            _declaration(row) for row in queries.declaration_rows(device) if row.drive_id is None
        ],
        "site": device.site_id,
        "issuer": by.user_id,
        "issued": clock.now().isoformat(timespec="seconds"),
        "journal": {"site": device.site_id, "sequence": head.sequence, "head": head.hash},
    }


def _line(state: queries.DriveState) -> dict[str, Any]:
    drive = state.drive
    line: dict[str, Any] = {
        "drive": drive.id,
        "model": drive.model,
        "serial": drive.serial,
        "medium": drive.medium.value,
        "size_bytes": drive.size_bytes,
        "end": state.end,
    }
    if state.end == "wiped" and drive.wiped_by_id is not None:
        line |= _evidence(session.get_one(Wipe, drive.wiped_by_id))
    return line


def _evidence(wipe: Wipe) -> dict[str, Any]:
    return {
        "method": wipe.method,
        "level": wipe.level.value,
        "tool": wipe.tool,
        "tool_version": wipe.tool_version,
        "verdict": wipe.verdict.value,
        "started": wipe.started,
        "finished": wipe.finished,
        "errors": wipe.errors,
        "report_sha256": wipe.report.sha256,
        # The three levels of what is claimed: signed by a station, imported, declared.
        "source": "imported" if wipe.reviewed_by is None else "reviewed",
        "operator": wipe.report.received_by,
        "reviewer": wipe.reviewed_by,
    }


def _declaration(row: Any) -> dict[str, Any]:
    kind: DeclarationKind = row.kind
    return {
        "kind": kind.value,
        "by": row.declared_by,
        "at": row.declared_at.isoformat(timespec="seconds"),
        "lock_checked": row.lock_checked,
    }


def revoke(certificate: Certificate, by: Actor, reason: str) -> None:
    """Say that a certificate no longer holds, and why. Its page says so from then on."""
    by.must(Permission.COORDINATE)
    if len(reason.strip()) < 3:
        raise Malformed(N_("Say in a few words why the certificate is revoked."), field="reason")
    if certificate.revoked_at is not None:
        raise RuleBroken(N_("This certificate is revoked already."))
    entry = history.append(
        subject=(Subject.DEVICE, certificate.device_id),
        action="certificate_revoked",
        by=by,
        facts={"number": certificate.number},
        note=reason,
    )
    certificate.revoked_at, certificate.revoked_by = entry.at, by.user_id
    certificate.revocation_history_id = entry.id
    session.flush()
