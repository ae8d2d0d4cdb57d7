"""Tiny writes one after another that need not wait for the disk.

What is committed here outlives this process, however it ends. A loss of power may take the last of it back,
so it is only for what may harmlessly be done again. It goes to the database's driver directly: for one row at
a time, everything above the driver costs three times what the write itself does.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from placement.db import db

Values = Mapping[str, object]


class BriskFailed(Exception):
    """The database did not say that a brisk write is done: it may be, or not."""


class BriskConnection:
    """A connection of its own, opened when it is first needed and again after it was lost."""

    def __init__(self) -> None:
        self.dialect = db.engine.dialect.name
        self._driver: Any = db.engine.dialect.loaded_dbapi
        self._connection: Any = None

    def write(self, statements: Sequence[str], values: Values) -> bool:
        """Run `statements` in one transaction; False, and nothing written, where the first changes no row.

        Placeholders are the driver's own. On PostgreSQL there may be one statement only: each would be a
        journey of its own to the server, and one that stands alone needs no others around it.

        Raises
        ------
        BriskFailed
            The connection was lost, or the database refused.

        """
        try:
            connection = self._open()
            if self.dialect == "postgresql":
                (alone,) = statements
                return bool(connection.execute(alone, values).rowcount)
            return _in_one_transaction(connection, statements, values)
        except self._driver.Error as fault:
            self.close()
            raise BriskFailed(type(fault).__name__) from fault

    def moment(self, value: datetime) -> object:
        """A moment in the form in which this database keeps it."""
        if self.dialect == "postgresql":
            return value
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")

    def close(self) -> None:
        """Give the connection back, if there is one."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _open(self) -> Any:
        if self._connection is None:
            pooled = db.engine.raw_connection()
            pooled.detach()  # what is set here must not outlive it in the pool
            self._connection = pooled.dbapi_connection
            self._hurry()
        return self._connection

    def _hurry(self) -> None:
        """Let commits not wait for the disk. The log is still written in order, so nothing can be torn."""
        if self.dialect == "postgresql":
            self._connection.autocommit = True
            self._connection.execute("SET synchronous_commit = off")
        else:
            self._connection.execute("PRAGMA synchronous=NORMAL")


def _in_one_transaction(connection: Any, statements: Sequence[str], values: Values) -> bool:
    connection.execute("BEGIN IMMEDIATE")
    try:
        first, *others = statements
        done = bool(connection.execute(first, values).rowcount)
        if done:
            for statement in others:
                connection.execute(statement, values)
        connection.execute("COMMIT" if done else "ROLLBACK")
    except BaseException:
        connection.rollback()
        raise
    return done


@contextmanager
def brisk_connection() -> Iterator[BriskConnection]:
    """A connection for brisk writes, closed at the end."""
    connection = BriskConnection()
    try:
        yield connection
    finally:
        connection.close()
