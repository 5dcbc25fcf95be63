"""What an association asks, and what becomes of it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from tracker import clock
from tracker.allocation import operations, promise_operations
from tracker.allocation.models import EquipmentRequest, RequestLine
from tracker.allocation.needs_rules import Needs
from tracker.allocation.proposal_queries import proposals
from tracker.allocation.rules import Asked
from tracker.database import session
from tracker.demo.stage_setting import Scene
from tracker.devices import queries
from tracker.devices.lifecycle import Action
from tracker.devices.operations import perform
from tracker.devices.rules import DeviceType
from tracker.distribution.operations import Terms, hand_over
from tracker.distribution.packing_operations import pack_demanded
from tracker.distribution.rules import Otherwise, Signed


@dataclass(frozen=True)
class Wish:
    """A request: who asks, for what, and how far it goes: `sent`, `reserved`, `prepared` or `delivered`."""

    association_id: int
    lines: tuple[tuple[DeviceType, int, int | None], ...]  # type, quantity, least memory in MB
    until: str
    wait_days: float
    returned: bool = False


def request_story(wish: Wish, scene: Scene, seed: int) -> Iterator[datetime]:
    rng = random.Random(seed)  # noqa: S311 (a story, no secret)
    request_id = _ask(wish, scene)
    if wish.until == "sent":
        return
    yield clock.now() + timedelta(days=wish.wait_days)
    device_ids = _reserve(request_id, scene)
    if wish.until == "reserved" or not device_ids:
        return
    yield clock.now() + timedelta(hours=rng.uniform(4, 30))
    _prepare(device_ids, scene)
    if wish.until == "prepared":
        return
    yield clock.now() + timedelta(hours=rng.uniform(10, 80))
    _deliver(request_id, device_ids, scene, rng)
    if wish.returned:
        yield clock.now() + timedelta(days=12)
        back = queries.locked(device_ids[0])
        perform(
            back,
            Action.TAKE_BACK,
            scene.someone("benevole", back.site_id),
            {"reason": "La batterie ne tient plus."},
        )


def _ask(wish: Wish, scene: Scene) -> int:
    lines = [
        Asked(kind, quantity, Needs({"memory_mb": float(memory)}) if memory else Needs())
        for kind, quantity, memory in wish.lines
    ]
    return operations.make_request(
        lines, scene.referrers[wish.association_id], reference="dossier interne"
    ).id


def _reserve(request_id: int, scene: Scene) -> list[int]:
    """Promise the best proposals of each line, as many as it asks for and there are."""
    request = session.get_one(EquipmentRequest, request_id)
    by = scene.someone("coordination", request.site_id)
    chosen = [
        (candidate.device.id, line.progress.line.id)
        for line in proposals(request)
        for candidate in line.candidates[: line.progress.missing]
    ]
    for device_id, line_id in chosen:
        promise_operations.reserve(queries.locked(device_id), session.get_one(RequestLine, line_id), by)
    return [device_id for device_id, _ in chosen]


def _prepare(device_ids: list[int], scene: Scene) -> None:
    for device_id in device_ids:
        device = queries.locked(device_id)
        by = scene.someone("benevole", device.site_id)
        pack_demanded(device, by)
        perform(device, Action.PREPARE, by, {})


def _deliver(request_id: int, device_ids: list[int], scene: Scene, rng: random.Random) -> None:
    request = session.get_one(EquipmentRequest, request_id)
    signed = Signed(name="Signature de démonstration", role="référent")
    otherwises = {one: rng.choice(list(Otherwise)) for one in device_ids if rng.random() < 0.6}
    terms = Terms(signed=signed, otherwises=otherwises, people=len(device_ids), packed=True)
    by = scene.someone("benevole", request.site_id)
    hand_over(request, [queries.locked(one) for one in device_ids], by, terms)
