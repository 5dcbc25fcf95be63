"""Making command cards and badges, and taking them out of use. Each is in the history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from tracker import clock
from tracker.accounts import operations as accounts
from tracker.accounts.models import User
from tracker.accounts.rules import Actor, Permission
from tracker.cards import queries, rules
from tracker.cards.models import Badge, CommandCard
from tracker.cards.rules import Ending
from tracker.database import is_postgresql, session
from tracker.devices import particulars
from tracker.devices.codes import Kind, number_of
from tracker.devices.models import Tag
from tracker.devices.tags import TagState
from tracker.errors import NotAllowed
from tracker.history import operations as history
from tracker.history.models import HistoryEntry
from tracker.history.rules import Subject
from tracker.i18n import N_


def mint_missing(by: Actor, keys: Iterable[str] | None = None) -> list[CommandCard]:
    """The cards of the actor's workshop that are not there yet: all of them, or those of `keys`. Two who ask at once
    get one of each between them."""
    by.must(Permission.WORK)
    wanted = rules.must_be_commands(rules.commands() if keys is None else keys)
    history.hold(by.site_id)
    there = queries.cards(by.site_id)
    missing = [key for key in wanted if key not in there]
    if not missing:
        return []
    tags = particulars.mint(Kind.COMMAND, len(missing), state=TagState.ATTACHED)
    rows = [
        {
            "code": tag.code,
            "site_id": by.site_id,
            "command": key,
            "made_at": clock.now(),
            "made_by": by.user_id,
        }
        for tag, key in zip(tags, missing, strict=True)
    ]
    make = postgresql.insert if is_postgresql() else sqlite.insert
    made = session.scalars(make(CommandCard).on_conflict_do_nothing().returning(CommandCard), rows).all()
    lines = [
        history.Line((Subject.TAG, number_of(one.code)), "mint_card", facts={"code": one.code, "command": one.command})
        for one in made
    ]  # fmt: skip
    history.append_many(lines, by)
    return list(made)


def end_card(card: CommandCard, by: Actor, reason: str | None = None) -> HistoryEntry:
    """Take a card that is lost or torn out of use: its code says nothing any more, and a new one can be made."""
    by.must(Permission.WORK)
    card.ended_at = clock.now()
    _void(card.code)
    return _about(card.code, "end_card", by, {"command": card.command}, reason)


def issue_badge(user: User, by: Actor) -> Badge:
    """The badge of a person; the one in force where there is one. Everyone may ask for her own."""
    _must_be_hers_to_give(user, by)
    history.hold(by.site_id)
    there = queries.badge_of(user.id, lock=True)
    if there is not None:
        return there
    tag = particulars.mint(Kind.PERSON, state=TagState.ATTACHED)[0]
    badge = Badge(code=tag.code, user_id=user.id, site_id=user.site_id, issued_by=by.user_id)
    session.add(badge)
    session.flush()
    _about(badge.code, "issue_badge", by, {"user": user.id})
    return badge


def replace_badge(user: User, by: Actor, why: Ending) -> Badge:
    """A new badge for somebody whose badge is lost or damaged. The old one names nobody from now on; the PIN, which
    is hers and not the badge's, goes with the new one unless the old one is in strange hands."""
    _must_be_hers_to_give(user, by)
    history.hold(by.site_id)
    old, pin = queries.badge_of(user.id, lock=True), None
    if old is not None:
        pin = (old.pin_hash, old.pin_set_at)
        _end(old, by, why)
    badge = issue_badge(user, by)
    if pin is not None and why is Ending.DAMAGED:
        badge.pin_hash, badge.pin_set_at = pin
    session.flush()
    return badge


def end_badge(user: User, by: Actor, why: Ending) -> HistoryEntry | None:
    """The person's badge names nobody any more; None where she has none."""
    _must_be_hers_to_give(user, by)
    history.hold(by.site_id)
    badge = queries.badge_of(user.id, lock=True)
    return _end(badge, by, why) if badge is not None else None


@accounts.follows_leaving
def end_with_the_user(user: User, by: Actor) -> None:
    """Whoever may no longer sign in is named by no badge either."""
    badge = queries.badge_of(user.id, lock=True)
    if badge is not None:
        _end(badge, by, Ending.LEFT)


def _end(badge: Badge, by: Actor, why: Ending) -> HistoryEntry:
    badge.ended_at, badge.ended_for = clock.now(), why
    badge.pin_hash = badge.pin_set_at = None
    _void(badge.code)
    session.flush()
    return _about(badge.code, "end_badge", by, {"user": badge.user_id, "why": why.value})


def _must_be_hers_to_give(user: User, by: Actor) -> None:
    by.must(Permission.WORK)
    if user.id != by.user_id and not by.may(Permission.MANAGE_USERS):
        raise NotAllowed(N_("You can make your own badge only. Ask a coordinator for somebody else’s."))


def _void(code: str) -> None:
    tag = session.get(Tag, code, with_for_update=True)
    if tag is not None:
        tag.state = TagState.VOID
    session.flush()


def _about(
    code: str, action: str, by: Actor, facts: Mapping[str, Any], note: str | None = None
) -> HistoryEntry:
    return history.append(
        subject=(Subject.TAG, number_of(code)), action=action, by=by, facts={"code": code, **facts}, note=note
    )
