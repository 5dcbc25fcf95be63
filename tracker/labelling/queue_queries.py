"""Labels that wait to be printed: the design of a device's stage, not printed since the device came there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, literal, or_, select

from labels.media import Medium, medium
from tracker.accounts.rules import Actor
from tracker.allocation.models import Allocation
from tracker.clock import now
from tracker.collection.models import Collection, Intake
from tracker.database import read_once, session
from tracker.devices.lifecycle import Stage
from tracker.devices.models import Device
from tracker.labelling import habit_queries, rules, sheet_queries, sheet_rules
from tracker.labelling.habit_models import LabelHabit
from tracker.labelling.habit_queries import Destination
from tracker.labelling.habit_rules import Habit
from tracker.labelling.models import Print
from tracker.labelling.sheet_models import BegunSheet

SHOWN = 100
COUNTED = 1_000  # further than this nobody counts


@dataclass(frozen=True)
class Due:
    """A design, the devices whose label waits (the longest first, at most `SHOWN`), and how many there are in all."""

    design: str
    devices: Sequence[Device]
    total: int


@dataclass(frozen=True)
class Waiting:
    """Labels that wait for one printer and medium: design → how many. `cells`: of the sheet that they begin on."""

    on: Destination
    medium: Medium
    cells: str
    counts: dict[str, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def sheets(self) -> int | None:
        """How many sheets they take, the begun one included; None on a roll."""
        if self.medium.is_roll:
            return None
        free = len(sheet_rules.free_cells(self.cells))
        return sheet_rules.sheets_needed(free, self.medium.cells, self.total)

    @property
    def start(self) -> int:
        """The first free cell."""
        return sheet_rules.next_free(self.cells) or 1


def due(site_id: int, designs: Iterable[str] | None = None) -> list[Due]:
    """What waits in a workshop, by design in the order of the journey; of these designs, if given."""
    wanted = dict.fromkeys(rules.DUE.values()) if designs is None else designs
    groups = [Due(one, _devices(site_id, one), count(site_id, one)) for one in wanted]
    return [group for group in groups if group.total]


def by_destination(by: Actor, usual: Destination) -> list[Waiting]:
    """What waits, by the printer and the medium it waits for: first what waits for the usual one, then the fullest."""
    known, sheets = habit_queries.habits(by.site_id), sheet_queries.begun(by.site_id)
    groups: dict[str, Waiting] = {}
    for design, number in counts(by.site_id).items():
        on = habit_queries.destination(design, known, usual, by.site_id)
        group = groups.setdefault(on.key, _nothing_yet(on, sheets, by.site_id))
        groups[on.key] = replace(group, counts={**group.counts, design: number})
    return sorted(groups.values(), key=lambda one: (one.on.key != usual.key, -one.total))


def _nothing_yet(on: Destination, sheets: Sequence[BegunSheet], site_id: int) -> Waiting:
    begun = next((one for one in sheets if one.medium == on.medium), None)
    chosen = habit_queries.usable(on.medium, site_id) or medium(rules.USUAL_MEDIUM)
    return Waiting(on, chosen, begun.cells if begun else "", {})


def counts(site_id: int) -> dict[str, int]:
    """design → how many labels wait, for those that do."""
    found = {one: count(site_id, one) for one in dict.fromkeys(rules.DUE.values())}
    return {design: number for design, number in found.items() if number}


@read_once
def count(site_id: int, design: str) -> int:
    """How many labels of a design wait, counted to `COUNTED`."""
    some = select(Device.id).where(*_waiting(site_id, design)).limit(COUNTED).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


def _devices(site_id: int, design: str) -> Sequence[Device]:
    return session.scalars(
        select(Device).where(*_waiting(site_id, design)).order_by(Device.stage_since, Device.id).limit(SHOWN)
    ).all()


def is_due(device: Device) -> ColumnElement[bool]:
    """For a query on `Device`: whether the label of the stage where it stands was not printed since it came there."""
    design = rules.DUE.get(device.stage)
    return and_(*_waiting(device.site_id, design)) if design else false()


def is_due_unprinted(device: Device) -> bool:
    """The same for a device that no label was ever printed for, at a site that prints the labels of every stage."""
    if device.stage not in rules.DUE or device.merged_into_id is not None:
        return False
    return device.stage not in rules.GONE or device.stage_since >= now() - timedelta(days=rules.GONE_DAYS)


def prints_or_refusals() -> Select[Any]:
    """For a query on `Device`: anything that makes `is_due` answer otherwise than `is_due_unprinted`."""
    printed = select(Print.id).where(Print.device_id == Device.id).correlate(Device)
    refused = select(LabelHabit.id).where(LabelHabit.site_id == Device.site_id, LabelHabit.habit == Habit.OFF)
    return select(literal(1)).where(or_(printed.exists(), refused.correlate(Device).exists()))


def _waiting(site_id: int, design: str) -> list[ColumnElement[bool]]:
    stages = [stage for stage, one in rules.DUE.items() if one == design]
    printed = (
        select(Print.id)
        .where(
            Print.device_id == Device.id,
            Print.design == design,
            Print.at >= _since(stages),
            Print.undone_at.is_(None),
        )
        .exists()
    )
    return [
        Device.site_id == site_id,
        Device.merged_into_id.is_(None),
        ~habit_queries.is_off(site_id, design),
        or_(*(_stands(stage) for stage in stages)),
        ~printed,
    ]


def _stands(stage: Stage) -> ColumnElement[bool]:
    """At this stage; if that is out of the door, for a few days only: nobody can stick a label on it later."""
    if stage not in rules.GONE:
        return Device.stage == stage
    return and_(Device.stage == stage, Device.stage_since >= now() - timedelta(days=rules.GONE_DAYS))


def _since(stages: Sequence[Stage]) -> Any:
    """From when a print counts. A device that was reserved and then prepared keeps the label of its reservation."""
    if Stage.PREPARED not in stages:
        return Device.stage_since
    reserved = (
        select(func.max(Allocation.reserved_at))
        .where(Allocation.device_id == Device.id, Allocation.active)
        .scalar_subquery()
    )
    return func.coalesce(reserved, Device.stage_since)


def codes_of_collection(collection: Collection) -> list[str]:
    """The codes of a collection's devices by their place in it, as many as are printed at once."""
    chosen: Select[Any] = (
        select(Device.code)
        .join(Intake, Intake.device_id == Device.id)
        .where(Intake.collection_id == collection.id, Device.merged_into_id.is_(None))
        .order_by(Intake.position)
        .limit(rules.MOST_AT_ONCE)
    )
    return list(session.scalars(chosen))
