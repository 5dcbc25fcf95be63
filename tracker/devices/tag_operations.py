"""Tags that are not of our own printing."""

from __future__ import annotations

from tracker import clock
from tracker.accounts.rules import Actor, Permission
from tracker.database import session
from tracker.devices import codes, particulars, queries
from tracker.devices.codes import Kind
from tracker.devices.models import Device, Tag
from tracker.devices.operations import tell
from tracker.devices.tags import FREE, TagState
from tracker.errors import Conflict
from tracker.history.models import HistoryEntry
from tracker.i18n import N_


def declare(device: Device, code: str, by: Actor) -> HistoryEntry | None:
    """Say that this device bears this code. A free tag of ours becomes its tag; a code that we never gave out leads to it
    from now on, as an old tag does, with the notice to put one of ours on. None where it leads there already."""
    by.must(Permission.WORK)
    tag = session.get(Tag, code, with_for_update=True)
    if tag is None:
        session.add(
            Tag(
                code=code,
                kind=Kind.DEVICE,
                state=TagState.REPLACED,
                device_id=device.id,
                replaced_by=device.code,
                minted_at=clock.now(),
            )
        )
        session.flush()
        return tell(device, "declare_tag", by, {"code": code})
    if tag.kind is Kind.DEVICE and tag.state in FREE:
        return particulars.replace_tag(device, code, by)
    found = queries.resolve(code)
    if found is not None and found.device is not None and found.device.id == device.id:
        return None
    raise Conflict(
        N_("%(code)s names something else by now: scan it, look at it, then decide."), code=codes.shown(code)
    )
