"""How migrations run: one process at a time, in one transaction, with limits so that no site is ever hung."""

import logging

from alembic import context
from flask import current_app
from sqlalchemy import Connection

from placement import models

ONE_AT_A_TIME = 7_305_114

logging.getLogger("alembic").setLevel(logging.WARNING)


def run() -> None:
    """Run the migrations on the application's own engine.

    Whoever comes second waits, then finds nothing left to do. A process that dies leaves the database as it
    was, because both kinds of database change their tables in transactions.
    """
    engine = current_app.extensions["migrate"].db.engine
    with engine.connect().execution_options(write=True) as connection:
        connection.detach()  # what is set here must not outlive the migrations in the pool
        _prepare(connection)
        context.configure(
            connection=connection,
            target_metadata=models.Slot.metadata,
            render_as_batch=True,
            transactional_ddl=True,  # SQLite can, once BEGIN is sent by hand as our engine does
        )
        with context.begin_transaction():
            _wait_for_others(connection)
            context.run_migrations()


def _prepare(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET statement_timeout = '60s'")
        connection.commit()
        return
    # Batch migrations rebuild tables, which live foreign keys would take for deletions. The setting is
    # ignored within a transaction, and our engine has begun one by now.
    connection.exec_driver_sql("COMMIT")
    connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
    connection.rollback()


def _wait_for_others(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":  # on SQLite, BEGIN IMMEDIATE has waited
        connection.exec_driver_sql("SET LOCAL lock_timeout = '60s'")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({ONE_AT_A_TIME})")
        connection.exec_driver_sql("SET LOCAL lock_timeout = '4s'")
        # Rows that a migration has changed must not wait for the end: their table could not be altered then.
        connection.exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")


run()
