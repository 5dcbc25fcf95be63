"""Short modules, few kinds of them, and none that could hold anything."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.house.code import TRACKER, functions, modules

LONGEST_MODULE = 300
LONGEST_FUNCTION = 40
# What a file of a domain may be called. One that has become two is named after its topic: `user_views.py`.
KINDS = {"__init__", "rules", "models", "operations", "queries", "forms", "views", "documents"}
# What some domains hold besides. A new name is a decision: it gets a line here.
OWN = {
    "accounts": {
        "access",  # who is asking, and may she: the door of every view
        "limits",  # how often sign-in may be tried, counted in the database
        "mail",  # letters with a one-time link
        "passwords",
        "secrets",  # tokens and their hashes
        "sessions",  # server-side sessions
        "sign_in",  # Flask-Security, set up
        "tokens",  # who stands behind an API token
    },
    "benches": {"door"},  # a browser that is a bench, and who has said there who she is
    "devices": {
        "codes",  # eight letters with a check letter
        "diagram",  # the same table, drawn
        "lifecycle",  # the one table of stages and moves
        "particulars",  # what a device is: the operations beside those on its stage
        "serials",  # which serial number says which machine, and how two are compared
        "registry",  # where domains offer what they prove and perform
        "tags",
    },
    "https": {
        "authority",  # the workshop's own certificates
        "plain",  # what is answered without HTTPS
    },
    "passport": {
        "panels",  # which domain shows what on a device's page
        "timeline",  # the history in words
    },
    "reports": {
        "equipped",  # one file for each report, …
        "flows",
        "footprint",
        "proof",
        "requests",
        "reuse",
        "shapes",  # … and what they have in common
        "stock",
        "times",
    },
    "printing": {
        "delivery",  # sends what waits, outside of any transaction
        "workshop_print",  # the script that a workshop's computer runs; knows nothing of us …
        "workshop_kept",  # … its journal and its ways to printers, which are put inside
        "workshop_ways",
    },
    "reconditioning": {"checklists"},  # what is tested on each type: data, not rules
    "wiping": {
        "matching",
        "methods",
        "readings",
        "verdicts",
    },  # the rules, a file for each question
}
NOT_DOMAINS = {"web", "cli", "api", "demo", "jobs", "static", "translations", "templates", "migrations"}
SHAPELESS = {
    "utils",
    "util",
    "helpers",
    "helper",
    "common",
    "misc",
    "manager",
    "managers",
    "service",
    "services",
    "base",
}


def domain_modules() -> list[Path]:
    found = sorted(path.relative_to(TRACKER.parent) for path in TRACKER.glob("*/*.py"))
    return [path for path in found if path.parts[1] not in NOT_DOMAINS]


@pytest.mark.parametrize("path", domain_modules(), ids=str)
def test_a_domain_holds_known_kinds_of_files(path: Path) -> None:
    name = path.stem
    kind = name.rsplit("_", 1)[-1]
    assert name in KINDS or kind in KINDS or name in OWN.get(path.parts[1], set()), (
        f"{path}: not one of the house's kinds of files; split it into them, or say why in tests/house/test_files.py"
    )


def test_every_exception_is_still_there() -> None:
    gone = {f"{domain}/{name}.py" for domain, names in OWN.items() for name in names}
    assert not {name for name in gone if not (TRACKER / name).exists()}


def test_no_module_can_hold_anything() -> None:
    assert not [str(path) for path in modules() if path.stem in SHAPELESS or set(path.parts) & SHAPELESS]


def test_no_module_is_longer_than_a_person_reads_in_one_go() -> None:
    lengths = {
        path: len((TRACKER.parent / path).read_text(encoding="utf-8").splitlines()) for path in modules()
    }
    assert not {str(path): lines for path, lines in lengths.items() if lines > LONGEST_MODULE}


def test_no_function_is_longer_than_a_screen() -> None:
    long = {
        f"{path}:{function.lineno} {function.name}": _lines(function)
        for path, tree in modules().items()
        for function in functions(tree)
        if _lines(function) > LONGEST_FUNCTION
    }
    assert not long


def _lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of the body without its docstring."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def test_the_package_itself_imports_nothing() -> None:
    """So that pure rules can be used without Flask."""
    tree = modules("tracker")[Path("tracker/__init__.py")]
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
