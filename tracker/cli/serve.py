"""`tracker serve`: the application behind a real WSGI server."""

from __future__ import annotations

import os
from contextlib import nullcontext
from typing import Any

import click
from gunicorn.app.base import BaseApplication

from tracker import config
from tracker.cli import Refusal, application, https_serving
from tracker.cli.db import current_revision, newest_revision

THREADS = 8
# On SQLite too: there is one writer at a time, but pages are read by both (`tracker.write_turns`).
WORKERS = 2
LARGEST_PORT = 65_535


class Server(BaseApplication):  # type: ignore[misc]
    """gunicorn, told by us instead of by a file."""

    def __init__(self, options: dict[str, Any]) -> None:
        self.options = options
        super().__init__()

    def load_config(self) -> None:
        for key, value in self.options.items():
            self.cfg.set(key, value)

    def load(self) -> Any:
        from tracker.app import create_app

        return create_app()


class PlainServer(Server):
    """The port without HTTPS, which leads to the one with it."""

    def load(self) -> Any:
        from tracker.https.plain import door

        return door(super().load())


@click.command()
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=WORKERS,
    show_default=True,
    help="Processes of eight threads.",
)
@click.option(
    "--https", "by_https", is_flag=True, help="With the workshop's own certificate (tracker https init)."
)
def serve(workers: int, by_https: bool) -> None:
    """Serve the pages and the API on HOST:PORT (default 127.0.0.1:8000). Migrates nothing by itself.

    With --https on every address of this machine, port 8443; TRACKER_HTTP_PORT (default 8080) leads there.
    """
    usual = ("0.0.0.0", "8443") if by_https else ("127.0.0.1", "8000")  # noqa: S104 (phones come by the network)
    host, port = os.environ.get("HOST") or usual[0], _port(os.environ.get("PORT") or usual[1])
    more = https_serving.prepare(port) if by_https else {}
    settings = config.load()
    with application():
        _tables_are_there()
    chosen = {**options(host, port, workers), **more}
    with https_serving.plain_door(host, settings.http_port) if by_https else nullcontext():
        Server(chosen).run()


def options(host: str, port: int, workers: int) -> dict[str, Any]:
    """gunicorn's settings."""
    return {
        "bind": f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
        "workers": workers,
        "threads": THREADS,
        "worker_class": "gthread",
        "timeout": 120,  # a large folder of reports on a slow line
        "graceful_timeout": 20,
        "keepalive": 5,
        "loglevel": "warning",
        "proc_name": "tracker",
        "forwarded_allow_ips": "",  # whom to believe about the visitor is said once, by TRACKER_PROXIES
        "control_socket_disable": True,
        "when_ready": _announce,
        "post_worker_init": _deliver,
    }


def _deliver(worker: Any) -> None:
    """Every process sends what waits for printers; the database says which of them takes a file."""
    from tracker.printing import delivery

    delivery.start(worker.wsgi)


def _announce(server: Any) -> None:
    for listener in server.LISTENERS:
        name = listener.sock.getsockname()
        host = f"[{name[0]}]" if ":" in name[0] else name[0]
        scheme = "https" if server.cfg.is_ssl else "http"
        click.echo(f"Serving on {scheme}://{host}:{name[1]} (Ctrl+C stops it)")


def _port(text: str) -> int:
    if not text.isdigit() or int(text) > LARGEST_PORT:
        raise Refusal(f"PORT is “{text}”: give a number from 0 to {LARGEST_PORT}")
    return int(text)


def _tables_are_there() -> None:
    here, newest = current_revision(), newest_revision()
    if here is None:
        raise Refusal("The database has no tables yet: run tracker db upgrade, then start again.")
    if here != newest:
        raise Refusal(
            f"The tables are at {here}, this version needs {newest}: run tracker db upgrade, then start again."
        )
