"""The verifier that one takes away: opened from a file, without a network, it says what the command says."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.chromium import PHONE, axe_faults
from tests.signing.specimens import OTHER, SIGNER, envelope, ring, specimens, spoilt
from tracker.signing import code_rules
from tracker.signing.key_rules import KeyRing
from tracker.signing.verification_rules import examine
from tracker.wiping import verifier_documents

pytestmark = pytest.mark.browser

JUDGE = """async ([contents, ring, dictionary, vendored]) => {
  const said = [];
  for (const one of contents) {
    const bytes = Uint8Array.from(atob(one), (sign) => sign.charCodeAt(0));
    const found = await RicochetVerifier.examine(bytes, ring || data().ring, { dictionary: dictionary, vendored: vendored });
    said.push([found.genuine, found.word]);
  }
  return said;
  function data() { return JSON.parse(document.getElementById("data").textContent); }
}"""


@pytest.fixture
def verifier(chromium: Any, tmp_path: Path) -> Iterator[Any]:
    """The page, opened from a file; every request to anywhere fails the test."""
    path = tmp_path / "verifier.html"
    told = KeyRing(
        ring().keys, {"2026-00999": ("2026-12-01T08:00:00Z", "not_wiped")}, "Ricochet", "2026-12-02T08:00:00Z"
    )
    path.write_text(verifier_documents.page(told, "fr"), encoding="utf-8")
    context = chromium.new_context(viewport=PHONE, offline=True)
    page = context.new_page()
    asked: list[str] = []
    page.on(
        "request", lambda request: asked.append(request.url) if not request.url.startswith("file:") else None
    )
    page.on("pageerror", lambda error: asked.append(str(error)))
    page.on("console", lambda line: asked.append(line.text) if line.type == "error" else None)
    page.goto(path.as_uri())
    yield page
    context.close()
    assert not asked, asked


def judged(page: Any, contents: list[bytes], *, vendored: bool = False) -> list[tuple[bool, str | None]]:
    said = page.evaluate(
        JUDGE,
        [
            [base64.b64encode(one).decode() for one in contents],
            None,
            code_rules.DICTIONARY.decode(),
            vendored,
        ],
    )
    return [(genuine, word) for genuine, word in said]


@pytest.mark.parametrize("vendored", [False, True], ids=["of the browser", "vendored"])
def test_page_and_command_agree_on_good_and_spoilt(verifier: Any, vendored: bool) -> None:
    contents = [*specimens().values(), *spoilt(500, seed=11)]
    keys = ring(SIGNER, OTHER)
    command = [examine(one, keys) for one in contents]
    page = judged(verifier, contents, vendored=vendored)
    assert [word for _, word in page] == [one.word for one in command]
    assert [genuine for genuine, _ in page] == [one.genuine for one in command]
    assert sum(genuine for genuine, _ in page) == len(specimens())


@pytest.mark.long
def test_page_and_command_agree_on_twenty_thousand(verifier: Any) -> None:
    keys = ring(SIGNER, OTHER)
    for part in range(20):
        contents = [*specimens().values(), *spoilt(1_000, seed=100 + part)]
        command = [examine(one, keys) for one in contents]
        page = judged(verifier, contents, vendored=bool(part % 2))
        assert page == [(one.genuine, one.word) for one in command]
        assert sum(one.genuine for one in command) == len(specimens())


def test_it_takes_the_pdf_and_tells_in_plain_words(verifier: Any, tmp_path: Path) -> None:
    path = tmp_path / "certificate.pdf"
    path.write_bytes(specimens()["pdf"])
    verifier.set_input_files("#file", str(path))
    verifier.wait_for_selector("#result.good")
    said = verifier.inner_text("#result")
    for words in ("2026-00412", "RSS42A0001", "Clear (NIST SP 800-88)", "Ricochet"):
        assert words in said, words
    path.write_bytes(specimens()["pdf"].replace(b"RSS42A0001", b"RSS42A0002"))
    verifier.set_input_files("#file", str(path))
    verifier.wait_for_selector("#result.bad")
    assert "RSS42A0002" not in verifier.inner_text("#result")


def test_it_takes_what_a_scanner_types(verifier: Any) -> None:
    verifier.fill("#text", specimens()["code"].decode() + "\n")
    verifier.click("#check")
    verifier.wait_for_selector("#result.good")
    verifier.fill("#text", specimens()["short"].decode())
    verifier.click("#check")
    verifier.get_by_text("SHA-256").first.wait_for()
    verifier.fill("#text", code_rules.text(envelope(number="2026-00999"), whole=True))
    verifier.click("#check")
    verifier.wait_for_selector("#result.bad")
    assert "2026-12-01" in verifier.inner_text("#result")


def test_it_speaks_both_languages_and_is_easy_to_use(verifier: Any) -> None:
    assert "réseau" in verifier.inner_text("h1")
    verifier.click("#language")
    assert "network" in verifier.inner_text("h1") and "2026-12-02" in verifier.inner_text("#about")
    assert not axe_faults(verifier)
    assert verifier.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
