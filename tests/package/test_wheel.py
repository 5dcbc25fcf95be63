"""What is installed elsewhere is whole: pages, migrations, words and fonts travel with the code."""

from __future__ import annotations

import os
import subprocess
import sys
import urllib.request
import zipfile
from pathlib import Path

import pytest

from tests.serving import serve

ROOT = Path(__file__).resolve().parents[2]
MUST_HOLD = (
    "tracker/templates/_layout/base.html",
    "tracker/migrations/env.py",
    "tracker/static/css/tracker.css",
    "tracker/translations/fr/web.po",
    "tracker/py.typed",
    "labels/faces/text.ttf",
)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which the built wheel is installed, without the checkout in sight."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    offline = {**os.environ, "PIP_NO_INDEX": "1"}
    built = [
        *pip,
        "wheel",
        "--no-deps",
        "--no-build-isolation",
        "--wheel-dir",
        str(folder / "built"),
        str(ROOT),
    ]
    subprocess.run(built, check=True, env=offline)
    (wheel,) = (folder / "built").glob("*.whl")
    site = folder / "site"
    subprocess.run([*pip, "install", "--no-deps", "--target", str(site), str(wheel)], check=True, env=offline)
    return site


def test_the_wheel_holds_what_the_code_reads(installed: Path) -> None:
    assert not {name for name in MUST_HOLD if not (installed / name).exists()}


def test_nothing_but_our_packages_is_in_the_wheel(installed: Path) -> None:
    (wheel,) = (installed.parent / "built").glob("*.whl")
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"tracker", "labels"}


def test_every_page_and_migration_of_the_checkout_is_in_the_wheel(installed: Path) -> None:
    for folder, kind in (("templates", "*.html"), ("migrations", "*.py")):
        here = {path.relative_to(ROOT / folder) for path in (ROOT / folder).rglob(kind)}
        there = {
            path.relative_to(installed / "tracker" / folder)
            for path in (installed / "tracker" / folder).rglob(kind)
        }
        assert here == there


def test_an_installed_wheel_makes_its_tables_and_serves_a_page(
    installed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(installed))
    monkeypatch.setenv("TRACKER_INSTANCE", str(tmp_path / "instance"))
    where = [sys.executable, "-c", "import tracker, labels; print(tracker.__file__, labels.__file__)"]
    files = subprocess.run(where, check=True, capture_output=True, text=True).stdout.split()
    assert all(Path(file).is_relative_to(installed) for file in files)
    upgrade = [sys.executable, "-m", "tracker.cli", "db", "upgrade"]
    subprocess.run(upgrade, check=True, capture_output=True)
    with serve() as served:
        with urllib.request.urlopen(served.url + "/login") as page:
            assert page.status == 200
            assert "<form" in page.read().decode()
        with urllib.request.urlopen(served.url + "/static/css/tracker.css") as sheet:
            assert sheet.status == 200
