"""Try a scanner: what it does, in words, and how to set it."""

from __future__ import annotations

from flask import Blueprint, current_app, render_template, request
from markupsafe import Markup

from tracker.accounts.rules import Permission
from tracker.devices import codes
from tracker.scanning import scanner_documents as documents
from tracker.scanning import scanner_rules as rules
from tracker.web.access import requires

blueprint = Blueprint("scanners", __name__)


@blueprint.get("/scan/test")
@requires(Permission.WORK)
def show() -> str:
    """`?typed=` what arrived in the field; a script adds how it came: `suffix`, `pace` (ms), `caps`."""
    sample = f"{current_app.config['SETTINGS'].qr_base}/D/{rules.SAMPLE}"
    heard = rules.Heard(
        typed=request.args.get("typed", "")[: codes.LENGTH * 60],
        suffix=request.args.get("suffix") or None,
        pace_ms=request.args.get("pace", type=int),
        caps=request.args.get("caps") == "on" if request.args.get("caps") else None,
    )
    return render_template(
        "scanning/scanner_test.html",
        heard=heard,
        found=rules.findings(heard, sample) if "typed" in request.args else [],
        # Drawn by us from a setting that holds capitals and signs only.
        sample_qr=Markup(documents.sample_qr(sample)),  # noqa: S704
        sample_bars=Markup(documents.sample_bars(rules.SAMPLE)),  # noqa: S704
        code=rules.SAMPLE,
    )
