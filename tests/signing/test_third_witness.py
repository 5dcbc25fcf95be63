"""OpenSSL as a third witness: it knows nothing of our code, takes the bytes out of the file by hand, and must agree."""

from __future__ import annotations

import base64
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import missing
from tests.signing.specimens import OTHER, SIGNER, envelope, ring, specimens, spoilt
from tracker.signing.verification_rules import examine

PUBLIC_DER = bytes.fromhex("302a300506032b6570032100")  # RFC 8410: what stands before the 32 bytes of the key
LINE = re.compile(rb"%ricochet-signature-1 document (\S{32}) (\S+) (\S+) (\S+)\n")


@pytest.fixture(autouse=True)
def _openssl() -> None:
    told = (
        subprocess.run(["openssl", "version"], capture_output=True, check=False)
        if shutil.which("openssl")
        else None
    )
    if told is None or not told.stdout.startswith(b"OpenSSL 3"):
        missing("no OpenSSL 3 here")


def digest(content: bytes) -> str:
    done = subprocess.run(
        ["openssl", "dgst", "-sha256", "-r"], input=content, capture_output=True, check=True
    )
    return done.stdout.decode().split()[0]


def openssl_says(lines: list[str], signature: str, public: bytes, folder: Path) -> bool:
    """Whether OpenSSL finds that key's signature over those lines."""
    key = base64.b64encode(PUBLIC_DER + public).decode()
    (folder / "key").write_text(f"-----BEGIN PUBLIC KEY-----\n{key}\n-----END PUBLIC KEY-----\n")
    (folder / "said").write_text("".join(f"{line}\n" for line in lines))
    (folder / "signature").write_bytes(base64.urlsafe_b64decode(signature + "=="))
    given = [
        "-inkey",
        str(folder / "key"),
        "-in",
        str(folder / "said"),
        "-sigfile",
        str(folder / "signature"),
    ]
    done = subprocess.run(
        ["openssl", "pkeyutl", "-verify", "-pubin", "-rawin", *given], capture_output=True, check=False
    )
    return done.returncode == 0


def file_holds(content: bytes, folder: Path) -> bool:
    """What is signed is taken from the bytes as they stand, not read and written anew."""
    found = re.fullmatch(
        rb'\{"format":"ricochet-signature-1","key":"(\w{32})","kind":"(\w+)","payload":(\{.*\}),"signature":"([\w-]+)"\}',
        content,
        re.DOTALL,
    )
    names = (
        [re.findall(rb'"%s":"([^"]*)"' % word, found[3]) for word in (b"number", b"issued")] if found else []
    )
    if found is None or not all(len(one) == 1 for one in names):
        return False
    key, kind, payload, signature = found.groups()
    public = {one.key: one.public for one in (SIGNER, OTHER)}.get(key.decode())
    if public is None:
        return False
    told = [kind.decode(), key.decode(), names[0][0].decode(), names[1][0].decode(), digest(payload)]
    return openssl_says(["ricochet-signature-1", *told], signature.decode(), public, folder)


def test_openssl_finds_the_same_signature_over_the_same_words(tmp_path: Path) -> None:
    assert file_holds(specimens()["file"], tmp_path)
    assert not file_holds(specimens()["file"].replace(b"RSS42A0001", b"RSS42A0002"), tmp_path)


def test_openssl_finds_the_signature_over_the_whole_pdf(tmp_path: Path) -> None:
    content = specimens()["pdf"]
    last = LINE.search(content)
    assert last is not None and last.end() == len(content)
    key, number, at, signature = (part.decode() for part in last.groups())
    told = ["ricochet-signature-1", "document", key, number, at]
    assert openssl_says([*told, digest(content[: last.start()])], signature, SIGNER.public, tmp_path)
    assert not openssl_says([*told, digest(content[1 : last.start()])], signature, SIGNER.public, tmp_path)


def test_what_openssl_does_not_find_is_never_genuine(tmp_path: Path) -> None:
    """Every certificate that looks like one: ours may be stricter, never easier."""
    files = [
        one for one in spoilt(1_500, seed=31) if one.startswith(b'{"format":"ricochet-signature-1","key":"')
    ]
    assert len(files) > 100
    for content in [*files[:150], envelope(place="Évreux").written(), envelope().written()]:
        if examine(content, ring()).genuine:
            assert file_holds(content, tmp_path), content
    both = [(examine(one, ring()).genuine, file_holds(one, tmp_path)) for one in files[:60]]
    assert (True, False) not in both and (True, True) not in both
