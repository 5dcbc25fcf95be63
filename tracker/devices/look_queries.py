"""Reading one device to be looked at: everything that is on record of it is asked for at once, and what there is not
is then asked for no more."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm.attributes import set_committed_value

from tracker.accounts.models import Site
from tracker.devices import codes, queries, registry
from tracker.devices.models import Accessory, Device, DeviceFlag, Tag
from tracker.prepared import Prepared
from tracker.statements import as_read, table_of


def looked_at(text: str) -> Device:
    """The device with this code, as `queries.by_code` finds it, for a page that shows it. Raises `NotHere`."""
    code = codes.read(text)
    if isinstance(code, codes.Fault):
        return queries.by_code(text)
    row = _LOOK.one_or_none(code=code)
    if row is None:
        return queries.by_code(text)
    device, site, traces = as_read(Device, row[:_DEVICE]), row[_DEVICE:_SITE], row[_SITE:]
    if device.merged_into_id is not None:
        return queries.by_code(text)
    set_committed_value(device, "site", as_read(Site, site))
    for there_is, (_trace, nothing) in zip(traces, registry.traces(), strict=True):
        if not there_is:
            nothing(device)
    return device


_devices, _sites, _tags = table_of(Device), table_of(Site), table_of(Tag)
_DEVICE = len(_devices.c)
_SITE = _DEVICE + len(_sites.c)


def _statement() -> Any:
    """Built once, when every domain has said what it leaves behind."""
    traces = [trace().correlate(_devices).exists() for trace, _nothing in registry.traces()]
    return (
        select(*_devices.c, *_sites.c, *traces)
        .select_from(_devices)
        .join(_tags, _tags.c.device_id == _devices.c.id)
        .join(_sites, _sites.c.id == _devices.c.site_id)
        .where(_tags.c.code == bindparam("code"))
    )


_LOOK = Prepared(_statement)


@registry.leaves_trace(
    lambda: select(DeviceFlag.id).where(DeviceFlag.device_id == Device.id, DeviceFlag.cleared_at.is_(None))
)
def without_flags(device: Device) -> None:
    set_committed_value(device, "flags", [])


@registry.leaves_trace(lambda: select(Accessory.id).where(Accessory.device_id == Device.id))
def without_accessories(device: Device) -> None:
    set_committed_value(device, "accessories", [])
