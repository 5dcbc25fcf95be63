"""Pages: nothing inline (the content security policy would refuse it), no broken HTML, no word that misleads."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from scripts.catalogue import FORBIDDEN

ROOT = Path(__file__).resolve().parent.parent
INLINE = {
    r"<style\b": "a style sheet in the page",
    r"\sstyle\s*=": "a style attribute",
    r"\son[a-z]+\s*=\s*[\"']": "a script in an attribute",
    r"<script\b(?![^>]*\bsrc\s*=)(?![^>]*type=\"application/(?:ld\+)?json\")": "a script in the page",
    r"javascript:": "a script as an address",
    r"\|\s*safe\b": "a value that is not escaped (|safe)",
    r"<(?:img|script|link|iframe)[^>]+(?:src|href)\s*=\s*[\"']https?:": "something fetched from elsewhere",
}
COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)


def faults(root: Path = ROOT) -> list[str]:
    """Everything wrong with the pages, a sentence each."""
    return [fault for path in sorted((root / "templates").rglob("*.html")) for fault in of_page(path, root)]


def of_page(path: Path, root: Path = ROOT) -> Iterator[str]:
    # A comment keeps its lines, so that the numbers stay true.
    text = COMMENT.sub(lambda comment: "\n" * comment.group().count("\n"), path.read_text(encoding="utf-8"))
    for pattern, what in INLINE.items():
        for found in re.finditer(pattern, text, re.IGNORECASE):
            yield f"{path.relative_to(root)}:{text.count(chr(10), 0, found.start()) + 1}: {what}"
    for words in FORBIDDEN:
        if words in text.lower():
            yield f"{path.relative_to(root)}: “{words}” may not be said"


def main() -> int:
    found = faults()
    print("\n".join(found))
    lint = subprocess.run(
        [sys.executable, "-m", "djlint", "templates", "--lint", "--quiet"], cwd=ROOT, check=False
    )
    return bool(found) or lint.returncode


if __name__ == "__main__":
    sys.exit(main())
