"""Our own drawing; `ours.py FILE [FORMAT MEDIUM]`."""

import sys

from measured import measured

from labels.formats import render
from labels.label import Label
from labels.media import medium

FORMAT, MEDIUM = sys.argv[2:] or ("pdf", "avery-l7160")


def made(given):
    for g in given:
        yield Label(g["code"], g["payload"], "wipe", g["word"], g["right"], g["title"], tuple(g["lines"]))


def draw(given):
    return b"".join(render(made(given), medium(MEDIUM), FORMAT).chunks)


if __name__ == "__main__":
    measured(draw)
