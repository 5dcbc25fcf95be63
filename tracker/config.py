"""Settings, from `TRACKER_*` environment variables or the file named by `TRACKER_ENV_FILE`.

All faults are listed at once, so that a person who sets up a server corrects them in one go.
"""

from __future__ import annotations

import os
import re
import secrets
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

KNOWN_SECRETS = {"secret", "changeme", "dev", "development", "password", "ricochet", "tracker"}
SECRET_LENGTH = 32
# What a QR code holds in alphanumeric mode (ISO/IEC 18004, table 5).
QR_BASE = re.compile(r"^[A-Z0-9$%*+\-./:]{1,42}$")
SITE_URL = "http://127.0.0.1:8000"  # where none is given
MOST_PROXIES = 9
LARGEST_PORT = 65_535
# What is kept for a number of days: the usual one, the highest, and what it is.
DAYS = {
    "TRACKER_REPORT_DAYS": (365, 3650, "original report files are kept"),
    "TRACKER_PRINT_DAYS": (30, 365, "files sent to printers are kept"),
}
HOST_AND_PORT = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+):([0-9]{1,5})")
LONGEST_HELP_LINE = 40  # signs: what a handover label prints whole


class SettingsFault(Exception):
    """One or more settings are wrong; `faults` has a sentence for each."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        super().__init__("\n".join(faults))


@dataclass(frozen=True)
class Settings:
    """Everything the application is told from outside."""

    instance: Path
    database_url: str
    read_database_url: str | None
    secret_key: str
    site_url: str
    qr_base: str
    qr_aliases: tuple[str, ...]
    trusted_hosts: tuple[str, ...]
    mail_url: str | None
    signing_key_file: Path
    locale: str
    organisation: str
    help_line: str
    proxies: int
    report_days: int
    printers: tuple[str, ...]
    print_days: int
    http_port: int | None
    development: bool

    @property
    def uploads(self) -> Path:
        return self.instance / "uploads"


def load(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of this process. Raises `SettingsFault` with every fault found."""
    given = dict(os.environ if environment is None else environment)
    given = {**_env_file(given.get("TRACKER_ENV_FILE")), **given}
    faults: list[str] = []
    instance = Path(given.get("TRACKER_INSTANCE") or "instance").resolve()
    site_url = _site_url(given.get("TRACKER_SITE_URL"), faults)
    qr_base = (given.get("TRACKER_QR_BASE") or site_url).rstrip("/")
    faults += _qr_faults(qr_base)
    qr_base = qr_base.upper()
    aliases = tuple(alias.rstrip("/").upper() for alias in _words(given.get("TRACKER_QR_ALIASES")))
    development = given.get("TRACKER_DEVELOPMENT") == "1"
    settings = Settings(
        instance=instance,
        database_url=given.get("TRACKER_DATABASE_URL") or f"sqlite:///{instance / 'tracker.sqlite3'}",
        read_database_url=given.get("TRACKER_READ_DATABASE_URL") or None,
        secret_key=_secret_key(given.get("TRACKER_SECRET_KEY"), instance, development, faults),
        site_url=site_url,
        qr_base=qr_base,
        qr_aliases=aliases,
        trusted_hosts=_trusted_hosts(given.get("TRACKER_TRUSTED_HOSTS"), (site_url, qr_base, *aliases)),
        mail_url=given.get("TRACKER_MAIL_URL") or None,
        signing_key_file=Path(given.get("TRACKER_SIGNING_KEY_FILE") or instance / "keys" / "signing.pem"),
        locale=_locale(given.get("TRACKER_LOCALE"), faults),
        organisation=given.get("TRACKER_ORGANISATION") or "Ricochet",
        help_line=_help_line(given.get("TRACKER_HELP_LINE"), faults),
        proxies=_proxies(given.get("TRACKER_PROXIES"), faults),
        report_days=_days(given, "TRACKER_REPORT_DAYS", faults),
        printers=_printers(given.get("TRACKER_PRINTERS"), faults),
        print_days=_days(given, "TRACKER_PRINT_DAYS", faults),
        http_port=_http_port(given.get("TRACKER_HTTP_PORT"), faults),
        development=development,
    )
    if not settings.database_url.startswith(("sqlite:", "postgresql+psycopg:")):
        faults.append("TRACKER_DATABASE_URL must begin with sqlite: or postgresql+psycopg:")
    if faults:
        raise SettingsFault(faults)
    return settings


def _site_url(text: str | None, faults: list[str]) -> str:
    site_url = (text or SITE_URL).rstrip("/")
    if not urlsplit(site_url).hostname or urlsplit(site_url).scheme not in ("http", "https"):
        faults.append(
            f"TRACKER_SITE_URL is “{site_url}”: give a whole address such as https://tracker.example.org"
        )
    return site_url


