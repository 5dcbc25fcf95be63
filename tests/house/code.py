"""The source, as the house tests read it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TRACKER = ROOT / "tracker"


@cache
def modules(*folders: str) -> dict[Path, ast.Module]:
    """path from the root → syntax tree, of every module of these folders (default: the product's)."""
    found = {}
    for folder in folders or ("tracker", "labels"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            found[path.relative_to(ROOT)] = _tree(path)
    return found


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def texts(tree: ast.Module) -> Iterator[str]:
    """Every string constant."""
    return (
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
