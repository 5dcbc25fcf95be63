"""What a code that nobody knew turned out to be: on a device, or nothing of ours. Each is in the history."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from tracker import clock
from tracker.accounts.rules import Actor, Permission
from tracker.database import session
from tracker.devices import queries as devices
from tracker.devices import tag_operations as tags
from tracker.devices.models import Device
from tracker.devices.operations import tell
from tracker.errors import RuleBroken
from tracker.history import note_rules
from tracker.history import operations as history
from tracker.history.rules import Subject
from tracker.i18n import N_
from tracker.scanning import batch_queries as queries
from tracker.scanning import batch_rules, meaning_queries, operations, rules
from tracker.scanning import queries as before
from tracker.scanning.models import Scan
from tracker.scanning.rules import MOST_AT_ONCE, Asked, Verdict

DEALT_WITH = N_("This code was dealt with already. Reload the page.")


def link(scan: Scan, typed: str, by: Actor) -> Verdict:
    """Say which device an unknown code, or a tag that was free when it was scanned, is on: it leads there from now on,
    and every scan of it that waited is judged once, as of the moment it was read, whatever it was read for. The readings
    themselves stay on record as they came. The verdict of this one. Raises `RuleBroken` where `typed` is no device."""
    by.must(Permission.WORK)
    waiting = _waiting(scan)
    queries.held(
        {one.batch_id for one in waiting if one.batch_id}, by.site_id
    )  # before devices, as everywhere
    waiting = before.waiting_like(scan, locked=True)
    if scan not in waiting:
        raise RuleBroken(DEALT_WITH)  # by somebody else, a moment ago
    device = devices.locked(_meant(typed).id)
    if scan.code:
        tags.declare(device, scan.code, by)
    else:
        tell(device, "link_code", by, {"scan": scan.id})
    ids = [one.id for one in waiting]
    verdicts = {one.scan_id: one for one in _judged([_again(one, device) for one in waiting], by)}
    for one in queries.scans(ids):
        one.device_id, one.dismissed_at, one.dismissed_by = device.id, clock.now(), by.user_id
    session.flush()
    return verdicts[_name_of(scan)]


def forget(scan: Scan, reason: str, by: Actor) -> int:
    """Nothing of ours: the code leaves the list of its batch, with why. How many scans of it there were."""
    by.must(Permission.WORK)
    words = rules.kept(reason).strip()[: rules.LONGEST_NOTE]
    note_rules.must_say_something(words, N_("Say in a few words why this code is nothing of ours."), "reason")
    assert scan.batch_id
    waiting = [one for one in _waiting(scan) if one.batch_id == scan.batch_id]
    for one in waiting:
        one.dismissed_at, one.dismissed_by = clock.now(), by.user_id
    session.flush()
    history.append(
        subject=(Subject.BATCH, batch_rules.number_of(scan.batch_id)),
        action="forget_code",
        by=by,
        facts={"batch": scan.batch_id, "code": scan.code, "scans": [one.id for one in waiting]},
        note=words,
    )
    return len(waiting)


def _waiting(scan: Scan) -> Sequence[Scan]:
    if not before.is_nobodys(scan):
        raise RuleBroken(N_("Only a code that is not ours is linked to a device."))
    if scan.dismissed_at is not None:
        raise RuleBroken(DEALT_WITH)
    return before.waiting_like(scan)


def _meant(typed: str) -> Device:
    seen, device = meaning_queries.look(rules.asked(typed))
    if device is None:
        raise RuleBroken(seen.sentence)
    return device


def _again(one: Scan, device: Device) -> Asked:
    """Of the moment of the reading, which was made while its batch was open, also where it is closed by now. Its number
    is made from that of the reading, so that nothing is done twice."""
    return rules.asked(
        device.code,
        scan_id=_name_of(one),
        action=one.action,
        at=one.at,
        mode=one.mode,
        batch=one.batch_id,
        client=one.client or one.batch_id,
    )


def _name_of(one: Scan) -> str:
    return str(uuid.uuid5(uuid.UUID(one.scan_id), "linked"))


def _judged(asked: Sequence[Asked], by: Actor) -> list[Verdict]:
    verdicts: list[Verdict] = []
    for first in range(0, len(asked), MOST_AT_ONCE):
        verdicts += operations.scan_many(asked[first : first + MOST_AT_ONCE], by)
    return verdicts
