"""How many come, how many go, and how long they stay at each stage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import and_, case, func, literal, or_, select

from tracker.database import session
from tracker.devices.lifecycle import MAIN_LINE, Stage
from tracker.devices.models import Device
from tracker.devices.rules import DeviceType
from tracker.reports import rules
from tracker.reports.move_queries import Filters, about, enters, in_month, kept, moves, standing


@dataclass(frozen=True)
class Flow:
    """Devices and kilograms that moved in a month. `weighed` of them have a measured weight."""

    count: int
    weight_g: int
    weighed: int


FLOWS = ("collected", "delivered", "recycled")


def flows(filters: Filters) -> dict[str, dict[str, Flow]]:
    """{month: {"collected" · "delivered" · "recycled": Flow}}, every month present."""
    found = moves()
    kind = case(
        (enters(found), literal("collected")),
        (and_(found.c.to_stage == Stage.DELIVERED.value, kept(found)), literal("delivered")),
        (found.c.to_stage == Stage.RECYCLED.value, literal("recycled")),
        else_=None,
    ).label("kind")
    month = in_month(found.c.at, filters).label("month")
    usual = case(rules.USUAL_WEIGHT_G, value=Device.type, else_=0)
    rows = (
        select(
            month,
            kind,
            func.coalesce(Device.weight_g, usual).label("weight"),
            Device.weight_g.label("measured"),
        )
        .select_from(found)
        .join(Device, Device.id == found.c.device_id)
    )
    rows = about(rows, filters).where(
        standing(found), found.c.at >= filters.begins, found.c.at < filters.ends, kind.is_not(None)
    )
    inner = rows.subquery()
    query = select(
        inner.c.month, inner.c.kind, func.count(), func.sum(inner.c.weight), func.count(inner.c.measured)
    ).group_by(inner.c.month, inner.c.kind)
    counted = {(row[0], row[1]): Flow(row[2], int(row[3] or 0), row[4]) for row in session.execute(query)}
    nothing = Flow(0, 0, 0)
    return {
        label: {name: counted.get((label, name), nothing) for name in FLOWS} for label, _, _ in filters.months
    }


def delivered_by_type(filters: Filters) -> dict[DeviceType, int]:
    """Devices handed over in the period and not back within 30 days, by type."""
    found = moves()
    query = (
        select(Device.type, func.count())
        .select_from(found)
        .join(Device, Device.id == found.c.device_id)
        .where(
            standing(found),
            kept(found),
            found.c.to_stage == Stage.DELIVERED.value,
            found.c.at >= filters.begins,
            found.c.at < filters.ends,
        )
        .group_by(Device.type)
    )
    return {row[0]: row[1] for row in session.execute(about(query, filters)).all()}


@dataclass(frozen=True)
class Cohort:
    """What became of the devices first received in a month. `open`: still on their way."""

    received: int
    delivered: int
    recycled: int
    parts: int
    lost: int
    declined: int

    @property
    def open(self) -> int:
        return self.received - self.delivered - self.recycled - self.parts - self.lost - self.declined

    @property
    def rate(self) -> Decimal | None:
        return rules.reuse_rate(self.delivered, self.recycled, self.parts, self.lost)


OUTCOMES = (Stage.DELIVERED, Stage.RECYCLED, Stage.PARTS, Stage.LOST, Stage.DECLINED)


def cohorts(filters: Filters) -> dict[str, Cohort]:
    """{month of first reception: Cohort}, every month present. Where a device stands is today's stage."""
    found = moves()
    first = (
        select(found.c.device_id, func.min(found.c.at).label("at"))
        .where(standing(found), found.c.to_stage == Stage.RECEIVED.value)
        .group_by(found.c.device_id)
        .subquery()
    )
    month = in_month(first.c.at, filters).label("month")
    rows = about(
        select(month, Device.stage).select_from(first).join(Device, Device.id == first.c.device_id), filters
    ).where(first.c.at >= filters.begins, first.c.at < filters.ends)
    inner = rows.subquery()
    query = select(inner.c.month, inner.c.stage, func.count()).group_by(inner.c.month, inner.c.stage)
    counted: dict[str, dict[Stage, int]] = {}
    for label, stage, count in session.execute(query):
        counted.setdefault(label, {})[Stage(stage)] = count
    return {label: _cohort(counted.get(label, {})) for label, _, _ in filters.months}


def _cohort(stages: Mapping[Stage, int]) -> Cohort:
    ended = {stage.value: stages.get(stage, 0) for stage in OUTCOMES}
    return Cohort(received=sum(stages.values()), **ended)


@dataclass(frozen=True)
class Stay:
    """Days at a stage of those that left it in the period; None where fewer than five did."""

    left: int
    median_days: float | None
    p90_days: float | None


def stays(filters: Filters) -> dict[Stage, Stay]:
    """Time in each stage of the way, from the dwell that each move carries."""
    found = moves()
    rows = about(
        select(
            found.c.from_stage,
            found.c.dwell_s,
            func.row_number().over(partition_by=found.c.from_stage, order_by=found.c.dwell_s).label("place"),
            func.count().over(partition_by=found.c.from_stage).label("total"),
        )
        .select_from(found)
        .join(Device, Device.id == found.c.device_id),
        filters,
    ).where(
        standing(found),
        found.c.dwell_s.is_not(None),
        found.c.at >= filters.begins,
        found.c.at < filters.ends,
    )
    inner = rows.subquery()
    near = or_(*(func.abs((inner.c.place - 1) - (inner.c.total - 1) * part) < 1 for part in (0.5, 0.9)))
    picked: dict[str, dict[int, float]] = {}
    totals: dict[str, int] = {}
    for stage, dwell, place, total in session.execute(
        select(inner.c.from_stage, inner.c.dwell_s, inner.c.place, inner.c.total).where(near)
    ):
        picked.setdefault(stage, {})[place - 1] = dwell / 86_400
        totals[stage] = total
    return {stage: _stay(picked.get(stage.value, {}), totals.get(stage.value, 0)) for stage in MAIN_LINE[:-1]}


def _stay(picked: Mapping[int, float], total: int) -> Stay:
    """From the few values beside each percentile's place. The same interpolation as `rules.percentile`."""
    return Stay(total, _at(picked, total, 0.5), _at(picked, total, 0.9))


def _at(picked: Mapping[int, float], total: int, part: float) -> float | None:
    if total < rules.FEWEST:
        return None
    position = (total - 1) * part
    below = int(position)
    above = min(below + 1, total - 1)
    low = picked[below]
    return low + (picked.get(above, low) - low) * (position - below)
