"""What is signed, and how it is checked. Plain Python over `cryptography`: no web, no database.

A signature (Ed25519, RFC 8032) stands over a *statement* of six lines: what kind of thing it is, by which key, its
name, when it was made, and the SHA-256 of its content. So one signature can be checked against the whole file, or,
where there is no room (a small QR code), against the fingerprint alone.

A signed file is canonical JSON (after RFC 8785, over objects, lists, strings, whole numbers, true, false and null):

    {"format":"ricochet-signature-1","key":kid,"kind":"certificate","payload":{…},"signature":base64url}

with `payload["number"]` as its name and `payload["issued"]` as its time. A reader takes it only if writing what it
read gives the same bytes again: nothing can be added, doubled or written otherwise.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

FORMAT = "ricochet-signature-1"
CERTIFICATE, DOCUMENT, EXPORT = "certificate", "document", "export"
KINDS = (CERTIFICATE, DOCUMENT, EXPORT)
IN_FILES = (CERTIFICATE, EXPORT)
LARGEST_NUMBER = 2**53 - 1  # what every reader of JSON keeps exactly (RFC 8259, 6)
LARGEST_FILE = 8 << 20

KID = re.compile(r"[0-9a-f]{32}")
_FIELD = re.compile(r"[a-z][a-z0-9_.-]{0,99}")
_NAME = re.compile(r"[A-Za-z0-9-]{1,40}")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
_SHA256 = re.compile(r"[0-9a-f]{64}")


class NotSigned(ValueError):
    """The bytes are not a signed file of ours, or were changed: nothing in them counts."""


def canonical(value: Any) -> bytes:
    """The one way to write `value`. Raises ValueError for what has no such way (a fraction, a lone surrogate)."""
    _check(value)
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode()


def _check(value: Any) -> None:
    if value is None or isinstance(value, bool | str):
        return
    if isinstance(value, int):
        if abs(value) > LARGEST_NUMBER:
            raise ValueError("a number is too large")
    elif isinstance(value, list | tuple):
        for one in value:
            _check(one)
    elif isinstance(value, Mapping):
        for key, one in value.items():
            # Small letters, figures, points and dashes: in this order for every language's sorting.
            if not isinstance(key, str) or not _FIELD.fullmatch(key):
                raise ValueError("a name is not of our alphabet")
            _check(one)
    else:
        raise ValueError(f"{type(value).__name__} cannot be signed")  # noqa: TRY004 (one error for all)


def fingerprint(payload: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical payload, 64 hexadecimal digits: printed on the paper."""
    return hashlib.sha256(canonical(payload)).hexdigest()


def moment(at: datetime) -> str:
    """`2026-11-24T16:20:00Z`."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def read_moment(text: str) -> datetime:
    """The other way round. Raises ValueError."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def encoded(raw: bytes) -> str:
    """base64url without padding (RFC 4648, 5)."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    """The bytes, if `text` is the one way to write them. Raises ValueError."""
    try:
        raw = base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except (UnicodeEncodeError, binascii.Error) as error:
        raise ValueError("not base64url") from error
    if encoded(raw) != text:
        raise ValueError("not written as we write it")
    return raw


@dataclass(frozen=True)
class Statement:
    """What a signature stands over. Raises ValueError where a part could be read in two ways."""

    kind: str
    key: str
    name: str
    at: str
    sha256: str

    def __post_init__(self) -> None:
        shapes = ((KID, self.key), (_NAME, self.name), (_MOMENT, self.at), (_SHA256, self.sha256))
        if self.kind not in KINDS or not all(shape.fullmatch(part) for shape, part in shapes):
            raise ValueError("a part of the statement is not of its shape")
        read_moment(self.at)

    def message(self) -> bytes:
        """The bytes under the signature."""
        return "".join(
            f"{line}\n" for line in (FORMAT, self.kind, self.key, self.name, self.at, self.sha256)
        ).encode("ascii")


def raw_public(key: Ed25519PublicKey) -> bytes:
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw)


def key_id(public: bytes) -> str:
    """Half of the SHA-256 of the public key, 32 hexadecimal digits."""
    return hashlib.sha256(public).hexdigest()[:32]


@dataclass(frozen=True)
class Signer:
    """A private key at hand."""

    private: Ed25519PrivateKey

    @property
    def public(self) -> bytes:
        return raw_public(self.private.public_key())

    @property
    def key(self) -> str:
        return key_id(self.public)

    def sign(self, kind: str, name: str, at: str, sha256: str) -> str:
        """The signature over that statement, base64url."""
        return encoded(self.private.sign(Statement(kind, self.key, name, at, sha256).message()))


def genuine(statement: Statement, signature: str, public: bytes) -> bool:
    """Whether that key made that signature over that statement."""
    try:
        raw = decoded(signature)
        Ed25519PublicKey.from_public_bytes(public).verify(raw, statement.message())
    except (ValueError, InvalidSignature):
        return False
    return True


@dataclass(frozen=True)
class Envelope:
    """A payload with its signature, as it is kept in a file, a PDF or a QR code."""

    kind: str
    key: str
    payload: Mapping[str, Any]
    signature: str

    def statement(self) -> Statement:
        """Raises ValueError when number or time are not of their shape."""
        return Statement(
            self.kind, self.key, self.payload["number"], self.payload["issued"], fingerprint(self.payload)
        )

    def written(self) -> bytes:
        """The file."""
        return canonical(
            {
                "format": FORMAT,
                "key": self.key,
                "kind": self.kind,
                "payload": self.payload,
                "signature": self.signature,
            }
        )


def seal(kind: str, payload: Mapping[str, Any], signer: Signer) -> Envelope:
    """The payload, signed."""
    signature = signer.sign(kind, payload["number"], payload["issued"], fingerprint(payload))
    return Envelope(kind, signer.key, payload, signature)


def read_envelope(content: bytes) -> Envelope:
    """What a signed file holds, if it is written as we write it. Its signature is not judged yet. Raises `NotSigned`."""
    if len(content) > LARGEST_FILE:
        raise NotSigned("too large")
    try:
        read = json.loads(content.decode("utf-8"), parse_float=_no_fraction, parse_constant=_no_fraction)
        if set(read) != {"format", "key", "kind", "payload", "signature"} or read["kind"] not in IN_FILES:
            raise NotSigned("not a signed file of ours")
        made = Envelope(read["kind"], read["key"], read["payload"], read["signature"])
        made.statement()
        if made.written() != content:
            raise NotSigned("not written as we write it")
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise NotSigned(str(error)) from error
    return made


def _no_fraction(text: str) -> Any:
    raise ValueError("a number that is not whole")
