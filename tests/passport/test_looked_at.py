"""What a device's page asks for at once is what its domains would have asked for one by one."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any

import pytest
from flask import Flask

from tests import make
from tests.web.test_statements import give_and_take, live
from tracker.accounts.rules import Actor
from tracker.database import session, transaction
from tracker.devices import queries as devices
from tracker.devices import registry
from tracker.devices.lifecycle import Stage
from tracker.devices.look_queries import looked_at
from tracker.devices.rules import DeviceType
from tracker.devices.step_queries import next_step
from tracker.labelling.habit_models import LabelHabit
from tracker.labelling.habit_rules import Habit
from tracker.passport import queries
from tracker.passport.panels import panels
from tracker.reconditioning import queries as reconditioning
from tracker.wiping import hardware_queries as hardware


def seen(code: str, by: Actor, read: Any) -> dict[str, Any]:
    """All that the page is told of the device, in words."""
    session.rollback()
    session.expunge_all()
    device = read(code)
    story = queries.story(device)
    if read is looked_at:
        reconditioning.read_in(device, story.entries)
    step = next_step(device, by)
    return {
        "flags": [row.flag for row in device.flags],
        "accessories": [row.kind for row in device.accessories],
        "site": device.site.name,
        "step": step and (step.move.action, step.words, step.page, step.against, str(step.refusal)),
        "inside": repr(hardware.known(device)),
        "panels": {template: told({**shown, **own}) for template, shown, own, _alike in panels(device, by)},
    }


def told(value: Any) -> Any:
    """The value with the keys of the rows in it."""
    if isinstance(value, dict):
        return {key: told(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [told(one) for one in value]
    if hasattr(value, "__table__"):
        return type(value).__name__, [getattr(value, key.name) for key in value.__table__.primary_key]
    if is_dataclass(value):
        return {one.name: told(getattr(value, one.name)) for one in fields(value)}
    return repr(value)


def alike(code: str, by: Actor) -> None:
    assert seen(code, by, looked_at) == seen(code, by, devices.by_code)


@pytest.mark.parametrize("stage", Stage)
def test_a_device_with_nothing_but_its_way_is_shown_the_same(app: Flask, stage: Stage) -> None:
    alike(make.device(stage).code, make.actor("coordinator"))


def test_a_device_with_a_life_is_shown_the_same(app: Flask) -> None:
    by = make.actor("coordinator")
    device = make.device(Stage.WIPING, serial="PF0RICO8")
    live(device, 0, 2)
    alike(device.code, by)
    screen = make.ready(DeviceType.SCREEN, make.collection())
    give_and_take(screen, 1)
    alike(screen.code, by)


def test_a_label_that_the_workshop_never_prints_is_not_due(app: Flask) -> None:
    by, code = make.actor("coordinator"), make.device(Stage.RECEIVED).code
    assert seen(code, by, looked_at)["panels"]["labelling/_panel.html"]["due"] == "True"
    with transaction():
        session.add(LabelHabit(site_id=by.site_id, design="intake", habit=Habit.OFF))
    alike(code, by)
    assert seen(code, by, looked_at)["panels"]["labelling/_panel.html"]["due"] == "False"


def test_each_domain_that_keeps_something_of_a_device_says_so(app: Flask) -> None:
    assert len(registry.traces()) >= 11
