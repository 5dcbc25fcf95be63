"""The journey as a picture."""

from __future__ import annotations

from tracker.devices.lifecycle import MOVES, Action

# From nearly everywhere: named under the diagram, else nobody can read it.
LEFT_OUT = (Action.LOSE, Action.TAKE_FOR_PARTS, Action.RECYCLE, Action.WIPE_AGAIN)


def mermaid() -> str:
    """The diagram of the README, in Mermaid's state diagram syntax."""
    arrows = [
        f"    {source or '[*]'} --> {move.target}: {move.action}"
        for move in MOVES.values()
        if move.action not in LEFT_OUT
        for source in move.sources
    ]
    return "\n".join(["stateDiagram-v2", *arrows])
