"""Reading benches: which one a browser is, whose turn it is, who worked there at a moment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload

from tracker import clock
from tracker.accounts.models import User
from tracker.accounts.rules import Actor
from tracker.accounts.secrets import hash_of
from tracker.benches import rules
from tracker.benches.models import BenchHabits, BenchTurn, SharedBench
from tracker.benches.rules import Habits
from tracker.cards.models import Badge
from tracker.database import session
from tracker.devices import codes
from tracker.errors import NotHere
from tracker.i18n import N_

LONGEST_SECRET = 100


def bench_by_secret(secret: str) -> SharedBench | None:
    """The bench whose cookie this is."""
    if not secret or len(secret) > LONGEST_SECRET:
        return None
    chosen = select(SharedBench).where(
        SharedBench.secret_hash == hash_of(secret), SharedBench.ended_at.is_(None)
    )
    return session.scalars(chosen).first()


def benches(site_id: int) -> Sequence[SharedBench]:
    """The benches of a workshop, by name."""
    chosen = select(SharedBench).where(SharedBench.site_id == site_id, SharedBench.ended_at.is_(None))
    return session.scalars(chosen.order_by(SharedBench.name, SharedBench.id)).all()


def bench(bench_id: int, site_id: int) -> SharedBench:
    """A bench of this workshop. Raises `NotHere`."""
    found = session.get(SharedBench, bench_id, with_for_update=True)
    if found is None or found.site_id != site_id or found.ended_at is not None:
        raise NotHere(N_("There is no such shared bench in this workshop."))
    return found


def names_of(ids: set[int]) -> dict[int, str]:
    """id → name, of benches that ended too."""
    chosen = select(SharedBench.id, SharedBench.name).where(SharedBench.id.in_(ids))
    return {row.id: row.name for row in session.execute(chosen)} if ids else {}


def habits(site_id: int) -> Habits:
    row = session.get(BenchHabits, site_id)
    return Habits(row.idle_minutes, row.mode_minutes, row.badge_alone) if row else Habits()


def badge(code: str, site_id: int) -> Badge | None:
    """The badge in force, of somebody who works in this workshop, that this text is the code of."""
    read = codes.read(code)
    if isinstance(read, codes.Fault):
        return None
    chosen = (
        select(Badge)
        .join(Badge.user)
        .where(Badge.code == read, Badge.ended_at.is_(None), User.active, User.site_id == site_id)
        .options(contains_eager(Badge.user))
        .execution_options(populate_existing=True)
    )
    found = session.scalars(chosen).first()
    return found if found and rules.role_at_bench(found.user.role, proven=True) else None


def open_turn(bench_id: int) -> BenchTurn | None:
    """The turn that nobody has ended, though the clock may have."""
    chosen = select(BenchTurn).where(BenchTurn.bench_id == bench_id, BenchTurn.ended_at.is_(None))
    return session.scalars(
        chosen.options(joinedload(BenchTurn.badge)).execution_options(populate_existing=True)
    ).first()


def live_turn(bench: SharedBench, secret: str) -> BenchTurn | None:
    """The turn of this bench whose secret the browser holds, while badge and person hold and the time is not over."""
    if not secret or len(secret) > LONGEST_SECRET:
        return None
    chosen = (
        select(BenchTurn)
        .join(BenchTurn.user)
        .join(BenchTurn.badge)
        .where(
            BenchTurn.bench_id == bench.id,
            BenchTurn.secret_hash == hash_of(secret),
            BenchTurn.ended_at.is_(None),
            BenchTurn.last_at > clock.now() - habits(bench.site_id).idle,
            Badge.ended_at.is_(None),
            User.active,
            User.site_id == bench.site_id,
        )
        .options(contains_eager(BenchTurn.user), contains_eager(BenchTurn.badge))
    )
    return session.scalars(chosen).first()


def turns_of(user_id: int) -> list[BenchTurn]:
    """Where somebody works now."""
    chosen = select(BenchTurn).where(BenchTurn.user_id == user_id, BenchTurn.ended_at.is_(None))
    found = session.scalars(chosen.options(joinedload(BenchTurn.bench)).order_by(BenchTurn.began_at)).all()
    moment = clock.now()
    return [one for one in found if one.last_at + habits(one.bench.site_id).idle > moment]


def turns_at(site_id: int) -> dict[int, BenchTurn]:
    """Bench's id → whose turn it is there now."""
    chosen = (
        select(BenchTurn)
        .join(BenchTurn.bench)
        .where(SharedBench.site_id == site_id, BenchTurn.ended_at.is_(None))
        .where(BenchTurn.last_at > clock.now() - habits(site_id).idle)
        .options(joinedload(BenchTurn.user))
    )
    return {one.bench_id: one for one in session.scalars(chosen)}


def turn_at(bench: SharedBench, whose: str | int, at: datetime) -> BenchTurn | None:
    """The last turn of this badge, or of this person's number, that began at this bench before that moment. Whether the moment falls into it,
    `rules.still_hers` says."""
    hers = Badge.code == whose if isinstance(whose, str) else BenchTurn.user_id == whose
    chosen = (
        select(BenchTurn)
        .join(BenchTurn.badge)
        .where(BenchTurn.bench_id == bench.id, BenchTurn.began_at <= at, hers)
        .order_by(BenchTurn.began_at.desc(), BenchTurn.id.desc())
        .options(contains_eager(BenchTurn.badge), joinedload(BenchTurn.user))
        .limit(1)
        .with_for_update(of=BenchTurn)
    )
    return session.scalars(chosen).first()


def next_began(turn: BenchTurn) -> datetime | None:
    """When the next turn at the same bench began."""
    chosen = select(BenchTurn.began_at).where(
        BenchTurn.bench_id == turn.bench_id,
        BenchTurn.id != turn.id,
        BenchTurn.began_at >= turn.began_at,
    )
    return session.scalars(chosen.order_by(BenchTurn.began_at).limit(1)).first()


def pins(by: Actor) -> dict[int, Badge]:
    """User's id → badge in force with a PIN, in the actor's workshop."""
    chosen = select(Badge).where(
        Badge.site_id == by.site_id, Badge.ended_at.is_(None), Badge.pin_hash.is_not(None)
    )
    return {one.user_id: one for one in session.scalars(chosen)}
