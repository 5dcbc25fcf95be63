"""What a label printer says of itself when asked with ZPL's `~HS` (Zebra, ZPL II programming guide, “Host Status Return”).

Three lines, each between STX and ETX, of figures between commas. Of the first: paper out is the second figure, pause
the third; of the second: head open is the third, ribbon out the fourth, whether it needs a ribbon the fifth.
"""

from __future__ import annotations

import re

from tracker.i18n import N_

ASK = b"~HS"
LINES = 3
_LINE = re.compile(rb"\x02([^\x02\x03]{1,80})\x03")

PAPER_OUT = N_("The printer has no more labels: put in a roll.")
HEAD_OPEN = N_("The printer’s cover is open: close it.")
RIBBON_OUT = N_("The printer has no more ribbon: put one in.")
PAUSED = N_("The printer is paused: press its pause button.")


def whole(answer: bytes) -> bool:
    """Whether all three lines have come."""
    return len(_LINE.findall(answer)) >= LINES


def hindrance(answer: bytes) -> str | None:
    """What keeps the printer from printing, as a message; None where nothing does, or where it is no answer to `~HS`."""
    lines = [line.split(b",") for line in _LINE.findall(answer)]
    if len(lines) < 2 or len(lines[0]) < 3 or len(lines[1]) < 5:
        return None
    first, second = lines[0], lines[1]
    if second[2] == b"1":
        return HEAD_OPEN
    if first[1] == b"1":
        return PAPER_OUT
    if second[3] == b"1" and second[4] == b"1":
        return RIBBON_OUT
    if first[2] == b"1":
        return PAUSED
    return None
