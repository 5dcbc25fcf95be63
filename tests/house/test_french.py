"""French is complete: each sentence of the code has one French, and a good one."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts import catalogue


def test_french_is_complete() -> None:
    assert not catalogue.faults()


HEAD = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n"Plural-Forms: nplurals=2; plural=(n > 1);\\n"\n\n'
GOOD = 'msgid "Give %(count)s devices"\nmsgstr "Donnez %(count)s appareils"\n'
BAD = {
    "missing": "",
    "empty": 'msgid "Give %(count)s devices"\nmsgstr ""\n',
    "fuzzy": f"#, fuzzy\n{GOOD}",
    "another place": GOOD.replace("Donnez %(count)s", "Donnez %(number)s"),
    "said nowhere": GOOD + '\nmsgid "Old"\nmsgstr "Vieux"\n',
    "obsolete": GOOD + '\n#~ msgid "Old"\n#~ msgstr "Vieux"\n',
    "straight apostrophe": GOOD.replace("appareils", "appareils d'ici"),
    "breakable space": GOOD.replace("appareils", "appareils !"),
    "forbidden words": GOOD.replace("appareils", "appareils comme neufs").replace("neufs", "neuf"),
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "tracker" / "devices").mkdir(parents=True)
    (tmp_path / "tracker" / "devices" / "rules.py").write_text(
        'N_("Give %(count)s devices")\n', encoding="utf-8"
    )
    (tmp_path / "tracker" / "translations" / "fr").mkdir(parents=True)
    return tmp_path


def write(project: Path, name: str, text: str) -> None:
    (project / "tracker" / "translations" / "fr" / name).write_text(HEAD + text, encoding="utf-8")


def test_a_good_catalogue_passes(project: Path) -> None:
    write(project, "devices.po", GOOD)
    assert catalogue.faults(project) == []


@pytest.mark.parametrize("text", BAD.values(), ids=list(BAD))
def test_a_bad_entry_is_seen(project: Path, text: str) -> None:
    write(project, "devices.po", text)
    assert catalogue.faults(project)


def test_two_ways_of_saying_one_thing_are_seen(project: Path) -> None:
    write(project, "devices.po", GOOD)
    write(project, "web.po", GOOD.replace("Donnez", "Remettez"))
    assert any("two ways" in fault for fault in catalogue.faults(project))


def test_text_of_pages_counts(project: Path) -> None:
    write(project, "devices.po", GOOD)
    page = project / "templates" / "devices" / "list.html"
    page.parent.mkdir(parents=True)
    page.write_text("{% trans count=n %}{{ count }} device{% pluralize %}{{ count }} devices{% endtrans %}")
    assert any("list.html" in fault for fault in catalogue.faults(project))
