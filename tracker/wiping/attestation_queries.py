"""What a certificate would say of a device now, in the form that is signed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tracker.database import session
from tracker.devices.lifecycle import Stage
from tracker.devices.models import Device
from tracker.signing.rules import moment
from tracker.wiping import destruction_queries, queries, rules, station_queries, type_queries
from tracker.wiping.certificate_rules import Covered
from tracker.wiping.maker_rules import maker_of
from tracker.wiping.models import StorageDeclaration, Wipe
from tracker.wiping.station_rules import ReportClaim, ReportOrigin


def cover(device: Device) -> Covered | None:
    """What may be attested of the device now; None while its data may be here and nothing proves it gone."""
    if type_queries.is_without_storage(device):
        return Covered.NO_STORAGE
    if queries.data_gone(device).held:
        return Covered.PROVEN
    return {Stage.DECLINED: Covered.GIVEN_BACK, Stage.LOST: Covered.MISSING}.get(device.stage)


def told(device: Device, covered: Covered) -> dict[str, Any]:
    """The device's part of a payload. Drives are told only where all are accounted for or may be somewhere."""
    proven = covered is Covered.PROVEN
    # A destruction that waits for its second person, or was refused, stands behind nothing.
    declared = [row for row in queries.declaration_rows(device) if row.counts] if proven else []
    return {
        "id": device.id,
        "code": device.code,
        "type": device.type.value,
        "manufacturer": device.manufacturer,
        "model": device.model,
        "serial": device.serial,
        "cover": covered.value,
        "drives": [_line(state, declared) for state in queries.drive_states(device)] if proven else [],
        "declarations": [
            _declaration(row)
            for row in declared
            if row.drive_id is None and (device.arrived_at is None or row.declared_at >= device.arrived_at)
        ],
    }


def _line(state: queries.DriveState, declared: Sequence[StorageDeclaration]) -> dict[str, Any]:
    drive = state.drive
    line: dict[str, Any] = {
        "drive": drive.id,
        "maker": maker_of(drive.model),
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
    came = station_queries.claim_of(wipe.report)
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
        "source": _source(wipe, came),
        **({"station": came.station} if came.station else {}),
        "operator": wipe.report.received_by,
        "reviewer": wipe.reviewed_by,
        **_policy(wipe),
    }


def _policy(wipe: Wipe) -> dict[str, Any]:
    """Under which policy it was accepted; nothing for what was accepted before policies had numbers."""
    if wipe.policy_number is None:
        return {}
    return {"policy": {"number": wipe.policy_number, "sha256": wipe.policy_sha256}}


def _source(wipe: Wipe, came: ReportClaim) -> str:
    """What the line rests on, one of `wording_rules.SOURCES`: who vouches for the report, and whether a person decided."""
    signed = came.origin is ReportOrigin.STATION
    if wipe.reviewed_by is not None:
        return "station_reviewed" if signed else "reviewed"
    return "station" if signed else "imported"


def _declaration(row: StorageDeclaration) -> dict[str, Any]:
    told = {
        "kind": row.kind.value,
        "by": row.declared_by,
        "at": moment(row.declared_at),
        "lock_checked": row.lock_checked,
    }
    return told | (_confirmation(row) if row.confirmed_by is not None else {})


def _confirmation(row: StorageDeclaration) -> dict[str, Any]:
    """What a second person saw of a destruction: the number of a slip, the hash of a photo, or both."""
    photo = destruction_queries.photo_hash(row.id)
    return {"confirmed_by": row.confirmed_by, "slip": row.slip, "photo_sha256": photo}
