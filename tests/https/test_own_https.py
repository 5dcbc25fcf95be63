"""HTTPS on a workshop's own network: who is trusted and who is warned, in a real browser with a real trust store."""

from __future__ import annotations

import os
import shutil
import socket
import ssl
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from flask import Flask

from tests import nursery
from tests.browser.chromium import ARGUMENTS, PHONE, executable
from tests.conftest import missing
from tracker.cli import https_serving
from tracker.cli.archive import move_below
from tracker.clock import at, now
from tracker.errors import Malformed, NotHere, RuleBroken
from tracker.https import authority, plain, rules
from tracker.web.addresses import is_public_name

NAME = "ricochet.local"
NAMES = rules.names(NAME, ["127.0.0.1", "192.168.1.10"])
START_WAIT_S = 90


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    authority.make(tmp_path / "https", NAMES, "Atelier Étoile")
    return tmp_path / "https"


@pytest.mark.parametrize("name", ["example.org", "google.com", "ricochet", "a b.local", "local", "*.local", "x.local.org", "é.local"])  # fmt: skip
def test_a_name_of_the_internet_is_refused(name: str) -> None:
    with pytest.raises(Malformed):
        rules.names(name, [])


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "2001:db8::1", "192.168.1", "0.0.0.0", "172.32.0.1", "ricochet"]
)
def test_an_address_of_the_internet_is_refused(address: str) -> None:
    with pytest.raises(Malformed):
        rules.names(NAME, [address])


def test_keys_are_for_the_server_alone(folder: Path) -> None:
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    assert modes == {"root.key": 0o600, "server.key": 0o600, "root.crt": 0o644, "server.crt": 0o644}


def test_the_servers_certificate_is_short_and_the_root_is_bound_to_the_workshop(folder: Path) -> None:
    root, server = (
        authority.root_of(folder),
        x509.load_pem_x509_certificate((folder / "server.crt").read_bytes()),
    )
    assert server.not_valid_after_utc - server.not_valid_before_utc <= timedelta(days=397)
    assert root.not_valid_after_utc - now() > timedelta(days=3600)
    bound = root.extensions.get_extension_for_class(x509.NameConstraints)
    assert bound.critical and bound.value.permitted_subtrees
    spoken = {one.value for one in bound.value.permitted_subtrees if isinstance(one, x509.DNSName)}
    assert spoken == {NAME}
    assert root.extensions.get_extension_for_class(x509.BasicConstraints).value.path_length == 0
    server.verify_directly_issued_by(root)


