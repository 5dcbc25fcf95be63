"""What becomes of the action a scan asks for. A refusal leaves nothing half-written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from tracker.accounts.rules import Actor
from tracker.database import session
from tracker.devices import codes, operations, registry
from tracker.devices import queries as devices
from tracker.devices.lifecycle import MOVES, STAGES, Action
from tracker.devices.models import Device
from tracker.devices.rules import AlreadySo, Grade
from tracker.devices.step_queries import lead_for
from tracker.errors import Conflict, NotAllowed, RuleBroken
from tracker.history import queries as past
from tracker.history.models import HistoryEntry
from tracker.history.rules import Subject
from tracker.i18n import N_, Sentence
from tracker.reconditioning import operations as reconditioning
from tracker.reconditioning import queries as bench
from tracker.scanning import check_scan_operations as checks
from tracker.scanning.meaning_queries import look, verdict
from tracker.scanning.rules import STOCK_CHECK, Asked, Outcome, Verdict
from tracker.scanning.undo_operations import CHANGED, PUT, take_back
from tracker.statements import writes
from tracker.stock import operations as stock
from tracker.stock import queries as places

# What the batch of a scan has to say before anything is done to the device.
Objection = Callable[[Asked, Device], Verdict | None]
NOTHING: Mapping[str, Device] = {}
_ACTIONS = frozenset(Action)


def judge(
    asked: Asked, by: Actor, against: Objection | None = None, held: Mapping[str, Device] = NOTHING
) -> Verdict:
    """The verdict of one scan that was never judged; the move it asks for is made, unless something stands `against` it.
    `held`: code → device, of those that the call has read and locked already."""
    if against is None and not asks(asked):
        return look(asked)[0]
    if asked.action == STOCK_CHECK:
        return checks.judge(asked, by)
    code = codes.read(asked.raw)
    device = held.get(code)
    if device is None:
        seen, named = look(asked)
        if named is None:
            return seen
        device = devices.locked(named.id)
    judged = against(asked, device) if against is not None else None
    if judged is None and not asks(asked):
        return look(asked)[0]
    judged = judged or _judged(asked, device, by)
    return replace(judged, code=str(code), device_id=device.id, stage=device.stage)


def asks(asked: Asked) -> bool:
    """Whether anything is to be done, beside looking."""
    return any((asked.action, asked.values.get("location"), asked.values.get("grade")))


def only_moves(asked: Asked) -> bool:
    """Whether a plain move is all that is asked for."""
    if asked.action not in _ACTIONS or asked.values.get("location") or asked.values.get("grade"):
        return False
    return registry.only_moves(Action(asked.action), asked.values)


def _judged(asked: Asked, device: Device, by: Actor) -> Verdict:
    if asked.action is not None and asked.action not in _ACTIONS:
        strange = N_("“%(action)s” is not an action that the tracker knows.")
        return verdict(asked, Outcome.REFUSED, Sentence(strange, {"action": asked.action}))
    try:
        with _all_or_nothing(asked):
            entry = _carried_out(asked, device, by)
            session.flush()
    except AlreadySo as already:
        return verdict(asked, Outcome.ALREADY, already.sentence)
    except (StaleDataError, IntegrityError):
        return verdict(asked, Outcome.CONFLICT, Sentence(CHANGED))
    except Conflict as conflict:
        return verdict(asked, Outcome.CONFLICT, conflict.sentence)
    except RuleBroken as refusal:
        return _refused(asked, device, by, refusal)
    return _done(asked, device, entry)


@contextmanager
def _all_or_nothing(asked: Asked) -> Iterator[None]:
    """What was written before a refusal is taken back. A plain move is judged whole before it is written: it needs none
    of that, which is a fifth of the cost of a scan."""
    if not only_moves(asked):
        with session.begin_nested():
            yield
        return
    before = writes()
    try:
        yield
    except RuleBroken as refusal:
        if writes() != before:
            raise RuntimeError(f"{asked.action} was refused after it had begun to write") from refusal
        raise


def _carried_out(asked: Asked, device: Device, by: Actor) -> HistoryEntry | None:
    """The grade, the move and the place, all or none. The entry of the move, else that of what was done."""
    entry, place = None, asked.values.get("location")
    graded = _graded(asked, device, by)
    if asked.action is not None:
        values = {**asked.values, "reason": asked.values.get("reason") or asked.note}
        if asked.action == Action.CORRECT:
            return take_back(asked, device, by, values)
        entry = operations.perform(device, Action(asked.action), by, values)
    if place:
        put = stock.put(device, places.location_by_code(str(place)), by)
        entry = entry or graded or put
        if entry is None:
            raise AlreadySo(N_("It is in this place already."))
    entry = entry or graded
    if entry is None and asked.action is None:
        raise AlreadySo(N_("It has this grade already."))
    return entry


def _graded(asked: Asked, device: Device, by: Actor) -> HistoryEntry | None:
    """The entry of the grade that came with the scan; None without one, or where it stands already."""
    letter = asked.values.get("grade")
    if not letter or asked.action == Action.CORRECT:
        return None
    if letter not in set(Grade):
        raise RuleBroken(N_("“%(value)s” is not in our list: choose one."), value=str(letter)[:40])
    before = bench.grading(device)
    made = reconditioning.grade(device, Grade(letter), by)
    return None if before is not None and made.id == before.id else session.get(HistoryEntry, made.entry_id)


def _done(asked: Asked, device: Device, entry: HistoryEntry | None) -> Verdict:
    message = N_("Now “%(stage)s”.")
    if asked.action is None:
        put = N_("It is put into this place; it is “%(stage)s”.")
        message = put if asked.values.get("location") else N_("Graded; it is “%(stage)s”.")
    elif asked.action == Action.CORRECT:
        message = N_("Undone: back to “%(stage)s”.")
        if entry is not None and entry.action == PUT:
            message = N_("Undone: back in its place of before; it is “%(stage)s”.")
    sentence = Sentence(message, {"stage": _stage(device)})
    return verdict(asked, Outcome.DONE, sentence, history_id=entry.id if entry else None)


def _refused(asked: Asked, device: Device, by: Actor, refusal: RuleBroken) -> Verdict:
    if asked.action is None or asked.action == Action.CORRECT:
        return verdict(asked, Outcome.REFUSED, refusal.sentence)
    action = Action(asked.action)
    begins_here = MOVES[action].starts_from(device.stage)
    if not begins_here and _overtaken(asked, device, by):
        moved = N_(
            "Someone moved this device after you scanned it: it is “%(stage)s” now. Look at it, then decide."
        )
        sentence = Sentence(moved, {"stage": _stage(device)})
        return verdict(asked, Outcome.CONFLICT, sentence, address=f"/devices/{device.code}")
    solvable = begins_here and not isinstance(refusal, NotAllowed)
    lead = lead_for(device, MOVES[action], by, refusal) if solvable else None
    return verdict(asked, Outcome.REFUSED, refusal.sentence, address=lead.address if lead else None)


def _overtaken(asked: Asked, device: Device, by: Actor) -> bool:
    """Whether a scan that comes late, from a phone without network, was overtaken by somebody else's move."""
    if asked.at is None or asked.at >= device.stage_since:
        return False
    last = past.last_move(Subject.DEVICE, device.id)
    return last is not None and last.actor_id != by.user_id


def _stage(device: Device) -> Sentence:
    return Sentence(STAGES[device.stage].name)
