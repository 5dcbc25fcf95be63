"""What follows a batch: the next step for its devices."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from tracker.accounts.rules import Actor
from tracker.devices.lifecycle import MOVES, Action, Move, next_move
from tracker.devices.models import Device
from tracker.errors import RuleBroken
from tracker.i18n import N_
from tracker.scanning import batch_operations as batches
from tracker.scanning import batch_queries as queries
from tracker.scanning import mode_rules, operations, rules
from tracker.scanning.batch_models import ScanBatch
from tracker.scanning.batch_rules import BatchAsked
from tracker.scanning.mode_rules import Mode
from tracker.scanning.rules import MOST_AT_ONCE


def next_moves(devices: Sequence[Device], by: Actor) -> list[tuple[Move, int]]:
    """The usual next moves of these devices that this person may make by scanning alone, with how many stand before
    each. Whether each device proves what its move demands is judged when it is made."""
    wanted = Counter(move.action for one in devices if (move := next_move(one.stage)) is not None)
    mine = [MOVES[action] for action in wanted if not mode_rules.lacking(Mode(action.value))]
    return [(move, wanted[move.action]) for move in mine
            if mode_rules.is_a_mode(move) and by.is_at_least(move.role)]  # fmt: skip


def do_next(batch: ScanBatch, action: Action, new_batch: str, by: Actor) -> ScanBatch:
    """The next step for the devices of a batch that stand before it: a batch of its own, closed at once, with a verdict
    for each. The same `new_batch` again does nothing again."""
    begun = queries.find(new_batch, by.site_id)
    if begun is not None:
        return begun
    devices = [one for one in standing(batch) if (move := next_move(one.stage)) and move.action is action]
    if not devices:
        raise RuleBroken(N_("No device of this batch stands before this step any more. Reload the page."))
    made = batches.open_batch(BatchAsked(new_batch, Mode(action.value)), by)
    asked = [rules.asked(one.code, batch=new_batch) for one in devices]
    for first in range(0, len(asked), MOST_AT_ONCE):
        operations.scan_many(asked[first : first + MOST_AT_ONCE], by)
    return batches.close(queries.locked(made.id, by.site_id), by)


def standing(batch: ScanBatch) -> list[Device]:
    """The devices that count in a batch, as they stand now."""
    counted = queries.done([batch.id])[batch.id]
    return [
        row.device
        for row in queries.rows(batch.id)
        if row.device and counted.get(row.device.id) == row.scan.id
    ]
