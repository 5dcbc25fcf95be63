"""What makes the scan page a thing that a phone installs and opens without network."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path

from flask import Blueprint, Response, current_app, jsonify, make_response, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts.rules import Permission
from tracker.web.access import requires

blueprint = Blueprint("offline", __name__)

# Our own files that the scan page stands on; a pattern takes in what is added later.
PATTERNS = (
    "css/tracker.css",
    "css/scanning.css",
    "vendor/pico/pico.min.css",
    "vendor/idb/*.js",
    "css/camera.css",
    "vendor/barcode-detector/*.js",
    "vendor/barcode-detector/*.wasm",
    "js/*.js",
    "js/scan/*.js",
    "img/ricochet.svg",
    "img/ricochet.ico",
)
NOT_FOR_SCANS = {
    "js/service-worker.js",
    "js/api-docs.js",
    "js/signature.js",
    "js/upload.js",
    "js/parts.js",
    "js/print.js",
}
WORKER_POLICY = "default-src 'none'; script-src 'self'; connect-src 'self'"
WITH_SYNC = 'import { sync } from "/static/js/scan/sync.js";\n'


def files() -> list[str]:
    """The files, by their path under `static/`."""
    root = Path(current_app.static_folder or "")
    found = {path.relative_to(root).as_posix() for pattern in PATTERNS for path in root.glob(pattern)}
    return sorted(found - NOT_FOR_SCANS)


@cache
def _known(root: str, static: str, names: tuple[str, ...]) -> str:
    """Version and list as lines of script; the version changes with any byte of any file."""
    folder, sum_of_all = Path(root), hashlib.sha256()
    for name in (*names, "js/service-worker.js"):
        sum_of_all.update(name.encode() + b"\0" + hashlib.sha256((folder / name).read_bytes()).digest())
    addresses = json.dumps([f"{static}/{name}" for name in names])
    return f'const VERSION = "{sum_of_all.hexdigest()[:16]}";\nconst FILES = {addresses};\n'


@blueprint.get("/service-worker.js")
@requires(Permission.PUBLIC)
def worker() -> ResponseReturnValue:
    """The worker, with the version of its files above it. `?module`: for browsers whose workers import modules."""
    root, names = current_app.static_folder or "", tuple(files())
    if current_app.config["SETTINGS"].development:
        _known.cache_clear()  # files change under a running server
    lines = _known(root, current_app.static_url_path or "", names)
    code = (Path(root) / "js/service-worker.js").read_text(encoding="utf-8")
    answer = make_response((WITH_SYNC if "module" in request.args else "") + lines + code)
    answer.headers.update(
        {
            "Content-Type": "text/javascript; charset=utf-8",
            "Content-Security-Policy": WORKER_POLICY,
            "Service-Worker-Allowed": "/",
            "Cache-Control": "no-cache",
        }
    )
    return answer


@blueprint.get("/manifest.webmanifest")
@requires(Permission.PUBLIC)
def manifest() -> ResponseReturnValue:
    """What a phone's home screen shows. The same for everybody: browsers fetch it without cookies."""
    answer: Response = jsonify(
        {
            "id": "/scan",
            "name": _("Ricochet, scan devices"),
            "short_name": "Ricochet",
            "description": _("Scan labels in the workshop, also without network."),
            "lang": current_app.config["SETTINGS"].locale,
            "dir": "ltr",
            "start_url": "/scan",
            "scope": "/",
            "display": "standalone",
            "background_color": "#fbf8f3",
            "theme_color": "#c8451b",
            "icons": [_icon("ricochet.svg", "any", "any"), *_drawn_icons()],
            "shortcuts": [_shortcut(_("Scan"), "/scan"), _shortcut(_("Scans to settle"), "/scan/troubles")],
        }
    )
    answer.mimetype = "application/manifest+json"
    answer.headers["Cache-Control"] = "no-cache"
    return answer


def _drawn_icons() -> list[dict[str, str]]:
    sizes = [_icon(f"ricochet-{size}.png", f"{size}x{size}", "any") for size in (192, 512)]
    return [*sizes, _icon("ricochet-maskable-512.png", "512x512", "maskable")]


def _icon(name: str, sizes: str, purpose: str) -> dict[str, str]:
    kind = "image/svg+xml" if name.endswith(".svg") else "image/png"
    return {
        "src": url_for("static", filename=f"img/{name}"),
        "sizes": sizes,
        "type": kind,
        "purpose": purpose,
    }


def _shortcut(name: str, address: str) -> dict[str, object]:
    return {"name": name, "url": address, "icons": [_icon("ricochet-192.png", "192x192", "any")]}
