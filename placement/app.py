"""Joins settings, database, mail and pages into one Flask application."""

import gc

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from placement import db as database
from placement.adapters.mail import init_mail
from placement.config import STATIC_FOLDER, Config, resource_folder
from placement.db.schema import prepare_place
from placement.services.access import CIPHER, cipher_for

CONFIG = "placement_config"
OBJECTS_BETWEEN_COLLECTIONS = 50_000
"""After so many new objects Python looks for cycles to throw away. By default it is 700, and a third of the
time in which a cohort of a thousand is read would go on looking at what stays."""


def create_base(config: Config) -> Flask:
    """The application without pages: database and mail, for commands and the worker."""
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    app = Flask(
        "placement",
        template_folder=str(resource_folder("templates")),
        static_folder=str(STATIC_FOLDER),
        static_url_path="/assets",
    )
    app.config.update(
        SECRET_KEY=config.secret_key or None,
        SQLALCHEMY_DATABASE_URI=config.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=database.engine_options(config.database_url),
    )
    app.extensions[CONFIG] = config
    app.extensions[database.SESSION_INFO] = {CIPHER: cipher_for(config.secret_key)}
    prepare_place(config.database_url)
    database.db.init_app(app)
    init_mail(app, config)
    with app.app_context():
        database.prepare_engine(database.db.engine)
    if config.engine != "inprocess":
        from placement.worker.engine import tell_workers  # imported late: few installations need it

        tell_workers(app, config)
    return app


def create_app(config: Config) -> Flask:
    """The whole application: what `create_base` makes, with the pages."""
    from placement.web import init_web  # imported late: commands start without the pages

    app = create_base(config.require_all())
    init_web(app, config, unavailable=database.UNAVAILABLE)
    if config.proxies:
        # Only so many hops are believed: whatever stands before them could have been written by anybody.
        hops = config.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]
    return app
