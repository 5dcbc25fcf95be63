"""Reading rolls of tags, the lots handed out of them, and what has never been printed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.orm import joinedload

from tracker.accounts import queries as people
from tracker.accounts.models import Site, User
from tracker.accounts.rules import Actor, Permission, Role
from tracker.cards.models import Badge, CommandCard
from tracker.database import session
from tracker.devices import queries as devices
from tracker.devices.codes import Kind
from tracker.devices.models import Device, Tag
from tracker.devices.tags import FREE, TagState
from tracker.errors import NotHere
from tracker.i18n import N_
from tracker.labelling import rules, tag_rules
from tracker.labelling.models import Print
from tracker.labelling.tag_models import RollTag, TagLot, TagRoll
from tracker.stock.models import Location
from tracker.web.pagination import ROWS, Key, Page, page_of


@dataclass
class Counted:
    """How many tags of a roll or lot are still free, on a device (also an old one of it), or void."""

    free: int = 0
    bound: int = 0
    void: int = 0

    def add(self, state: TagState, number: int) -> None:
        if state in FREE:
            self.free += number
        elif state is TagState.VOID:
            self.void += number
        else:
            self.bound += number


@dataclass(frozen=True)
class Handed:
    """A lot with who has it and what became of it."""

    lot: TagLot
    to: str
    counted: Counted = field(default_factory=Counted)


@dataclass(frozen=True)
class Standing:
    """Where a tag stands: its roll, its place on it, and the lot in force that it belongs to."""

    roll: TagRoll
    position: int
    handed: Handed | None


def roll(reference: str, *, lock: bool = False) -> TagRoll:
    """The roll of this reference, its row locked until the transaction ends if asked. Raises `NotHere`."""
    chosen = select(TagRoll).where(TagRoll.reference == reference.strip().upper()[:12])
    found = session.scalars(chosen.with_for_update() if lock else chosen).first()
    if found is None:
        raise NotHere(
            N_("There is no roll %(reference)s. Look in the list of rolls."), reference=reference[:40]
        )
    return found


def rolls(site_id: int, *, cursor: str | None = None) -> Page:
    """The rolls of a workshop, the newest first."""
    chosen = select(TagRoll).where(TagRoll.site_id == site_id)
    return page_of(chosen, [Key(TagRoll.id, descending=True)], cursor, ROWS)


def counted(roll_ids: Collection[int]) -> dict[int, Counted]:
    """roll id → what became of its tags."""
    found = {one: Counted() for one in roll_ids}
    rows = session.execute(
        select(RollTag.roll_id, Tag.state, func.count())
        .join(Tag, Tag.code == RollTag.code)
        .where(RollTag.roll_id.in_(found))
        .group_by(RollTag.roll_id, Tag.state)
    ).all()
    for roll_id, state, number in rows:
        found[roll_id].add(state, number)
    return found


def lots(of: TagRoll) -> list[Handed]:
    """The lots of a roll, the newest first, those that ended too."""
    found = session.scalars(select(TagLot).where(TagLot.roll_id == of.id).order_by(TagLot.id.desc())).all()
    return _handed(found)


def lot(of: TagRoll, lot_id: int) -> TagLot:
    """A lot in force of this roll, its row locked. Raises `NotHere`."""
    found = session.get(TagLot, lot_id, with_for_update=True)
    if found is None or found.roll_id != of.id or found.ended_at is not None:
        raise NotHere(N_("This lot is not out any more. Look at its roll."))
    return found


def _handed(found: Sequence[TagLot]) -> list[Handed]:
    names = people.user_names({one.to_user_id for one in found if one.to_user_id})
    sites = {one.id: one.name for one in people.sites()} if any(one.to_site_id for one in found) else {}
    return [
        Handed(
            one,
            names.get(one.to_user_id or 0) or sites.get(one.to_site_id or 0, ""),
            _within(one.roll_id, one.first, one.last),
        )
        for one in found
    ]


def _within(roll_id: int, first: int, last: int) -> Counted:
    found = Counted()
    rows = session.execute(
        select(Tag.state, func.count())
        .join(RollTag, RollTag.code == Tag.code)
        .where(RollTag.roll_id == roll_id, RollTag.position.between(first, last))
        .group_by(Tag.state)
    ).all()
    for state, number in rows:
        found.add(state, number)
    return found


def overlapping(of: TagRoll, first: int, last: int) -> TagLot | None:
    """A lot in force that has one of these tags."""
    return session.scalars(
        select(TagLot)
        .where(TagLot.roll_id == of.id, TagLot.ended_at.is_(None), TagLot.first <= last, TagLot.last >= first)
        .order_by(TagLot.first)
    ).first()


def standing(code: str) -> Standing | None:
    """Where a tag stands; None for one that was not minted on a roll."""
    place = session.get(RollTag, code, options=[joinedload(RollTag.roll)])
    if place is None:
        return None
    found = overlapping(place.roll, place.position, place.position)
    return Standing(place.roll, place.position, _handed([found])[0] if found else None)


def codes_on(of: TagRoll, first: int, last: int, *, free_only: bool = False) -> list[str]:
    """The codes of a part of a roll, in their order."""
    chosen = select(RollTag.code).where(RollTag.roll_id == of.id, RollTag.position.between(first, last))
    if free_only:
        chosen = chosen.join(Tag, Tag.code == RollTag.code).where(Tag.state.in_(FREE))
    return list(session.scalars(chosen.order_by(RollTag.position)))


def collectors(site_id: int) -> list[User]:
    """Who can be handed tags in a workshop, by name."""
    chosen = select(User).where(User.site_id == site_id, User.active, User.role != Role.ASSOCIATION)
    return list(session.scalars(chosen.order_by(func.lower(User.name), User.id)))


def sites() -> Sequence[Site]:
    return people.sites()


# Kind letter → the table that says what each code of it names.
_NAMED: dict[Kind, Any] = {
    Kind.LOCATION: Location,
    Kind.BOX: Location,
    Kind.COMMAND: CommandCard,
    Kind.PERSON: Badge,
}


def never_printed(kind: Kind, by: Actor) -> list[str]:
    """The codes of the actor's workshop's places, boxes, cards or badges in force of which no label was ever printed, at
    most as many as are printed at once. Of badges her own alone, as they are made, but for who looks after people."""
    table = _NAMED[kind]
    in_force = Location.active if table is Location else table.ended_at.is_(None)
    chosen = (
        select(table.code)
        .join(Tag, Tag.code == table.code)
        .where(
            table.site_id == by.site_id, Tag.kind == kind, in_force, ~exists().where(Print.code == table.code)
        )
        .order_by(table.id)
        .limit(rules.MOST_AT_ONCE)
    )
    if kind is Kind.PERSON and not by.may(Permission.MANAGE_USERS):
        chosen = chosen.where(Badge.user_id == by.user_id)
    return list(session.scalars(chosen))


def asked_for(given: Mapping[str, Any], by: Actor) -> list[str]:
    """The codes that an address asks for: a part of a roll (`roll`, `first`, `last`) or what is `new` of a kind."""
    found: list[str] = []
    if given.get("roll"):
        of = roll(given["roll"])
        first, last = (
            int(text) if (text := given.get(name, "")).isdecimal() else None for name in ("first", "last")
        )
        found += codes_on(of, *tag_rules.part_of(of.count, first, last), free_only=True)
    if given.get("new") in _NAMED:
        found += never_printed(Kind(given["new"]), by)
    return found


def unlabelled(device_ids: Collection[int]) -> set[int]:
    """Those of these devices of which no label was ever printed."""
    printed = set(session.scalars(select(Print.device_id).where(Print.device_id.in_(device_ids)).distinct()))
    return set(device_ids) - printed


def meant(text: str) -> Device | None:
    """The one device that a code, serial number or IMEI names; None where none or several do."""
    found = devices.page(devices.Wanted(text=text), limit=2).items if text.strip() else ()
    return found[0] if len(found) == 1 else None
