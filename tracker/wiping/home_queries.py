"""Which device each computer of a report is: one log can hold runs of several."""

from __future__ import annotations

from dataclasses import dataclass

from tracker.devices import queries as devices
from tracker.devices.lifecycle import Stage
from tracker.devices.models import Device
from tracker.wiping import host_rules, report_queries
from tracker.wiping.readings import ComputerSeen, ReportReading

# A device that has left, or was never ours to wipe, takes no reports.
CLOSED = (Stage.DELIVERED, Stage.RECYCLED, Stage.DECLINED, Stage.LOST)


@dataclass(frozen=True)
class Home:
    """The device that a run or a drive is about; `foreign`: its computer is another one than that device."""

    device: Device
    foreign: bool


class Homes:
    """Says for each computer of a report which device it is."""

    def __init__(self, reading: ReportReading, device: Device) -> None:
        self.device, self.computer = device, reading.computer
        hosts = {host for host in hosts_of(reading) if host.serial_keys}
        self.alone = len({host.serial_keys for host in hosts}) <= 1
        everyone = [*hosts, *([self.computer] if self.computer else [])]
        self.owners = report_queries.owners({key for host in everyone for key in host.serial_keys})

    def of(self, host: ComputerSeen | None) -> Home:
        """The device itself where nothing speaks against it; another one that its own serial number names, in a
        log of several computers; else the device, foreign."""
        host = host or self.computer
        keys = host.serial_keys if host else frozenset()
        ids = {one for key in keys for one in self.owners.get(key, ())}
        if not host_rules.contradicts(keys, self.device.serial_key, ids, self.device.id, alone=self.alone):
            return Home(self.device, foreign=False)
        named = None if self.alone else host_rules.named_by(keys, self.owners)
        other = devices.by_id(named) if named is not None else None
        if other is not None and other.stage not in CLOSED:
            return Home(other, foreign=False)
        return Home(self.device, foreign=True)


def left_out(reading: ReportReading, device: Device) -> list[ComputerSeen]:
    """The computers of a report that are not this device, so that what they say was not taken for its own."""
    homes = Homes(reading, device)
    return [host for host in hosts_of(reading) if homes.of(host).foreign]


def hosts_of(reading: ReportReading) -> list[ComputerSeen]:
    """Every computer that a report tells of, each once."""
    told = [*(run.host for run in reading.wipes), *(drive.host for drive in reading.drives), reading.computer]
    return list(dict.fromkeys(host for host in told if host is not None))
