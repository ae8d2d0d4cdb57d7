"""The state of the database's tables: which migration they are at, and bringing them up."""

from pathlib import Path

from flask import current_app
from sqlalchemy import inspect, text
from sqlalchemy.engine import make_url

from placement.config import resource_folder
from placement.db import db
from placement.domain.errors import DatabaseOutdated, DatabaseUnusable

VERSION_TABLE = "alembic_version"


def prepare_place(url: str) -> None:
    """Make the folder of an SQLite database, so that the file can be created in it."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database and parsed.database != ":memory:":
        folder = Path(parsed.database).expanduser().parent
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as fault:
            raise DatabaseUnusable(
                said=f"The folder {folder} for the database cannot be made ({fault.strerror}).",
                remedy="Check that PLACEMENT_DATABASE_URL names a file in a folder that this user may write.",
            ) from fault


def revision_now() -> str | None:
    """The migration that the database is at; None before the first."""
    with db.engine.connect() as connection:
        if not connection.dialect.has_table(connection, VERSION_TABLE):
            return None
        found = connection.scalar(text(f"SELECT version_num FROM {VERSION_TABLE}"))  # noqa: S608  # our own name
        return None if found is None else str(found)


def revision_wanted() -> str:
    """The migration that this version of the service needs."""
    return (resource_folder("migrations") / "HEAD").read_text(encoding="utf-8").strip()


def upgrade() -> None:
    """Bring the tables up to this version."""
    import flask_migrate

    prepare_migrations()
    flask_migrate.upgrade(directory=str(resource_folder("migrations")))


def prepare_migrations() -> None:
    """Let the current application run migrations.

    Not done at its start: what runs migrations takes a quarter of the time in which a command starts.
    """
    from flask_migrate import Migrate

    if "migrate" not in current_app.extensions:
        folder = str(resource_folder("migrations"))
        Migrate(current_app, db, directory=folder, render_as_batch=True)


def ensure_schema() -> bool:
    """Make the tables of a new, empty database (True); refuse one that is behind or ahead.

    Raises `DatabaseOutdated`, whose text says what to run.
    """
    # The tables are looked for first: another process may be making them at this moment.
    empty = not inspect(db.engine).get_table_names()
    if revision_now() == revision_wanted():
        return False
    if not empty:
        raise DatabaseOutdated
    upgrade()
    return True
