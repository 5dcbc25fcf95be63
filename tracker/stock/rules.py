"""What a place is. Plain values."""

from __future__ import annotations

import enum

from tracker.devices.codes import Kind
from tracker.i18n import N_


class LocationKind(enum.StrEnum):
    ROOM = "room"
    SHELF = "shelf"
    BOX = "box"


LOCATION_KINDS: dict[LocationKind, str] = {
    LocationKind.ROOM: N_("Room"),
    LocationKind.SHELF: N_("Shelf"),
    LocationKind.BOX: N_("Box"),
}

# A box is carried about and has a code of its own kind; a place stays where it is.
CODE_KINDS: dict[LocationKind, Kind] = {
    LocationKind.ROOM: Kind.LOCATION,
    LocationKind.SHELF: Kind.LOCATION,
    LocationKind.BOX: Kind.BOX,
}

DEEPEST = 6  # a box on a shelf in a room, with room to spare
