"""What the drawing of labels refuses, said as the application says no.

`labels` knows no gettext: its sentences are marked here for the catalogue. A test reads them from its source.
"""

from __future__ import annotations

from labels.errors import LabelError
from tracker.errors import Malformed
from tracker.i18n import N_

SENTENCES = (
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
    N_("“%(name)s” is too small for a ruler. Print one label and measure that."),
    N_(
        "The link is too long for a label of %(width)g × %(height)g mm: its QR code would be too small to scan. Choose a larger label or a shorter base address."
    ),
    N_(
        "The link “%(payload)s” has %(length)d characters; a label holds at most %(most)d. Choose a shorter base address."
    ),
    N_("The link “%(payload)s” may hold only capital letters, digits, space and $%%*+-./:."),
    N_("The code “%(code)s” must be letters A–Z and digits only."),
    N_("The lines of a label are given as a tuple of texts."),
    N_("The labels of “%(name)s” overlap: make the pitch at least as large as the label."),
    N_(
        "The labels of “%(name)s” reach %(right).1f × %(bottom).1f mm, beyond the page of %(width).1f × %(height).1f mm."
    ),
    N_("“%(name)s” needs at least one column and one row, and at most 1,000 labels a page."),
    N_("A label of “%(name)s” must be at least 10 × 8 mm and at most 1 m on a side."),
    N_("The blank edge of “%(name)s” must lie between 0 and a quarter of the label."),
)


def refused(error: LabelError, field: str | None = None) -> Malformed:
    """The same sentence as a refusal of the application, to be translated at the edge. `field` is where it is wrong."""
    # A sentence without values is shown as it stands, and “%%” in it would show twice: so it is always given one.
    return Malformed(error.message, field=field, **(error.details or {"nothing": ""}))