@contextmanager
def speaking(folder: Path) -> Iterator[int]:
    """A server with this folder's certificate, on a free port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.crt", folder / "server.key")
    with socket.create_server(("127.0.0.1", 0)) as listening, tempfile.TemporaryFile() as said:
        code = (
            "import socket, ssl, sys\n"
            "c = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER); c.load_cert_chain(sys.argv[1], sys.argv[2])\n"
            "s = socket.socket(fileno=int(sys.argv[3]))\n"
            "while True:\n"
            "    try: c.wrap_socket(s.accept()[0], server_side=True).close()\n"
            "    except OSError: pass\n"
        )
        command = [sys.executable, "-c", code, str(folder / "server.crt"), str(folder / "server.key")]
        listening.set_inheritable(True)
        process = subprocess.Popen(
            [*command, str(listening.fileno())], pass_fds=[listening.fileno()], stderr=said
        )
        try:
            yield listening.getsockname()[1]
        finally:
            process.kill()
            process.wait()


def greet(port: int, name: str, root: Path | None) -> None:
    """Shake hands with the server under this name, as a client that knows this root. Raises `ssl.SSLError`."""
    context = ssl.create_default_context(cafile=root)
    with (
        socket.create_connection(("127.0.0.1", port), timeout=20) as raw,
        context.wrap_socket(raw, server_hostname=name),
    ):
        pass


def test_who_knows_the_root_is_served_and_nobody_else_nor_under_another_name(folder: Path) -> None:
    with speaking(folder) as port:
        greet(port, NAME, folder / "root.crt")
        greet(port, "192.168.1.10", folder / "root.crt")
        for name, root in (
            (NAME, None),
            ("other.local", folder / "root.crt"),
            ("10.0.0.1", folder / "root.crt"),
        ):
            with pytest.raises(ssl.SSLCertVerificationError):
                greet(port, name, root)


def test_a_stolen_root_cannot_speak_for_another_site(folder: Path) -> None:
    """Its bearer would sign whatever it likes: phones refuse it by the root's own bounds."""
    key = load_pem_private_key((folder / "root.key").read_bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    forged = rules.Names("bank.example.org", ())
    made = ec.generate_private_key(ec.SECP256R1())
    server = authority._server(made, forged, authority.root_of(folder), key)
    (folder / "server.crt").write_bytes(server.public_bytes(Encoding.PEM))
    (folder / "server.key").write_bytes(authority._private(made))
    with speaking(folder) as port, pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree"):
        greet(port, "bank.example.org", folder / "root.crt")


def test_a_renewed_certificate_is_of_the_same_root_and_another_name_is_refused(folder: Path) -> None:
    before, key = authority.stands(folder), (folder / "server.key").read_bytes()
    after = authority.renew(folder, rules.names(NAME, ["10.1.2.3"]))
    assert after.fingerprint == before.fingerprint and after.names.hosts == (NAME, "10.1.2.3")
    assert (folder / "server.key").read_bytes() != key
    with pytest.raises(RuleBroken):
        authority.renew(folder, rules.names("other.local", []))
    with pytest.raises(RuleBroken):
        authority.make(folder, NAMES, "Atelier")
    assert authority.stands(folder).fingerprint == before.fingerprint


def test_a_certificate_that_ends_soon_is_renewed_once_and_no_other(folder: Path) -> None:
    assert authority.renew_where_due(folder) is None
    with at(now() + rules.SERVER_LASTS - rules.RENEWED_BEFORE + timedelta(hours=1)):
        assert authority.renew_where_due(folder) is not None
        assert authority.renew_where_due(folder) is None
    with at(now() + timedelta(days=4000)), pytest.raises(RuleBroken, match="init --anew"):
        authority.renew_where_due(folder)


@pytest.mark.parametrize(
    ("later", "own", "said"),
    [
        (0, ("127.0.0.1", NAME), []),
        (0, ("192.168.1.77",), ["does not name 192.168.1.77"]),
        (391, (), ["tracker https renew; phones need nothing"]),
        (4000, ("10.0.0.9",), ["tracker https init --anew", "does not name 10.0.0.9"]),
        (-400, (), ["Set the clock right"]),
    ],
)
def test_what_browsers_will_refuse_is_said_with_what_to_do(
    folder: Path, later: int, own: tuple[str, ...], said: list[str]
) -> None:
    found = rules.faults(authority.stands(folder), now() + timedelta(days=later), own)
    assert len(found) == len(said)
    for fault, words in zip(found, said, strict=True):
        assert words in str(fault)
        assert fault.shown_in("fr") != str(fault)


def test_a_pair_that_does_not_fit_yet_is_not_spoken_with(folder: Path) -> None:
    settings, spoken = Files(str(folder / "server.crt"), str(folder / "server.key")), https_serving.Spoken()

    def read() -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(settings.certfile, settings.keyfile)
        return context

    first = spoken(settings, read)
    assert spoken(settings, read) is first
    old = (folder / "server.crt").read_bytes()
    authority.renew(folder)
    renewed = (folder / "server.crt").read_bytes()
    (folder / "server.crt").write_bytes(old)
    assert spoken(settings, read) is first
    (folder / "server.crt").write_bytes(renewed)
    assert spoken(settings, read) is not first


@dataclass(frozen=True)
class Files:
    certfile: str
    keyfile: str


def test_without_an_authority_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(NotHere, match="tracker https init"):
        authority.stands(tmp_path / "https")


def test_what_a_backup_brings_back_is_private_again(folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "restored"
    for path in folder.iterdir():
        path.chmod(0o644)
    move_below(folder, target, private=True)
    assert {stat.S_IMODE(path.stat().st_mode) for path in target.iterdir()} == {0o600}
    assert authority.stands(target).names == NAMES


@pytest.mark.parametrize(
    ("method", "path", "status", "leads"),
    [
        ("GET", "/", "303 See Other", "/https"),
        ("GET", "/scan", "303 See Other", "/https?next=%2Fscan"),
        ("GET", "/httpsx", "303 See Other", "/https?next=%2Fhttpsx"),
        ("POST", "/login", "303 See Other", "/https"),
        ("POST", "/https", "303 See Other", "/https"),
        ("GET", "/api/v1/devices", "303 See Other", "/https?next=%2Fapi%2Fv1%2Fdevices"),
        ("GET", "/https", "200 OK", None),
        ("GET", "/https/certificate.crt", "200 OK", None),
    ],
)
def test_without_https_nothing_is_open_but_the_way_to_it(
    method: str, path: str, status: str, leads: str | None
) -> None:
    asked, told = [], {}

    def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        asked.append(environ)
        start_response("200 OK", [])
        return [b""]

    def start_response(given: str, headers: list[tuple[str, str]]) -> None:
        told.update(dict(headers), status=given)

    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "HTTP_COOKIE": "session=x",
        "HTTP_X_FORWARDED_PROTO": "https",
    }
    plain.door(application)(environ, start_response)
    assert (told["status"], told.get("Location")) == (status, leads)
    assert [("HTTP_COOKIE" in one, one["wsgi.url_scheme"]) for one in asked] == (
        [] if leads else [(False, "http")]
    )


@pytest.mark.parametrize(
    "host", ["192.168.1.10", "ricochet.local", "ricochet", "atelier.lan", "x.home.arpa", "::1"]
)
def test_browsers_are_not_held_to_https_for_a_year_on_a_workshops_own_network(host: str) -> None:
    assert not is_public_name(host)
    assert is_public_name("tracker.example.org")


def test_the_page_says_how_where_there_is_a_certificate_and_how_to_get_one_where_there_is_none(
    app: Flask,
) -> None:
    client = app.test_client()
    assert "docs/https.md" in client.get("/https").text
    assert client.get("/https/certificate.crt").status_code == 404
    standing = authority.make(authority.folder_of(app.config["SETTINGS"].instance), NAMES, "Atelier")
    for language in ("fr", "en"):
        page = client.get("/https?next=/scan", headers={"Accept-Language": language})
        assert standing.fingerprint in page.text and "Android" in page.text and "iPhone" in page.text
    answer = client.get("/https/certificate.crt")
    root = x509.load_der_x509_certificate(answer.data)
    assert answer.mimetype == "application/x-x509-ca-cert" and root == authority.root_of(
        authority.folder_of(app.config["SETTINGS"].instance)
    )
    assert "//evil" not in client.get("/https?next=//evil.example.org").text


# The whole way, with processes and a browser


@dataclass(frozen=True)
class Shown:
    """A server with HTTPS: its folder, and its two ports."""

    folder: Path
    port: int
    plain_port: int


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@contextmanager
def served_by_https(tmp_path: Path, database: str) -> Iterator[Shown]:
    """`tracker https init` and `tracker serve --https`, as an operator types them."""
    port, plain_port = free_port(), free_port()
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("TRACKER_")},
        "TRACKER_INSTANCE": str(tmp_path / "instance"),
        "TRACKER_DATABASE_URL": database,
        "TRACKER_HTTP_PORT": str(plain_port),
        "HOST": "127.0.0.1",
        "PORT": str(port),
    }
    nursery.command("https", "init", "--address", "127.0.0.1", **environment).check_returncode()
    serve = [sys.executable, "-m", "tracker.cli", "serve", "--https"]
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(serve, env=environment, stdout=log, stderr=log)
    try:
        for one in (port, plain_port):
            wait_for(one, process, tmp_path / "log")
        yield Shown(tmp_path / "instance" / "https", port, plain_port)
    finally:
        process.terminate()
        process.wait(30)
    with pytest.raises(ConnectionError):  # its door has gone with it
        socket.create_connection(("127.0.0.1", plain_port), timeout=5).close()


def wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + START_WAIT_S
    while time.monotonic() < until and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"the server did not start:\n{log.read_text()}")


def test_a_running_server_speaks_with_a_renewed_certificate_and_loses_no_request(
    sqlite_database: Any, tmp_path: Path
) -> None:
    with served_by_https(tmp_path, str(sqlite_database.fresh())) as shown:
        open_still, before = connected(shown)
        open_still.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n")  # and the rest later
        renewed = nursery.command("https", "renew", TRACKER_INSTANCE=str(shown.folder.parent))
        renewed.check_returncode()
        assert "nothing is to be started again" in renewed.stdout
        another, after = connected(shown)
        assert after != before
        for one, rest in (
            (open_still, b"Connection: close\r\n\r\n"),
            (another, b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"),
        ):
            one.sendall(rest)
            with one, one.makefile("rb") as answer:
                assert answer.read().startswith(b"HTTP/1.1 200 OK")


def connected(shown: Shown) -> tuple[ssl.SSLSocket, object]:
    """A connection whose other end is trusted by the root alone, and the number of its certificate."""
    context = ssl.create_default_context(cafile=shown.folder / "root.crt")
    raw = socket.create_connection(("127.0.0.1", shown.port), timeout=60)
    spoken = context.wrap_socket(raw, server_hostname="127.0.0.1")
    return spoken, (spoken.getpeercert() or {})["serialNumber"]


@contextmanager
def phone(chromium: Any, home: Path, root: Path | None) -> Iterator[Any]:
    """A page of a browser with a home of its own, whose trust store holds this root and no other of ours."""
    store = home / ".pki" / "nssdb"
    store.mkdir(parents=True)
    database = f"sql:{store}"
    subprocess.run(["certutil", "-N", "-d", database, "--empty-password"], check=True, capture_output=True)
    if root:
        trust = ["certutil", "-A", "-d", database, "-n", "workshop", "-t", "C,,", "-i", str(root)]
        subprocess.run(trust, check=True, capture_output=True)
    names = f"--host-resolver-rules=MAP {NAME} 127.0.0.1, MAP other.local 127.0.0.1"
    browser = chromium.browser_type.launch(
        executable_path=executable(), args=[*ARGUMENTS, names], env={**os.environ, "HOME": str(home)}
    )
    try:
        yield browser.new_page(viewport=PHONE, locale="fr-FR")
    finally:
        browser.close()


def test_a_phone_that_installed_the_certificate_works_and_one_that_did_not_is_warned(
    chromium: Any, run_folder: Path, sqlite_database: Any, tmp_path: Path
) -> None:
    from playwright.sync_api import Error

    if shutil.which("certutil") is None:
        missing("certutil is not installed (on Debian: apt-get install libnss3-tools)")
    with served_by_https(tmp_path, str(sqlite_database.fresh())) as shown:
        plain_page, secure = f"http://{NAME}:{shown.plain_port}", f"https://{NAME}:{shown.port}"
        with phone(chromium, tmp_path / "new", None) as page:
            page.goto(f"{plain_page}/scan")
            assert page.url == f"{plain_page}/https?next=%2Fscan"
            assert not page.evaluate("isSecureContext")
            tick = page.locator("img[src$='known.svg']")
            page.wait_for_load_state("load")
            assert tick.evaluate("one => one.complete && one.naturalWidth") == 0
            with page.expect_download() as taken:
                page.click("a[href='/https/certificate.crt']")
            assert taken.value.suggested_filename == "ricochet.crt"
            got = tmp_path / "ricochet.der"
            taken.value.save_as(got)
            with pytest.raises(Error, match="ERR_CERT_AUTHORITY_INVALID"):
                page.goto(secure)
        root = tmp_path / "ricochet.pem"
        found = x509.load_der_x509_certificate(got.read_bytes())
        root.write_bytes(found.public_bytes(Encoding.PEM))
        with phone(chromium, tmp_path / "ready", root) as page:
            page.goto(f"{plain_page}/https")
            assert page.locator("img[src$='known.svg']").evaluate(
                "one => one.decode().then(() => one.naturalWidth)"
            )
            for address in (secure, f"https://127.0.0.1:{shown.port}"):
                page.goto(f"{address}/login")
                assert page.evaluate(
                    "isSecureContext && 'serviceWorker' in navigator && !!navigator.mediaDevices.getUserMedia"
                )
            page.goto(f"{secure}/login")
            registered = "navigator.serviceWorker.register('/service-worker.js').then(one => one.scope)"
            assert page.evaluate(registered).startswith(secure)
            assert page.context.cookies(secure)[0]["secure"] and page.context.cookies(secure)[0][
                "name"
            ].startswith("__Host-")
            with pytest.raises(Error, match="ERR_CERT_COMMON_NAME_INVALID"):
                page.goto(f"https://other.local:{shown.port}")
