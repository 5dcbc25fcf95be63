"""What happens to one device, step by step, from the donor's list as far as its fate lets it come."""

from __future__ import annotations

import enum
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from tracker import clock
from tracker.accounts.rules import Actor
from tracker.collection.models import Collection
from tracker.collection.operations import add_device
from tracker.collection.rules import Line
from tracker.database import session
from tracker.demo.cast import Model
from tracker.demo.reports import Disk, Machine, nwipe_log, smartctl_json
from tracker.demo.stage_setting import Scene
from tracker.devices import particulars, queries
from tracker.devices.lifecycle import Action, Flag
from tracker.devices.models import Device
from tracker.devices.operations import perform
from tracker.devices.rules import DEMANDED, FACTORY_RESET, WITHOUT_STORAGE, DeviceType, Grade
from tracker.reconditioning import operations as bench
from tracker.reconditioning.rules import Answer
from tracker.stock.models import Location
from tracker.stock.operations import put
from tracker.wiping import report_operations as reports
from tracker.wiping.declaration_operations import declare
from tracker.wiping.rules import DeclarationKind


class Fate(enum.StrEnum):
    """Where a device's story ends, if time allows."""

    ANNOUNCED = "announced"
    DECLINED = "declined"
    COLLECTED = "collected"
    RECEIVED = "received"
    LOST = "lost"
    WIPING = "wiping"
    WIPE_FAILS = "wipe_fails"
    WIPED = "wiped"
    PARTS = "parts"
    RECYCLED = "recycled"
    AT_THE_BENCH = "reconditioning"
    NEEDS_PART = "needs_part"
    TO_CHECK = "reconditioned"
    READY = "ready"


@dataclass(frozen=True)
class Plan:
    """One device: what it is, which gift it belongs to, how far it goes. `code` comes from the seed."""

    model: Model
    collection_id: int
    site_id: int
    fate: Fate
    code: str
    serial: str
    seed: int


class Teller:
    """Holds what the steps of one story share."""

    def __init__(self, plan: Plan, scene: Scene) -> None:
        self.plan, self.scene = plan, scene
        self.rng = random.Random(plan.seed)  # noqa: S311 (a story, no secret)
        self.device_id = 0

    def device(self) -> Device:
        return queries.locked(self.device_id)

    def by(self, name: str = "benevole") -> Actor:
        return self.scene.someone(name, self.plan.site_id)

    def later(self, least_hours: float, most_hours: float) -> datetime:
        return clock.now() + timedelta(hours=self.rng.uniform(least_hours, most_hours))

    def do(self, action: Action, who: str = "benevole", **values: object) -> None:
        perform(self.device(), action, self.by(who), values)


def device_story(plan: Plan, scene: Scene) -> Iterator[datetime]:
    """The whole story; each `yield` is the moment of the next step."""
    told = Teller(plan, scene)
    yield from _arrive(told)
    if plan.fate in (Fate.ANNOUNCED, Fate.DECLINED, Fate.COLLECTED, Fate.RECEIVED, Fate.LOST):
        return
    yield from _wipe(told)
    if plan.fate in (Fate.WIPING, Fate.WIPE_FAILS, Fate.WIPED):
        return
    if plan.fate in (Fate.PARTS, Fate.RECYCLED):
        yield from _leave(told)
        return
    yield from _recondition(told)


def _arrive(told: Teller) -> Iterator[datetime]:
    plan = told.plan
    line = Line(
        type=plan.model.type,
        manufacturer=plan.model.manufacturer,
        model=plan.model.model,
        serial=plan.serial,
        weight_g=plan.model.weight_g if told.rng.random() < 0.7 else None,
        specification=_specification(plan.model),
    )
    gift = session.get_one(Collection, plan.collection_id)
    told.device_id = add_device(
        gift, line, Action.ANNOUNCE, told.by("coordination"), code=plan.code, another=True
    ).id
    yield told.later(20, 90)
    if plan.fate is Fate.ANNOUNCED:
        return
    if plan.fate is Fate.DECLINED:
        told.do(Action.DECLINE, "coordination", reason="Trop ancien pour être remis en service.")
        return
    told.do(Action.COLLECT)
    yield told.later(2, 30)
    if plan.fate is Fate.COLLECTED:
        return
    wanted = DEMANDED[plan.model.type]
    told.do(Action.RECEIVE, weight_g=plan.model.weight_g, accessories=[kind.value for kind in wanted])
    shelf = session.get_one(Location, told.rng.choice(told.scene.shelves[plan.site_id]))
    put(told.device(), shelf, told.by())
    yield told.later(4, 120)
    if plan.fate is Fate.LOST:
        told.do(Action.LOSE, reason="Absent de l’étagère à l’inventaire.")


