"""How every contender is measured, each in a process of its own: the labels come in as JSON, one line of JSON goes out.

`cold_ms` is the processor time from the start of the process, imports included, until its first sheet of 21 stands;
`seconds` is that of all the labels after it.
"""

import json
import sys
import time
from pathlib import Path


def measured(draw):
    """`draw` makes a file of labels given as dicts; the file is written to the first argument, to be read back."""
    given = json.load(sys.stdin)
    draw(given[:21])
    cold = time.process_time()
    made = draw(given)
    seconds = time.process_time() - cold
    Path(sys.argv[1]).write_bytes(made)
    print(json.dumps({"seconds": seconds, "cold_ms": round(cold * 1000), "bytes": len(made)}))
