"""Whether what a report tells of a computer can be told of a device: one log can hold runs of several computers."""

from __future__ import annotations

from collections.abc import Collection, Mapping

SHORTEST_TAIL = 6


def agrees(host_keys: Collection[str], device_key: str | None) -> bool:
    """Whether one of the computer's serial numbers is the one on record for the device.

    A bar code on the case often says more than the firmware: Lenovo's begins with `1S` and the machine type.
    """
    if device_key is None:
        return False
    return any(
        key == device_key or (len(key) >= SHORTEST_TAIL and device_key.endswith(key)) for key in host_keys
    )


def contradicts(
    host_keys: Collection[str],
    device_key: str | None,
    owners: Collection[int],
    device_id: int,
    *,
    alone: bool,
) -> bool:
    """Whether the computer of a report is another one than this device.

    `owners`: ids of the devices on record with one of `host_keys`. `alone`: the report tells of one computer
    only. A computer without usable serial number contradicts nothing.
    """
    if not host_keys or agrees(host_keys, device_key):
        return False
    if device_key is not None:
        return True
    return not alone or bool(set(owners) - {device_id})


def named_by(host_keys: Collection[str], owners: Mapping[str, Collection[int]]) -> int | None:
    """The one device that the computer's serial numbers name, None for none or several."""
    named = {device_id for key in host_keys for device_id in owners.get(key, ())}
    return named.pop() if len(named) == 1 else None
