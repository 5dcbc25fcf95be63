"""The journey of a device, in one table. Pages, API, scan page, filters, reports and the README read it from here."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from functools import cache

from tracker.accounts.rules import Role
from tracker.i18n import N_


class Phase(enum.StrEnum):
    """Five phases carry the colour."""

    COLLECT = "collect"
    WIPE = "wipe"
    BENCH = "bench"
    HAND = "hand"
    EXIT = "exit"


class Stage(enum.StrEnum):
    """Where a device stands."""

    ANNOUNCED = "announced"
    COLLECTED = "collected"
    RECEIVED = "received"
    WIPING = "wiping"
    WIPED = "wiped"
    RECONDITIONING = "reconditioning"
    RECONDITIONED = "reconditioned"
    READY = "ready"
    RESERVED = "reserved"
    PREPARED = "prepared"
    DELIVERED = "delivered"
    DECLINED = "declined"
    PARTS = "parts"
    RECYCLED = "recycled"
    LOST = "lost"


class Action(enum.StrEnum):
    """What takes a device from one stage to another."""

    ANNOUNCE = "announce"
    COLLECT = "collect"
    RECEIVE = "receive"
    START_WIPING = "start_wiping"
    FINISH_WIPING = "finish_wiping"
    START_RECONDITIONING = "start_reconditioning"
    FINISH_RECONDITIONING = "finish_reconditioning"
    PASS_QUALITY_CHECK = "pass_quality_check"  # noqa: S105 (no password)
    FAIL_QUALITY_CHECK = "fail_quality_check"
    REOPEN = "reopen"
    WIPE_AGAIN = "wipe_again"
    RESERVE = "reserve"
    RELEASE = "release"
    PREPARE = "prepare"
    DELIVER = "deliver"
    TAKE_BACK = "take_back"
    DECLINE = "decline"
    GIVE_BACK = "give_back"
    TAKE_FOR_PARTS = "take_for_parts"
    RECYCLE = "recycle"
    LOSE = "lose"
    FIND = "find"
    CORRECT = "correct"


class Fact(enum.StrEnum):
    """What must be proven before a move."""

    DATA_GONE = "data_gone"
    FULLY_TESTED = "fully_tested"
    NO_BLOCKING_FLAG = "no_blocking_flag"
    SECOND_PERSON = "second_person"
    GRADED = "graded"
    FITS_REQUEST = "fits_request"
    ACCESSORIES_PRESENT = "accessories_present"
    CERTIFIED = "certified"
    RECIPIENT_ELIGIBLE = "recipient_eligible"
    PRICE_WITHIN_CAP = "price_within_cap"
    SIGNED = "signed"
    RETURNED_TO_DONOR = "returned_to_donor"
    NO_STRANGERS_DATA = "no_strangers_data"
    OUT_WITH_SLIP = "out_with_slip"


class Flag(enum.StrEnum):
    """A problem beside the stage."""

    ACCOUNT_LOCKED = "account_locked"
    NEEDS_PART = "needs_part"
    NEEDS_INVESTIGATION = "needs_investigation"
    DO_NOT_GIVE = "do_not_give"
    WIPE_FAILED = "wipe_failed"


BLOCKING = frozenset(Flag)


@dataclass(frozen=True)
class StageSign:
    """How a stage shows itself: its word, the colour of its phase, the pictogram's name."""

    name: str
    phase: Phase
    pictogram: str


STAGES: dict[Stage, StageSign] = {
    Stage.ANNOUNCED: StageSign(N_("Announced"), Phase.COLLECT, "announced"),
    Stage.COLLECTED: StageSign(N_("Collected"), Phase.COLLECT, "collected"),
    Stage.RECEIVED: StageSign(N_("Received"), Phase.COLLECT, "received"),
    Stage.WIPING: StageSign(N_("Being wiped"), Phase.WIPE, "wiping"),
    Stage.WIPED: StageSign(N_("Wiped"), Phase.WIPE, "wiped"),
    Stage.RECONDITIONING: StageSign(N_("Being reconditioned"), Phase.BENCH, "reconditioning"),
    Stage.RECONDITIONED: StageSign(N_("Reconditioned"), Phase.BENCH, "reconditioned"),
    Stage.READY: StageSign(N_("Ready"), Phase.HAND, "ready"),
    Stage.RESERVED: StageSign(N_("Reserved"), Phase.HAND, "reserved"),
    Stage.PREPARED: StageSign(N_("Prepared"), Phase.HAND, "prepared"),
    Stage.DELIVERED: StageSign(N_("Handed over"), Phase.HAND, "delivered"),
    Stage.DECLINED: StageSign(N_("Declined"), Phase.EXIT, "declined"),
    Stage.PARTS: StageSign(N_("For parts"), Phase.EXIT, "parts"),
    Stage.RECYCLED: StageSign(N_("Recycled"), Phase.EXIT, "recycled"),
    Stage.LOST: StageSign(N_("Not found"), Phase.EXIT, "lost"),
}

