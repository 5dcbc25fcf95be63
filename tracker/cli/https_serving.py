"""What `tracker serve --https` needs besides: the certificate, settings that fit it, and the port that leads there."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import click

from tracker import clock, config
from tracker.errors import RuleBroken
from tracker.https import authority, rules
from tracker.https.rules import Standing
from tracker.i18n import N_

HTTP_PORT = "8080"
END_WAIT_S = 5
LOOKS_EVERY_S = 6 * 3600
PR_SET_PDEATHSIG = 1  # linux/prctl.h


def prepare(port: int) -> dict[str, Any]:
    """gunicorn's settings for HTTPS. The certificate is renewed where it ends soon, and the settings of this process and
    its children say the address that it holds for. Raises `RuleBroken`."""
    settings = config.load()
    folder = authority.folder_of(settings.instance)
    standing = _renewed(folder) or authority.stands(folder)
    say_faults(standing)
    _say_where(settings, standing, port)
    return {
        "certfile": str(folder / authority.SERVER),
        "keyfile": str(folder / authority.SERVER_KEY),
        "ssl_context": Spoken(),
    }


def _renewed(folder: Path) -> Standing | None:
    standing = authority.renew_where_due(folder)
    if standing is not None:
        click.echo(f"The certificate was renewed; it holds until {standing.server_until:%Y-%m-%d}.")
    return standing


def say_faults(standing: Standing) -> None:
    """What a browser will refuse, on standard error."""
    for fault in rules.faults(standing, clock.now(), own_addresses()):
        click.echo(str(fault), err=True)


class Spoken:
    """The certificate that gunicorn speaks with: read again when its files change, so that a renewed one holds for every
    new connection, and those that are open go on."""

    def __init__(self) -> None:
        self.seen: tuple[int, ...] | None = None
        self.context: ssl.SSLContext | None = None

    def __call__(self, settings: Any, read: Callable[[], ssl.SSLContext]) -> ssl.SSLContext:
        files = tuple(Path(one).stat().st_mtime_ns for one in (settings.certfile, settings.keyfile))
        if self.context is None or files != self.seen:
            try:
                self.context, self.seen = read(), files
            except ssl.SSLError:  # between the new key and its certificate: the pair of before still holds
                if self.context is None:
                    raise
        return self.context


def keep_renewed(_worker: Any) -> None:
    """From now on this process looks a few times a day whether the certificate is due, as long as it lives."""
    threading.Thread(target=_look, args=(authority.folder_of(config.load().instance),), daemon=True).start()


def _look(folder: Path) -> None:
    while True:
        time.sleep(LOOKS_EVERY_S)
        try:
            _renewed(folder)
        except (RuleBroken, OSError, ValueError) as fault:  # told in the log, and tried again
            click.echo(f"The certificate could not be renewed: {fault}", err=True)


def own_addresses() -> tuple[str, ...]:
    """The address by which this machine would reach others; nothing is sent to find it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # RFC 5737: nobody's
            return (str(probe.getsockname()[0]),)
        except OSError:
            return ()


def _say_where(settings: config.Settings, standing: Standing, port: int) -> None:
    if settings.site_url == config.SITE_URL:
        os.environ["TRACKER_SITE_URL"] = f"https://{standing.names.name}:{port}"
    elif not settings.site_url.startswith("https://"):
        raise RuleBroken(
            N_("TRACKER_SITE_URL is %(address)s: give the address with https://, or leave it out."),
            address=settings.site_url,
        )
    if settings.http_port is None:
        os.environ["TRACKER_HTTP_PORT"] = HTTP_PORT
    known = dict.fromkeys((*settings.trusted_hosts, *standing.names.hosts))
    os.environ["TRACKER_TRUSTED_HOSTS"] = " ".join(f"[{one}]" if ":" in one else one for one in known)


@contextmanager
def plain_door(host: str, port: int | None) -> Iterator[None]:
    """While this lasts, a process of its own answers on the port without HTTPS."""
    command = [sys.executable, "-m", "tracker.cli", "https", "door", host, str(port)]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, preexec_fn=_end_with_the_parent)  # noqa: PLW1509, S603 (our own command)
    parent = os.getpid()
    try:
        yield
    finally:
        if os.getpid() == parent:  # gunicorn's workers leave by here too
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(END_WAIT_S)


def _end_with_the_parent() -> None:
    """Where the server is killed outright, its door ends too (Linux)."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
