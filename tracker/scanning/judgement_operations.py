"""What becomes of the action a scan asks for. A refusal leaves nothing half-written."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from tracker.accounts.rules import Actor
from tracker.database import session
from tracker.devices import operations
from tracker.devices import queries as devices
from tracker.devices.lifecycle import MOVES, STAGES, Action
from tracker.devices.models import Device
from tracker.devices.rules import AlreadySo
from tracker.devices.step_queries import lead_for
from tracker.errors import Conflict, NotAllowed, RuleBroken
from tracker.history import queries as past
from tracker.history.models import HistoryEntry
from tracker.history.rules import Subject
from tracker.i18n import N_, Sentence
from tracker.scanning.meaning_queries import look, verdict
from tracker.scanning.rules import Asked, Outcome, Verdict
from tracker.stock import operations as stock
from tracker.stock import queries as places

CHANGED = N_("Someone has just changed this device. Scan it again.")


def judge(asked: Asked, by: Actor) -> Verdict:
    """The verdict of one scan whose id is taken; the move it asks for is made."""
    seen, device = look(asked)
    if device is None or not (asked.action or asked.values.get("location")):
        return seen
    device = devices.locked(device.id)
    judged = _judged(asked, device, by)
    return replace(judged, code=seen.code, device_id=device.id, stage=device.stage)


def _judged(asked: Asked, device: Device, by: Actor) -> Verdict:
    if asked.action is not None and asked.action not in set(Action):
        strange = N_("“%(action)s” is not an action that the tracker knows.")
        return verdict(asked, Outcome.REFUSED, Sentence(strange, {"action": asked.action}))
    try:
        with session.begin_nested():
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


def _carried_out(asked: Asked, device: Device, by: Actor) -> HistoryEntry | None:
    """The move and the place, both or neither."""
    entry, place = None, asked.values.get("location")
    if asked.action is not None:
        _must_be_what_was_seen(asked, device)
        values = {**asked.values, "reason": asked.values.get("reason") or asked.note}
        entry = operations.perform(device, Action(asked.action), by, values)
    if place:
        put = stock.put(device, places.location_by_code(str(place)), by)
        entry = entry or put
        if entry is None:
            raise AlreadySo(N_("It is in this place already."))
    return entry


def _must_be_what_was_seen(asked: Asked, device: Device) -> None:
    """An undo names the entry it was offered for, so that it never takes back what somebody did since."""
    undoes = asked.values.get("undoes")
    if asked.action == Action.CORRECT and undoes is not None:
        last = past.last_move(Subject.DEVICE, device.id)
        if last is None or str(last.id) != str(undoes):
            raise Conflict(CHANGED)


def _done(asked: Asked, device: Device, entry: HistoryEntry | None) -> Verdict:
    message = N_("Now “%(stage)s”.")
    if asked.action is None:
        message = N_("It is put into this place; it is “%(stage)s”.")
    elif asked.action == Action.CORRECT:
        message = N_("Undone: back to “%(stage)s”.")
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
