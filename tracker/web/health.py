"""For those who watch the server: is it alive, can it write, how is it doing."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import Any

import prometheus_client
from flask import Blueprint, Flask, Response, current_app, jsonify, make_response
from prometheus_client import CollectorRegistry, Counter, Gauge
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from tracker import sqlite_driver
from tracker.database import db
from tracker.running import request_context
from tracker.web.access import requires

blueprint = Blueprint("health", __name__)

LEAST_FREE_BYTES = 200 * 1024 * 1024
BACKUP_MARK = "last-backup"  # a file in the instance folder that `tracker backup` touches

_registry = CollectorRegistry()
_answers = Counter("tracker_responses", "Answers by status", ["status"], registry=_registry)
_free = Gauge("tracker_disk_free_bytes", "Free space under the instance folder", registry=_registry)
_backup = Gauge(
    "tracker_backup_age_seconds", "Age of the last backup; NaN when there is none", registry=_registry
)


@blueprint.get("/healthz")
@requires("public")
def alive() -> Response:
    """The process answers. Touches nothing else, so that a slow database restarts no server."""
    return make_response("ok\n", 200, {"Content-Type": "text/plain; charset=utf-8"})


@blueprint.get("/readyz")
@requires("public")
def ready() -> Response:
    """Whether work can be taken: 503 when the database cannot be written or the disk is full. Names no version."""
    checks = {"database": _database(), "disk": _disk()}
    good = all(check["ok"] for check in checks.values())
    body = {"ready": good, **checks, "backup": {"age_s": backup_age_s()}}
    answer = jsonify(body)
    answer.status_code = 200 if good else 503
    return answer


@blueprint.get("/metrics")
@requires("administer")
def metrics() -> Response:
    """Prometheus text, by an administrator's token."""
    _free.set(_free_bytes())
    age = backup_age_s()
    _backup.set(float("nan") if age is None else age)
    shown = prometheus_client.generate_latest(_registry)
    return make_response(shown, 200, {"Content-Type": prometheus_client.CONTENT_TYPE_LATEST})


def count_answers(app: Flask) -> None:
    @app.after_request
    def count(response: Response) -> Response:
        if request_context.get().request.endpoint != "static":
            _answers.labels(str(response.status_code)).inc()
        return response


def backup_age_s() -> int | None:
    """Seconds since the last backup, or None when none is known."""
    mark = _instance() / BACKUP_MARK
    return max(0, int(time.time() - mark.stat().st_mtime)) if mark.exists() else None


def _database() -> dict[str, Any]:
    sqlite = db.engine.dialect.name == "sqlite"
    said: dict[str, Any] = {"kind": db.engine.dialect.name}
    try:
        with db.engine.connect().execution_options(tracker_writing=True) as connection:
            if sqlite:  # BEGIN IMMEDIATE has just proved that it can be written
                said["journal_mode"] = connection.execute(text("PRAGMA journal_mode")).scalar()
            else:
                said["read_only"] = connection.execute(text("SHOW transaction_read_only")).scalar() == "on"
            connection.rollback()
    except SQLAlchemyError:
        return {**said, "ok": False, "what": "the database cannot be written"}
    if sqlite and sqlite_driver.journal_mode() != "WAL":
        version = ".".join(map(str, sqlite_driver.driver().sqlite_version_info))
        said["note"] = f"SQLite {version} may lose pages in WAL mode: readers wait for writers here"
    return {**said, "ok": not said.get("read_only")}


def _disk() -> dict[str, Any]:
    free = _free_bytes()
    return {"ok": free >= LEAST_FREE_BYTES, "free_bytes": free}


def _free_bytes() -> int:
    return shutil.disk_usage(_instance()).free


def _instance() -> Path:
    folder: Path = current_app.config["SETTINGS"].instance
    return folder
