"""Our own drawing."""

import json
import sys
import time

from labels.formats import render
from labels.label import Label
from labels.media import medium

given = json.load(sys.stdin)
made = [
    Label(g["code"], g["payload"], "wipe", g["word"], g["right"], g["title"], tuple(g["lines"]))
    for g in given
]


def draw(some: list[Label]) -> int:
    return sum(map(len, render(some, medium("avery-l7160"), "pdf").chunks))


draw(made[:21])
start = time.process_time()
size = draw(made)
print(json.dumps({"seconds": time.process_time() - start, "bytes": size}))
