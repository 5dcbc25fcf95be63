"""What the drawing of labels refuses, said as the application says no.

`labels` knows no gettext: its sentences are marked here for the catalogue. A test reads them from its source.
"""

from __future__ import annotations

from labels.errors import LabelError
from tracker.errors import Malformed
from tracker.i18n import N_
from tracker.printing.medium_rules import refused_medium

SENTENCES = (
    N_("This file is neither PNG nor SVG: save your logo as one of them, then send that file."),
    N_("This file could not be read: save your logo again as PNG or SVG, then send it."),
    N_("This file is too large: a logo is a PNG or SVG file of at most 1 MB."),
    N_("This picture has %(width)s × %(height)s dots: that is too large. Save it about 1,000 dots wide."),
    N_(
        "Nothing in this file would print black: send the dark version of your logo, the one for white paper."
    ),
    N_("This logo is more than ten times as long as it is wide: it would be too thin to read."),
    N_("This logo would print as one black block: send it dark on white or on a transparent ground."),
    N_("This drawing has too many parts for a logo: simplify it, or save it as PNG."),
    N_(
        "This drawing holds text, which looks different without its typeface: turn text into outlines, or save as PNG."
    ),
    N_("This drawing holds “%(name)s”, which a logo may not: save it as plain shapes, or as PNG."),
    N_("This drawing refers to something outside itself: save it as plain SVG, or as PNG."),
    N_("This drawing does not say how large it is: save it again with a page around it, or as PNG."),
    N_("This drawing reaches too far: its measures must stay under one million."),
    N_("There is no label design “%(name)s”. Choose one of: %(known)s."),
    N_("There is no phase “%(name)s”. Choose one of: %(known)s."),
    N_("There is no pictogram “%(name)s”. Choose one of: %(known)s."),
    N_("There is no label format “%(name)s”. Choose one of: %(known)s."),
    N_("There is no label medium “%(name)s”. Choose one of: %(known)s."),
    N_("There is no label to print. Choose at least one code."),
    N_("“%(name)s” has labels 1 to %(cells)d; there is no label %(start)d to start from."),
    N_(
        "A printer is corrected by at most 20 mm and 10 %%; check its settings first (“actual size”, no margins)."
    ),
    N_("Labels are drawn at 203, 300 or 600 dpi, not %(dpi)s."),
    N_("“%(name)s” is not a Brother label roll. Choose one of: %(known)s."),
    N_("“%(name)s” is a sheet; a ZPL printer prints on rolls. Choose a roll, or PDF."),
    N_(
        "The link is too long for a label of %(width)g × %(height)g mm: its QR code would be too small to scan. Choose a larger label or a shorter base address."
    ),
    N_(
        "The link “%(payload)s” has %(length)d characters; a label holds at most %(most)d. Choose a shorter base address."
    ),
    N_("The link “%(payload)s” may hold only capital letters, digits, space and $%%*+-./:."),
    N_("The code “%(code)s” must be letters A–Z and digits only."),
    N_("The lines of a label are given as a tuple of texts."),
    N_("“%(name)s” has labels of one size: it is not cut to a length."),
    N_("“%(name)s” is cut to %(least)d to %(most)d mm, not to %(length)d mm."),
    N_("The %(measure)s of “%(name)s” is no number of millimetres."),
    N_("The %(measure)s of “%(name)s” is %(value)s mm: it cannot be less than 0."),
    N_(
        "“%(name)s” has %(columns)d × %(rows)d labels a page: it needs at least one column and one row, and at most 1,000 labels."
    ),
    N_(
        "A label of “%(name)s” is %(width)s × %(height)s mm: it must be at least 10 × 8 mm and at most 1 m on a side."
    ),
    N_(
        "The %(measure)s of “%(name)s” is %(value)s mm: it may be at most a quarter of the label, %(most)s mm."
    ),
    N_("The page of “%(name)s” is %(width)s × %(height)s mm: it may be at most 1 m on a side."),
    N_(
        "The labels of “%(name)s” overlap: the %(measure)s from one to the next is %(value)s mm, and a label takes %(side)s mm."
    ),
    N_(
        "The labels of “%(name)s” reach %(right)s × %(bottom)s mm, beyond the page of %(width)s × %(height)s mm."
    ),
)


def refused(error: LabelError, field: str | None = None) -> Malformed:
    """The same sentence as a refusal of the application, to be translated at the edge. `field` is where it is wrong."""
    return refused_medium(error, field)
