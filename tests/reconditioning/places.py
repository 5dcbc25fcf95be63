"""A device brought to the bench by real moves from where the wipe left it."""

from __future__ import annotations

from tests import make
from tracker.accounts.rules import Actor, Role
from tracker.database import transaction
from tracker.devices import operations as moves
from tracker.devices.lifecycle import Action, Stage
from tracker.devices.models import Device
from tracker.devices.rules import DeviceType, Grade
from tracker.reconditioning import operations
from tracker.reconditioning.rules import Answer


def worker() -> Actor:
    return make.actor(Role.VOLUNTEER, "tester@example.org")


def checker() -> Actor:
    return make.actor(Role.QUALITY, "checker@example.org")


def move(device: Device, action: Action, by: Actor, **values: object) -> None:
    with transaction():
        moves.perform(device, action, by, values)


def begun(type: DeviceType = DeviceType.LAPTOP) -> Device:
    """Its reconditioning has just begun."""
    device = make.device(Stage.WIPED, type)
    move(device, Action.START_RECONDITIONING, worker())
    return device


def worked_through(type: DeviceType = DeviceType.LAPTOP) -> Device:
    """Every point answered “works”."""
    device = begun(type)
    with transaction():
        operations.answer_all(device, Answer.PASSED, worker())
    return device


def finished(type: DeviceType = DeviceType.LAPTOP) -> Device:
    """Tested, graded and finished by the tester."""
    device = worked_through(type)
    with transaction():
        operations.grade(device, Grade.B, worker())
    move(device, Action.FINISH_RECONDITIONING, worker())
    return device
