"""What a device's next actions say, and what a scan of each action then does, are the same."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask

from tests import make
from tests.scanning.test_next_step import SITUATIONS
from tracker.accounts.rules import Actor
from tracker.api.device_shapes import next_actions
from tracker.database import session, transaction
from tracker.devices import queries as devices
from tracker.devices.lifecycle import MOVES, Action
from tracker.devices.models import Device
from tracker.devices.step_queries import next_step
from tracker.i18n import Sentence
from tracker.scanning import rules
from tracker.scanning.judgement_operations import judge
from tracker.scanning.rules import Outcome, Verdict

ROLES = ("volunteer", "quality", "coordinator")


class _Undone(Exception):
    """Ends a transaction that was only a trial."""


@contextmanager
def on_trial() -> Iterator[None]:
    """Whatever is done within leaves no trace."""
    try:
        with transaction():
            yield
            raise _Undone
    except _Undone:
        pass


def tried(device_id: int, action: Action, by: Actor) -> Verdict:
    """What a scan of this device with this action does, with no more than the reason where one is demanded; taken
    back."""
    reason = "dit au téléphone" if MOVES[action].needs_reason else None
    with on_trial():
        code = devices.locked(device_id).code
        return judge(rules.asked(code, action=action, note=reason), by)
    raise AssertionError("unreachable")


@pytest.mark.parametrize("situation", SITUATIONS)
def test_what_is_offered_is_what_a_scan_does(app: Flask, situation: str) -> None:
    device_id = SITUATIONS[situation]().id
    for role in ROLES:
        by = make.actor(role, f"hand-{role}@example.org")
        with app.test_request_context():
            device = session.get(Device, device_id)
            assert device is not None
            stage = device.stage
            offers = {one["action"]: one for one in next_actions(device, by)}
        for action, move in MOVES.items():
            verdict, offer = tried(device_id, action, by), offers.get(action.value)
            told = f"{role}, {action}: offered {offer}, a scan says {verdict}"
            if offer is None:
                assert verdict.outcome is not Outcome.DONE, told
                assert not move.starts_from(stage) or not by.is_at_least(move.role), told
            elif offer["refused"]:
                assert verdict.outcome is Outcome.REFUSED, told
                told_why = (verdict.sentence.shown_in("fr"), verdict.address)
                assert told_why == (offer["refused"], offer["page"]), told
            else:
                assert verdict.outcome is (Outcome.REFUSED if offer["page"] else Outcome.DONE), told
                assert verdict.address == offer["page"], told


@pytest.mark.parametrize("situation", SITUATIONS)
def test_a_scan_at_a_wrong_stage_is_told_the_step_that_this_very_device_needs(
    app: Flask, situation: str
) -> None:
    """A screen has nothing to wipe, so nobody is sent to wipe it."""
    device_id, by = SITUATIONS[situation]().id, make.actor()
    device = session.get(Device, device_id)
    assert device is not None
    step, stage = next_step(device, by), device.stage
    for action in (one for one, move in MOVES.items() if not move.starts_from(stage)):
        verdict = tried(device_id, action, by)
        if verdict.outcome is Outcome.REFUSED:
            named = verdict.sentence.details.get("next")
            assert named == (Sentence(step.move.name) if step else None), f"{action}: {verdict.sentence}"
        else:
            assert verdict.outcome is Outcome.ALREADY, verdict
