"""A certificate authority of the workshop's own, in a folder: `root.crt` for phones to install, `root.key` (0600), and the
server's `server.crt` and `server.key`, which it renews.

The root can speak for the workshop's name and for private networks only (name constraints, RFC 5280, 4.2.1.10), so that
whoever steals its key cannot pretend to be a bank to those who installed it.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import tempfile
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tracker.clock import now
from tracker.errors import NotHere, RuleBroken
from tracker.https import rules
from tracker.https.rules import Names, Standing
from tracker.i18n import N_

FOLDER = "https"
ROOT, ROOT_KEY, SERVER, SERVER_KEY = "root.crt", "root.key", "server.crt", "server.key"
_SLOW_CLOCKS = timedelta(days=1)  # a phone whose clock is behind must not call it too young
_NOT_MADE = N_("There is no certificate of the workshop’s own yet: run tracker https init first.")


def folder_of(instance: Path) -> Path:
    return instance / FOLDER


def is_made(folder: Path) -> bool:
    return (folder / ROOT).is_file() and (folder / ROOT_KEY).is_file()


def make(folder: Path, names: Names, organisation: str, *, anew: bool = False) -> Standing:
    """A new root and the server's certificate. Raises `RuleBroken` where there is one, unless `anew`: then every phone
    must install the new one."""
    if is_made(folder) and not anew:
        raise RuleBroken(
            N_(
                "There is an authority in %(folder)s already, and nothing was changed. tracker https renew makes a new "
                "certificate with it; --anew makes another authority, which every phone must install again."
            ),
            folder=folder,
        )
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    key = ec.generate_private_key(ec.SECP256R1())
    root = _root(key, names, organisation)
    _write(folder / ROOT_KEY, _private(key))
    _write(folder / ROOT, root.public_bytes(serialization.Encoding.PEM), mode=0o644)
    return _certify(folder, names)


def renew(folder: Path, names: Names | None = None) -> Standing:
    """A new key and certificate of the server, by the same root: phones need nothing. `names` None: as before."""
    standing = stands(folder)
    if names is not None and names.name != standing.names.name:
        raise RuleBroken(
            N_(
                "This authority speaks for %(name)s only. Keep that name, or run tracker https init --anew; every phone "
                "must then install the new certificate."
            ),
            name=standing.names.name,
        )
    if standing.is_over(now()):
        raise RuleBroken(
            N_(
                "The workshop’s authority holds from %(first)s to %(last)s only, and today is %(today)s here. Set the clock "
                "right; if it is right, run tracker https init --anew, and every phone installs the new certificate."
            ),
            first=f"{standing.root_from:%Y-%m-%d}",
            last=f"{standing.root_until:%Y-%m-%d}",
            today=f"{now():%Y-%m-%d}",
        )
    return _certify(folder, names or standing.names)


def renew_where_due(folder: Path) -> Standing | None:
    """The new standing where the server's certificate ended soon and was renewed; None where it was not due."""
    return renew(folder) if stands(folder).is_due(now()) else None


def stands(folder: Path) -> Standing:
    """What there is now. Raises `NotHere`."""
    if not is_made(folder) or not (folder / SERVER).is_file():
        raise NotHere(_NOT_MADE)
    root = root_of(folder)
    server = x509.load_pem_x509_certificate((folder / SERVER).read_bytes())
    spoken = server.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    addresses = tuple(
        one for one in spoken.get_values_for_type(x509.IPAddress) if isinstance(one, rules.Address)
    )
    return Standing(
        Names(spoken.get_values_for_type(x509.DNSName)[0], addresses),
        root.fingerprint(hashes.SHA256()).hex(":").upper(),
        root.not_valid_before_utc,
        root.not_valid_after_utc,
        server.not_valid_before_utc,
        server.not_valid_after_utc,
    )


def root_of(folder: Path) -> x509.Certificate:
    """The certificate that phones install. Raises `NotHere`."""
    try:
        return x509.load_pem_x509_certificate((folder / ROOT).read_bytes())
    except FileNotFoundError as error:
        raise NotHere(_NOT_MADE) from error


def _certify(folder: Path, names: Names) -> Standing:
    root = root_of(folder)
    root_key = serialization.load_pem_private_key((folder / ROOT_KEY).read_bytes(), None)
    assert isinstance(root_key, ec.EllipticCurvePrivateKey)
    key = ec.generate_private_key(ec.SECP256R1())
    made = _server(key, names, root, root_key)
    with _alone(folder):  # two at once would leave the key of one beside the certificate of the other
        _write(folder / SERVER_KEY, _private(key))
        _write(folder / SERVER, made.public_bytes(serialization.Encoding.PEM), mode=0o644)
    return stands(folder)


def _root(key: ec.EllipticCurvePrivateKey, names: Names, organisation: str) -> x509.Certificate:
    called = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation[:64]),
            x509.NameAttribute(NameOID.COMMON_NAME, f"{organisation} – {names.name}"[:64]),
        ]
    )
    spoken_for: Sequence[x509.GeneralName] = [
        x509.DNSName(names.name),
        *(x509.IPAddress(one) for one in rules.PRIVATE_NETWORKS),
    ]
    lasts = (now() - _SLOW_CLOCKS, now() + rules.ROOT_LASTS)
    made = _begun(called, called, key.public_key(), lasts)
    made = made.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    made = made.add_extension(_usage(signs_certificates=True), critical=True)
    made = made.add_extension(x509.NameConstraints(spoken_for, None), critical=True)
    made = made.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    return made.sign(key, hashes.SHA256())


def _server(
    key: ec.EllipticCurvePrivateKey,
    names: Names,
    root: x509.Certificate,
    root_key: ec.EllipticCurvePrivateKey,
) -> x509.Certificate:
    called = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names.name)])
    until = min(now() + rules.SERVER_LASTS, root.not_valid_after_utc)
    spoken = [x509.DNSName(names.name), *(x509.IPAddress(one) for one in names.addresses)]
    made = _begun(called, root.subject, key.public_key(), (now() - _SLOW_CLOCKS, until))
    made = made.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    made = made.add_extension(_usage(signs_certificates=False), critical=True)
    made = made.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    made = made.add_extension(x509.SubjectAlternativeName(spoken), critical=False)
    made = made.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key())
    return made.add_extension(issuer, critical=False).sign(root_key, hashes.SHA256())


def _begun(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey,
    lasts: tuple[datetime, datetime],
) -> x509.CertificateBuilder:
    made = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key)
    made = made.serial_number(x509.random_serial_number())
    return made.not_valid_before(lasts[0]).not_valid_after(lasts[1])


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _private(key: ec.EllipticCurvePrivateKey) -> bytes:
    plain = serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    held = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
    finally:
        os.close(held)


def _write(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Whole or not at all; never readable by others, not even for a moment."""
    descriptor, written = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)  # mode 0600
    try:
        with os.fdopen(descriptor, "wb") as target:
            target.write(content)
            target.flush()
            os.fsync(target.fileno())
        Path(written).chmod(mode)
        Path(written).replace(path)
    finally:
        with contextlib.suppress(FileNotFoundError):
            Path(written).unlink()