def _specification(model: Model) -> dict[str, object]:
    known = {
        "cpu": model.cpu,
        "memory_mb": model.memory_mb,
        "screen_inches": model.screen_inches,
        "storage_gb": model.disk[2] // 10**9 if model.disk else None,
    }
    return {key: value for key, value in known.items() if value is not None}


def _wipe(told: Teller) -> Iterator[datetime]:
    plan, kind = told.plan, told.plan.model.type
    if kind not in WITHOUT_STORAGE:
        told.do(Action.START_WIPING)
        yield told.later(2, 20)
        if plan.fate is Fate.WIPING:
            return
    if plan.model.disk is not None:
        _drop_reports(told)
        if plan.fate is Fate.WIPE_FAILS:
            return
    elif kind in FACTORY_RESET:
        declare(
            told.device(),
            DeclarationKind.FACTORY_RESET,
            told.by(),
            "Réinitialisé par le menu, aucun compte ne reste.",
            lock_checked=True,
        )
    elif kind is DeviceType.PRINTER:
        declare(told.device(), DeclarationKind.NO_STORAGE, told.by(), "Ouverte : aucun disque dedans.")
    told.do(Action.FINISH_WIPING)
    yield told.later(5, 100)


def _drop_reports(told: Teller) -> None:
    plan = told.plan
    assert plan.model.disk is not None
    disk_kind, disk_model, size, name = plan.model.disk
    disk = Disk(name, disk_kind, disk_model, f"RIC{plan.seed:05d}{disk_kind[0]}X", size)
    machine = Machine(plan.model.manufacturer, plan.model.model, plan.serial)
    failed = frozenset({disk.serial}) if plan.fate is Fate.WIPE_FAILS else frozenset()
    folder = f"{plan.code}/"
    files = [
        (
            f"{folder}nwipe_log_{clock.now():%Y%m%d-%H%M%S}.txt",
            nwipe_log(machine, [disk], clock.now(), failed=failed),
        ),
        (f"{folder}smartctl_{name}.json", smartctl_json(disk, told.rng.randrange(800, 14_000))),
    ]
    reports.receive(files, told.by())


def _leave(told: Teller) -> Iterator[datetime]:
    if told.plan.fate is Fate.PARTS:
        told.do(Action.TAKE_FOR_PARTS, reason="Carte mère en panne, le reste est bon.")
        return
    yield told.later(24, 200)
    number = f"BSD-DEMO-{clock.now():%Y%m}"
    told.do(Action.RECYCLE, "coordination", slip_number=number, recycler="Recyclage de Démonstration")


def _recondition(told: Teller) -> Iterator[datetime]:
    told.do(Action.START_RECONDITIONING)
    yield told.later(2, 40)
    if told.plan.fate is Fate.NEEDS_PART:
        particulars.raise_flag(told.device(), Flag.NEEDS_PART, told.by(), "Clavier à changer.")
        return
    if told.plan.fate is Fate.AT_THE_BENCH:
        return
    device = told.device()
    bench.answer_all(device, Answer.PASSED, told.by())
    letter = told.rng.choices([Grade.A, Grade.B, Grade.C], weights=[3, 5, 2])[0]
    battery = told.rng.randrange(62, 97) if device.type is DeviceType.LAPTOP else None
    bench.grade(device, letter, told.by(), battery=battery, screen=letter, casing=letter)
    told.do(Action.FINISH_RECONDITIONING)
    yield told.later(3, 60)
    if told.plan.fate is Fate.TO_CHECK:
        return
    told.do(Action.PASS_QUALITY_CHECK, "qualite")
