"""Answering the checklist, grading, sending back to the bench. None of them commits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import update

from tracker import clock
from tracker.accounts.rules import Actor, Permission
from tracker.database import session
from tracker.devices import particulars, registry
from tracker.devices.lifecycle import Action
from tracker.devices.models import Device
from tracker.devices.operations import advance, correct, tell
from tracker.devices.rules import Grade
from tracker.errors import RuleBroken
from tracker.history.models import HistoryEntry
from tracker.i18n import N_
from tracker.reconditioning import queries, rules
from tracker.reconditioning.checklists import CHECKLISTS
from tracker.reconditioning.models import CheckAnswer, Grading
from tracker.reconditioning.rules import Answer, ChecklistState


def answer(device: Device, answers: Mapping[str, Answer], by: Actor) -> ChecklistState:
    """Record answers by line key; the checklist as it then stands.

    An answer that the same person has given already is not written twice. Raises `Malformed` on a key the type's
    checklist has not, or “absent” where every device has it, `RuleBroken` away from the bench; then nothing is kept.
    """
    by.must(Permission.WORK)
    rules.must_be_at_the_bench(device.stage)
    rules.must_fit(CHECKLISTS[device.type], answers)
    state = queries.checklist(device)
    standing = {one.line.key: (one.answer, one.by) for one in state.lines}
    fresh = {key: given for key, given in answers.items() if standing[key] != (given, by.user_id)}
    if not fresh:
        return state
    entry = tell(device, "check", by, {"answers": {key: given.value for key, given in sorted(fresh.items())}})
    _keep(device, fresh, by, entry)
    return queries.checklist(device)


def answer_all(device: Device, given: Answer, by: Actor) -> ChecklistState:
    """One answer for every line. “Works” leaves alone what the device was found not to have."""
    state = queries.checklist(device)
    kept = {Answer.NOT_APPLICABLE} if given is Answer.PASSED else set()
    return answer(device, {one.line.key: given for one in state.lines if one.answer not in kept}, by)


def answer_the_rest(device: Device, given: Answer, by: Actor) -> ChecklistState:
    """One answer for every line that has none yet; a recorded fault stays a fault."""
    state = queries.checklist(device)
    if not state.unanswered:
        return state
    return answer(device, {one.line.key: given for one in state.unanswered}, by)


def grade(
    device: Device,
    grade: Grade,
    by: Actor,
    *,
    battery: int | Grade | None = None,
    screen: Grade | None = None,
    casing: Grade | None = None,
    note: str | None = None,
) -> Grading:
    """Judge the device as it stands after its tests. `battery` is its capacity in percent of the first, or a letter."""
    by.must(Permission.WORK)
    rules.must_be_gradable(device.stage)
    percent = battery if isinstance(battery, int) else None
    if percent is not None:
        rules.must_be_percent(percent)
    parts: dict[str, Any] = {
        "grade": grade,
        "battery": battery
        if isinstance(battery, Grade)
        else None
        if percent is None
        else rules.battery_grade(percent),
        "battery_percent": percent,
        "screen": screen,
        "casing": casing,
    }
    standing = _standing_grade(device, parts, by, note)
    if standing is not None:
        return standing
    facts = {name: getattr(value, "value", value) for name, value in parts.items() if value is not None}
    entry = tell(device, "grade", by, facts, note)
    made = Grading(
        device_id=device.id,
        round_id=_round(device),
        entry_id=entry.id,
        graded_at=entry.at,
        graded_by=by.user_id,
        **parts,
    )
    session.add(made)
    particulars.set_grade(device, grade)
    if percent is not None:
        particulars.edit(device, by, specification={**device.specification, "battery_percent": percent})
    session.flush()
    return made


def _standing_grade(device: Device, parts: Mapping[str, Any], by: Actor, note: str | None) -> Grading | None:
    """The grade given already, when this is the same one sent a second time."""
    found = queries.grading(device)
    if found is None or note or found.graded_by != by.user_id:
        return None
    stale = found.entry_id <= queries.checklist(device).last_entry_id
    same = all(getattr(found, name) == value for name, value in parts.items())
    return found if same and not stale else None


def _round(device: Device) -> int:
    found = queries.round_of(device)
    if found is None:
        raise RuleBroken(N_("Start the reconditioning of this device first, then answer the checklist."))
    return found


def _keep(device: Device, answers: Mapping[str, Answer], by: Actor, entry: HistoryEntry) -> None:
    round_id = _round(device)
    session.add_all(
        CheckAnswer(
            device_id=device.id,
            round_id=round_id,
            entry_id=entry.id,
            line=key,
            answer=given,
            answered_at=entry.at,
            answered_by=by.user_id,
        )
        for key, given in answers.items()
    )
    session.flush()


@registry.follows(Action.START_RECONDITIONING)
def begin_round(device: Device, by: Actor, entry: HistoryEntry) -> None:
    """A new round: whatever grade the device had says nothing any more."""
    particulars.set_grade(device, None)


@registry.performs(Action.FAIL_QUALITY_CHECK)
def fail_quality_check(device: Device, by: Actor, values: registry.Case) -> HistoryEntry:
    """Send back to the bench: `values` has the `reason`, and may have `lines`, the keys of the points that failed."""
    return _send_back(device, Action.FAIL_QUALITY_CHECK, by, values)


@registry.performs(Action.REOPEN)
def reopen(device: Device, by: Actor, values: registry.Case) -> HistoryEntry:
    """Take a ready device back to the bench, as `fail_quality_check`."""
    return _send_back(device, Action.REOPEN, by, values)


def _send_back(device: Device, action: Action, by: Actor, values: registry.Case) -> HistoryEntry:
    failed = dict.fromkeys(_keys(values.get("lines")), Answer.FAILED)
    if failed:
        rules.must_fit(CHECKLISTS[device.type], failed)
    entry = advance(
        device,
        action,
        by,
        case=values,
        facts={"failed": sorted(failed)} if failed else {},
        reason=values.get("reason"),
    )
    if failed:
        _keep(device, failed, by, entry)
    return entry


def _keys(lines: Iterable[str] | str | None) -> list[str]:
    """Line keys from a list, or from a text with commas between them."""
    given = lines.split(",") if isinstance(lines, str) else list(lines or ())
    return [key.strip() for key in given if key.strip()]


@registry.undoes(Action.FAIL_QUALITY_CHECK)
@registry.undoes(Action.REOPEN)
def undo_send_back(device: Device, by: Actor, values: registry.Case) -> HistoryEntry:
    """Undo a sending back, with the faults it recorded; not once something was tested since."""
    entry = queries.last_entry(device, Action.FAIL_QUALITY_CHECK, Action.REOPEN)
    assert entry is not None
    if queries.answered_since(device, entry.id):
        raise RuleBroken(
            N_("Something was tested or graded since: finish the reconditioning and have it checked again.")
        )
    with session.begin_nested():  # a refusal puts the faults back
        session.execute(
            update(CheckAnswer)
            .where(CheckAnswer.device_id == device.id, CheckAnswer.entry_id == entry.id)
            .values(withdrawn_at=clock.now())
        )
        return correct(device, by, case=values, reason=values.get("reason"))
