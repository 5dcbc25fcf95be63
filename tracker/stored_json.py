"""JSON as databases keep it."""

from __future__ import annotations

import json
from typing import Any

_decoder = json.JSONDecoder()


def read(stored: str | bytes | memoryview) -> Any:
    """What a database's own writing of JSON says. Nothing stands before or after it and it is UTF-8, for both of which
    `json.loads` looks: a page reads a dozen."""
    return _decoder.raw_decode(stored if isinstance(stored, str) else str(stored, "utf-8"))[0]
