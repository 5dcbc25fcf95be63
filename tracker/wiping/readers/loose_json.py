"""JSON as the lshw of Debian 11 writes it: without commas and brackets around children, or cut off.

Reads strings, plain values and objects in order; an object that stands without a key is a child. Commas,
brackets and what is neither are passed over. One pass, no recursion.
"""

import json
import re
from itertools import islice

from tracker.wiping.readers.source import MOST_STRUCTURED, Json, TooMuch

_PIECE = re.compile(r'"(?:[^"\\]|\\.){0,4000}"|[{}:]|-?\d[\d.eE+-]{0,40}|true|false|null')
_DEEPEST = 200
_MOST_PIECES = 200_000
"""Words, values and braces: the largest real file seen has 30,000."""


def parse(text: str) -> Json:
    """The objects of `text`, children under "children": the object when there is one, else a list. Raises `TooMuch`."""
    if len(text) > MOST_STRUCTURED:
        raise TooMuch
    roots: list[Json] = []
    open_objects: list[dict[str, Json]] = []
    key: str | None = None
    word: str | None = None
    pieces = list(islice(_PIECE.finditer(text), _MOST_PIECES + 1))
    if len(pieces) > _MOST_PIECES:
        raise TooMuch
    for piece in (found[0] for found in pieces):
        if piece == ":":
            key, word = word, None
        elif piece == "{":
            fresh: dict[str, Json] = {}
            if len(open_objects) < _DEEPEST:
                _attach(fresh, key, open_objects, roots)
                open_objects.append(fresh)
            key = word = None
        elif piece == "}":
            if open_objects:
                open_objects.pop()
            key = word = None
        else:
            value = _value(piece)
            if key is not None and open_objects:
                open_objects[-1].setdefault(key, value)
                key = None
            word = value if isinstance(value, str) else None
    return roots[0] if len(roots) == 1 else roots


def _attach(
    fresh: dict[str, Json], key: str | None, open_objects: list[dict[str, Json]], roots: list[Json]
) -> None:
    if not open_objects:
        roots.append(fresh)
    elif key is not None and key != "children":
        open_objects[-1].setdefault(key, fresh)
    else:
        children = open_objects[-1].setdefault("children", [])
        if isinstance(children, list):
            children.append(fresh)


def _value(piece: str) -> Json:
    try:
        value: Json = json.loads(piece)
    except ValueError:
        return piece.strip('"')
    return value
