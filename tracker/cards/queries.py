"""Reading cards and badges: what a code means, which are in force, who has none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from tracker.accounts.models import User
from tracker.accounts.rules import Actor, Permission, Role
from tracker.cards import rules
from tracker.cards.models import Badge, CommandCard
from tracker.cards.rules import Command
from tracker.database import session
from tracker.errors import NotHere
from tracker.i18n import N_


@dataclass(frozen=True)
class Meaning:
    """What a scanned card or badge says. `in_force` False: it says nothing any more.

    Of a card `command` (None where the journey knows it no longer), of a badge `badge` with its user.
    """

    in_force: bool
    site_id: int
    command: Command | None = None
    badge: Badge | None = None


def meaning(code: str) -> Meaning | None:
    """What a card or badge of ours says; None where the code is neither."""
    card = session.scalars(select(CommandCard).where(CommandCard.code == code)).first()
    if card is not None:
        said = rules.command(card.command)
        return Meaning(card.ended_at is None and said is not None, card.site_id, command=said)
    badge = session.scalars(select(Badge).where(Badge.code == code).options(joinedload(Badge.user))).first()
    if badge is None:
        return None
    return Meaning(badge.ended_at is None and badge.user.active, badge.site_id, badge=badge)


def cards(site_id: int) -> dict[str, CommandCard]:
    """key → the card in force of a workshop, of those that the journey knows."""
    found = session.scalars(
        select(CommandCard).where(CommandCard.site_id == site_id, CommandCard.ended_at.is_(None))
    ).all()
    return {one.command: one for one in found if rules.command(one.command)}


def card(card_id: int, site_id: int) -> CommandCard:
    """A card in force of this workshop. Raises `NotHere`."""
    found = session.get(CommandCard, card_id, with_for_update=True)
    if found is None or found.site_id != site_id or found.ended_at is not None:
        raise NotHere(N_("There is no such card in force in this workshop."))
    return found


def people(by: Actor) -> list[tuple[User, Badge | None]]:
    """Who may work in the actor's workshop, by name, each with the badge in force.

    Badges name people, so who manages them sees all; anybody else sees herself.
    """
    chosen = (
        select(User, Badge)
        .outerjoin(Badge, (Badge.user_id == User.id) & Badge.ended_at.is_(None))
        .where(User.site_id == by.site_id, User.active, User.role != Role.ASSOCIATION)
        .order_by(func.lower(User.name), User.id)
    )
    if not by.may(Permission.MANAGE_USERS):
        chosen = chosen.where(User.id == by.user_id)
    return [(row[0], row[1]) for row in session.execute(chosen).all()]


def worker(user_id: int, by: Actor) -> User:
    """Somebody who may work in the actor's workshop. Raises `NotHere`."""
    found = session.get(User, user_id)
    if found is None or not found.active or found.site_id != by.site_id or found.role is Role.ASSOCIATION:
        raise NotHere(N_("Nobody who works in this workshop has this number. Look at the list of badges."))
    return found


def badge_of(user_id: int, *, lock: bool = False) -> Badge | None:
    """The badge in force of a person."""
    chosen = select(Badge).where(Badge.user_id == user_id, Badge.ended_at.is_(None))
    return session.scalars(chosen.with_for_update() if lock else chosen).first()


def names_on(codes: Sequence[str]) -> dict[str, str]:
    """code → the person's name, of the badges in force among these."""
    rows = session.execute(
        select(Badge.code, User.name)
        .join(User, User.id == Badge.user_id)
        .where(Badge.code.in_(codes), Badge.ended_at.is_(None))
    )
    return {row.code: row.name for row in rows}
