"""Whether a file, a PDF or the text of a QR code is genuine, going by public keys alone. The verifier that works
without us (`static/verifier`) is the same in JavaScript: tests hold the two together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tracker.i18n import N_, Sentence
from tracker.signing import code_rules, pdf_rules, rules
from tracker.signing.key_rules import KEY_FAULTS, KeyRing
from tracker.signing.rules import Envelope, NotSigned, Statement

REASONS: Mapping[str, str] = {
    "not_ours": N_(
        "This is not a file that a workshop signed, or it was changed. Take the file as you first received it: "
        "one that was printed to PDF or saved anew by another program is no longer the signed one."
    ),
    "unsigned_pdf": N_(
        "This PDF carries no signature: it was issued before certificates were signed, it was saved anew by "
        "another program, or it is not ours."
    ),
    "unknown_key": N_("It is signed by the key %(key)s, which is not among the public keys at hand."),
    "forged": N_("The signature does not fit what is said: something was changed. Do not rely on it."),
    "revoked": N_("Certificate no. %(number)s is signed, but was revoked on %(day)s: it holds no more."),
    **KEY_FAULTS,
}


@dataclass(frozen=True)
class Finding:
    """`genuine`: signed by a key that counts, and not known to be revoked. `word`: the first thing that is wrong, one
    of `REASONS`, with its details.

    `payload` is what is signed, also where it was revoked; None where nothing may be believed, and for a short QR
    code, of which only `statement` is proven: number, time and fingerprint.
    """

    genuine: bool
    word: str | None = None
    details: Mapping[str, str] = field(default_factory=dict)
    statement: Statement | None = None
    payload: Mapping[str, Any] | None = None

    @property
    def why(self) -> Sentence | None:
        return Sentence(REASONS[self.word], self.details) if self.word else None


def examine(content: bytes, ring: KeyRing) -> Finding:
    """What that content is: a signed file (JSON), a PDF, or the text of a QR code."""
    if content.startswith(b"%PDF-"):
        return _of_pdf(content, ring)
    if content.startswith(b"{"):
        return _of_file(content, ring)
    try:
        envelope, statement, signature = code_rules.read(content.decode("ascii"))
    except (NotSigned, UnicodeDecodeError):
        return Finding(False, "not_ours")
    return _judged(statement, signature, ring, envelope)


def _of_file(content: bytes, ring: KeyRing) -> Finding:
    try:
        envelope = rules.read_envelope(content)
    except NotSigned:
        return Finding(False, "not_ours")
    return _judged(envelope.statement(), envelope.signature, ring, envelope)


def _of_pdf(content: bytes, ring: KeyRing) -> Finding:
    if len(content) > rules.LARGEST_FILE:
        return Finding(False, "not_ours")
    try:
        statement, signature = pdf_rules.statement(content)
    except NotSigned:
        return Finding(False, "unsigned_pdf")
    whole = _judged(statement, signature, ring, None)
    if not whole.genuine and whole.statement is None:
        return whole
    try:
        envelope = pdf_rules.attached(content)
    except NotSigned:
        return Finding(False, "not_ours")
    if envelope.statement().name != statement.name:
        return Finding(False, "forged")
    return _judged(envelope.statement(), envelope.signature, ring, envelope)


def _judged(statement: Statement, signature: str, ring: KeyRing, envelope: Envelope | None) -> Finding:
    key = ring.keys.get(statement.key)
    if key is None:
        return Finding(False, "unknown_key", {"key": statement.key})
    if not rules.genuine(statement, signature, key.public):
        return Finding(False, "forged")
    fault = key.fault(rules.read_moment(statement.at))
    if fault is not None:
        return Finding(False, *fault)
    payload = envelope.payload if envelope else None
    if statement.name in ring.revoked and statement.kind != rules.EXPORT:
        told = {"number": statement.name, "day": ring.revoked[statement.name][0][:10]}
        return Finding(False, "revoked", told, statement, payload)
    return Finding(True, None, {}, statement, payload)
