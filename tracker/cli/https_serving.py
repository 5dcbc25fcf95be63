"""What `tracker serve --https` needs besides: the certificate, settings that fit it, and the port that leads there."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import click

from tracker import config
from tracker.errors import RuleBroken
from tracker.https import authority
from tracker.https.authority import Standing
from tracker.i18n import N_

HTTP_PORT = "8080"
END_WAIT_S = 5
PR_SET_PDEATHSIG = 1  # linux/prctl.h


def prepare(port: int) -> dict[str, Any]:
    """gunicorn's settings for HTTPS. The certificate is renewed where it ends soon, and the settings of this process and
    its children say the address that it holds for. Raises `RuleBroken`."""
    settings = config.load()
    folder = authority.folder_of(settings.instance)
    standing = authority.stands(folder)
    if standing.is_due:
        standing = authority.renew(folder)
        click.echo(f"The certificate was renewed; it holds until {standing.server_until:%Y-%m-%d}.")
    _say_where(settings, standing, port)
    return {"certfile": str(folder / authority.SERVER), "keyfile": str(folder / authority.SERVER_KEY)}


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