FLAGS: dict[Flag, str] = {
    Flag.ACCOUNT_LOCKED: N_("Account locked"),
    Flag.NEEDS_PART: N_("Needs a part"),
    Flag.NEEDS_INVESTIGATION: N_("To be looked into"),
    Flag.DO_NOT_GIVE: N_("Do not give"),
    Flag.WIPE_FAILED: N_("Wipe failed"),
}

# The way from the donor's door to a person's hands, for the progress bar.
MAIN_LINE = tuple(stage for stage, sign in STAGES.items() if sign.phase is not Phase.EXIT)
OPEN_STAGES = tuple(stage for stage in MAIN_LINE if stage is not Stage.DELIVERED)
IN_THE_WORKSHOP = MAIN_LINE[MAIN_LINE.index(Stage.RECEIVED) : MAIN_LINE.index(Stage.READY) + 1]
EXITS = tuple(stage for stage, sign in STAGES.items() if sign.phase is Phase.EXIT)


@dataclass(frozen=True)
class Move:
    """One row of the table. `sources` may hold None: the device begins here."""

    action: Action
    sources: tuple[Stage | None, ...]
    target: Stage
    name: str  # the button, in the infinitive
    facts: frozenset[Fact] = frozenset()
    role: Role = Role.VOLUNTEER
    needs_reason: bool = False
    # Everyday moves are offered as buttons, the others behind "other actions".
    everyday: bool = True

    def starts_from(self, stage: Stage | None) -> bool:
        return stage in self.sources


S, A, F = Stage, Action, Fact

# One row is one line, as in a table. The first source is where the move is the usual next one: an announced device
# whose label is scanned is here, in our hands, so it is received rather than collected.
# fmt: off
_TABLE = (
    Move(A.ANNOUNCE, (None,), S.ANNOUNCED, N_("Announce"), role=Role.COORDINATOR),
    Move(A.COLLECT, (None, S.ANNOUNCED), S.COLLECTED, N_("Collect")),
    Move(A.RECEIVE, (S.ANNOUNCED, S.COLLECTED, None), S.RECEIVED, N_("Receive")),
    Move(A.START_WIPING, (S.RECEIVED,), S.WIPING, N_("Start wiping")),
    Move(A.FINISH_WIPING, (S.WIPING, S.RECEIVED), S.WIPED, N_("Record the wipe"), frozenset({F.DATA_GONE})),
    Move(A.START_RECONDITIONING, (S.WIPED,), S.RECONDITIONING, N_("Recondition")),
    Move(A.FINISH_RECONDITIONING, (S.RECONDITIONING,), S.RECONDITIONED, N_("Finish reconditioning"), frozenset({F.FULLY_TESTED, F.NO_BLOCKING_FLAG})),
    Move(A.PASS_QUALITY_CHECK, (S.RECONDITIONED,), S.READY, N_("Pass the quality check"), frozenset({F.DATA_GONE, F.NO_BLOCKING_FLAG, F.SECOND_PERSON, F.GRADED}), role=Role.QUALITY),
    Move(A.FAIL_QUALITY_CHECK, (S.RECONDITIONED,), S.RECONDITIONING, N_("Send back to the bench"), needs_reason=True, everyday=False),
    Move(A.REOPEN, (S.READY,), S.RECONDITIONING, N_("Reopen"), needs_reason=True, everyday=False),
    Move(A.WIPE_AGAIN, (S.WIPED, S.RECONDITIONING, S.RECONDITIONED, S.READY), S.RECEIVED, N_("Wipe again"), needs_reason=True, everyday=False),
    Move(A.RESERVE, (S.READY,), S.RESERVED, N_("Reserve"), frozenset({F.NO_BLOCKING_FLAG, F.FITS_REQUEST}), role=Role.COORDINATOR),
    Move(A.PREPARE, (S.RESERVED,), S.PREPARED, N_("Prepare"), frozenset({F.ACCESSORIES_PRESENT})),
    Move(A.DELIVER, (S.PREPARED, S.RESERVED), S.DELIVERED, N_("Hand over"), frozenset({F.DATA_GONE, F.NO_BLOCKING_FLAG, F.ACCESSORIES_PRESENT, F.CERTIFIED, F.RECIPIENT_ELIGIBLE, F.PRICE_WITHIN_CAP, F.SIGNED})),
    Move(A.RELEASE, (S.RESERVED, S.PREPARED), S.READY, N_("Release"), role=Role.COORDINATOR, everyday=False),
    Move(A.TAKE_BACK, (S.DELIVERED,), S.RECEIVED, N_("Take back"), needs_reason=True),
    Move(A.DECLINE, (S.ANNOUNCED, S.COLLECTED), S.DECLINED, N_("Decline"), role=Role.COORDINATOR, needs_reason=True, everyday=False),
    Move(A.GIVE_BACK, (S.RECEIVED,), S.DECLINED, N_("Give back to the donor"), frozenset({F.RETURNED_TO_DONOR, F.NO_STRANGERS_DATA}), role=Role.COORDINATOR, everyday=False),
    Move(A.TAKE_FOR_PARTS, IN_THE_WORKSHOP, S.PARTS, N_("Take for parts"), frozenset({F.DATA_GONE}), everyday=False),
    Move(A.RECYCLE, (*IN_THE_WORKSHOP, S.PARTS), S.RECYCLED, N_("Send to recycling"), frozenset({F.DATA_GONE, F.OUT_WITH_SLIP}), role=Role.COORDINATOR, everyday=False),
    Move(A.LOSE, OPEN_STAGES, S.LOST, N_("Report as not found"), needs_reason=True, everyday=False),
    Move(A.FIND, (S.LOST,), S.RECEIVED, N_("Found again"), needs_reason=True),
)
# fmt: on

