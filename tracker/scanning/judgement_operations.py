"""What a code means, and what becomes of the action asked for. A refusal leaves nothing half-written."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from tracker.accounts.rules import Actor
from tracker.database import session
from tracker.devices import codes, operations, registry
from tracker.devices import queries as devices
from tracker.devices.codes import Kind
from tracker.devices.lifecycle import MOVES, STAGES, Action
from tracker.devices.models import Device, Tag
from tracker.devices.queries import Resolved
from tracker.devices.rules import TYPES, AlreadySo
from tracker.devices.tags import TagState
from tracker.errors import Conflict, NotAllowed, RuleBroken
from tracker.history import queries as past
from tracker.history.models import HistoryEntry
from tracker.history.rules import Subject
from tracker.i18n import N_, Sentence
from tracker.scanning import rules
from tracker.scanning.rules import Asked, Outcome, Verdict
from tracker.stock import operations as stock
from tracker.stock import queries as places

COLLECTIONS = "/collections"


def judge(asked: Asked, by: Actor) -> Verdict:
    """The verdict of one scan whose id is taken; the move it asks for is made."""
    code = codes.read(asked.raw)
    if isinstance(code, codes.Fault):
        return _verdict(asked, Outcome.UNKNOWN, rules.misread(asked.raw, code))
    found = devices.resolve(code)
    if found is None:
        sentence = Sentence(
            N_("%(code)s is not one of our tags: check the letters. If it is right, the tag is not ours."),
            {"code": codes.shown(code)},
        )
        return replace(_verdict(asked, Outcome.UNKNOWN, sentence), code=code)
    if found.device is None:
        return replace(_of_tag(asked, found.tag), code=code)
    device = devices.locked(found.device.id)
    verdict = (
        _of_device(asked, device, by) if asked.action or asked.values.get("location") else _seen(asked, found)
    )
    return replace(verdict, code=code, device_id=device.id, stage=device.stage)


def _verdict(asked: Asked, outcome: Outcome, sentence: Sentence, **more: Any) -> Verdict:
    return Verdict(asked.scan_id, outcome, sentence, action=asked.action, **more)


def _of_tag(asked: Asked, tag: Tag) -> Verdict:
    """A tag that names no device: a place, a card, a free one, a void one."""
    if tag.kind in (Kind.LOCATION, Kind.BOX):
        place = places.location_by_code(tag.code)
        if asked.action is None:
            sentence = Sentence(N_("This is the place “%(name)s”."), {"name": place.name})
            return _verdict(asked, Outcome.DONE, sentence, address=f"/{tag.kind.value}/{tag.code}")
        return _verdict(
            asked,
            Outcome.REFUSED,
            Sentence(N_("This is the place “%(name)s”, not a device: scan a device."), {"name": place.name}),
        )
    if tag.kind is not Kind.DEVICE:
        return _verdict(asked, Outcome.REFUSED, Sentence(N_("This card names no device: scan a device.")))
    if tag.state in (TagState.MINTED, TagState.PRINTED):
        sentence = Sentence(
            N_("The tag %(code)s is free: no device bears it yet. Add a device with it to a collection."),
            {"code": codes.shown(tag.code)},
        )
        return _verdict(asked, Outcome.REFUSED, sentence, address=COLLECTIONS)
    sentence = Sentence(
        N_("The tag %(code)s is void: it names nothing any more. Put a new one on the device."),
        {"code": codes.shown(tag.code)},
    )
    return _verdict(asked, Outcome.REFUSED, sentence)


def _seen(asked: Asked, found: Resolved) -> Verdict:
    """A look, and a notice where the tag is an old one."""
    device = found.device
    assert device is not None
    if found.replaced:
        sentence = Sentence(
            N_("This is an old tag: the device’s code is now %(code)s. Print that one and put it on."),
            {"code": codes.shown(device.code)},
        )
    else:
        sentence = Sentence(
            N_("%(device)s is “%(stage)s”."), {"device": _name(device), "stage": _stage(device)}
        )
    return _verdict(asked, Outcome.DONE, sentence)


def _of_device(asked: Asked, device: Device, by: Actor) -> Verdict:
    if asked.action is not None and asked.action not in set(Action):
        sentence = Sentence(
            N_("“%(action)s” is not an action that the tracker knows."), {"action": asked.action}
        )
        return _verdict(asked, Outcome.REFUSED, sentence)
    try:
        with session.begin_nested():
            entry = _carried_out(asked, device, by)
            session.flush()
    except AlreadySo as already:
        return _verdict(asked, Outcome.ALREADY, already.sentence)
    except (StaleDataError, IntegrityError):
        return _verdict(
            asked, Outcome.CONFLICT, Sentence(N_("Someone has just changed this device. Scan it again."))
        )
    except Conflict as conflict:
        return _verdict(asked, Outcome.CONFLICT, conflict.sentence)
    except RuleBroken as refusal:
        return _refused(asked, device, by, refusal)
    return _done(asked, device, entry)


def _carried_out(asked: Asked, device: Device, by: Actor) -> HistoryEntry | None:
    """The move and the place, both or neither."""
    entry = None
    values = {**asked.values, "reason": asked.values.get("reason") or asked.note}
    place = values.get("location")
    if asked.action is not None:
        entry = operations.perform(device, Action(asked.action), by, values)
    if place:
        put = stock.put(device, places.location_by_code(str(place)), by)
        entry = entry or put
        if entry is None:
            raise AlreadySo(N_("It is in this place already."))
    return entry


def _done(asked: Asked, device: Device, entry: HistoryEntry | None) -> Verdict:
    message = N_("Now “%(stage)s”.")
    if asked.action is None:
        message = N_("It is put into this place; it is “%(stage)s”.")
    elif asked.action == Action.CORRECT:
        message = N_("Undone: back to “%(stage)s”.")
    sentence = Sentence(message, {"stage": _stage(device)})
    return _verdict(asked, Outcome.DONE, sentence, history_id=entry.id if entry else None)


def _refused(asked: Asked, device: Device, by: Actor, refusal: RuleBroken) -> Verdict:
    if asked.action is None:
        return _verdict(asked, Outcome.REFUSED, refusal.sentence)
    action = Action(asked.action)
    if _moved_since(asked, device, action, by):
        sentence = Sentence(
            N_(
                "Someone moved this device after you scanned it: it is “%(stage)s” now. Look at it, then decide."
            ),
            {"stage": _stage(device)},
        )
        return _verdict(asked, Outcome.CONFLICT, sentence, address=f"/devices/{device.code}")
    begins_here = action in MOVES and MOVES[action].starts_from(device.stage)
    solved_at = registry.page_of(action, device.code) if begins_here else None
    return _verdict(
        asked,
        Outcome.REFUSED,
        refusal.sentence,
        address=None if isinstance(refusal, NotAllowed) else solved_at,
    )


def _moved_since(asked: Asked, device: Device, action: Action, by: Actor) -> bool:
    """Whether a scan that comes late, from a phone without network, was overtaken by somebody else's."""
    if asked.at is None or asked.at >= device.stage_since or action not in MOVES:
        return False
    if MOVES[action].starts_from(device.stage):
        return False
    last = past.last_move(Subject.DEVICE, device.id)
    return last is not None and last.actor_id != by.user_id


def _stage(device: Device) -> Sentence:
    return Sentence(STAGES[device.stage].name)


def _name(device: Device) -> str | Sentence:
    return device.name or Sentence(TYPES[device.type])
