"""What can be printed, when a label is due, and on what. Plain values."""

from __future__ import annotations

import enum
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from labels.designs import design
from labels.errors import LabelError
from labels.formats import FORMATS
from labels.media import Medium, medium
from tracker.devices import codes
from tracker.devices.lifecycle import STAGES, Stage
from tracker.errors import Malformed
from tracker.i18n import N_
from tracker.labelling.refusal_rules import refused
from tracker.printing.rules import Way

MOST_AT_ONCE = 1_000
LONGEST_LIST = 100_000  # letters typed or scanned into the list of codes
USUAL_MEDIUM = "avery-l7160"
USUAL_FORMAT = "pdf"
NEW_SHEET = 0  # instead of the id of one that was begun


class Reason(enum.StrEnum):
    """Why a label is printed again."""

    LOST = "lost"
    DAMAGED = "damaged"
    WRONG = "wrong"
    STAGE_CHANGE = "stage_change"


REASONS: dict[Reason, str] = {
    Reason.LOST: N_("The label is lost"),
    Reason.DAMAGED: N_("The label is damaged"),
    Reason.WRONG: N_("The label was wrong"),
    Reason.STAGE_CHANGE: N_("The device has moved on"),
}

DESIGN_NAMES: dict[str, str] = {
    "tag": N_("Code alone"),
    "collection": N_("Collection label"),
    "intake": N_("Intake label"),
    "wipe": N_("Wipe label"),
    "test": N_("Bench label"),
    "ready": N_("Ready label"),
    "allocation": N_("Allocation label"),
    "handover": N_("Handover label"),
    "exit": N_("Exit label"),
    "location": N_("Place label"),
    "box": N_("Box label"),
    "command": N_("Command card"),
    "badge": N_("Badge"),
}
FORMAT_NAMES: dict[str, str] = {
    "pdf": N_("PDF, for any printer"),
    "svg": N_("SVG, a drawing"),
    "png": N_("PNG, a picture"),
    "zpl": N_("ZPL, for label printers that speak it"),
    "brother": N_("Brother QL, sent to the printer as it is"),
}

# Stage → the design that is stuck on there, and asked for in the queue.
DUE: dict[Stage, str] = {
    Stage.COLLECTED: "collection",
    Stage.RECEIVED: "intake",
    Stage.WIPED: "wipe",
    Stage.RECONDITIONING: "test",
    Stage.READY: "ready",
    Stage.RESERVED: "allocation",
    Stage.PREPARED: "allocation",
    Stage.DELIVERED: "handover",
    Stage.PARTS: "exit",
    Stage.RECYCLED: "exit",
}
# What is gone is asked for a while only: nobody can stick a label on it later.
GONE = frozenset({Stage.DELIVERED, Stage.RECYCLED})
GONE_DAYS = 7
# Stages that ask for no label of their own: the design that says most there.
_NEAREST: dict[Stage, str] = {
    Stage.ANNOUNCED: "collection",
    Stage.WIPING: "intake",
    Stage.RECONDITIONED: "test",
    Stage.DECLINED: "exit",
    Stage.LOST: "tag",
}
DESIGNS_OF_DEVICES = tuple(dict.fromkeys(("tag", *DUE.values())))

# The band prints capitals and has little room: a shorter word where the stage's own is long.
_SHORT_WORDS: dict[Stage, str] = {
    Stage.RECEIVED: N_("Taken in"),
    Stage.WIPING: N_("To be wiped"),
    Stage.RECONDITIONING: N_("On the bench"),
    Stage.RECONDITIONED: N_("To be checked"),
}
NOT_WIPED = N_("Not wiped")
NO_STORAGE = N_("No storage")


def format_words(name: str) -> str:
    """What a format is called; one that was added without words of its own, by its name."""
    return FORMAT_NAMES.get(name, name.upper())


def design_for(stage: Stage) -> str:
    """The design that a device of this stage bears."""
    return DUE.get(stage) or _NEAREST[stage]


def band_word(stage: Stage) -> str:
    """What stands in the band of a device's label: where it stands, in one or two words (English, marked)."""
    return _SHORT_WORDS.get(stage, STAGES[stage].name)


@dataclass(frozen=True)
class Item:
    """One label asked for: a code and the design that shows it."""

    code: str
    design: str


@dataclass(frozen=True)
class Order:
    """On what a set of labels is printed. `start` is the first cell used, from 1, if somebody has `chosen` it; else it is
    the next free one. `sheet`: the begun one that whoever chose saw, or `NEW_SHEET`. `printer`: its id."""

    medium: Medium
    format: str
    start: int = 1
    reason: Reason | None = None
    chosen: bool = False
    sheet: int | None = None
    printer: int | None = None


