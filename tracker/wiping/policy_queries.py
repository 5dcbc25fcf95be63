"""Reading policies: the one in force at a workshop, and those before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import contains_eager, joinedload

from tracker.accounts.models import Site
from tracker.database import read_once, session
from tracker.devices.models import Device
from tracker.wiping.home_queries import CLOSED
from tracker.wiping.models import Drive, Wipe
from tracker.wiping.policy_models import WipingPolicy
from tracker.wiping.policy_rules import Policy, Ruling, changes, read_policy


@dataclass(frozen=True)
class PastPolicy:
    """A policy as its workshop decided it. `changed`: {setting: [old, new]} against the one before."""

    policy: Policy
    changed: dict[str, list[Any]]
    set_at: datetime
    set_by: int | None


@read_once
def in_force(site_id: int) -> Policy:
    """What the workshop accepts now: the newest it decided, or the defaults."""
    row = session.execute(
        select(WipingPolicy.number, WipingPolicy.content)
        .where(WipingPolicy.site_id == site_id)
        .order_by(WipingPolicy.number.desc())
        .limit(1)
    ).first()
    return read_policy(row[0], row[1]) if row else Policy()


def decided(site_id: int) -> Sequence[PastPolicy]:
    """All policies that the workshop decided, the newest first; the defaults before them are not among these."""
    rows = session.scalars(
        select(WipingPolicy).where(WipingPolicy.site_id == site_id).order_by(WipingPolicy.number)
    ).all()
    found, before = [], Policy()
    for row in rows:
        policy = read_policy(row.number, row.content)
        found.append(PastPolicy(policy, changes(before, policy), row.set_at, row.set_by))
        before = policy
    return found[::-1]


def hold(site_id: int) -> None:
    """Lock the workshop until the transaction ends: of two people who change its policy at once, one waits."""
    session.execute(select(Site.id).where(Site.id == site_id).with_for_update()).one()


def not_accepted(site_id: int) -> Sequence[Wipe]:
    """Attempts on drives that still may hold data, of devices still here, which nobody decided on: the oldest first.

    What failed or only read a drive is left out: no policy lets it count.
    """
    return session.scalars(
        select(Wipe)
        .join(Drive, Drive.id == Wipe.drive_id)
        .join(Device, Device.id == Wipe.device_id)
        .where(
            Wipe.ruling.in_([Ruling.PERSON, Ruling.SHORT]),
            Wipe.accepted.is_(False),
            Wipe.reviewed_at.is_(None),
            Drive.destroyed_at.is_(None),
            or_(Drive.wiped_at.is_(None), Drive.wiped_at < Device.arrived_at),
            Device.site_id == site_id,
            Device.stage.not_in(CLOSED),
            Device.merged_into_id.is_(None),
        )
        .options(contains_eager(Wipe.drive), contains_eager(Wipe.device), joinedload(Wipe.report))
        .order_by(Wipe.id)
    ).all()
