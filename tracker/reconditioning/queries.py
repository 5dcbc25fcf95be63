"""Reading checklists and grades, and proving with them that a device was tested, graded and checked by another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, bindparam, func, or_, select

from tracker.accounts.rules import Actor, Permission
from tracker.database import read_once, session, told
from tracker.devices import registry
from tracker.devices.lifecycle import Action, Fact, Stage
from tracker.devices.models import Device
from tracker.devices.rules import Lead, Proof
from tracker.history import queries as past
from tracker.history.models import HistoryEntry
from tracker.history.rules import Subject
from tracker.i18n import N_, Sentence
from tracker.prepared import Prepared
from tracker.reconditioning import rules
from tracker.reconditioning.checklists import CHECKLISTS
from tracker.reconditioning.models import CheckAnswer, Grading
from tracker.reconditioning.rules import Answer, Checked, ChecklistState
from tracker.statements import as_read, table_of

# Ways back to the bench that keep the answers given.
WITHIN_A_ROUND = (Action.FAIL_QUALITY_CHECK, Action.REOPEN, Action.CORRECT)
AT_THE_BENCH = (Stage.WIPED, Stage.RECONDITIONING, Stage.RECONDITIONED, Stage.READY)


@dataclass(frozen=True)
class Round:
    """A device's present round at the bench: the history entries that began it and that last brought the device in."""

    began: int | None
    came_in: int | None

    @property
    def is_of_before(self) -> bool:
        """Whether the device was received anew since: what was tested then says nothing of today."""
        return self.began is not None and self.came_in is not None and self.came_in > self.began


def round_of(device: Device) -> int | None:
    """The history entry that began the device's present round; None before the first."""
    return rounds_of((device.id,))[device.id].began


@read_once
def rounds_of(device_ids: tuple[int, ...]) -> dict[int, Round]:
    """device id → its present round, begun by its last way in to the bench from before it; and when it last came in."""
    begins = (
        HistoryEntry.to_stage == Stage.RECONDITIONING.value,
        HistoryEntry.action.not_in([action.value for action in WITHIN_A_ROUND]),
    )
    comes_in = HistoryEntry.to_stage == Stage.RECEIVED.value
    rows = session.execute(
        select(
            HistoryEntry.subject_id,
            func.max(HistoryEntry.id).filter(*begins),
            func.max(HistoryEntry.id).filter(comes_in),
        )
        .where(
            HistoryEntry.subject_kind == Subject.DEVICE,
            HistoryEntry.subject_id.in_(device_ids),
            or_(and_(*begins), comes_in),
        )
        .group_by(HistoryEntry.subject_id)
    ).all()
    found = {row[0]: Round(row[1], row[2]) for row in rows}
    return {device_id: found.get(device_id, Round(None, None)) for device_id in device_ids}


# As they stand in the history.
_WITHIN = frozenset(action.value for action in WITHIN_A_ROUND)
_BENCH, _RECEIVED = Stage.RECONDITIONING.value, Stage.RECEIVED.value
_FINISHED = Action.FINISH_RECONDITIONING.value


def read_in(device: Device, entries: Sequence[Any]) -> None:
    """What the device's whole history, the newest first, says of its rounds: no more to be asked for."""
    began = came_in = finished = None
    for one in entries:
        stage, action = one.to_stage, one.action
        if began is None and stage == _BENCH and action not in _WITHIN:
            began = one.id
        if came_in is None and stage == _RECEIVED:
            came_in = one.id
        if finished is None and action == _FINISHED:
            finished = one
    told(rounds_of, {device.id: Round(began, came_in)}, (device.id,))
    told(last_entry, finished, device, Action.FINISH_RECONDITIONING)


def checklist(device: Device) -> ChecklistState:
    """The device's checklist with the standing answers of its present round."""
    return checklists([device])[device.id]


def checklists(devices: Sequence[Device]) -> dict[int, ChecklistState]:
    """device id → its checklist, for a page of devices in two queries."""
    rounds = rounds_of(tuple(device.id for device in devices))
    standing = _standing(tuple(one.began for one in rounds.values() if one.began is not None))
    return {device.id: _state(device, rounds[device.id].began, standing) for device in devices}


_ANSWERS = (
    select(CheckAnswer)
    .where(CheckAnswer.round_id.in_(bindparam("rounds", expanding=True)), CheckAnswer.withdrawn_at.is_(None))
    .order_by(CheckAnswer.id)
)


@read_once
def _standing(rounds: tuple[int, ...]) -> dict[tuple[int, str], CheckAnswer]:
    """(round, line) → the answer that counts: the latest that was not withdrawn."""
    if not rounds:
        return {}
    if len(rounds) == 1:
        rows: Sequence[CheckAnswer] = [
            as_read(CheckAnswer, row) for row in _ANSWERS_OF_ONE.all(round=rounds[0])
        ]
    else:
        rows = session.scalars(_ANSWERS, {"rounds": rounds}).all()
    return {(row.round_id, row.line): row for row in rows}


def _state(
    device: Device, round_id: int | None, standing: dict[tuple[int, str], CheckAnswer]
) -> ChecklistState:
    lines = []
    for line in CHECKLISTS[device.type]:
        row = standing.get((round_id, line.key)) if round_id else None
        if row is None:
            lines.append(Checked(line))
        else:
            lines.append(Checked(line, row.answer, row.answered_at, row.answered_by, row.entry_id))
    return ChecklistState(tuple(lines), round_id)


