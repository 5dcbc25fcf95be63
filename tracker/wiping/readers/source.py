"""A file as readers see it: its bytes, its text in whatever encoding it came, its JSON, all within limits."""

import json
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"

LONGEST_LINE = 4096
"""Characters of a line that are looked at: no tool writes longer ones, a hostile file may."""

MOST_LINES = 100_000
"""Lines looked at: a stick that wiped ten computers a day fills these in a year."""

MOST_TEXT = 3 * 1024 * 1024
"""Bytes of a text that are looked at."""

MOST_STRUCTURED = 2 * 1024 * 1024
"""Characters of a JSON or XML file: the largest real one seen is under half a megabyte."""

MOST_DRIVES = 256
"""Drives or runs taken from one file."""

_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))


class TooMuch(ValueError):
    """A file holds more than any tool writes: its reader does not go through it."""


@dataclass(frozen=True)
class Source:
    """One dropped file. Everything beside `name` and `data` is worked out once, when first asked."""

    name: str
    data: bytes

    @cached_property
    def text(self) -> str:
        """The text, be it UTF-8, UTF-16 with or without a mark, with Windows line ends, or partly garbage."""
        data = self.data[:MOST_TEXT]
        for mark, encoding in _BOMS:
            if data.startswith(mark):
                return _tidy(data.decode(encoding, "replace").lstrip("\ufeff"))
        head = data[:400]
        if len(head) > 3 and head[1::2].count(0) > len(head) * 0.4:
            return _tidy(data.decode("utf-16-le", "replace"))
        if len(head) > 3 and head[0::2].count(0) > len(head) * 0.4:
            return _tidy(data.decode("utf-16-be", "replace"))
        return _tidy(data.decode("utf-8", "replace"))

    @cached_property
    def lines(self) -> list[str]:
        """The first `MOST_LINES` lines, each cut to `LONGEST_LINE`; only line feeds divide (a serial may hold a form
        feed)."""
        return [line[:LONGEST_LINE].rstrip() for line in self.text.split("\n", MOST_LINES)[:MOST_LINES]]

    @cached_property
    def is_cut(self) -> bool:
        """Whether there are more lines, or more text, than are looked at."""
        return len(self.data) > MOST_TEXT or self.text.count("\n") >= MOST_LINES

    @cached_property
    def is_bulky(self) -> bool:
        """Whether it begins as JSON or XML does, and is too large for either."""
        return len(self.text) > MOST_STRUCTURED and self.text[:100].lstrip()[:1] in ("{", "[", "<")

    @cached_property
    def head(self) -> str:
        """The beginning of the text, enough to recognise a format."""
        return self.text[:6000]

    @cached_property
    def json(self) -> Json:
        """The parsed JSON, None when it is not JSON (too deep or too large a one, or an absurd number, included)."""
        if self.is_bulky or self.text.lstrip()[:1] not in ("{", "["):
            return None
        try:
            parsed: Json = json.loads(self.text)
        except (ValueError, RecursionError):
            return None
        return parsed


def _tidy(text: str) -> str:
    return text.replace("\r", "\n").replace("\r", "\n").replace("\0", "")


def as_dict(value: Json) -> dict[str, Json]:
    """`value` if it is an object, else an empty one: hostile files put anything anywhere."""
    return value if isinstance(value, dict) else {}


def as_list(value: Json) -> list[Json]:
    """`value` if it is an array, else an empty one."""
    return value if isinstance(value, list) else []


def as_text(value: Json) -> str | None:
    """`value` as one trimmed line of at most 200 characters, None when empty or not a plain value.

    Spaces inside stay as they are: a serial is kept as the file says it. JSON can spell signs that no database
    keeps (NUL, halves of a UTF-16 pair): they are left out.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    kept = str(value)[:400].replace("\0", "").encode("utf-8", "ignore").decode()
    return " ".join(kept.splitlines()).strip()[:200] or None


def as_number(value: Json) -> int | None:
    """`value` as a whole number from 0 to 2**63 - 1, None when it is anything else."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, str):
        value = int(value) if value.isascii() and value.isdigit() and len(value) < 20 else -1
    if not isinstance(value, int | float) or not 0 <= value < 2**63:
        return None
    return int(value)


# fmt: off
_NOTHINGS = frozenset({
    "n/a", "none", "unknown", "inconnu", "not specified", "not available", "not present",
    "not applicable", "default string", "to be filled by o.e.m.", "<bad index>", "<filter>",
    "system product name", "system manufacturer", "undefined", "system version", "invalid", "oem",
    "no asset information", ".", "(^_^)", "o.e.m.", "type1productconfigid",
})
# fmt: on
_BRACKETS = re.compile(r"\s*\([^()]*\)\s*$")


def name_of(value: Json) -> str | None:
    """A maker's or model's name, None for the placeholders that firmware ships."""
    text = as_text(value)
    return None if text is None or text.lower() in _NOTHINGS else text


def without_brackets(text: str | None) -> str | None:
    """lshw appends a product number in brackets: "OptiPlex 7040 (06B9)" → "OptiPlex 7040"."""
    return _BRACKETS.sub("", text) or text if text else None
