"""Making a browser a shared bench, and whose turn it is there. Who worked when is kept for a month and is no history:
each entry of the history bears the person and the bench by itself."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import delete, update

from tracker import clock
from tracker.accounts.rules import Actor, Permission
from tracker.accounts.secrets import hash_of, new_secret
from tracker.benches import queries, rules
from tracker.benches.models import BenchHabits, BenchTurn, SharedBench
from tracker.benches.rules import Habits, TurnEnd
from tracker.cards.models import Badge
from tracker.database import session
from tracker.errors import Malformed, NotAllowed, NotHere
from tracker.history import operations as history
from tracker.history.rules import Subject
from tracker.i18n import N_


def make_bench(name: str, by: Actor) -> tuple[SharedBench, str]:
    """A new shared bench of the actor's workshop, and the secret that its browser keeps; only its hash is kept here."""
    by.must(Permission.COORDINATE)
    name = " ".join(name.split())[: rules.LONGEST_NAME]
    if not name:
        raise Malformed(N_("Give the bench a name that people know it by."), field="name")
    secret = new_secret()
    made = SharedBench(site_id=by.site_id, name=name, secret_hash=hash_of(secret), made_by=by.user_id)
    session.add(made)
    session.flush()
    history.append(subject=(Subject.BENCH, made.id), action="make_bench", by=by)
    return made, secret


def end_bench(bench: SharedBench, by: Actor) -> None:
    """The browser is a shared bench no more; whoever worked there is out."""
    by.must(Permission.COORDINATE)
    end_open_turn(bench.id, TurnEnd.END)
    bench.ended_at = clock.now()
    session.flush()
    history.append(subject=(Subject.BENCH, bench.id), action="end_bench", by=by)


def choose_habits(by: Actor, wanted: Habits) -> None:
    """After how long a turn is over and a mode rests, and whether a badge without PIN says who works."""
    by.must(Permission.COORDINATE)
    rules.must_be_minutes(wanted.idle_minutes, "idle_minutes")
    rules.must_be_minutes(wanted.mode_minutes, "mode_minutes")
    row = session.get(BenchHabits, by.site_id, with_for_update=True) or BenchHabits(site_id=by.site_id)
    row.idle_minutes, row.mode_minutes = wanted.idle_minutes, wanted.mode_minutes
    row.badge_alone = wanted.badge_alone
    session.add(row)
    session.flush()
    history.append(
        subject=(Subject.BENCH_HABITS, by.site_id), action="choose_bench_habits", by=by, facts=asdict(wanted)
    )


def begin_turn(bench: SharedBench, badge: Badge, *, proven: bool) -> str:
    """It is this person's turn from now on, and nobody else's; the secret that her browser keeps.

    `proven`: her PIN was right. Without it the workshop must allow it. Raises `NotAllowed`.
    """
    if not proven and not queries.habits(bench.site_id).badge_alone:
        raise NotAllowed(N_("In this workshop a badge alone is not enough: type the PIN too."))
    end_open_turn(bench.id, TurnEnd.NEXT)
    moment, secret = clock.now(), new_secret()
    old = (BenchTurn.bench_id == bench.id, BenchTurn.began_at < moment - rules.KEPT)
    session.execute(delete(BenchTurn).where(*old))
    turn = BenchTurn(
        bench_id=bench.id,
        badge_id=badge.id,
        user_id=badge.user_id,
        secret_hash=hash_of(secret),
        proven=proven,
        began_at=moment,
        last_at=moment,
    )
    session.add(turn)
    session.flush()
    return secret


def end_open_turn(bench_id: int, why: TurnEnd) -> None:
    """Nobody works at the bench any more. Where the clock has ended the turn before, that is what is kept."""
    session.get(SharedBench, bench_id, with_for_update=True)
    turn = queries.open_turn(bench_id)
    if turn is not None:
        _end(turn, why)


def end_own_turn(turn_id: int, by: Actor) -> None:
    """End one's own turn from elsewhere. Raises `NotHere`."""
    turn = session.get(BenchTurn, turn_id, with_for_update=True)
    if turn is None or turn.user_id != by.user_id:
        raise NotHere(N_("You do not work at this bench."))
    if turn.ended_at is None:
        _end(turn, TurnEnd.AWAY)


def end_turns_of(user_id: int, why: TurnEnd) -> None:
    """She works at no bench any more."""
    for turn in queries.turns_of(user_id):
        _end(turn, why)


def _end(turn: BenchTurn, why: TurnEnd) -> None:
    bench = session.get(SharedBench, turn.bench_id)
    over = turn.last_at + queries.habits(bench.site_id if bench else 0).idle
    moment = clock.now()
    turn.ended_at, turn.ended_for = (moment, why) if moment < over else (over, TurnEnd.IDLE)
    session.flush()


def note_seen(turn_id: int, at: datetime) -> None:
    """Something was done in this turn; one that was ended meanwhile stays ended."""
    live = (BenchTurn.id == turn_id, BenchTurn.ended_at.is_(None), BenchTurn.last_at < at)
    session.execute(update(BenchTurn).where(*live).values(last_at=at))


def worker_at(
    bench: SharedBench | None, code: str | None, at: datetime | None, user_id: int | None = None
) -> Actor | None:
    """Who made a scan that bears this badge, or without one this person's number, at this bench at that moment. None: the
    record of turns does not say so, and a person must decide; it is never guessed.

    Ask for the scans in the order of their times: each one says that she was still there.
    """
    if bench is None or not (code or user_id) or at is None or at > clock.now() + rules.AHEAD:
        return None
    turn = queries.turn_at(bench, code or user_id or 0, at)
    if turn is None or not _holds(turn, at, bench.site_id):
        return None
    return rules.actor(turn.user.role, turn.user_id, bench.site_id, bench.id, proven=turn.proven)


def _holds(turn: BenchTurn, at: datetime, site_id: int) -> bool:
    """Whether the moment falls into the turn. One that only the clock has ended goes on as long as it was used
    without network, up to where the next one began."""
    idle, by_clock = queries.habits(site_id).idle, turn.ended_for in (None, TurnEnd.IDLE)
    ended_at = None if by_clock else turn.ended_at
    following = queries.next_began(turn)
    if not rules.still_hers(turn.began_at, turn.last_at, ended_at, at, idle) or (
        following and at >= following
    ):
        return False
    if at > turn.last_at:
        turn.last_at = at
        if turn.ended_for is TurnEnd.IDLE:
            turn.ended_at = at + idle
        session.flush()
    return True
