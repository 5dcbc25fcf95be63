"""Signed things made without a database, and a thousand ways to spoil them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pypdf
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tracker.signing import code_rules, pdf_rules, rules
from tracker.signing.key_rules import KeyRing, PublishedKey
from tracker.signing.rules import Envelope, Signer

SIGNER = Signer(Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
OTHER = Signer(Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33))))
SINCE = datetime(2026, 9, 1, tzinfo=UTC)
ORDER = 2**252 + 27742317777372353535851937790883648493  # of the curve's base point (RFC 8032, 5.1)
PAYLOAD: dict[str, Any] = {
    "v": 2, "about": "device", "number": "2026-00412", "issued": "2026-11-24T16:20:00Z",
    "address": "https://tracker.example.org/verify/2026-00412", "organisation": "Ricochet – « Évreux »",
    "place": "Atelier 𝕏\u2028", "issuer": 3, "collection": None, "replaces": None,
    "counts": {"found": 1, "wiped": 1, "removed": 0, "destroyed": 0},
    "devices": [{
        "id": 7, "code": "BCDFGHJX", "type": "laptop", "manufacturer": "LENOVO", "model": 'T"14\\', "serial": None,
        "cover": "proven", "declarations": [],
        "drives": [{
            "drive": 9, "model": "RICO SSD 128", "serial": "RSS42A0001", "medium": "ssd", "size_bytes": 128035676160,
            "end": "wiped", "method": "Fill With Zeros", "level": "clear", "verification": "last", "tool": "nwipe",
            "tool_version": "0.42", "source": "imported", "limit": None, "report_sha256": "ab" * 32,
        }],
    }],
    "journal": {"site": 1, "sequence": 99, "head": "cd" * 32},
}  # fmt: skip


def ring(*signers: Signer, **times: Any) -> KeyRing:
    keys = [PublishedKey(one.public, SINCE, **times) for one in signers or (SIGNER, OTHER)]
    return KeyRing({one.key: one for one in keys}, {}, "Ricochet", "2026-11-24T17:00:00Z")


def envelope(**changes: Any) -> Envelope:
    return rules.seal(rules.CERTIFICATE, {**PAYLOAD, **changes}, SIGNER)


def pdf(held: Envelope, number: str = "2026-00412", signer: Signer = SIGNER) -> bytes:
    """A PDF of one empty page that carries it, signed."""
    writer = pypdf.PdfWriter()
    writer.add_blank_page(100, 100)
    writer.add_attachment("certificate.json", held.written())
    out = BytesIO()
    writer.write(out)
    return pdf_rules.signed(out.getvalue(), number, "2026-11-24T16:30:00Z", signer)


def specimens() -> dict[str, bytes]:
    """The same certificate as a file, a PDF, a whole and a short code, and the figures of the code alone."""
    held = envelope()
    whole = code_rules.text(held, whole=True)
    return {
        "file": held.written(),
        "pdf": pdf(held),
        "code": whole.encode(),
        "figures": whole.split("#")[1].encode(),
        "short": code_rules.text(held, whole=False).encode(),
    }


def spoilt(count: int, seed: int) -> Iterator[bytes]:
    """So many spoilt specimens, each different from every good one."""
    chance = random.Random(seed)
    good = specimens()
    names = sorted(good)
    while count:
        made = chance.choice(WAYS)(good[chance.choice(names)], chance, good)
        if made not in good.values():
            count -= 1
            yield made


def _flip(content: bytes, chance: random.Random, good: dict[str, bytes]) -> bytes:
    made = bytearray(content)
    made[chance.randrange(len(made))] ^= 1 << chance.randrange(8)
    return bytes(made)


def _alike(content: bytes, chance: random.Random, good: dict[str, bytes]) -> bytes:
    """A sign in the place of another of the same kind: figures stay figures, letters letters."""
    made = bytearray(content)
    place = chance.randrange(len(made))
    for kind in (b"0123456789", b"abcdef", b"ABCDEFGHIJKLMNOPQRSTUVWXYZ", b"ghijklmnopqrstuvwxyz-_"):
        if made[place] in kind:
            made[place] = chance.choice(kind)
    return bytes(made)


def _cut(content: bytes, chance: random.Random, good: dict[str, bytes]) -> bytes:
    start = chance.randrange(len(content))
    return content[:start] + content[start + chance.choice((1, 1, 2, 40, len(content))) :]


def _insert(content: bytes, chance: random.Random, good: dict[str, bytes]) -> bytes:
    place = chance.randrange(len(content) + 1)
    piece = chance.choice(
        (b" ", b"\n", b"0", b"\0", b"\xef\xbb\xbf", b'"a":1,', b"%", b"9" * 9, bytes([chance.randrange(256)]))
    )
    return content[:place] + piece + content[place:]


def _double(content: bytes, chance: random.Random, good: dict[str, bytes]) -> bytes:
    start = chance.randrange(len(content))
    piece = content[start : start + chance.randrange(1, 200)]
    return content[:start] + piece + content[start:]


def _cross(content: bytes, chance: random.Random, good: dict[str, bytes]) -> bytes:
    """The beginning of one with the end of another."""
    other = good[chance.choice(sorted(good))]
    return content[: chance.randrange(len(content))] + other[chance.randrange(len(other)) :]


def _reworded(content: bytes, chance: random.Random, good: dict[str, bytes]) -> bytes:
    """Well-formed in every way but the signature: what a forger would do."""
    held = envelope()
    payload: Any = {**held.payload}
    word = chance.choice(["number", "issued", "organisation", "counts", "devices", "extra", "journal"])
    payload[word] = {
        "number": f"2026-{chance.randrange(99999):05d}",
        "issued": f"2026-11-{chance.randrange(1, 29):02d}T16:20:00Z",
        "organisation": chance.choice("ABC") * chance.randrange(1, 9),
        "counts": {**held.payload["counts"], "wiped": chance.randrange(2, 999)},
        "devices": [{**held.payload["devices"][0], "serial": str(chance.random())[2:]}],
        "extra": chance.randrange(9999),
        "journal": {"site": chance.randrange(2, 9), "sequence": 99, "head": "cd" * 32},
    }[word]
    forged = Envelope(held.kind, chance.choice((held.key, OTHER.key)), payload, held.signature)
    return _in_some_form(forged, chance)


def _resigned(content: bytes, chance: random.Random, good: dict[str, bytes]) -> bytes:
    """The same words under a signature that is almost the right one."""
    held = envelope()
    raw = rules.decoded(held.signature)
    s = int.from_bytes(raw[32:], "little")
    taken = chance.choice((
        raw[:32] + (s + ORDER).to_bytes(32, "little"),  # malleable where nobody checks s
        raw[:32] + ((-s) % ORDER).to_bytes(32, "little"),
        bytes(64), raw[32:] + raw[:32], raw[:63], raw + b"\0", raw[:32] + bytes(32), b"\1" + bytes(63),
        rules.decoded(OTHER.sign("certificate", "2026-00412", PAYLOAD["issued"], rules.fingerprint(PAYLOAD))),
        rules.decoded(SIGNER.sign("document", "2026-00412", PAYLOAD["issued"], rules.fingerprint(PAYLOAD))),
    ))  # fmt: skip
    return _in_some_form(Envelope(held.kind, held.key, held.payload, rules.encoded(taken)), chance)


def _loose(content: bytes, chance: random.Random, good: dict[str, bytes]) -> bytes:
    """The same signature, written with other spare bits in its last letter."""
    held, letters = envelope(), "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    other = letters[letters.index(held.signature[-1]) ^ chance.randrange(1, 16)]
    return _in_some_form(Envelope(held.kind, held.key, held.payload, held.signature[:-1] + other), chance)


def _in_some_form(forged: Envelope, chance: random.Random) -> bytes:
    form = chance.randrange(4)
    if form == 0:
        return forged.written()
    if form == 1:
        return pdf(forged)[: -chance.choice((1, 90, 170))] + specimens()["pdf"][-170:]
    return code_rules.text(forged, whole=form == 2).encode()


WAYS = (_flip, _flip, _alike, _alike, _cut, _insert, _double, _cross, _reworded, _resigned, _loose)
