"""How migrations run: inside the application, with limits on locks so that they never hang a live site."""

import logging

from alembic import context
from flask import current_app

from placement import models
from placement.db import db

logging.getLogger("alembic").setLevel(logging.WARNING)


def run() -> None:
    """Run the migrations on the application's own engine, in one transaction."""
    engine = current_app.extensions["migrate"].db.engine
    with engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET lock_timeout = '4s'")
            connection.exec_driver_sql("SET statement_timeout = '60s'")
            connection.commit()
        else:
            # Batch migrations rebuild tables, which live foreign keys would take for deletions.
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.rollback()
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_as_batch=True,
            transactional_ddl=True,  # SQLite can, once BEGIN is sent by hand as our engine does
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.close()


assert models  # noqa: S101  # imported so that the metadata knows all tables
run()
