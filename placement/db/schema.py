"""The state of the database's tables: which migration they are at, and bringing them up."""

from pathlib import Path

import flask_migrate
from alembic.config import Config as AlembicConfig
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect
from sqlalchemy.engine import make_url

from placement.config import resource_folder
from placement.db import db
from placement.domain.errors import DatabaseOutdated, DatabaseUnusable


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
        return MigrationContext.configure(connection).get_current_revision()


def revision_wanted() -> str:
    """The migration that this version of the service needs."""
    settings = AlembicConfig()
    settings.set_main_option("script_location", str(resource_folder("migrations")).replace("%", "%%"))
    head = ScriptDirectory.from_config(settings).get_current_head()
    if head is None:
        raise FileNotFoundError("No migrations were found beside the code.")
    return head


def upgrade() -> None:
    """Bring the tables up to this version."""
    flask_migrate.upgrade(directory=str(resource_folder("migrations")))


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