def _words(text: str | None) -> list[str]:
    return [word for word in re.split(r"[\s,]+", text or "") if word]


def _env_file(path: str | None) -> dict[str, str]:
    if not path:
        return {}
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise SettingsFault([f"TRACKER_ENV_FILE {path} cannot be read: {error.strerror}"]) from error
    pairs = (line.split("=", 1) for line in lines if "=" in line and not line.lstrip().startswith("#"))
    return {key.strip(): value.strip().strip("\"'") for key, value in pairs}


def _qr_faults(base: str) -> list[str]:
    parts = urlsplit(base)
    if parts.path and parts.path != parts.path.upper():
        return [f"TRACKER_QR_BASE is “{base}”: a path in lower case would change in the upper-case QR code"]
    if not QR_BASE.match(base.upper()):
        return [f"TRACKER_QR_BASE is “{base}”: at most 42 letters, digits and $%*+-./: fit a small QR code"]
    return []


def _trusted_hosts(given: str | None, addresses: tuple[str, ...]) -> tuple[str, ...]:
    if given:
        return tuple(_words(given))
    hosts = {urlsplit(address).hostname or "" for address in addresses}
    return tuple(sorted({host.lower() for host in hosts if host} | {"127.0.0.1", "localhost"}))


def _secret_key(given: str | None, instance: Path, development: bool, faults: list[str]) -> str:
    if given:
        if not development and (len(given) < SECRET_LENGTH or given.lower() in KNOWN_SECRETS):
            faults.append(
                f"TRACKER_SECRET_KEY is known or short: give at least {SECRET_LENGTH} random characters"
            )
        return given
    path = instance / "keys" / "secret.key"
    try:
        if not path.exists():
            _make_secret(path)
        kept = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text"
        faults.append(f"The key in {path} cannot be made or read ({why}): look at TRACKER_INSTANCE")
        return ""
    if len(kept) < SECRET_LENGTH:
        faults.append(f"The key in {path} is empty or short: delete the file, and a new key is made")
    return kept


def _make_secret(path: Path) -> None:
    """Write a new key, whole or not at all; where two processes start at once, the first one's key stays."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor, written = tempfile.mkstemp(prefix=".secret-", dir=path.parent)  # mode 0600
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as target:
            target.write(secrets.token_urlsafe(48))
            target.flush()
            os.fsync(target.fileno())
        with suppress(FileExistsError):  # a link never replaces what is there, unlike a rename
            os.link(written, path)
    finally:
        Path(written).unlink()


def _locale(given: str | None, faults: list[str]) -> str:
    locale = given or "fr"
    if locale not in ("fr", "en"):
        faults.append(f"TRACKER_LOCALE is “{locale}”: choose fr or en")
    return locale


def _help_line(given: str | None, faults: list[str]) -> str:
    line = " ".join((given or "").split())
    if len(line) > LONGEST_HELP_LINE:
        faults.append(
            f"TRACKER_HELP_LINE has {len(line)} signs: at most {LONGEST_HELP_LINE} fit a label, "
            "for example a telephone number or an e-mail address"
        )
    return line


def _proxies(given: str | None, faults: list[str]) -> int:
    text = (given or "0").strip()
    if not re.fullmatch(r"[0-9]", text):
        faults.append(
            f"TRACKER_PROXIES is “{given}”: give the number of web servers in front of this one, "
            f"from 0 to {MOST_PROXIES}"
        )
        return 0
    return int(text)


def _days(given: Mapping[str, str], name: str, faults: list[str]) -> int:
    usual, most, what = DAYS[name]
    text = (given.get(name) or "").strip() or str(usual)
    if not re.fullmatch(r"[0-9]{1,4}", text) or not 1 <= int(text) <= most:
        faults.append(f"{name} is “{given[name]}”: give the number of days that {what}, from 1 to {most}")
        return usual
    return int(text)


def _http_port(given: str | None, faults: list[str]) -> int | None:
    """The port without HTTPS that leads phones to the one with it; None: there is none."""
    text = (given or "").strip()
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{1,5}", text) or not 1 <= int(text) <= LARGEST_PORT:
        faults.append(f"TRACKER_HTTP_PORT is “{given}”: give a number from 1 to {LARGEST_PORT}")
        return None
    return int(text)


def _printers(given: str | None, faults: list[str]) -> tuple[str, ...]:
    """`host:port` of every label printer that this server may open a connection to, and of nothing else."""
    for address in _words(given):
        found = HOST_AND_PORT.fullmatch(address)
        if not found or not 1 <= int(found[2]) <= 65_535:
            faults.append(
                f"TRACKER_PRINTERS has “{address}”: give each label printer as address:port, "
                "for example 192.168.1.40:9100"
            )
    return tuple(address.lower() for address in _words(given))
