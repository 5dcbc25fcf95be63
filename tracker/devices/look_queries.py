"""Reading one device to be looked at: everything that is on record of it is asked for at once, and what there is not
is then asked for no more."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.attributes import set_committed_value

from tracker.database import session
from tracker.devices import codes, queries, registry
from tracker.devices.models import Accessory, Device, DeviceFlag, Tag


def looked_at(text: str) -> Device:
    """The device with this code, as `queries.by_code` finds it, for a page that shows it. Raises `NotHere`."""
    code = codes.read(text)
    if isinstance(code, codes.Fault):
        return queries.by_code(text)
    row = session.execute(_statement(), {"code": code}).one_or_none()
    if row is None or row[0].merged_into_id is not None:
        return queries.by_code(text)
    device: Device = row[0]
    for there_is, (_trace, nothing) in zip(row[1:], registry.traces(), strict=True):
        if not there_is:
            nothing(device)
    return device


@cache
def _statement() -> Any:
    """Built once, when every domain has said what it leaves behind."""
    traces = [trace().correlate(Device).exists() for trace, _nothing in registry.traces()]
    return (
        select(Device, *traces)
        .join(Tag, Tag.device_id == Device.id)
        .options(joinedload(Device.site, innerjoin=True))
        .where(Tag.code == bindparam("code"))
    )


@registry.leaves_trace(
    lambda: select(DeviceFlag.id).where(DeviceFlag.device_id == Device.id, DeviceFlag.cleared_at.is_(None))
)
def without_flags(device: Device) -> None:
    set_committed_value(device, "flags", [])


@registry.leaves_trace(lambda: select(Accessory.id).where(Accessory.device_id == Device.id))
def without_accessories(device: Device) -> None:
    set_committed_value(device, "accessories", [])
