"""A person's word on what is inside a device: her choice between reports, and her own correction."""

from __future__ import annotations

from typing import Any

from tracker import clock
from tracker.accounts.rules import Actor, Permission
from tracker.database import session
from tracker.devices import registry
from tracker.devices.models import Device
from tracker.errors import RuleBroken
from tracker.history import operations as history
from tracker.history.models import HistoryEntry
from tracker.history.rules import Subject
from tracker.i18n import N_
from tracker.wiping import hardware_queries
from tracker.wiping.hardware_models import HardwareFact
from tracker.wiping.hardware_operations import settle
from tracker.wiping.hardware_rules import ARRIVAL, PERSON
from tracker.wiping.hardware_value_rules import Piece, Value

_SETTLED = N_("Somebody has settled this meanwhile, or a report was taken away: look at what stands now.")


def choose(device: Device, piece: Piece, report: int | None, by: Actor) -> HistoryEntry:
    """A person says which of the sources is right: the disputed one of that report, or with None what stands.

    Reports that say otherwise are settled by that; one that comes later asks again.
    """
    by.must(Permission.WORK)
    fact = hardware_queries.standing(device, piece)
    if fact is None or not fact.disputed or fact.value != device.specification.get(piece.value):
        raise RuleBroken(_SETTLED)
    options: dict[int | None, Value] = {one["report"]: one["value"] for one in fact.disputed}
    options[None] = fact.value
    if report not in options:
        raise RuleBroken(_SETTLED)
    before = dict(device.specification)
    chosen = options[report]
    said = _said(device, piece, chosen, by)
    said.report_id = report if report is not None else fact.report_id
    _put(said, fact)
    device.specification = {**before, piece.value: chosen}
    return history.append(
        subject=(Subject.DEVICE, device.id),
        action="specification_chosen",
        by=by,
        site_id=device.site_id,
        facts={
            "specification": [before, dict(device.specification)],
            "piece": piece.value,
            "report": report,
            "instead_of": [value for key, value in options.items() if key != report],
        },
    )


@registry.follows_edits
def keep_word(device: Device, by: Actor, entry: HistoryEntry) -> None:
    """What a person corrects on the device's page is hers from then on; another type has other parts."""
    changed: list[dict[str, Any]] = entry.facts.get("specification") or [{}, {}]
    before, after = changed
    for piece in Piece:
        old, new = before.get(piece.value), after.get(piece.value)
        if old == new:
            continue
        fact = hardware_queries.standing(device, piece)
        if fact is None and old is not None:
            session.add(_came_with(device, piece, old))
        _put(_said(device, piece, new, by), fact)
    if "type" in entry.facts:
        settle([device.id], by)


def _came_with(device: Device, piece: Piece, value: Value) -> HardwareFact:
    return HardwareFact(
        device_id=device.id,
        piece=piece,
        value=value,
        source=ARRIVAL,
        said_at=device.created_at,
        from_at=device.created_at,
        until_at=clock.now(),
        disputed=[],
    )


def _said(device: Device, piece: Piece, value: Value | None, by: Actor) -> HardwareFact:
    now = clock.now()
    return HardwareFact(
        device_id=device.id,
        piece=piece,
        value=value,
        source=PERSON,
        said_by=by.user_id,
        said_at=now,
        from_at=now,
        disputed=[],
    )


def _put(made: HardwareFact, instead_of: HardwareFact | None) -> None:
    if instead_of is not None:
        instead_of.until_at = made.from_at
        session.flush()  # only one of a piece stands at any time
    session.add(made)
    session.flush()
