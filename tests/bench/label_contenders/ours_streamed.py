"""Our own drawing of very many labels, made and sent one page at a time; `ours_streamed.py COUNT`.

Told are seconds of the clock to the first page and to the last byte, and the most memory the process ever held.
"""

import itertools
import json
import re
import sys
import time
from pathlib import Path

from ours import made

from labels.formats import render
from labels.media import medium

given = json.load(sys.stdin)
L7160 = medium("avery-l7160")
list(render(made(given[:21]), L7160, "pdf").chunks)
began, cpu = time.perf_counter(), time.process_time()
chunks = render(made(itertools.islice(itertools.cycle(given), int(sys.argv[1]))), L7160, "pdf").chunks
size, first = 0, 0.0
for number, chunk in enumerate(chunks):
    size += len(chunk)
    if number == 1:  # the head of the file is the first
        first = time.perf_counter() - began
# Not getrusage: its figure is inherited from the process that started this one.
peak_kb = int(re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1])
print(
    json.dumps(
        {
            "seconds": time.process_time() - cpu,
            "first_page_ms": first * 1000,
            "last_byte_ms": (time.perf_counter() - began) * 1000,
            "peak_mb": peak_kb / 1024,
            "bytes": size,
        }
    )
)
