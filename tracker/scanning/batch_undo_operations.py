"""Taking back what a batch did, by compensating entries: each device's last move, only if it is still the last."""

from __future__ import annotations

from tracker import clock
from tracker.accounts.rules import Actor, Permission
from tracker.database import session
from tracker.errors import RuleBroken
from tracker.history import operations as history
from tracker.history.rules import Subject
from tracker.i18n import N_
from tracker.scanning import batch_operations as batches
from tracker.scanning import batch_queries as queries
from tracker.scanning import batch_rules, operations, rules
from tracker.scanning import queries as scans_before
from tracker.scanning.batch_models import ScanBatch
from tracker.scanning.batch_rules import UNDO_ACTION
from tracker.scanning.models import Scan
from tracker.scanning.rules import MOST_AT_ONCE, Asked, Outcome, Verdict

NOTHING_LEFT = N_("Nothing in this batch is left to undo.")


def undo(batch: ScanBatch, by: Actor, *, anyway: bool = False) -> list[Verdict]:
    """Take back everything that still counts in a batch, the last first, and close it: a verdict for each device.

    What was moved on since, or is no longer this person's to undo, stays, and its verdict says why. Raises
    `RuleBroken` where nothing is left, or while a phone still holds scans of it.
    """
    by.must(Permission.WORK)
    left = batches.must_be_sent(batch, by, 0, anyway=anyway)
    counted = _left(batch)
    if not counted:
        raise RuleBroken(NOTHING_LEFT)
    asked = [_asked(one, batch) for one in counted[::-1]]
    held = operations.hold(asked, by, besides=True)
    batches.close(batch, by, anyway=anyway)
    verdicts: list[Verdict] = []
    for first in range(0, len(asked), MOST_AT_ONCE):
        verdicts += operations.scan_many(asked[first : first + MOST_AT_ONCE], by, held)
    batch.undone_at, batch.undone_by = clock.now(), by.user_id
    session.flush()
    done = sum(one.outcome is Outcome.DONE for one in verdicts)
    history.append(
        subject=(Subject.BATCH, batch_rules.number_of(batch.id)),
        action="undo_batch",
        by=by,
        facts={
            "batch": batch.id,
            "undone": done,
            "left": len(verdicts) - done,
            **({"unsent": left["left"]} if left else {}),
        },
    )
    return verdicts


def undo_last(batch: ScanBatch, by: Actor, scan_id: str | None = None) -> Verdict:
    """Take back the last scan of a batch that counts. Raises `RuleBroken` where there is none."""
    by.must(Permission.WORK)
    if scan_id is not None and (known := scans_before.by_scan_id(scan_id)):
        return scans_before.verdict_of(known)
    counted = _left(batch)
    if not counted:
        raise RuleBroken(NOTHING_LEFT)
    return operations.scan(_asked(counted[-1], batch, scan_id), by)


def _left(batch: ScanBatch) -> list[Scan]:
    """The scans that count and did something, in their order."""
    return [one for one in queries.scans(queries.done([batch.id])[batch.id].values()) if one.history_id]


def _asked(one: Scan, batch: ScanBatch, scan_id: str | None = None) -> Asked:
    return rules.asked(
        one.code or one.raw,
        scan_id=scan_id,
        action=UNDO_ACTION,
        values={"undoes": str(one.history_id)},
        batch=batch.id,
    )
