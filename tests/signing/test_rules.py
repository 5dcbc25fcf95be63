"""One way to write a thing, one signature over it, and nothing that was changed gets through."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.signing.specimens import (
    OTHER,
    PAYLOAD,
    SIGNER,
    envelope,
    pdf,
    ring,
    specimens,
    spoilt,
)
from tracker.errors import Malformed
from tracker.signing import code_rules, key_rules, rules
from tracker.signing.key_rules import KeyRing
from tracker.signing.rules import Envelope, NotSigned
from tracker.signing.verification_rules import REASONS, examine


@pytest.mark.parametrize("name", sorted(specimens()))
def test_what_was_signed_is_genuine_in_every_form(name: str) -> None:
    found = examine(specimens()[name], ring())
    assert found.genuine and found.word is None
    assert found.statement is not None and found.statement.name == "2026-00412"
    assert found.payload == (None if name == "short" else PAYLOAD)


def test_nothing_that_was_changed_is_accepted() -> None:
    keys = ring()
    assert not [made for made in spoilt(2_000, seed=1) if examine(made, keys).genuine]


@pytest.mark.long
def test_of_a_hundred_thousand_changes_none_is_accepted() -> None:
    keys = ring()
    assert not [made for made in spoilt(100_000, seed=2) if examine(made, keys).genuine]


def test_each_way_of_spoiling_is_refused_for_its_own_reason() -> None:
    """So that the test above cannot pass because everything is refused at the door."""
    words = {examine(made, ring()).word for made in spoilt(600, seed=3)}
    assert {"not_ours", "unsigned_pdf", "forged"} <= words <= set(REASONS)


def test_a_signature_of_another_key_proves_nothing() -> None:
    assert examine(envelope().written(), ring(OTHER)).word == "unknown_key"
    assert examine(specimens()["pdf"], KeyRing({})).word == "unknown_key"


def test_another_certificate_inside_a_signed_pdf_is_refused() -> None:
    assert examine(pdf(envelope(number="2026-00001")), ring()).word == "forged"
    assert examine(pdf(envelope()), ring()).genuine


def test_a_genuine_file_in_a_pdf_that_others_wrote_is_refused() -> None:
    """The words on the paper are signed too: a genuine attachment does not make them true."""
    foreign = pdf(envelope(), signer=OTHER)
    assert examine(foreign, ring(SIGNER)).word == "unknown_key"
    unsigned = foreign[: foreign.rindex(b"%ricochet")]
    assert examine(unsigned, ring()).word == "unsigned_pdf"


def test_a_code_that_leads_to_another_page_is_refused() -> None:
    figures = specimens()["figures"].decode()
    for address in (
        "https://evil.example.org/verify/2026-00412",
        "https://tracker.example.org/verify/2026-00413",
    ):
        assert examine(f"{address}#{figures}".encode(), ring()).word == "not_ours"


def test_a_statement_of_one_kind_is_none_of_another() -> None:
    held = envelope()
    for kind in ("document", "export"):
        made = Envelope(kind, held.key, held.payload, held.signature)
        assert not examine(made.written(), ring()).genuine


LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@pytest.mark.parametrize("name", ["file", "pdf"])
def test_a_signature_is_written_in_one_way(name: str) -> None:
    """The last of its 86 letters has four bits to spare: other letters would mean the same bytes."""
    good = specimens()[name]
    last = good.rindex(b'"}') - 1 if name == "file" else len(good) - 2
    others = [
        good[:last] + letter.encode() + good[last + 1 :] for letter in LETTERS if letter != chr(good[last])
    ]
    assert len(others) == 63 and not [made for made in others if examine(made, ring()).genuine]


def test_a_key_counts_while_it_was_in_use() -> None:
    at = rules.read_moment(PAYLOAD["issued"])
    for until, genuine in ((None, True), (at, True), (at - timedelta(seconds=1), False)):
        assert examine(envelope().written(), ring(SIGNER, until=until)).genuine is genuine
    early = envelope(issued="2026-08-31T23:59:59Z").written()
    assert examine(early, ring()).word == "key_unused"


def test_what_a_revoked_key_signed_is_not_believed() -> None:
    found = examine(
        envelope().written(), ring(SIGNER, revoked=datetime(2026, 12, 1, tzinfo=UTC), reason="stolen")
    )
    assert found.word == "key_revoked" and found.payload is None and "2026-12-01" in str(found.why)


@pytest.mark.parametrize("name", sorted(specimens()))
def test_a_revoked_certificate_is_not_genuine(name: str) -> None:
    told = KeyRing(ring().keys, {"2026-00412": ("2026-12-01T08:00:00Z", "not_wiped")})
    found = examine(specimens()[name], told)
    assert found.word == "revoked" and not found.genuine and found.statement is not None


def test_published_keys_are_read_back() -> None:
    told = KeyRing(
        ring(SIGNER).keys, {"2026-1": ("2026-12-01T08:00:00Z", "other")}, "Ricochet", "2026-12-02T08:00:00Z"
    )
    assert key_rules.read_ring(json.dumps(key_rules.published(told)).encode()) == told


@pytest.mark.parametrize(
    "content",
    [b"", b"{}", b"[]", b"null", b"\xff", b'{"format":"ricochet-keys-1","keys":[1]}', b"[" * 99_999],
)
def test_what_is_no_file_of_keys_is_refused_in_words(content: bytes) -> None:
    with pytest.raises(Malformed, match=r"keys\.json"):
        key_rules.read_ring(content)


def test_a_key_that_goes_by_another_ones_name_is_refused() -> None:
    told = key_rules.published(ring(OTHER))
    told["keys"][0]["key"] = SIGNER.key
    with pytest.raises(Malformed):
        key_rules.read_ring(json.dumps(told).encode())


@pytest.mark.parametrize(
    "value", [1.5, float("nan"), 2**53, {"É": 1}, {1: 1}, {"A": 1}, b"x", "\ud800", object()]
)
def test_what_has_no_one_way_to_be_written_cannot_be_signed(value: Any) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (an unwritable sign raises a kind of it)
        rules.canonical(value)


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-rules.LARGEST_NUMBER, rules.LARGEST_NUMBER)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.from_regex(r"[a-z][a-z0-9_]{0,9}", fullmatch=True), inner, max_size=4),
)  # fmt: skip


@given(PLAIN)
def test_the_canonical_form_is_json_and_its_own_canonical_form(value: Any) -> None:
    written = rules.canonical(value)
    assert rules.canonical(json.loads(written)) == written


@given(st.binary(max_size=200))
def test_anything_else_gets_a_word(content: bytes) -> None:
    for start in (b"", b"{", b"%PDF-", b"1" * 30):
        found = examine(start + content, ring())
        assert not found.genuine and found.word in REASONS


@pytest.mark.parametrize(
    "content",
    [b"{" + b'"a":{' * 100_000, b'{"a":' + b"9" * 10_000 + b"}", b"7" * 9_000, b"%PDF-" + b"x" * (9 << 20)],
    ids=["deep", "number", "figures", "large"],
)
def test_bombs_are_refused(content: bytes) -> None:
    assert not examine(content, ring()).genuine


def test_a_code_that_unpacks_to_too_much_is_refused() -> None:
    with pytest.raises(NotSigned):
        code_rules.read(code_rules.text(envelope(extra="x" * 300_000), whole=True))
