"""How a phone comes to trust the workshop's own certificate. This page alone is also served without HTTPS."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.serialization import Encoding
from flask import Blueprint, Response, current_app, make_response, render_template, request, url_for

from labels import qr
from labels.errors import LabelError
from tracker import clock
from tracker.config import Settings
from tracker.https import authority, rules
from tracker.https.rules import Standing
from tracker.web.access import requires
from tracker.web.addresses import own_path
from tracker.web.headers import POLICY
from tracker.web.languages import as_the_browser_says

blueprint = Blueprint("https", __name__, url_prefix="/https")

CERTIFICATE = "application/x-x509-ca-cert"
QUIET = 4  # modules around a QR symbol
# Shown where the browser knows the certificate, and only there.
KNOWN = '<svg xmlns="http://www.w3.org/2000/svg" width="48" height="48" viewBox="0 0 24 24"><path d="M4 12l6 6L20 7" fill="none" stroke="#1a7f37" stroke-width="3"/></svg>'  # fmt: skip


@dataclass(frozen=True)
class Symbol:
    """A QR symbol as one path of unit squares, `size` units a side with its quiet zone."""

    size: int
    path: str


@blueprint.get("")
@requires("public")
@as_the_browser_says
def show() -> Response:
    """Whether this visit is safe already; else the certificate to install, and how."""
    settings, folder = _settings(), _folder()
    standing = authority.stands(folder) if authority.is_made(folder) else None
    secure = _secure_address(settings, standing)
    plain = _plain_address(settings)
    page = make_response(
        render_template(
            "https/show.html",
            standing=standing,
            faults=rules.faults(standing, clock.now(), (_host(),)) if standing else [],
            is_secure=request.is_secure,
            secure=secure,
            wish=own_path(request.args.get("next")) or "/",
            plain=plain,
            symbol=_symbol(plain) if plain and standing else None,
        )
    )
    # The one picture from the other port, which appears where the certificate is known.
    page.headers["Content-Security-Policy"] = POLICY.replace("img-src 'self'", f"img-src 'self' {secure}")
    return page


@blueprint.get("/certificate.crt")
@requires("public")
def certificate() -> Response:
    """The root, as phones and computers install it."""
    answer = make_response(authority.root_of(_folder()).public_bytes(Encoding.DER))
    answer.headers["Content-Type"] = CERTIFICATE
    answer.headers["Content-Disposition"] = 'attachment; filename="ricochet.crt"'
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@blueprint.get("/known.svg")
@requires("public")
def known() -> Response:
    answer = make_response(KNOWN)
    answer.headers["Content-Type"] = "image/svg+xml"
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _host() -> str:
    """The name or address by which the visitor came."""
    return urlsplit(request.host_url).hostname or ""


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings


def _folder() -> Path:
    return authority.folder_of(_settings().instance)


def _secure_address(settings: Settings, standing: Standing | None) -> str:
    """The site's address, under the name by which the visitor came if the certificate has it."""
    asked, site = _host(), urlsplit(settings.site_url)
    if standing is None or asked not in standing.names.hosts:
        return settings.site_url
    host = f"[{asked}]" if ":" in asked else asked
    return f"https://{host}:{site.port}" if site.port else f"https://{host}"


def _plain_address(settings: Settings) -> str | None:
    """Where a phone that knows nothing yet finds this page."""
    if not request.is_secure:
        return url_for("https.show", _external=True)
    if not settings.http_port:
        return None
    host = _host()
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.http_port}{url_for('https.show')}"


def _symbol(address: str) -> Symbol | None:
    """A QR symbol that leads to the port without HTTPS, which leads here; None where the name is too long for one."""
    parts = urlsplit(address)
    try:
        drawn = qr.symbol(f"{parts.scheme}://{parts.netloc}".upper())
    except LabelError:
        return None
    last = drawn.size * drawn.size - 1
    dark = (
        (y, x)
        for y in range(drawn.size)
        for x in range(drawn.size)
        if drawn.bits >> (last - y * drawn.size - x) & 1
    )
    return Symbol(drawn.size + 2 * QUIET, "".join(f"M{x + QUIET} {y + QUIET}h1v1h-1z" for y, x in dark))
