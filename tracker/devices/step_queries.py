"""What can be done with a device next, and by whom: what a scan, the device's page and the API offer."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from tracker import clock
from tracker.accounts.rules import Actor, Role
from tracker.devices import registry, rules
from tracker.devices.lifecycle import FLAGS, Action, Fact, Flag, Move, moves_from
from tracker.devices.models import Device
from tracker.devices.operations import judge, usual_move
from tracker.devices.rules import Lead
from tracker.errors import NotAllowed, RuleBroken
from tracker.history.models import Told
from tracker.i18n import N_, Sentence

# Proven by what a person answers on a page: a line of a request, a signature, a slip.
ANSWERED = frozenset({Fact.FITS_REQUEST, Fact.SIGNED, Fact.RETURNED_TO_DONOR, Fact.OUT_WITH_SLIP})


@dataclass(frozen=True)
class Step:
    """A move that begins where the device stands. `refusal` is why it would be refused now, as far as it was asked;
    `lead` is the page where what is missing is put right, or where the move is carried out if a scan alone cannot
    do it (`by_page`), or where one ticks what a scan would say unseen; `against` is what stands against it, in
    sentences: those that the lead puts right, else all."""

    move: Move
    refusal: RuleBroken | None
    by_page: bool
    lead: Lead | None
    against: tuple[Sentence, ...] = ()

    @property
    def leads(self) -> bool:
        """Whether a scan alone cannot do it, and a page can."""
        return self.lead is not None and (self.by_page or self.refusal is not None)

    @property
    def before(self) -> Lead | None:
        """The page where something is done first, unless the move is carried out there."""
        return None if self.by_page and self.refusal is None else self.lead

    @property
    def words(self) -> Sentence:
        """What its button says: what one will do."""
        return self.before.words if self.before else Sentence(self.move.name)

    @property
    def page(self) -> str | None:
        return self.lead.address if self.lead else None

    @property
    def not_for_me(self) -> bool:
        """Whether it takes another role."""
        return isinstance(self.refusal, NotAllowed)


def next_step(device: Device, by: Actor) -> Step | None:
    """The one that usually follows, judged for this person; None at the end of the journey."""
    move = usual_move(device)
    return _step(device, move, by, judged=True) if move else None


def other_steps(device: Device, by: Actor, usual: Step | None) -> list[Step]:
    """Every move of this stage beside the usual one that the person's role allows; what they must prove is asked when
    they are made."""
    first = usual.move if usual else None
    return [
        _step(device, move, by, judged=False) if move.facts & ANSWERED else _bare(move)
        for move in moves_from(device.stage)
        if move is not first and by.is_at_least(move.role)
    ]


@cache
def _bare(move: Move) -> Step:
    """A move that is not judged and asks for no answer: whoever may make it sees the same."""
    return Step(move, None, by_page=False, lead=None)


def open_steps(device: Device, by: Actor) -> list[Step]:
    """Every move of this stage that the person's role allows, each judged, the usual one first."""
    usual = next_step(device, by)
    rest = [move for move in moves_from(device.stage) if usual is None or move is not usual.move]
    steps = [usual] * (usual is not None) + [_step(device, move, by, judged=True) for move in rest]
    return [step for step in steps if step and not step.not_for_me]


def lead_for(device: Device, move: Move, by: Actor, refusal: RuleBroken | None) -> Lead | None:
    """The page that puts right what refused this move, or where it is carried out; None where this person has none."""
    return _solution(device, move, by, refusal)[0]


def _step(device: Device, move: Move, by: Actor, *, judged: bool) -> Step:
    found = judge(device, move.action, by) if judged else _closed(move, by)
    # What is answered on the move's own page does not refuse it, nor does what one vouches for by asking for it.
    unanswered = _besides(found, ANSWERED)
    lead, against = _solution(device, move, by, unanswered)
    refusal = _besides(unanswered, registry.vouched_by(move.action))
    return Step(move, refusal, bool(move.facts & ANSWERED), lead, against)


def _closed(move: Move, by: Actor) -> RuleBroken | None:
    try:
        rules.must_be_allowed(move, by)
    except NotAllowed as refusal:
        return refusal
    return None


def _besides(refusal: RuleBroken | None, facts: frozenset[Fact]) -> RuleBroken | None:
    """The refusal apart from these facts; None where nothing else stands against the move."""
    if not isinstance(refusal, rules.Unproven):
        return refusal
    told = [one for one in zip(refusal.missing, refusal.facts, strict=True) if one[1] not in facts]
    return rules.Unproven(tuple(one[0] for one in told), tuple(one[1] for one in told)) if told else None


def _solution(
    device: Device, move: Move, by: Actor, refusal: RuleBroken | None
) -> tuple[Lead | None, tuple[Sentence, ...]]:
    if isinstance(refusal, NotAllowed):
        return None, (refusal.sentence,)
    unproven = refusal if isinstance(refusal, rules.Unproven) else None
    answered = move.facts & ANSWERED
    asked = unproven.facts if unproven else rules.in_order(answered)
    for fact in dict.fromkeys(asked):
        lead = registry.solution_of(fact, device, by)
        if lead is not None:
            return lead, _about(fact, unproven)
    if unproven:
        return None, unproven.missing
    return None, (refusal.sentence,) if refusal else ()


def _about(fact: Fact, refusal: rules.Unproven | None) -> tuple[Sentence, ...]:
    if refusal is None:
        return ()
    return tuple(one for one, about in zip(refusal.missing, refusal.facts, strict=True) if about is fact)


@registry.solves(Fact.NO_BLOCKING_FLAG)
def clear_flag(device: Device, by: Actor) -> Lead | None:
    """The first flag that this person may clear; a failed wipe is cleared by ending the drive's data."""
    for flag in (row.flag for row in device.flags):
        if flag is Flag.WIPE_FAILED:
            return registry.solution_of(Fact.DATA_GONE, device, by)
        if flag not in rules.CLEARED_BY_QUALITY or by.is_at_least(Role.QUALITY):
            words = Sentence(N_("Say that “%(flag)s” is solved"), {"flag": Sentence(FLAGS[flag])})
            return Lead(words, f"/devices/{device.code}/flags/{flag.value}/clear", "flag")
    return None


def may_undo(last: Told | None, by: Actor) -> bool:
    """Whether a device's last move can be undone by this person now, as far as that is known without trying."""
    if last is None or last.from_stage is None or last.action in (Action.CORRECT, Action.DELIVER):
        return False
    try:
        rules.must_be_undone_in_time(last.actor_id, last.at, by, clock.now())
    except RuleBroken:
        return False
    return True