MOVES: dict[Action, Move] = {move.action: move for move in _TABLE}

# The one move that the table cannot say: it goes back, see `devices.operations.correct`.
CORRECTION_NAME = N_("Undo")


def action_name(action: Action) -> str:
    return CORRECTION_NAME if action is Action.CORRECT else MOVES[action].name


@cache
def moves_from(stage: Stage | None) -> tuple[Move, ...]:
    """The moves that begin at this stage, the everyday next one first."""
    begins = [move for move in _TABLE if move.starts_from(stage)]
    return tuple(
        sorted(begins, key=lambda move: (not move.everyday, stage is not None and move.sources[0] != stage))
    )


@cache
def next_move(stage: Stage) -> Move | None:
    """The one large button: the everyday move of which this stage is the usual start."""
    return next((move for move in moves_from(stage) if move.everyday and move.starts_from(stage)), None)


def facts_of(stage: Stage) -> frozenset[Fact]:
    """What is proven of any device that stands at this stage: what every way in to it demands.

    A correction that restores a stage proves these again. RELEASE leads back to `ready`, of which the quality
    check is the way in; the facts about one occasion (who checks, who signs) are not facts about the device.
    """
    about_one_occasion = {Fact.SECOND_PERSON, Fact.SIGNED, Fact.PRICE_WITHIN_CAP, Fact.OUT_WITH_SLIP}
    return _FACTS_OF_STAGE.get(stage, frozenset()) - about_one_occasion


_FACTS_OF_STAGE: dict[Stage, frozenset[Fact]] = {
    Stage.WIPED: MOVES[A.FINISH_WIPING].facts,
    Stage.RECONDITIONING: MOVES[A.FINISH_WIPING].facts,
    Stage.RECONDITIONED: MOVES[A.FINISH_RECONDITIONING].facts | MOVES[A.FINISH_WIPING].facts,
    Stage.READY: MOVES[A.PASS_QUALITY_CHECK].facts,
    Stage.RESERVED: MOVES[A.RESERVE].facts | {F.DATA_GONE},
    Stage.PREPARED: MOVES[A.RESERVE].facts | MOVES[A.PREPARE].facts | {F.DATA_GONE},
    Stage.DELIVERED: MOVES[A.DELIVER].facts,
    Stage.PARTS: MOVES[A.TAKE_FOR_PARTS].facts,
    Stage.RECYCLED: MOVES[A.RECYCLE].facts,
}
