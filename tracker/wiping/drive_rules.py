"""What may be said of a drive by itself: is it the workshop's own stick, was it swapped, where does it lie. Plain values."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from tracker.wiping.readings import FIXED, DriveSeen, Medium


@dataclass(frozen=True)
class Stay:
    """That a drive was seen in a device from then to then (aware), and when someone recorded that it was taken out."""

    drive_id: int
    first_seen_at: datetime
    last_seen_at: datetime
    removed_at: datetime | None = None


def is_boot_stick(by_person: bool, medium: Medium) -> bool:
    """Whether what a report shows is the marked stick with the same serial number, and no part of that computer.

    What a report shows as built in is a part: any mark yields to it. A mark that a report made, nobody having looked,
    yields to everything but USB: a disk that once lay in a USB case may be a laptop's today.
    """
    return medium is Medium.USB or (by_person and medium not in FIXED)


def may_be_boot_stick(medium: Medium, hides_drives: bool) -> bool:
    """Whether a person may say that this drive is a boot stick: never of what reports showed as built in."""
    return medium not in FIXED and not hides_drives


def remembered(seen: DriveSeen) -> bool:
    """Whether a report alone is enough to remember it as a boot stick: a live system ran from it, on USB."""
    return seen.boot_stick and seen.medium is Medium.USB and seen.serial_key is not None


def swapped(stays: Collection[Stay]) -> set[int]:
    """The drives that a device shows no more although it was looked at since: another one was seen first in it later.

    Nothing follows from it by itself: the drive keeps its duty until someone says where it is.
    """
    inside = [one for one in stays if one.removed_at is None]
    return {
        one.drive_id
        for one in inside
        if any(other.drive_id != one.drive_id and other.first_seen_at > one.last_seen_at for other in inside)
    }
