"""The application: settings in, site map, sign-in, refusals and headers put together."""

from __future__ import annotations

import importlib
import logging

from flask import Flask
from flask_migrate import Migrate
from jinja2 import StrictUndefined

from tracker import config, places
from tracker.accounts import access, limits, sign_in
from tracker.accounts.rules import Permission
from tracker.database import db, engine_options
from tracker.devices import lifecycle
from tracker.i18n import N_
from tracker.web import forms, headers, health, languages, navigation, refusals, shown, unreadable
from tracker.web.navigation import Entry

# The site map: one line for each domain that has pages.
BLUEPRINTS = [
    "tracker.web.views:blueprint",
    "tracker.web.health:blueprint",
    "tracker.accounts.views:blueprint",
    "tracker.accounts.account_views:blueprint",
    "tracker.accounts.user_views:blueprint",
    "tracker.accounts.association_views:blueprint",
    "tracker.devices.views:blueprint",
    "tracker.collection.views:blueprint",
    "tracker.collection.donor_views:blueprint",
    "tracker.collection.import_views:blueprint",
    "tracker.wiping.views:blueprint",
    "tracker.wiping.report_views:blueprint",
    "tracker.wiping.certificate_views:blueprint",
    "tracker.reconditioning.views:blueprint",
    "tracker.reconditioning.quality_views:blueprint",
    "tracker.stock.views:blueprint",
    "tracker.recycling.views:blueprint",
    "tracker.allocation.views:blueprint",
    "tracker.allocation.answer_views:blueprint",
    "tracker.distribution.views:blueprint",
    "tracker.passport.views:blueprint",
    "tracker.labelling.views:blueprint",
    "tracker.labelling.tag_views:blueprint",
    "tracker.labelling.register_views:blueprint",
    "tracker.scanning.views:blueprint",
    "tracker.reports.views:blueprint",
    "tracker.api.views:blueprint",
]

# Tables of packages that have no page of their own.
MODELS = ["tracker.contacts.models", "tracker.history.models", "tracker.devices.models"]

# The main menu, in the order of the work. Each entry is shown to whoever may open it.
MENU = [
    Entry("/", N_("Home"), "home", Permission.SIGNED_IN),
    Entry("/scan", N_("Scan"), "scan", Permission.WORK),
    Entry("/devices", N_("Devices"), "devices", Permission.SEE_WORKSHOP),
    Entry("/collections", N_("Collections"), "truck", Permission.SEE_WORKSHOP),
    Entry("/wiping", N_("Wiping"), "eraser", Permission.SEE_WORKSHOP),
    Entry("/reconditioning", N_("Reconditioning"), "tool", Permission.SEE_WORKSHOP),
    Entry("/stock", N_("Stock"), "building-warehouse", Permission.SEE_WORKSHOP),
    Entry("/requests", N_("Requests"), "clipboard-list", Permission.ASK),
    Entry("/handovers", N_("Handovers"), "heart-handshake", Permission.SEE_WORKSHOP),
    Entry("/recycling", N_("Recycling"), "recycle", Permission.SEE_WORKSHOP),
    Entry("/labels", N_("Labels"), "tag", Permission.WORK),
    Entry("/reports", N_("Figures"), "chart-bar", Permission.SEE_REPORTS),
    Entry("/donors", N_("Donors"), "building-community", Permission.COORDINATE),
    Entry("/associations", N_("Associations"), "building-community", Permission.COORDINATE),
    Entry("/users", N_("Users"), "users", Permission.MANAGE_USERS),
    Entry("/account", N_("Your account"), "user", Permission.SIGNED_IN),
]

# Room for a folder of report files sent at once.
LARGEST_BODY = 64 * 1024 * 1024
LARGEST_FIELD = 2 * 1024 * 1024


def create_app() -> Flask:
    """The application, from the environment alone. Raises `config.SettingsFault` with every fault found."""
    settings = config.load()
    settings.instance.mkdir(parents=True, exist_ok=True)
    app = Flask("tracker", template_folder=str(places.templates()), instance_path=str(settings.instance))
    _configure(app, settings)
    db.init_app(app)
    Migrate(app, db, directory=str(places.migrations()), compare_type=True)
    languages.prepare(app, settings.locale)
    shown.prepare(app)
    app.jinja_env.globals["lifecycle"] = lifecycle  # the macros of _macros/stage.html draw from the one table
    refusals.prepare(app)
    headers.prepare(app)
    health.count_answers(app)
    access.prepare(app)
    sign_in.prepare(app)
    limits.prepare(app)
    unreadable.prepare(app)
    forms.prepare(app)
    navigation.prepare(app, MENU)
    for line in BLUEPRINTS:
        _register(app, line)
    for module in MODELS:
        _found(module)
    return app


def _configure(app: Flask, settings: config.Settings) -> None:
    https = settings.site_url.startswith("https://")
    app.config.update(
        SETTINGS=settings,
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(settings.database_url),
        TRUSTED_HOSTS=list(settings.trusted_hosts),
        MAX_CONTENT_LENGTH=LARGEST_BODY,
        MAX_FORM_MEMORY_SIZE=LARGEST_FIELD,
        MAX_FORM_PARTS=5_000,
        SESSION_COOKIE_SECURE=https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        TEMPLATES_AUTO_RELOAD=settings.development,
    )
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    if not settings.development:
        logging.getLogger("tracker").setLevel(logging.INFO)


def _register(app: Flask, line: str) -> None:
    module, attribute = line.split(":")
    found = _found(module)
    if found:
        app.register_blueprint(getattr(importlib.import_module(module), attribute))


def _found(module: str) -> bool:
    """Import it if it is there: domains arrive one after another."""
    try:
        importlib.import_module(module)
    except ModuleNotFoundError as missing:
        if missing.name and (module == missing.name or module.startswith(missing.name + ".")):
            return False
        raise
    return True
