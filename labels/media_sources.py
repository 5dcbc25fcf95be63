"""Where the measures of media were found. Makers' own drawings were not at hand: these are tables that others keep,
measured or copied from the makers' templates. What stands in none of them is from memory, and says so."""

from __future__ import annotations

from typing import NamedTuple


class Source(NamedTuple):
    """`checked`: whether the measures were compared with what stands at `address`."""

    words: str
    address: str
    checked: bool


OFFICE = "libreoffice"
GLABELS = "glabels"
BROTHER = "brother"
DYMO = "dymo"
MEMORY = "memory"

SOURCES: dict[str, Source] = {
    OFFICE: Source(
        "LibreOffice",
        "https://github.com/LibreOffice/core/blob/master/extras/source/labels/labels.xml",
        True,
    ),
    GLABELS: Source("gLabels", "https://github.com/jimevins/glabels-qt/tree/master/templates", True),
    BROTHER: Source(
        "brother_ql", "https://github.com/pklaus/brother_ql/blob/master/brother_ql/labels.py", True
    ),
    DYMO: Source(
        "gLabels",
        "https://github.com/jimevins/glabels-qt/blob/master/templates/dymo-other-templates.xml",
        True,
    ),
    MEMORY: Source("", "", False),
}
