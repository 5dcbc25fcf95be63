"""Sheets and rolls that a workshop adds: from what stands on the packet to a medium, or to why there can be none."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from labels.errors import LabelError
from labels.media_shapes import A4, LETTER, MEASURES, Medium, checked
from tracker.errors import Malformed
from tracker.i18n import N_, Sentence

OWN = "own-"  # every name of a workshop's own begins so
LONGEST_NAME = 40
LONGEST_WORDS = 80
MOST_COLUMNS = 21  # of the narrowest labels on A4; a wider picture could not be drawn
MOST_OF_A_SITE = 200

KINDS: dict[str, str] = {"sheet": N_("A sheet"), "roll": N_("A roll")}
PAGES: dict[str, tuple[float, float]] = {"a4": A4, "letter": LETTER}
PAGE_WORDS: dict[str, str] = {
    "a4": N_("A4 (210 × 297 mm)"),
    "letter": N_("US letter (215.9 × 279.4 mm)"),
    "other": N_("Another size"),
}
MEASURE_WORDS: dict[str, str] = {
    "width of a label": N_("width of a label"),
    "height of a label": N_("height of a label"),
    "width of the page": N_("width of the page"),
    "height of the page": N_("height of the page"),
    "left margin": N_("left margin"),
    "top margin": N_("top margin"),
    "step across": N_("step across"),
    "step down": N_("step down"),
    "blank edge at the sides": N_("blank edge at the sides"),
    "blank edge above and below": N_("blank edge above and below"),
}
_FIELDS = {words: field for field, words in MEASURES.items()}
_EDGES = {"edge_x_mm": "edge_mm", "edge_y_mm": "edge_mm"}


@dataclass(frozen=True)
class Packet:
    """What stands on a packet, in millimetres. None: not said, and worked out from the rest."""

    words: str
    kind: str
    width_mm: float
    height_mm: float
    columns: int = 1
    rows: int = 1
    page_width_mm: float = A4[0]
    page_height_mm: float = A4[1]
    left_mm: float | None = None
    top_mm: float | None = None
    across_mm: float | None = None
    down_mm: float | None = None
    edge_mm: float | None = None


def medium_of_packet(packet: Packet, name: str = OWN) -> Medium:
    """The medium of these measures. Raises `Malformed` naming the measure, and the field that holds it.

    Steps that are not said follow from equal margins at both sides; margins that are not said from the steps; with
    neither, labels stand side by side in the middle of the page.
    """
    words = " ".join(packet.words.split())
    if not words or len(words) > LONGEST_WORDS:
        raise Malformed(
            N_(
                "Say what you call it in 1 to %(most)s letters, for example “Large labels of the stock room”."
            ),
            field="words",
            most=LONGEST_WORDS,
        )
    if packet.kind == "sheet" and packet.columns > MOST_COLUMNS:
        raise Malformed(
            N_("%(columns)s columns are too many: a sheet has at most %(most)s."),
            field="columns",
            columns=packet.columns,
            most=MOST_COLUMNS,
        )
    made = whole_of_packet(packet, name, words)
    try:
        return checked(made)
    except LabelError as error:
        raise refused_medium(error) from error


def whole_of_packet(packet: Packet, name: str = OWN, words: str = "") -> Medium:
    """The same with what was not said worked out, whether or not it can be: to be looked at."""
    return (_roll if packet.kind == "roll" else _sheet)(packet, name, words or packet.words or "…")


def _roll(packet: Packet, name: str, words: str) -> Medium:
    width, height = packet.width_mm, packet.height_mm
    edge = _edge(packet, 1.5)
    return Medium(
        name, "roll", 1, 1, width, height, width, height, edge_x_mm=edge, edge_y_mm=edge, words=words
    )


def _sheet(packet: Packet, name: str, words: str) -> Medium:
    left, across = _spread(
        packet.page_width_mm, packet.columns, packet.width_mm, packet.left_mm, packet.across_mm
    )
    top, down = _spread(packet.page_height_mm, packet.rows, packet.height_mm, packet.top_mm, packet.down_mm)
    edge = _edge(packet, 2.0)
    return Medium(
        name,
        "sheet",
        packet.columns,
        packet.rows,
        packet.width_mm,
        packet.height_mm,
        packet.page_width_mm,
        packet.page_height_mm,
        left,
        top,
        across,
        down,
        edge,
        edge,
        words,
    )


def _edge(packet: Packet, usual: float) -> float:
    if packet.edge_mm is not None:
        return packet.edge_mm
    return round(max(0.0, min(usual, packet.width_mm / 25, packet.height_mm / 10)), 2)


def _spread(
    page: float, count: int, side: float, margin: float | None, step: float | None
) -> tuple[float, float]:
    """Margin and step along one side of the page."""
    if step is None:
        step = side if margin is None or count < 2 else (page - 2 * margin - side) / (count - 1)
    if margin is None:
        margin = (page - (count - 1) * step - side) / 2
    return round(margin, 3), round(step, 3)


def refused_medium(error: LabelError, field: str | None = None) -> Malformed:
    """What `labels` refuses of a medium, as the application says no: measures and numbers in the reader's language."""
    details = {key: _spoken(key, value) for key, value in error.details.items()}
    measure = _FIELDS.get(str(error.details.get("measure")))
    named = field or (_EDGES.get(measure, measure) if measure else None)
    # A sentence without values is shown as it stands, and “%%” in it would show twice: so it is always given one.
    return Malformed(error.message, field=named, **(details or {"nothing": ""}))


def _spoken(key: str, value: object) -> object:
    if key == "measure":
        return Sentence(MEASURE_WORDS[str(value)])
    number = (
        re.fullmatch(r"(-?[0-9]+)\.([0-9]+)", value) if isinstance(value, str) and key != "name" else None
    )
    if number:
        return Sentence(N_("%(whole)s.%(part)s"), {"whole": number[1], "part": number[2]})
    return value


def name_for(words: str, taken: frozenset[str]) -> str:
    """`Grandes étiquettes` → `own-grandes-etiquettes`, or with a number when that one exists."""
    letters = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    stem = (OWN + (re.sub(r"[^a-z0-9]+", "-", letters).strip("-") or "medium"))[: LONGEST_NAME - 4].rstrip(
        "-"
    )
    name, number = stem, 2
    while name in taken:
        name, number = f"{stem}-{number}", number + 1
    return name
