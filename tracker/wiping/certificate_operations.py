"""Issuing and revoking wipe certificates. One that was issued is never changed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from tracker import clock
from tracker.accounts.rules import Actor, Permission
from tracker.database import session
from tracker.devices.models import Device
from tracker.devices.rules import WITHOUT_STORAGE, Unproven
from tracker.errors import Malformed, RuleBroken
from tracker.history import number_operations as numbers
from tracker.history import operations as history
from tracker.history.models import ChainHead
from tracker.history.rules import Subject
from tracker.i18n import N_
from tracker.wiping import certificate_queries, certificate_rules, queries, rules
from tracker.wiping.certificate_rules import Revocation
from tracker.wiping.models import Certificate, StorageDeclaration, Wipe

SHORTEST_REASON = 3


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
    history.hold(device.site_id)  # the chain first, then the number: the order of a recorded wipe
    now = clock.now()
    year = clock.local(now).year
    number = certificate_rules.number(year, numbers.take("certificate", year))
    payload = _payload(device, by, number, now.isoformat(timespec="seconds"))
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


def _payload(device: Device, by: Actor, number: str, issued: str) -> dict[str, Any]:
    head = session.execute(
        select(ChainHead.sequence, ChainHead.hash).where(ChainHead.site_id == device.site_id)
    ).one()
    declared = queries.declaration_rows(device)
    lines = [_line(state, declared) for state in queries.drive_states(device)]
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
        "drives": lines,
        "counts": {
            "found": len(lines),
            **{end: sum(line["end"] == end for line in lines) for end in ("wiped", "removed", "destroyed")},
        },
        "declarations": [
            _declaration(row)
            for row in declared
            if row.drive_id is None and (device.arrived_at is None or row.declared_at >= device.arrived_at)
        ],
        "site": device.site_id,
        "issuer": by.user_id,
        "issued": issued,
        "journal": {"site": device.site_id, "sequence": head.sequence, "head": head.hash},
    }


def _line(state: queries.DriveState, declared: Any) -> dict[str, Any]:
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
        return line | _evidence(session.get_one(Wipe, drive.wiped_by_id))
    words = [row for row in declared if row.drive_id == drive.id and row.kind.value == state.end]
    return line | ({"declaration": _declaration(words[-1])} if words else {})


def _evidence(wipe: Wipe) -> dict[str, Any]:
    claim = rules.claimed_level(wipe.method, wipe.drive.medium)
    return {
        "wipe": wipe.id,
        "method": wipe.method,
        "rounds": wipe.rounds,
        "level": claim.level.value,
        "limit": claim.limit.message if claim.limit else None,
        "tool": wipe.tool,
        "tool_version": wipe.tool_version,
        "verification": wipe.verification.value if wipe.verification else None,
        "hidden": wipe.hidden,
        "verdict": wipe.verdict.value,
        "started": wipe.started,
        "finished": wipe.finished,
        "errors": wipe.errors,
        "report_sha256": wipe.report.sha256,
        # What is claimed (level of evidence): a person decided on the report, or it was imported as it is.
        "source": "imported" if wipe.reviewed_by is None else "reviewed",
        "operator": wipe.report.received_by,
        "reviewer": wipe.reviewed_by,
    }


def _declaration(row: StorageDeclaration) -> dict[str, Any]:
    return {
        "kind": row.kind.value,
        "by": row.declared_by,
        "at": row.declared_at.isoformat(timespec="seconds"),
        "lock_checked": row.lock_checked,
    }


def revoke(certificate: Certificate, by: Actor, reason: str, word: Revocation = Revocation.OTHER) -> None:
    """Say that a certificate no longer holds, and why. Its page says so from then on, with `word` alone."""
    by.must(Permission.COORDINATE)
    if len(reason.strip()) < SHORTEST_REASON:
        raise Malformed(N_("Say in a few words why the certificate is revoked."), field="reason")
    if certificate.revoked_at is not None:
        raise RuleBroken(N_("This certificate is revoked already."))
    entry = history.append(
        subject=(Subject.DEVICE, certificate.device_id),
        action="certificate_revoked",
        by=by,
        site_id=certificate.device.site_id,
        facts={"number": certificate.number, "word": word.value},
        note=reason,
    )
    certificate.revoked_at, certificate.revoked_by = entry.at, by.user_id
    certificate.revoked_for, certificate.revocation_history_id = word, entry.id
    session.flush()
