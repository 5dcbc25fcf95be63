"""`tracker verify`: 0 only for what is genuine, one sentence otherwise, and no need of us."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from flask import Flask
from flask.testing import FlaskClient, FlaskCliRunner

from tests import make
from tests.signing.specimens import envelope, pdf, ring, specimens
from tests.wiping.test_certificates import certificate, revoke, wiped
from tracker.cli import group
from tracker.database import transaction
from tracker.signing import code_rules, key_rules, operations
from tracker.signing.key_rules import KeyLoss
from tracker.wiping import certificate_queries, documents
from tracker.wiping.models import Certificate

ALONE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
def _in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACKER_LOCALE", "en")


def paper(one: Certificate, locale: str = "fr") -> bytes:
    return documents.pdf(one, organisation="Ricochet", address="https://x.example.org", locale=locale)


def codes_on(pdf: bytes) -> list[str]:
    """What a reader finds on the printed pages, at 200 dots an inch."""
    pages = [page.render(scale=200 / 72).to_pil() for page in pypdfium2.PdfDocument(BytesIO(pdf))]
    return [one.text for page in pages for one in zxingcpp.read_barcodes(page)]


def test_each_form_of_a_certificate_is_genuine(app: Flask, runner: FlaskCliRunner, tmp_path: Path) -> None:
    one = certificate(wiped())
    held = certificate_queries.envelope(one)
    assert held is not None
    forms = {"one.pdf": paper(one), "two.pdf": paper(one, "en"), "one.json": held.written()}
    (scanned,) = codes_on(forms["one.pdf"])
    forms["code.txt"] = scanned.encode() + b"\n"
    for name, content in forms.items():
        path = tmp_path / name
        path.write_bytes(content)
        answer = runner.invoke(group, ["verify", str(path)])
        assert answer.exit_code == 0, (name, answer.output)
        assert one.number in answer.output and "2 found, 2 wiped" in answer.output
        path.write_bytes(content.replace(b"RSS42A0001", b"RSS42A0002").replace(b"7", b"8", 1))
        assert runner.invoke(group, ["verify", str(path)]).exit_code == 1


def test_a_revoked_certificate_is_refused_with_one_sentence(
    app: Flask, runner: FlaskCliRunner, tmp_path: Path
) -> None:
    device = wiped()
    kept = paper(certificate(device))
    revoke(device)
    for name, content in (("before.pdf", kept), ("after.pdf", paper(certificate(device)))):
        (tmp_path / name).write_bytes(content)
        answer = runner.invoke(group, ["verify", str(tmp_path / name)])
        assert answer.exit_code == 1 and "revoked" in answer.stderr and len(answer.stderr.splitlines()) == 1


def test_published_keys_are_enough(app: Flask, client: FlaskClient, tmp_path: Path) -> None:
    """No database, no settings, no network: a process of its own in an empty folder."""
    (tmp_path / "one.pdf").write_bytes(paper(certificate(wiped())))
    (tmp_path / "keys.json").write_bytes(client.get("/verify/keys.json").data)
    bare = {name: value for name, value in os.environ.items() if not name.startswith("TRACKER_")}
    line = [sys.executable, "-m", "tracker.cli", "verify", "one.pdf", "--keys", "keys.json"]
    root = str(Path(__file__).parents[2])
    empty = tmp_path / "nobody"
    done = subprocess.run(
        line,
        cwd=tmp_path,
        env={**bare, "PYTHONPATH": root, "TRACKER_INSTANCE": str(empty / "x")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert not empty.exists(), "nothing was made for it"


def test_after_a_rotation_old_certificates_are_genuine_and_after_a_revocation_not(
    app: Flask, runner: FlaskCliRunner, client: FlaskClient, tmp_path: Path
) -> None:
    one = certificate(wiped())
    path = tmp_path / "one.json"
    held = certificate_queries.envelope(one)
    assert held is not None and one.key is not None
    path.write_bytes(held.written())
    with transaction():
        operations.rotate(make.system())
    assert runner.invoke(group, ["verify", str(path)]).exit_code == 0
    (tmp_path / "fresh.pdf").write_bytes(paper(certificate_queries.by_number(one.number) or one))
    assert runner.invoke(group, ["verify", str(tmp_path / "fresh.pdf")]).exit_code == 0
    with transaction():
        operations.revoke(one.key, KeyLoss.STOLEN, make.system())
    answer = runner.invoke(group, ["verify", str(path)])
    assert answer.exit_code == 1 and "was revoked" in answer.stderr
    page = client.get(f"/verify/{one.number}", headers={"Accept-Language": "en"}).text
    assert "Genuine." not in page and "Authentique" not in page
    told = client.get(f"/api/v1/verify/{one.number}").json
    assert told and told["genuine"] and told["key_revoked"]


@ALONE
def test_a_certificate_of_many_drives_carries_a_short_code(app: Flask) -> None:
    lines = [
        {
            **envelope().payload["devices"][0]["drives"][0],
            "serial": os.urandom(9).hex(),
            "report_sha256": os.urandom(32).hex(),
        }
        for _ in range(30)
    ]
    device = {**envelope().payload["devices"][0], "drives": lines}
    held = envelope(devices=[device])
    drawn, told = documents.code(held)
    assert "fingerprint" in told and (drawn.version or 99) <= documents.LARGEST_QR
    small, told = documents.code(envelope())
    assert "whole" in told and (small.version or 99) < 20


def test_a_text_that_is_no_certificate_gets_one_sentence(
    tmp_path: Path, runner_alone: FlaskCliRunner
) -> None:
    keys = tmp_path / "keys.json"
    keys.write_text(json.dumps(key_rules.published(ring())))
    for content in (b"", b"hello", b"{}", b"%PDF-1.4\n%%EOF", b"\0" * 100, specimens()["file"][:-1]):
        (tmp_path / "x").write_bytes(content)
        answer = runner_alone.invoke(group, ["verify", str(tmp_path / "x"), "--keys", str(keys)])
        assert answer.exit_code == 1 and len(answer.stderr.splitlines()) == 1, answer.output
    answer = runner_alone.invoke(group, ["verify", str(tmp_path / "missing"), "--keys", str(keys)])
    assert answer.exit_code == 1 and "cannot be read" in answer.stderr
    (tmp_path / "good.pdf").write_bytes(pdf(envelope()))
    assert (
        runner_alone.invoke(group, ["verify", str(tmp_path / "good.pdf"), "--keys", str(keys)]).exit_code == 0
    )
    (tmp_path / "short.txt").write_text(code_rules.text(envelope(), whole=False))
    answer = runner_alone.invoke(group, ["verify", str(tmp_path / "short.txt"), "--keys", str(keys)])
    assert answer.exit_code == 0 and "fingerprint" in answer.output


@pytest.fixture
def runner_alone() -> FlaskCliRunner:
    """Commands without an application."""
    from click.testing import CliRunner

    return CliRunner()  # type: ignore[return-value]
