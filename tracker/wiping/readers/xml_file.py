"""XML safely: no entities, no outside files, bounded depth and number of elements."""

from xml.etree.ElementTree import Element, ParseError

import defusedxml
from defusedxml import ElementTree

from tracker.wiping.readers.source import Source, TooMuch

DEEPEST = 60
MOST_MARKS = 50_000
"""Tags that open or close: the largest real report seen has under 10,000."""


def root_of(source: Source) -> Element | None:
    """The root element, None when the file is not XML, declares entities, or nests absurdly deep. Raises `TooMuch`."""
    if not source.text.lstrip().startswith("<"):
        return None
    if source.is_bulky or source.text.count("<") > MOST_MARKS:
        raise TooMuch
    try:
        root: Element = ElementTree.fromstring(source.text.lstrip(), forbid_dtd=True)
    except (ParseError, defusedxml.DefusedXmlException, ValueError, RecursionError):
        return None
    return root if _depth(root) <= DEEPEST else None


def _depth(root: Element) -> int:
    deepest, waiting = 0, [(root, 1)]
    while waiting and deepest <= DEEPEST:
        element, depth = waiting.pop()
        deepest = max(deepest, depth)
        waiting += [(child, depth + 1) for child in element]
    return deepest
