"""Taking in what phones kept while they had no network."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import update

from tracker import clock
from tracker.accounts.rules import Actor, Permission
from tracker.benches import operations as benches
from tracker.benches.models import SharedBench
from tracker.database import session
from tracker.devices.models import Device
from tracker.errors import RuleBroken
from tracker.i18n import N_
from tracker.scanning import batch_operations, batch_queries, operations, sync_queries
from tracker.scanning.models import Scan
from tracker.scanning.rules import Outcome, Verdict
from tracker.scanning.sync_rules import NOBODY, Queue, Sent, may_be_judged


def take_in(queue: Queue, by: Actor, bench: SharedBench | None = None) -> tuple[list[Verdict], list[Sent]]:
    """Judge the scans of a phone's queue in their order: the verdicts, and those that are not this person's to send,
    or at a shared bench nobody's by its record of turns, which are left as if they had never come. Any part may be sent
    again, for ever. Raises `NotAllowed`.

    Batches are opened before their scans are judged, and closed after, where no phone holds any of them. Locked are the
    batches first, then the devices, then the chains: as by whoever scans or undoes in them."""
    by.must(Permission.WORK)
    coordinates = by.may(Permission.COORDINATE)
    hers = [
        one
        for one in queue.scans
        if may_be_judged(one, by.user_id, coordinates=coordinates)
        and (bench is None or _was_there(one, queue, bench, by))
    ]
    asked = [one.asked for one in hers]
    held: dict[str, Device] = {}
    batch_queries.held(queue.named | {one.asked.batch for one in queue.scans if one.asked.batch}, by.site_id)
    batch_operations.open_sent(
        queue.batches,
        queue.client,
        by,
        told=queue.told,
        before_history=lambda: held.update(operations.hold(asked, by, besides=True)),
    )
    verdicts = operations.scan_many(asked, by, held)
    left = [one for one in queue.scans if one not in hers]
    kept = Counter(one.asked.batch for one in left if one.asked.batch)
    batch_operations.still_hold(kept, queue.client, by, queue.told)
    batch_operations.close_sent(queue.batches, queue.client, by)
    _note_who_scanned([one for one in hers if one.person not in (None, NOBODY, by.user_id)])
    _put_right(verdicts)
    return verdicts, left


def _was_there(one: Sent, queue: Queue, bench: SharedBench, by: Actor) -> bool:
    """Whether a scan that was made at a shared bench is this person's by the record of turns. What a coordinator takes
    on herself, and what somebody scanned who had signed in there by her password, needs no turn."""
    if one.taken or (by.bench_id is None and one.person == by.user_id and not one.asked.badge):
        return True
    at = queue.corrected(one.asked.at, clock.now())
    worker = benches.worker_at(bench, one.asked.badge, at, one.person)
    return worker is not None and worker.user_id == by.user_id


def _note_who_scanned(passed_on: Sequence[Sent]) -> None:
    """Sent by a coordinator, scanned by somebody else: both are kept."""
    for one in passed_on:
        chosen = update(Scan).where(Scan.scan_id == one.asked.scan_id, Scan.scanned_by.is_(None))
        session.execute(chosen.values(scanned_by=one.person))


def _put_right(verdicts: Sequence[Verdict]) -> None:
    """A refusal waits for a person no longer once the same was done to the same device."""
    for one in verdicts:
        if one.outcome is Outcome.DONE and one.device_id is not None and one.action is not None:
            chosen = update(Scan).where(
                *sync_queries.OPEN, Scan.device_id == one.device_id, Scan.action == one.action
            )
            session.execute(chosen.values(dismissed_at=clock.now()))


def settle(scan: Scan, by: Actor) -> None:
    """A person has looked at it and dealt with it; the scan stays on record. Settling twice changes nothing."""
    by.must(Permission.WORK)
    if scan.verdict not in (Outcome.REFUSED, Outcome.CONFLICT):
        raise RuleBroken(N_("Only a scan that was refused or overtaken is settled here."))
    if scan.dismissed_at is None:
        scan.dismissed_at, scan.dismissed_by = clock.now(), by.user_id
        session.flush()