@dataclass(frozen=True)
class PrintedFile:
    """The file that goes to the printer, as it is made: its bytes are read once, as `chunks` or as `data`. `run`: its
    number in the register; `job`: of `print_jobs`, where the printer takes it by itself; `way`: how it gets there."""

    name: str
    mimetype: str
    chunks: Iterator[bytes]
    run: int = 0
    job: int | None = None
    way: Way | None = None

    @cached_property
    def data(self) -> bytes:
        return b"".join(self.chunks)


def order(
    medium_name: object,
    format_name: object,
    start: object = None,
    reason: object = None,
    *,
    sheet: object = None,
    printer: int | None = None,
    find: Callable[[str], Medium] = medium,
) -> Order:
    """What was asked for, if it can be. `find` knows the media, those that a workshop added too (`LabelError` for
    others). Raises `Malformed` naming the field."""
    chosen = _medium(medium_name, find)
    if not isinstance(format_name, str) or format_name not in FORMATS:
        raise Malformed(
            N_("There is no label format “%(name)s”. Choose one of: %(known)s."),
            field="format",
            name=_said(format_name),
            known=", ".join(FORMATS),
        )
    given = start not in (None, "") and not chosen.is_roll
    return Order(
        chosen, format_name, _start(chosen, start), _reason(reason), given, _sheet(chosen, sheet), printer
    )


def _medium(name: object, find: Callable[[str], Medium]) -> Medium:
    try:
        return find(_said(name))
    except LabelError as error:
        raise refused(error, field="medium") from error


def _start(chosen: Medium, start: object) -> int:
    if start is None or start == "" or chosen.is_roll:
        return 1
    if isinstance(start, str) and re.fullmatch(r"\s*[0-9]{1,6}\s*", start):
        start = int(start)
    if not isinstance(start, int) or isinstance(start, bool) or not 1 <= start <= chosen.cells:
        raise Malformed(
            N_("“%(name)s” has labels 1 to %(cells)s: there is no label “%(start)s” to start from."),
            field="start",
            name=chosen.name,
            cells=chosen.cells,
            start=_said(start),
        )
    return start


def _sheet(chosen: Medium, sheet: object) -> int | None:
    """`new`, or the number of one that was begun; anything else names none."""
    if chosen.is_roll or not isinstance(sheet, str):
        return None
    if sheet == "new":
        return NEW_SHEET
    return int(sheet) if re.fullmatch(r"[0-9]{1,9}", sheet) else None


def _reason(reason: object) -> Reason | None:
    if reason is None or reason == "":
        return None
    if reason not in set(Reason):
        raise Malformed(
            N_("“%(reason)s” is no reason to print again. Choose one of: %(known)s."),
            field="reason",
            reason=_said(reason),
            known=", ".join(Reason),
        )
    return Reason(str(reason))


def must_be_in_use(name: str, retired_at: datetime | None) -> None:
    if retired_at is not None:
        raise Malformed(
            N_("“%(printer)s” is no longer in use: choose another printer."), field="printer", printer=name
        )


def must_be_a_design(name: object) -> str:
    """The name of a design. Raises `Malformed`."""
    try:
        return design(_said(name)).name
    except LabelError as error:
        raise refused(error, field="design") from error


def _said(value: object) -> str:
    return str(value)[:60]


def read_codes(text: str) -> list[str]:
    """The codes of a list: scanned or typed, one a line or between commas, spaces where nothing else parts them.

    Each once, in order. Raises `Malformed` naming what is no code.
    """
    found: dict[str, None] = {}
    wrong: list[str] = []
    for part in re.split(r"[\n\r,;|\t]+", text[:LONGEST_LIST]):
        for typed in _parts(part.strip()):
            code = codes.read(typed)
            if isinstance(code, codes.Fault):
                wrong.append(typed[:40])
            else:
                found[code] = None
    must_all_be_codes(wrong)
    return list(found)


def _parts(line: str) -> list[str]:
    """A line as one code where it is one (letters in groups), else its words."""
    if not line or not isinstance(codes.read(line), codes.Fault):
        return [line] if line else []
    words = line.split()
    return words if len(words) > 1 else [line]


def must_all_be_codes(wrong: list[str]) -> None:
    if wrong:
        raise Malformed(
            N_("Not a code of ours: %(codes)s. Check the letters, or scan the label again."),
            field="codes",
            codes=named(wrong),
        )


def named(texts: list[str], most: int = 5) -> str:
    """A few of these, and how many more."""
    more = len(texts) - most
    return ", ".join(texts[:most]) + (f" … (+{more})" if more > 0 else "")


def must_be_printable_at_once(count: int) -> None:
    if not count:
        raise Malformed(N_("There is no label to print. Choose at least one code."), field="codes")
    if count > MOST_AT_ONCE:
        raise Malformed(
            N_("%(count)s labels are too many at once: print at most %(most)s, then the next ones."),
            field="codes",
            count=count,
            most=MOST_AT_ONCE,
        )
