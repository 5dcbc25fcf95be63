"""What a device's type says of its storage, and when it may become one of another type: a laptop that is called a screen
would leave unwiped."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from tracker.accounts.rules import Actor
from tracker.database import session
from tracker.devices import codes, registry
from tracker.devices import queries as devices
from tracker.devices.lifecycle import Action, Stage
from tracker.devices.models import Device
from tracker.devices.rules import FACTORY_RESET, TYPES, WITHOUT_STORAGE, DeviceType
from tracker.errors import RuleBroken
from tracker.history.models import HistoryEntry
from tracker.history.rules import Subject
from tracker.i18n import N_, Sentence
from tracker.wiping import queries, report_queries
from tracker.wiping.rules import DeclarationKind, Storage, storage_of

_DRIVE_ON_RECORD = N_(
    "Drive %(label)s is on record for this device, and “%(after)s” has none: declare it removed or destroyed first."
)
_ALWAYS_HAS_STORAGE = N_(
    "This device came in as “%(before)s”, which always has storage, and “%(after)s” has none. If it never was one: "
    "choose “Desktop” first, let another person declare that no storage is fitted, then choose “%(after)s”."
)
_NEEDS_ANOTHER = N_(
    "This device came in as “%(before)s”, which has storage, and “%(after)s” has none. Another person than you must "
    "first declare, on its wiping page, that no storage is fitted."
)


BY_TYPE = "no_storage_by_type"
"""Why data is gone from a screen: the reason in `rules.data_is_gone`, kept in the history."""


def is_without_storage(device: Device) -> bool:
    """Whether nothing was to be wiped, by its type alone: one in which a drive was seen after all is as any other."""
    return device.type in WITHOUT_STORAGE and queries.data_gone(device).evidence.get("reason") == BY_TYPE


@registry.judges_types
def must_not_hide_data(device: Device, kind: DeviceType, by: Actor) -> None:
    """Refuse that what was once here with storage becomes a type without.

    It may where every drive on record was taken out or destroyed, and another named person has declared since the
    device last came in that no storage is fitted. What never came in and is known by no report may change freely.
    """
    if storage_of(kind) is not Storage.NONE or storage_of(device.type) is Storage.NONE:
        return
    words = {"before": Sentence(TYPES[device.type]), "after": Sentence(TYPES[kind])}
    states = queries.drive_states(device)
    left = next((one for one in states if one.end not in ("removed", "destroyed")), None)
    if left is not None:
        raise RuleBroken(_DRIVE_ON_RECORD, label=left.drive.label, **words)
    since = _came_in(device)
    if since is None and not states and not report_queries.reports_of(device):
        return
    if device.type in FACTORY_RESET:
        raise RuleBroken(_ALWAYS_HAS_STORAGE, **words)
    if not _declared_by_another(device, by, since):
        raise RuleBroken(_NEEDS_ANOTHER, **words)


@registry.merges
def must_keep_data_alike(kept: Device, gone: Device, by: Actor) -> None:
    """Refuse to merge records of which one needs another proof than the other: in a screen, a laptop would need none."""
    if storage_of(kept.type) is not storage_of(gone.type):
        raise RuleBroken(
            N_(
                "%(kept)s is “%(ours)s” and %(gone)s is “%(theirs)s”, which keep data in different ways. Correct the "
                "type of one of them first, then merge them."
            ),
            kept=codes.shown(kept.code),
            ours=Sentence(TYPES[kept.type]),
            gone=codes.shown(gone.code),
            theirs=Sentence(TYPES[gone.type]),
        )


def retyped_by(device: Device, by: Actor) -> bool:
    """Whether this person made another type of what was a phone or a tablet, which always has storage."""
    entries = session.scalars(
        select(HistoryEntry).where(
            HistoryEntry.subject_kind == Subject.DEVICE,
            HistoryEntry.subject_id.in_(devices.records_of(device)),
            HistoryEntry.action == "edit",
            HistoryEntry.actor_id == by.user_id,
        )
    ).all()
    return any(entry.facts.get("type", [None])[0] in FACTORY_RESET for entry in entries)


def _declared_by_another(device: Device, by: Actor, since: datetime | None) -> bool:
    return any(
        one.kind is DeclarationKind.NO_STORAGE
        and one.declared_by not in (None, by.user_id)
        and (since is None or one.declared_at >= since)
        for one in queries.declarations((device.id,))[device.id]
    )


def _came_in(device: Device) -> datetime | None:
    """When it was last received, in whichever of the records that are one now; also where that was undone."""
    return session.scalar(
        select(func.max(HistoryEntry.at)).where(
            HistoryEntry.subject_kind == Subject.DEVICE,
            HistoryEntry.subject_id.in_(devices.records_of(device)),
            HistoryEntry.to_stage == Stage.RECEIVED.value,
            HistoryEntry.action != Action.CORRECT.value,
        )
    )
