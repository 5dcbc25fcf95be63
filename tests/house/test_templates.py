"""Every page that is named exists, every page that exists is named."""

from __future__ import annotations

import re
from pathlib import Path

from jinja2 import Environment, nodes

from scripts import pages
from tests.house.code import ROOT, modules, texts
from tracker.web.icons import MEANINGS

TEMPLATES = ROOT / "templates"
NAME = re.compile(r"^[\w./-]+\.html$")
# Named by the packages that render them.
NAMED_ELSEWHERE = ("security/",)
# A page only for people who change the look; the tests of the look render it.
FOR_TESTS = {"_layout/styleguide.html"}


def existing() -> set[str]:
    return {path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.html")}


def named_in_code() -> set[str]:
    return {text for tree in modules("tracker").values() for text in texts(tree) if NAME.match(text)}


def named_in_pages() -> set[str]:
    found: set[str] = set()
    environment = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    for name in existing():
        tree = environment.parse((TEMPLATES / name).read_text(encoding="utf-8"))
        for node in tree.find_all((nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)):
            template: nodes.Expr = node.template  # type: ignore[attr-defined]
            constants = [*template.find_all(nodes.Const), template]
            found |= {
                one.value for one in constants if isinstance(one, nodes.Const) and isinstance(one.value, str)
            }
    return found


def test_every_page_that_is_named_exists() -> None:
    assert not (named_in_code() | named_in_pages()) - existing()


def test_every_page_that_exists_is_named() -> None:
    unnamed = existing() - named_in_code() - named_in_pages() - FOR_TESTS
    assert not {name for name in unnamed if not name.startswith(NAMED_ELSEWHERE)}


def test_a_page_lives_with_its_package() -> None:
    packages = {path.name for path in (ROOT / "tracker").iterdir() if path.is_dir()} | {
        "_layout",
        "_macros",
        "security",
    }
    assert not {name for name in existing() if Path(name).parts[0] not in packages}


def test_nothing_is_written_inline() -> None:
    assert not pages.faults()


def test_inline_things_are_seen(tmp_path: Path) -> None:
    page = tmp_path / "templates" / "page.html"
    page.parent.mkdir()
    for bad in (
        '<p style="x">',
        "<p onclick='x'>",
        "<script>x</script>",
        "{{ x|safe }}",
        "<style>",
        "Comme neuf !",
    ):
        page.write_text(f"{{# a comment #}}\n{bad}", encoding="utf-8")
        assert pages.faults(tmp_path), bad
    page.write_text('{# <p style="x"> #}<script src="/a.js"></script>', encoding="utf-8")
    assert not pages.faults(tmp_path)


# Macro → the place of the pictogram's name among its arguments.
PICTURES = {
    "icon": 0,
    "quiet": 1,
    "strong": 1,
    "card": 1,
    "quiet_link": 2,
    "strong_link": 2,
    "post": 2,
    "badge": 2,
}


def drawn() -> set[str]:
    """The pictograms that there are, by every name they go by."""
    return {*MEANINGS, *(path.stem for path in (ROOT / "tracker/static/vendor/tabler").glob("*.svg"))}


def test_every_pictogram_that_a_page_names_is_drawn() -> None:
    """A name that is not there ends the whole page, and only for who has something to list."""
    environment = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    names, unknown, seen = drawn(), [], 0
    for page in sorted(existing()):
        for call in environment.parse((TEMPLATES / page).read_text(encoding="utf-8")).find_all(nodes.Call):
            macro = getattr(call.node, "attr", None) or getattr(call.node, "name", "")
            given = call.args[PICTURES[macro]] if len(call.args) > PICTURES.get(macro, 99) else None
            if isinstance(given, nodes.Const) and isinstance(given.value, str) and given.value:
                seen += 1
                unknown += [f"{page}: {given.value}"] if given.value not in names else []
    assert seen > 100 and not unknown, unknown
