"""What became of one go of files is kept, so that it can be looked at again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tracker import clock
from tracker.accounts.rules import Actor
from tracker.database import session
from tracker.devices.models import Device
from tracker.errors import Malformed, RuleBroken
from tracker.i18n import N_
from tracker.wiping import upload_queries
from tracker.wiping.archive_rules import MOST_FILES
from tracker.wiping.drop_rules import Refused
from tracker.wiping.models import ReportUpload
from tracker.wiping.report_operations import Received, assign_all
from tracker.wiping.upload_rules import kept_name
from tracker.wiping.wipe_operations import stored


def keep_upload(
    received: Sequence[Received], by: Actor, refused: Sequence[Refused] = (), key: str | None = None
) -> ReportUpload:
    """Keep what became of one go of files, so that it can be looked at again.

    With `key` the files are a part of a go that may have begun before: a part that is sent again adds nothing. Raises
    `Malformed` when the go has too many files.
    """
    upload = upload_queries.begun(key, by) if key else None
    if upload is None:
        upload = ReportUpload(received_at=clock.now(), received_by=by.user_id, key=key, lines=[])
        session.add(upload)
    lines = {_place_of(line): line for line in upload.lines}
    fresh = [_line(one) for one in received] + [_refused_line(one) for one in refused]
    for line in fresh:
        before = lines.get(_place_of(line))
        lines[_place_of(line)] = {**line, "known": before["known"]} if before else line
    if len(lines) > MOST_FILES:
        raise Malformed(N_("At most %(files)s files in one go: begin another one."), files=MOST_FILES)
    upload.lines = list(lines.values())
    session.flush()
    return upload


def _place_of(line: Mapping[str, Any]) -> tuple[Any, Any]:
    return line["report"], line["name"]


def _line(one: Received) -> dict[str, Any]:
    return {
        "report": one.report.id,
        "name": kept_name(one.name),
        "known": one.known,
        "reason": stored([one.reason]) if one.reason else [],
        "warns": one.warns,
        "notes": stored(one.reading.notes),
        "choices": list(one.choices),
        "drives": [
            [line.serial, line.model, line.verdict.verdict.value, stored(line.verdict.reasons)]
            for line in one.drives
        ],
    }


def _refused_line(one: Refused) -> dict[str, Any]:
    return {"report": None, "name": kept_name(one.name), "known": False, "reason": stored([one.reason])}


def assign_waiting(upload: ReportUpload, device: Device, by: Actor) -> int:
    """A person says that all reports of a go which wait for a device are about this one: how many there were."""
    waiting = upload_queries.waiting(upload)
    if not waiting:
        raise RuleBroken(N_("None of these files waits for a device any more."))
    assign_all(waiting, device, by)
    return len(waiting)
