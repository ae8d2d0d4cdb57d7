"""The database: base class, column types, connection settings, and the unit of work.

Every write goes through `unit_of_work`, which commits once at its end or not at all. SQLite gets its
write lock at the start of a writing unit (BEGIN IMMEDIATE): taking it later fails at once, past the busy
time-out, when somebody else wrote in between.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from flask import current_app
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, Engine, MetaData, event
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(constraint_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Base of all rows."""

    metadata = MetaData(naming_convention=NAMING)


db = SQLAlchemy(model_class=Base)

UNAVAILABLE = (OperationalError, InterfaceError, PoolExhausted)
"""What is raised when the database cannot be reached, or lets nobody write."""

WakeHook = Callable[[], None]
SESSION_INFO = "placement_session_info"
WAKE = "placement_wake"


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: stored in UTC, always aware in Python; a naive value is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To the database: UTC, without the zone where the database keeps none."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A moment without a time zone cannot be stored.")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """From the database: aware, in UTC."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def prepare_engine(engine: Engine) -> None:
    """Give each connection of `engine` the settings that the service relies on."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "connect", _prepare_postgresql)


def _prepare_sqlite(connection: DBAPIConnection, _record: object) -> None:
    assert isinstance(connection, sqlite3.Connection)  # noqa: S101  # the dialect was looked at above
    connection.isolation_level = None
    for pragma in (
        "busy_timeout=15000",
        "journal_mode=WAL",
        "foreign_keys=ON",
        "synchronous=FULL",
        "temp_store=MEMORY",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writing = connection.get_execution_options().get("write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _prepare_postgresql(connection: DBAPIConnection, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute("SET lock_timeout = '10s'")
    cursor.execute("SET idle_in_transaction_session_timeout = '60s'")
    cursor.close()
    connection.commit()


def engine_options(url: str) -> dict[str, Any]:
    """What Flask-SQLAlchemy's engine for `url` is made with."""
    if url.startswith("sqlite"):
        return {"connect_args": {"check_same_thread": False}}
    return {"pool_pre_ping": True, "pool_size": 8, "max_overflow": 8}


@contextmanager
def unit_of_work() -> Iterator[Session]:
    """One writing transaction: committed at the end, rolled back when anything is raised.

    After the commit the worker is woken, because what must be sent was written along.
    """
    session = _session()
    session.rollback()
    session.connection(execution_options={"write": True})
    try:
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise
    wake: WakeHook | None = current_app.extensions.get(WAKE)
    if wake is not None:
        wake()


@contextmanager
def reading() -> Iterator[Session]:
    """One reading transaction; nothing that is changed in it is kept."""
    session = _session()
    try:
        yield session
    finally:
        session.rollback()


@contextmanager
def asking() -> Iterator[Connection]:
    """A connection for one question, which needs no transaction around it: the least that asking can cost."""
    engine = db.engine
    if engine.dialect.name == "postgresql":  # each of BEGIN and ROLLBACK is a way there and back
        engine = engine.execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        yield connection


def _session() -> Session:
    session = db.session()
    # What services need of the installation (such as the cipher of access needs) travels with the session.
    session.info.update(current_app.extensions.get(SESSION_INFO, {}))
    return session
