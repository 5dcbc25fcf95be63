"""One word for one thing: names in the code are the words of the README's list."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

from tests.house.code import ROOT, functions, modules
from tracker.database import Base

# A part of a name → the word we use for that thing.
NOT_OUR_WORDS = {
    "asset": "device",
    "sticker": "label, or tag",
    "pickup": "collection",
    "bin": "location or box",
    "sanitize": "wipe",
    "sanitise": "wipe",
    "refurb": "reconditioning",
    "refurbish": "reconditioning",
    "customer": "association",
    "disposal": "recycling",
    "substatus": "flag",
    "transition": "move",
    "workflow": "lifecycle",
}
# Foreign formats, standards and their commands (ATA SANITIZE) keep their own words where they are read.
FOREIGN = {"readers", "methods.py"}
PART = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def names(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """What the code gives a name to: classes, functions, parameters, attributes of classes, modules' own names."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            yield node.name, node.lineno
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.target.id, node.lineno
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, node.lineno
    for function in functions(tree):
        yield function.name, function.lineno
        for argument in [*function.args.args, *function.args.kwonlyargs]:
            yield argument.arg, argument.lineno


def strange(name: str) -> set[str]:
    return {part.lower() for part in PART.findall(name)} & set(NOT_OUR_WORDS)


def test_the_code_uses_our_words() -> None:
    found = [
        f"{path}:{line} {name}: say {NOT_OUR_WORDS[word]}"
        for path, tree in modules().items()
        if not FOREIGN & set(path.parts)
        for name, line in names(tree)
        for word in strange(name)
    ]
    assert not found


def test_tables_and_columns_use_our_words() -> None:
    for path in modules("tracker"):
        if path.stem == "models":
            importlib.import_module(".".join(path.with_suffix("").parts))
    found = [
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if strange(table.name) or strange(column.name) or column.name == "status"
    ]
    assert not found


def test_other_words_are_seen() -> None:
    assert strange("asset_tag") == {"asset"}
    assert strange("CustomerList") == {"customer"}
    assert not strange("binary_assets".replace("assets", "device"))


def test_the_words_are_explained_to_who_reads_the_readme() -> None:
    readme = Path(ROOT / "README.md").read_text(encoding="utf-8").lower()
    assert "## words we use" in readme
