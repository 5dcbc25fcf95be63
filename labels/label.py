"""What is printed on one label: plain strings, chosen and translated by the caller."""

from __future__ import annotations

from dataclasses import dataclass

from labels.drawing import Panel, Words
from labels.errors import LabelError
from labels.logo import Logo


@dataclass(frozen=True, slots=True)
class Label:
    """One label, without its size: any label can be drawn in any cell.

    code     the letters for eyes and for the bars (eight; shown in two groups of four)
    payload  what the QR holds: upper-case ASCII of QR's alphanumeric mode, at most 90 characters
    design   a name in `labels.designs.DESIGNS`; gives colour, pictogram and what is large
    word     the word of the band ("Effacé"); printed in capitals
    right    what stands at the right end of the band (a date, a grade, a place); may be empty
    title    the first, bold line (a model, an association, the name of a place)
    lines    facts, most important first; each is shortened to what fits, the last ones are left out
    logo     of whoever prints; shown where it takes no room from anything else
    pictogram, phase   only to depart from the design (a command card takes those of its action)
    """

    code: str
    payload: str
    design: str = "tag"
    word: str = ""
    right: str = ""
    title: str = ""
    lines: tuple[str, ...] = ()
    pictogram: str = ""
    phase: str = ""
    logo: Logo | None = None

    def __post_init__(self) -> None:
        if not self.code or not self.code.isascii() or not self.code.isalnum():
            raise LabelError("The code “%(code)s” must be letters A–Z and digits only.", code=self.code)
        if not isinstance(self.lines, tuple):
            raise LabelError("The lines of a label are given as a tuple of texts.")


@dataclass(frozen=True, slots=True)
class Drawing(Label):
    """What is drawn already, `width_mm` wide, and takes a label's place: it is stretched to the width it is given."""

    code: str = ""
    payload: str = ""
    width_mm: float = 1.0
    marks: tuple[Panel | Words, ...] = ()

    def __post_init__(self) -> None:
        """It holds no code that could be wrong."""


def in_two_groups(code: str) -> tuple[str, str]:
    """`BCDFGHJX` → `("BCDF", "GHJX")`; an odd letter goes to the first group."""
    middle = (len(code) + 1) // 2
    return code[:middle], code[middle:]
