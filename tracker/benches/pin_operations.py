"""The PIN of a badge: set by its bearer, tried at a bench, gone when it was tried too often."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import case, or_, update

from tracker import clock
from tracker.accounts import operations as accounts
from tracker.accounts.models import User
from tracker.accounts.passwords import hashed
from tracker.accounts.rules import Actor, ActorKind, Permission, Role
from tracker.benches import operations, rules
from tracker.benches.models import SharedBench
from tracker.benches.rules import TurnEnd
from tracker.cards import queries as cards
from tracker.cards.models import Badge
from tracker.database import session
from tracker.devices.codes import number_of
from tracker.errors import Malformed, NotAllowed, RuleBroken
from tracker.history import operations as history
from tracker.history.rules import Subject
from tracker.i18n import N_

_WAIT = N_("Too many wrong PINs. Wait %(minutes)s min, or sign in with your password.")


def set_pin(by: Actor, pin: str | None, again: str | None) -> None:
    """Set or change one's own PIN. Nobody sets another's: she would know it. Turns that began with the old one end."""
    badge = _own_badge(by)
    chosen = rules.checked_pin(pin)
    if chosen != (again or "").strip():
        raise Malformed(N_("The two PINs are not the same. Type it again."), field="again")
    badge.pin_hash, badge.pin_set_at = hashed(chosen), clock.now()
    badge.pin_failures, badge.pin_locked_until = 0, None
    operations.end_turns_of(badge.user_id, TurnEnd.PIN)
    session.flush()
    _about(badge, "set_pin", by)


def forget_pin(user: User, by: Actor) -> None:
    """The badge opens no bench until its bearer sets a new PIN. One's own, or anybody's for who manages users."""
    by.must(Permission.WORK)
    if user.id != by.user_id and not by.may(Permission.MANAGE_USERS):
        raise NotAllowed(N_("You can forget your own PIN only. Ask a coordinator for somebody else’s."))
    badge = cards.badge_of(user.id, lock=True)
    if badge is None or badge.pin_hash is None:
        return
    _forget(badge)
    operations.end_turns_of(user.id, TurnEnd.PIN)
    _about(badge, "forget_pin", by, user=user.id)


@accounts.follows_new_password
def forget_with_the_password(user: User) -> None:
    """Whoever knew her password could have set the PIN: both end, and every turn of hers. She sets a new one."""
    badge = cards.badge_of(user.id, lock=True)
    operations.end_turns_of(user.id, TurnEnd.PASSWORD)
    if badge is not None and badge.pin_hash is not None:
        _forget(badge)
        _about(badge, "forget_pin", Actor(user.role, user.id, site_id=user.site_id), user=user.id)


def charge_try(bench: SharedBench, badge: Badge) -> str | None:
    """Count a try before it is judged, so that guesses at the same time are counted too; the hash to judge it by, None
    where no PIN is set. Commit, then judge. Raises `RuleBroken` while badge or bench must wait."""
    moment = clock.now()
    _charge_bench(bench)
    tries = Badge.pin_failures + 1
    free = or_(Badge.pin_locked_until.is_(None), Badge.pin_locked_until <= moment)
    counted = session.execute(
        update(Badge)
        .where(Badge.id == badge.id, Badge.ended_at.is_(None), free)
        .values(
            pin_failures=tries,
            pin_locked_until=case((tries % rules.BADGE_TRIES == 0, moment + rules.WAIT), else_=None),
        )
        .returning(Badge.pin_hash)
    ).one_or_none()
    if counted is None:
        session.refresh(badge)
        raise _wait((badge.pin_locked_until or moment) - moment)
    kept: str | None = counted.pin_hash
    return kept


def _charge_bench(bench: SharedBench) -> None:
    moment = clock.now()
    locked = session.get(SharedBench, bench.id, with_for_update=True, populate_existing=True)
    assert locked is not None
    if locked.wrong_since is None or locked.wrong_since <= moment - rules.WAIT:
        locked.wrong_since, locked.wrong_pins = moment, 0
    if locked.wrong_pins >= rules.BENCH_TRIES:
        raise _wait(locked.wrong_since + rules.WAIT - moment)
    locked.wrong_pins += 1
    session.flush()


def _wait(left: timedelta) -> RuleBroken:
    return RuleBroken(_WAIT, minutes=max(1, -(-int(left.total_seconds()) // 60)))


def was_right(bench: SharedBench, badge: Badge) -> None:
    """Give back what `charge_try` counted."""
    session.execute(update(Badge).where(Badge.id == badge.id).values(pin_failures=0, pin_locked_until=None))
    some = (SharedBench.id == bench.id, SharedBench.wrong_pins > 0)
    session.execute(update(SharedBench).where(*some).values(wrong_pins=SharedBench.wrong_pins - 1))
    session.expire(badge)
    session.expire(bench)


def was_wrong(bench: SharedBench, badge: Badge) -> RuleBroken:
    """What to say; after too many in a row the PIN is gone, which the history says."""
    session.refresh(badge)
    if badge.pin_hash is not None and badge.pin_failures >= rules.PIN_ENDS_AFTER:
        _forget(badge)
        by = Actor(Role.VOLUNTEER, site_id=bench.site_id, kind=ActorKind.SYSTEM, bench_id=bench.id)
        _about(badge, "lock_pin", by, user=badge.user_id)
        return RuleBroken(
            N_("This PIN was wrong too often: it is gone. Sign in with your password and set a new one.")
        )
    if badge.pin_locked_until is not None:
        return _wait(rules.WAIT)
    return RuleBroken(N_("This PIN is not right. Try again, or sign in with your password."))


def _forget(badge: Badge) -> None:
    badge.pin_hash = badge.pin_set_at = badge.pin_locked_until = None
    badge.pin_failures = 0
    session.flush()


def _own_badge(by: Actor) -> Badge:
    by.must(Permission.WORK)
    badge = cards.badge_of(by.user_id or 0, lock=True)
    if badge is None:
        raise RuleBroken(
            N_("You have no badge yet. Make one on the page of cards and badges, then set its PIN.")
        )
    return badge


def _about(badge: Badge, action: str, by: Actor, **facts: int) -> None:
    history.append(
        subject=(Subject.TAG, number_of(badge.code)),
        action=action,
        by=by,
        facts={"code": badge.code, **facts},
    )
