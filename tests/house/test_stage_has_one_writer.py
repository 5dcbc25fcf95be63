"""`devices.operations` is the only place that writes where a device stands; so no move can miss its history."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.house.code import modules

WRITER = Path("tracker/devices/operations.py")


def stage_writes(tree: ast.Module) -> Iterator[int]:
    """The lines that assign `.stage`, whichever way."""
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=targets):
                named = [target for group in targets for target in ast.walk(group)]
            case ast.AnnAssign(target=target) | ast.AugAssign(target=target):
                named = [target]
            case ast.Call(func=ast.Name(id="setattr"), args=[_, ast.Constant(value="stage"), *_]):
                yield node.lineno
                continue
            case ast.Call(func=ast.Attribute(attr="values"), keywords=keywords):
                if any(keyword.arg == "stage" for keyword in keywords):
                    yield node.lineno
                continue
            case _:
                continue
        if any(isinstance(target, ast.Attribute) and target.attr == "stage" for target in named):
            yield node.lineno


def test_only_devices_operations_assigns_the_stage() -> None:
    strangers = {
        f"{path}:{line}"
        for path, tree in modules("tracker").items()
        if path != WRITER
        for line in stage_writes(tree)
    }
    assert not strangers


def test_the_writer_itself_is_found() -> None:
    assert list(stage_writes(modules("tracker")[WRITER]))


def test_every_way_of_writing_a_stage_is_seen() -> None:
    ways = [
        "d.stage = x",
        "d.stage, y = x, 1",
        "d.stage: S = x",
        "setattr(d, 'stage', x)",
        "update(D).values(stage=x)",
    ]
    for way in ways:
        assert list(stage_writes(ast.parse(way))), way
