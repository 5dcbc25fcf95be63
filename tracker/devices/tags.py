"""The states of a tag."""

from __future__ import annotations

import enum


class TagState(enum.StrEnum):
    """`minted` in the register, `printed` on paper, `attached` to a thing, `replaced` by another, `void`."""

    MINTED = "minted"
    PRINTED = "printed"
    ATTACHED = "attached"
    REPLACED = "replaced"
    VOID = "void"
