"""The French catalogues against the text in the code: is every sentence translated, once, and well?

python -m scripts.catalogue check
python -m scripts.catalogue missing [PACKAGE]    entries to be translated, ready to paste into the .po file
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po
from jinja2 import TemplateSyntaxError

ROOT = Path(__file__).resolve().parent.parent
FRENCH = ROOT / "tracker" / "translations" / "fr"
KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None,
    "N_": None,
    "gettext": None,
    "lazy_gettext": None,
    "_l": None,  # lazy_gettext, as forms import it
    "ngettext": (1, 2),
}
JINJA_OPTIONS = {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}
PLACE = re.compile(r"%\((\w+)\)[-+ #0]*\d*(?:\.\d+)?[diouxXeEfFgGcrsa]")
PAIR = 2
# French asks for a typographic apostrophe, and for an unbreakable space before these signs.
STRAIGHT_APOSTROPHE = re.compile(r"\w'\w")
BREAKABLE_SPACE = re.compile(r" [;:!?»%]|« ")
FORBIDDEN = ("comme neuf", "état neuf", "neutre en carbone")

Message = tuple[str, ...]  # (msgid,) or (msgid, msgid_plural)


@dataclass
class Used:
    """Where the code says each message."""

    places: dict[Message, list[str]] = field(default_factory=lambda: defaultdict(list))
    packages: dict[Message, set[str]] = field(default_factory=lambda: defaultdict(set))


@dataclass(frozen=True)
class Entry:
    """One translated message of a .po file."""

    message: Message
    translations: tuple[str, ...]
    fuzzy: bool
    where: str


def used(root: Path = ROOT) -> Used:
    """Every message of the code and the pages."""
    found = Used()
    for path, method in sources(root):
        for line, key in messages(path, method):
            found.places[key].append(f"{path.relative_to(root)}:{line}")
            found.packages[key].add(package_of(path.relative_to(root)))
    return found


def messages(path: Path, method: str) -> Iterator[tuple[int, Message]]:
    """The messages of one file, with their lines."""
    options = JINJA_OPTIONS if method != "python" else {}
    try:
        found = list(extract_from_file(method, path, keywords=KEYWORDS, options=options))
    except SyntaxError as error:
        raise SyntaxError(f"{path}: {error}") from error
    except TemplateSyntaxError as error:
        raise SyntaxError(f"{path}:{error.lineno}: {error}") from error
    for line, message, _, _ in found:
        yield line, (message,) if isinstance(message, str) else tuple(part for part in message if part)


def sources(root: Path) -> Iterator[tuple[Path, str]]:
    for path in sorted((root / "tracker").rglob("*.py")):
        yield path, "python"
    for path in sorted((root / "templates").rglob("*.html")):
        yield path, "jinja2.ext:babel_extract"


def package_of(path: Path) -> str:
    """Which package's catalogue a file's text goes to; what belongs to no package goes to `web`."""
    package = path.parts[1] if len(path.parts) > PAIR else ""
    return {"security": "accounts", "": "web"}.get(package, "web" if package.startswith("_") else package)


def entries(folder: Path = FRENCH) -> tuple[list[Entry], list[str]]:
    """What is translated, and the entries that a .po file keeps as obsolete (`#~`)."""
    translated: list[Entry] = []
    obsolete: list[str] = []
    for path in sorted(folder.glob("*.po")):
        with path.open("rb") as source:
            read = read_po(source, locale="fr", abort_invalid=True)
        obsolete += [f"{path.name}: “{key}” is obsolete" for key in read.obsolete]
        translated += [_entry(message, path.name) for message in read if message.id]
    return translated, obsolete


def _entry(message: object, name: str) -> Entry:
    ids, strings = message.id, message.string  # type: ignore[attr-defined]
    key = (ids,) if isinstance(ids, str) else tuple(ids)
    values = (strings,) if isinstance(strings, str) else tuple(strings)
    return Entry(key, values, message.fuzzy, name)  # type: ignore[attr-defined]


def faults(root: Path = ROOT) -> list[str]:
    """Everything wrong with the French, a sentence each; empty when it is complete."""
    code = used(root)
    translated, found = entries(root / "tracker" / "translations" / "fr")
    known = {entry.message for entry in translated}
    found += [
        f"{places[0]}: “{key[0]}” has no French" for key, places in code.places.items() if key not in known
    ]
    for entry in translated:
        found += _faults_of(entry, entry.message in code.places)
    return found + _conflicts(translated)


def _faults_of(entry: Entry, is_used: bool) -> Iterator[str]:
    said = f"{entry.where}: “{entry.message[0]}”"
    if not is_used:
        yield f"{said} is said nowhere in the code: remove it"
    if entry.fuzzy:
        yield f"{said} is marked fuzzy: settle it"
    for text in entry.translations:
        if not text.strip():
            yield f"{said} is empty"
        elif not any(places(text) == places(message) for message in entry.message):
            yield f"{said} and its French have other %(places)s"
        yield from (f"{said}: {fault}" for fault in typography(text))


def places(text: str) -> set[str]:
    """The names of the values a message has room for."""
    return set(PLACE.findall(text))


def typography(text: str) -> Iterator[str]:
    """What is wrong with the signs and words of a French text."""
    if STRAIGHT_APOSTROPHE.search(text):
        yield "write ’ for '"
    if BREAKABLE_SPACE.search(re.sub(r"%\(\w+\)", "", text)):
        yield "an unbreakable space (U+00A0, U+202F) goes before ; : ! ? » % and after «"
    yield from (f"“{words}” may not be said" for words in FORBIDDEN if words in text.lower())


def _conflicts(translated: Iterable[Entry]) -> list[str]:
    ways: dict[Message, dict[tuple[str, ...], list[str]]] = defaultdict(lambda: defaultdict(list))
    for entry in translated:
        ways[entry.message][entry.translations].append(entry.where)
    return [
        f"“{message[0]}” is translated in two ways: {', '.join(sorted(chain(*found.values())))}"
        for message, found in ways.items()
        if len(found) > 1
    ]


def missing(package: str | None) -> Iterator[str]:
    """Entries without French, as the .po file wants them."""
    code = used()
    known = {entry.message for entry in entries()[0]}
    for key, where in sorted(code.places.items(), key=lambda item: item[1][0]):
        if key not in known and (package is None or package in code.packages[key]):
            yield f"#: {where[0]}\nmsgid {_quoted(key[0])}\n" + (
                f'msgid_plural {_quoted(key[1])}\nmsgstr[0] ""\nmsgstr[1] ""\n'
                if len(key) == PAIR
                else 'msgstr ""\n'
            )


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def main(arguments: list[str]) -> int:
    if arguments[:1] == ["missing"]:
        print("\n".join(missing(arguments[1] if len(arguments) > 1 else None)))
        return 0
    found = faults()
    print("\n".join(found))
    return bool(found)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
