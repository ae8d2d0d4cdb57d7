"""The pages: what is common to them is joined to the application here."""

from flask import Flask
from flask_wtf import CSRFProtect

from placement.config import Config
from placement.web import (
    account,
    answer_links,
    coordinator,
    day_link,
    feeds,
    home,
    inbound,
    leader,
    mail_links,
    partner,
    public,
    report,
    seat_links,
    second_step,
    sign_in,
)
from placement.web.addresses import init_addresses
from placement.web.assets import init_assets
from placement.web.auth import init_auth
from placement.web.between import init_between
from placement.web.compression import init_compression
from placement.web.demo import init_demo
from placement.web.errors import init_errors
from placement.web.headers import init_headers
from placement.web.interrupted import init_interrupted
from placement.web.log_masks import init_log_masks
from placement.web.records import init_records
from placement.web.rendering import init_rendering

csrf = CSRFProtect()

LARGEST_FORM = 26_000_000
"""Octets of a form with its files: five spreadsheets as large as they may be."""
BLUEPRINTS = (
    account.blueprint,
    answer_links.blueprint,
    coordinator.blueprint,
    day_link.blueprint,
    feeds.blueprint,
    home.start_blueprint,
    home.blueprint,
    inbound.blueprint,
    leader.blueprint,
    mail_links.blueprint,
    partner.blueprint,
    public.blueprint,
    report.blueprint,
    seat_links.blueprint,
    second_step.blueprint,
    sign_in.blueprint,
)
"""Every blueprint of the site: a new role's pages are added here and nowhere else."""


def init_web(app: Flask, config: Config, *, unavailable: tuple[type[Exception], ...] = ()) -> None:
    """Give `app` its look, its headers, its error pages and its blueprints.

    `unavailable` are the exceptions that mean "the database cannot be reached": they become a 503 page.
    """
    app.config.setdefault("WTF_CSRF_SSL_STRICT", False)  # the origin is checked in headers.py instead
    app.config.setdefault("WTF_CSRF_TIME_LIMIT", None)  # a form stays good as long as its session
    app.config.setdefault("MAX_CONTENT_LENGTH", LARGEST_FORM)
    init_log_masks(app)
    init_addresses(app)
    init_rendering(app, config)
    init_auth(app, config)  # first of all hooks: nothing is answered for a foreign host
    init_headers(app, config)
    init_assets(app)
    init_compression(app)
    csrf.init_app(app)
    csrf.exempt(inbound.blueprint)  # its mails are signed, and no session speaks for them
    csrf.exempt(mail_links.unsubscribe)  # mail programs press it too; it looks for the token itself
    init_interrupted(app)  # after the token of the form was looked at
    init_between(app)
    init_errors(app, unavailable)
    coordinator.init_runs(app, config)
    inbound.init_inbound(app, config)
    init_records(app, config)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    if config.demo:
        app.register_blueprint(sign_in.demo_blueprint)
        init_demo(app, config)