# The page of every device that was at the bench asks both.
_answers, _gradings = table_of(CheckAnswer), table_of(Grading)
_ANSWERS_OF_ONE = Prepared(
    lambda: (
        select(*_answers.c)
        .where(_answers.c.round_id == bindparam("round"), _answers.c.withdrawn_at.is_(None))
        .order_by(_answers.c.id)
    )
)
_GRADING = Prepared(
    lambda: (
        select(*_gradings.c)
        .where(_gradings.c.device_id == bindparam("device"), _gradings.c.round_id == bindparam("round"))
        .order_by(_gradings.c.id.desc())
        .limit(1)
    )
)


@read_once
def grading(device: Device) -> Grading | None:
    """The grade of the present round, stale or not; None before it was given."""
    round_id = round_of(device)
    if round_id is None:
        return None
    row = _GRADING.one_or_none(device=device.id, round=round_id)
    return as_read(Grading, row) if row else None


def note_of(entry_id: int) -> str | None:
    """The words written beside a grade or a move, unless they were erased."""
    entry = session.get(HistoryEntry, entry_id)
    return past.note_of(entry) if entry else None


@read_once
def last_entry(device: Device, *actions: Action) -> HistoryEntry | None:
    """The device's last history entry of one of these actions."""
    return session.scalars(
        select(HistoryEntry)
        .where(
            HistoryEntry.subject_kind == Subject.DEVICE,
            HistoryEntry.subject_id == device.id,
            HistoryEntry.action.in_([action.value for action in actions]),
        )
        .order_by(HistoryEntry.id.desc())
        .limit(1)
    ).first()


def finished_by(device: Device) -> int | None:
    """The user who last finished this device's reconditioning; None where no person is on record."""
    entry = last_entry(device, Action.FINISH_RECONDITIONING)
    return person_behind(entry) if entry else None


def tested_by(device: Device) -> set[int]:
    """The users on whose standing answers it rests that the device works; whoever found a fault vouches for nothing."""
    vouching = (one for one in checklist(device).lines if one.answer is not Answer.FAILED)
    return {one.by for one in vouching if one.by is not None}


def person_behind(entry: HistoryEntry) -> int | None:
    """The user id of an entry. A person's own key stands for the person; a command or a link for nobody."""
    return entry.actor_id if entry.actor_kind in ("user", "token") else None


def answered_since(device: Device, entry_id: int) -> bool:
    """Whether something was tested or graded after this history entry."""
    answers = select(CheckAnswer.id).where(
        CheckAnswer.device_id == device.id,
        CheckAnswer.entry_id > entry_id,
        CheckAnswer.withdrawn_at.is_(None),
    )
    grades = select(Grading.id).where(Grading.device_id == device.id, Grading.entry_id > entry_id)
    return session.scalar(select(answers.exists() | grades.exists())) or False


def sent_back(device: Device) -> HistoryEntry | None:
    """The entry that sent the device back to the bench in this round, if that was its last way in."""
    entry = last_entry(device, Action.FAIL_QUALITY_CHECK, Action.REOPEN, Action.START_RECONDITIONING)
    return entry if entry and entry.action != Action.START_RECONDITIONING else None


def panel(device: Device, actor: Actor) -> dict[str, Any] | None:
    """What the device's page shows of its reconditioning; None before there is anything to show."""
    if device.stage not in AT_THE_BENCH and round_of(device) is None:
        return None
    state = checklist(device)
    return {
        "state": state if state.round_id else {"round_id": None},
        "grading": grading(device),
        "open": device.stage is Stage.RECONDITIONING,
        "before_return": rounds_of((device.id,))[device.id].is_of_before,
        "to_start": device.stage is Stage.WIPED,
        "to_check": device.stage is Stage.RECONDITIONED,
        "may_check": actor.may(Permission.CHECK_QUALITY),
    }


@registry.proves(Fact.FULLY_TESTED)
def fully_tested(device: Device, by: Actor, case: registry.Case) -> Proof:
    return rules.fully_tested(checklist(device))


@registry.solves(Fact.FULLY_TESTED)
def test_it(device: Device, by: Actor) -> Lead:
    return Lead(Sentence(N_("Fill in the checklist")), f"/reconditioning/{device.code}", "list-check")


@registry.proves(Fact.GRADED)
def graded(device: Device, by: Actor, case: registry.Case) -> Proof:
    found = grading(device)
    return rules.graded(found.grade if found else None, found.entry_id if found else 0, checklist(device))


@registry.solves(Fact.GRADED)
def grade_it(device: Device, by: Actor) -> Lead:
    """Where a grade is given: at the bench, and by whoever checks once it has left the bench."""
    page = "/quality" if device.stage is Stage.RECONDITIONED else "#grade"
    return Lead(Sentence(N_("Grade the device")), f"/reconditioning/{device.code}{page}", "medal")


@registry.proves(Fact.SECOND_PERSON)
def second_person(device: Device, by: Actor, case: registry.Case) -> Proof:
    return rules.second_person(finished_by(device), tested_by(device), by.user_id)
