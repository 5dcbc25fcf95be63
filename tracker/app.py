"""The application: settings in, site map, sign-in, refusals and headers put together."""

from __future__ import annotations

import logging

from flask import Flask
from flask_migrate import Migrate
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from tracker import config, places
from tracker.accounts import access, account_views, association_views, limits, sign_in, user_views
from tracker.accounts import views as accounts
from tracker.accounts.rules import Permission
from tracker.allocation import answer_views
from tracker.allocation import views as allocation
from tracker.api import views as api
from tracker.benches import bench_views, door, own_views
from tracker.benches import views as benches
from tracker.cards import views as cards
from tracker.collection import donor_views, import_views
from tracker.collection import views as collection
from tracker.database import db, engine_options
from tracker.devices import lifecycle
from tracker.devices import views as devices
from tracker.distribution import views as distribution
from tracker.https import views as https
from tracker.i18n import N_
from tracker.labelling import (
    habit_views,
    logo_views,
    medium_views,
    register_views,
    run_views,
    sheet_views,
    tag_bind_views,
    tag_roll_views,
    tag_views,
)
from tracker.labelling import views as labelling
from tracker.passport import views as passport
from tracker.printing import fit_views, helper_views, job_views
from tracker.printing import views as printing
from tracker.reconditioning import quality_views
from tracker.reconditioning import views as reconditioning
from tracker.recycling import views as recycling
from tracker.reports import views as reports
from tracker.scanning import (
    batch_views,
    offline_views,
    scanner_views,
    stranger_views,
    sync_views,
    unknown_views,
)
from tracker.scanning import views as scanning
from tracker.stock import check_views as stock_check_views
from tracker.stock import views as stock
from tracker.web import (
    compressed,
    forms,
    headers,
    health,
    icons,
    languages,
    navigation,
    refusals,
    shown,
    templates,
    unreadable,
)
from tracker.web import views as pages
from tracker.web.navigation import Entry
from tracker.web.templates import Application
from tracker.wiping import (
    board_views,
    certificate_views,
    declaration_views,
    destruction_views,
    drive_views,
    hardware_views,
    policy_views,
    report_views,
    station_views,
    upload_views,
)

# The site map: one line for each file of pages.
BLUEPRINTS = [
    pages.blueprint,
    health.blueprint,
    https.blueprint,
    accounts.blueprint,
    account_views.blueprint,
    user_views.blueprint,
    association_views.blueprint,
    devices.blueprint,
    collection.blueprint,
    donor_views.blueprint,
    import_views.blueprint,
    declaration_views.blueprint,
    report_views.blueprint,
    station_views.blueprint,
    policy_views.blueprint,
    board_views.blueprint,
    upload_views.blueprint,
    drive_views.blueprint,
    destruction_views.blueprint,
    certificate_views.blueprint,
    hardware_views.blueprint,
    reconditioning.blueprint,
    quality_views.blueprint,
    stock.blueprint,
    stock_check_views.blueprint,
    cards.blueprint,
    benches.blueprint,
    own_views.blueprint,
    bench_views.blueprint,
    recycling.blueprint,
    allocation.blueprint,
    answer_views.blueprint,
    distribution.blueprint,
    passport.blueprint,
    printing.blueprint,
    fit_views.blueprint,
    job_views.blueprint,
    helper_views.blueprint,
    labelling.blueprint,
    tag_views.blueprint,
    logo_views.blueprint,
    tag_bind_views.blueprint,
    tag_roll_views.blueprint,
    medium_views.blueprint,
    register_views.blueprint,
    run_views.blueprint,
    sheet_views.blueprint,
    habit_views.blueprint,
    scanning.blueprint,
    batch_views.blueprint,
    unknown_views.blueprint,
    scanner_views.blueprint,
    sync_views.blueprint,
    offline_views.blueprint,
    stranger_views.blueprint,
    reports.blueprint,
    api.blueprint,
]

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
    app = Application(
        "tracker", template_folder=str(places.templates()), instance_path=str(settings.instance)
    )
    _configure(app, settings)
    db.init_app(app)
    Migrate(app, db, directory=str(places.migrations()), compare_type=True)
    languages.prepare(app, settings.locale)
    shown.prepare(app)
    icons.prepare(app)
    app.jinja_env.globals["lifecycle"] = lifecycle  # the macros of _macros/stage.html draw from the one table
    refusals.prepare(app)
    headers.prepare(app)
    compressed.prepare(app)
    health.count_answers(app)
    access.prepare(app)
    door.prepare(app)
    sign_in.prepare(app)
    limits.prepare(app)
    unreadable.prepare(app)
    forms.prepare(app)
    navigation.prepare(app, MENU)
    templates.prepare(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    if settings.proxies:
        app.wsgi_app = _behind(app, settings.proxies)  # type: ignore[method-assign]
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


def _behind(app: Flask, proxies: int) -> ProxyFix:
    """Believe so many web servers in front of us about the visitor's address and scheme, and about nothing else:
    what they do not set themselves, a visitor could."""
    return ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=0, x_port=0, x_prefix=0)
