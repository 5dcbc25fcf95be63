"""A signed file in a QR code: everything needed to check it, behind the address of its public page.

The text is `https://…/verify/2026-00412#` and a number in decimal figures, which a QR code packs at 3.33 bits a figure
(ISO/IEC 18004, numeric mode; the idea is that of SMART Health Cards). The number's bytes are

    1 or 2 · first 4 bytes of SHA-256 over what follows · the content, deflated (RFC 1951) after the dictionary below

1 is the whole signed file, 2 its statement and signature only, for what does not fit: it proves number, time and
fingerprint. The checksum is no security, it makes one text of one content.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
import zlib
from typing import Any

from tracker.signing import rules
from tracker.signing.rules import Envelope, NotSigned, Statement

WHOLE, SHORT = 1, 2
LONGEST_TEXT = 7_300  # figures of the largest QR code (7,089), and an address
# Python refuses longer numbers in decimal (CVE-2020-10735); more would not scan from paper either.
MOST_FIGURES = 4_300
LARGEST_CONTENT = 1 << 18

# Never to be changed: a new one gets a new first byte.
DICTIONARY = (
    b'"limit":"The kind of drive is not known: on a flash drive, overwriting cannot reach the spare blocks."'
    b'"at":""by":"declarations":[{"kind":"no_storage""factory_reset""lock_checked":true,"destroyed""removed"'
    b'"all_in_one""desktop""smartphone""tablet""printer""screen""hdd""ssd""nvme""emmc""usb""purge""reviewed"'
    b'"station""PRNG Stream""Quick Erase""One Fill""Secure Erase""Sanitize Crypto Erase""Sanitize Block Erase"'
    b'{"format":"ricochet-signature-1","key":"","kind":"certificate","payload":{"about":"device","address":"https://'
    b'/verify/2026-000","collection":null,"counts":{"destroyed":0,"found":1,"removed":0,"wiped":1},"devices":[{"code":"'
    b'","cover":"proven","declarations":[],"drives":[{"drive":1,"end":"wiped","errors":0,"finished":"2026-1T1:00:00",'
    b'"hidden":null,"level":"clear","limit":"Overwriting cannot reach the spare blocks of a flash drive.",'
    b'"medium":"ssd","method":"Fill With Zeros","model":"Samsung SSD ","operator":1,"report_sha256":"","reviewer":null,'
    b'"rounds":1,"serial":"","size_bytes":256060514304,"source":"imported","started":"2026-1T1:00:00","tool":"nwipe",'
    b'"tool_version":"0.3","verdict":"wiped","verification":"last","wipe":1}],"manufacturer":"LENOVO","model":"ThinkPad '
    b'","serial":"","type":"laptop"}],"issued":"2026-1T1:00:00Z","issuer":1,"journal":{"head":"","sequence":1,"site":1},'
    b'"number":"2026-000","organisation":"Ricochet","place":"Atelier ","replaces":null,"v":2},"signature":"'
)
_TEXT = re.compile(r"(?:(\S+)#)?([1-9][0-9]{19,})")


def text(envelope: Envelope, *, whole: bool) -> str:
    """What the QR code says."""
    content = envelope.written() if whole else _short(envelope)
    packed = zlib.compressobj(9, zlib.DEFLATED, -15, 9, zdict=DICTIONARY)
    deflated = packed.compress(content) + packed.flush()
    first = WHOLE if whole else SHORT
    raw = bytes([first]) + hashlib.sha256(deflated).digest()[:4] + deflated
    return f"{envelope.payload['address']}#{_figures(raw)}"


def _figures(raw: bytes) -> str:
    number = int.from_bytes(raw, "big")
    if number.bit_length() > MOST_FIGURES * 3.32:
        raise ValueError("too long for a QR code")
    return str(number)


def _short(envelope: Envelope) -> bytes:
    told = envelope.statement()
    return rules.canonical(
        {
            "address": envelope.payload["address"],
            "at": told.at,
            "key": told.key,
            "kind": told.kind,
            "name": told.name,
            "sha256": told.sha256,
            "signature": envelope.signature,
        }
    )


def read(given: str) -> tuple[Envelope | None, Statement, str]:
    """The signed file in that text (None in a short one), its statement and signature. Raises `NotSigned`."""
    try:
        found = _TEXT.fullmatch(given)
        if found is None or len(given) > LONGEST_TEXT or len(found[2]) > MOST_FIGURES:
            raise NotSigned("not the text of a code of ours")
        first, content = _unpacked(found[2])
        if first == WHOLE:
            envelope = rules.read_envelope(content)
            address, statement, signature = (
                envelope.payload["address"],
                envelope.statement(),
                envelope.signature,
            )
        else:
            envelope = None
            address, statement, signature = _read_short(content)
        if found[1] is not None and found[1] != address:
            raise NotSigned("another address than the signed one")
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, zlib.error) as error:
        raise NotSigned(str(error)) from error
    return envelope, statement, signature


def _unpacked(figures: str) -> tuple[int, bytes]:
    number = int(figures)
    raw = number.to_bytes((number.bit_length() + 7) // 8, "big")
    first, mark, deflated = raw[0], raw[1:5], raw[5:]
    if first not in (WHOLE, SHORT) or hashlib.sha256(deflated).digest()[:4] != mark:
        raise NotSigned("the code is incomplete")
    opened = zlib.decompressobj(-15, zdict=DICTIONARY)
    content = opened.decompress(deflated, LARGEST_CONTENT)
    if not opened.eof or opened.unused_data:
        raise NotSigned("the code is incomplete")
    return first, content


def _read_short(content: bytes) -> tuple[str, Statement, str]:
    parts: dict[str, Any] = json.loads(content)
    if rules.canonical(parts) != content or parts["kind"] != rules.CERTIFICATE:
        raise NotSigned("not written as we write it")
    address, signature = parts.pop("address"), parts.pop("signature")
    return address, Statement(**parts), signature


assert not sys.get_int_max_str_digits() or sys.get_int_max_str_digits() >= MOST_FIGURES
