"""A PDF that carries its signed file, and is itself signed to the last byte.

The signed file stands in the PDF as an attachment, not compressed, so that it can be found without reading PDF. After
the PDF's own end comes one line, which PDF readers pass over as a comment (ISO 32000-1, 7.2.4 and annex H note 18):

    %ricochet-signature-1 document <key> <number> <time> <signature>

It stands over all bytes before it: what the paper says in words is signed too, not only what is attached.
"""

from __future__ import annotations

import hashlib
import re

from tracker.signing import rules
from tracker.signing.rules import Envelope, NotSigned, Signer, Statement

_LAST_LINE = re.compile(rb"%ricochet-signature-1 document (\S{32}) (\S{1,40}) (\S{20}) (\S{86})\n")
_MARK = b"%ricochet-signature-1 document "
_BEGIN = b'{"format":"ricochet-signature-1",'
_END = b"\nendstream"


def signed(pdf: bytes, number: str, at: str, signer: Signer) -> bytes:
    """The PDF with the line that signs it."""
    body = pdf if pdf.endswith(b"\n") else pdf + b"\n"
    signature = signer.sign(rules.DOCUMENT, number, at, hashlib.sha256(body).hexdigest())
    return body + f"%{rules.FORMAT} {rules.DOCUMENT} {signer.key} {number} {at} {signature}\n".encode("ascii")


def statement(content: bytes) -> tuple[Statement, str]:
    """What the last line says and its signature. Raises `NotSigned` where there is no such line."""
    start = content.rfind(_MARK)
    found = _LAST_LINE.fullmatch(content, start) if start > 0 else None
    if found is None:
        raise NotSigned("no line that signs it")
    try:
        key, number, at, signature = (part.decode("ascii") for part in found.groups())
        told = Statement(rules.DOCUMENT, key, number, at, hashlib.sha256(content[:start]).hexdigest())
    except ValueError as error:
        raise NotSigned(str(error)) from error
    return told, signature


def attached(content: bytes) -> Envelope:
    """The signed file inside. Raises `NotSigned` unless there is exactly one."""
    start = content.find(_BEGIN)
    end = content.find(_END, start)
    if start < 0 or end < 0 or content.find(_BEGIN, start + 1) >= 0:
        raise NotSigned("no signed file inside")
    return rules.read_envelope(content[start:end])
