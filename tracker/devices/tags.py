"""The states of a tag, and what becomes of one that another replaces."""

from __future__ import annotations

import enum

from tracker.i18n import N_


class TagState(enum.StrEnum):
    """`minted` in the register, `printed` on paper, `attached` to a thing, `replaced` by another, `void`."""

    MINTED = "minted"
    PRINTED = "printed"
    ATTACHED = "attached"
    REPLACED = "replaced"
    VOID = "void"


# Not on a thing yet: the first scan binds it.
FREE = (TagState.MINTED, TagState.PRINTED)


class TagLoss(enum.StrEnum):
    """Why another tag is put on a device. `never_printed`: it had a code, but nothing that could be scanned."""

    DAMAGED = "damaged"
    LOST = "lost"
    WRONG = "wrong"
    NEVER_PRINTED = "never_printed"


LOSSES: dict[TagLoss, str] = {
    TagLoss.DAMAGED: N_("The old one is damaged"),
    TagLoss.LOST: N_("The old one is lost"),
    TagLoss.WRONG: N_("The old one was the wrong one"),
    TagLoss.NEVER_PRINTED: N_("It bore none yet"),
}
