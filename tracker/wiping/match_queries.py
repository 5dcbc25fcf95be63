"""Which device a report is about, by what is on record: the pure rule is in `matching`."""

from __future__ import annotations

from tracker.devices import codes
from tracker.devices import queries as devices
from tracker.devices.models import Device
from tracker.i18n import N_
from tracker.wiping import report_queries
from tracker.wiping.home_queries import hosts_of, left_out
from tracker.wiping.host_rules import named_by
from tracker.wiping.matching import Candidate, Match, match_hints
from tracker.wiping.readings import ReportReading, say

_BY_HOSTS = N_("Each computer of this log is known by its serial number; the first one is %(code)s.")
_DRIVE_ELSEWHERE = N_(
    "A drive of this report was seen in %(code)s, but the report names another computer: say which one it is now."
)


def match(reading: ReportReading, name: str) -> Match:
    """The device that the file's name, its computer's serial number or its drives point to."""
    keys = set(reading.computer.serial_keys) if reading.computer else set()
    drive_keys = {one.serial_key for one in reading.drives if not one.boot_stick}
    drive_keys |= {one.serial_key for one in reading.wipes}
    serials = report_queries.codes_by_serial(keys)
    drives = report_queries.codes_by_drive({key for key in drive_keys if key})
    tag = _current(codes.find(name))
    candidates = [
        Candidate(code, frozenset(serials.get(code, ())), frozenset(drives.get(code, ())))
        for code in sorted({*serials, *drives, *([tag] if tag and _is_device(tag) else [])})
    ]
    found = match_hints(reading, candidates, tag or "", lambda text: text or None)
    return _of_several_computers(reading, found) or _not_where_the_drive_was(reading, found)


def _current(tag: str | None) -> str | None:
    """The code that the device has now, where the tag was replaced by another."""
    resolved = devices.resolve(tag) if tag else None
    return resolved.device.code if resolved and resolved.device else tag


def _is_device(code: str) -> bool:
    resolved = devices.resolve(code)
    return resolved is not None and resolved.device is not None


def target(found: Match) -> Device | None:
    return devices.by_code(found.code) if found.code else None


def _of_several_computers(reading: ReportReading, found: Match) -> Match | None:
    """A log of several computers goes to all of them, if each is known; else a person begins."""
    hosts = [host for host in hosts_of(reading) if host.serial_keys]
    if found.matched_by == "tag" or len({host.serial_keys for host in hosts}) < 2:
        return None
    owners = report_queries.owners({key for host in hosts for key in host.serial_keys})
    named = [named_by(host.serial_keys, owners) for host in hosts]
    known = [device for one in named if one is not None and (device := devices.by_id(one)) is not None]
    hints = tuple(dict.fromkeys((*(device.code for device in known), *found.hints)))
    if len(known) == len(hosts):
        return Match(hints[0], "serial", hints, say(_BY_HOSTS, code=codes.shown(hints[0])))
    return Match(None, None, hints, found.reason) if found.code else None


def _not_where_the_drive_was(reading: ReportReading, found: Match) -> Match:
    """A drive that has moved does not pull the report of another computer to its old one."""
    device = target(found) if found.matched_by == "drive" else None
    if device is None or not left_out(reading, device):
        return found
    reason = say(_DRIVE_ELSEWHERE, code=codes.shown(device.code))
    return Match(None, None, found.hints, reason)
