"""Tiny writes one after another, of which only every twentieth waits for the disk.

What is committed here outlives this process, however it ends. A loss of power, or a crash of the database's
server, may take the last twenty back, so it is only for what may harmlessly be done again. It goes to the
database's driver directly: for one row at a time, all that stands above it costs three times the write.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from placement.db import db

Values = Mapping[str, object]

UNSURE_AT_MOST = 20
"""Writes that a loss of power may take back: one wait for the disk makes all before it sure."""


class BriskFailed(Exception):
    """The database did not say that a brisk write is done: it may be, or not."""


class BriskConnection:
    """A connection of its own, opened when it is first needed and again after it was lost."""

    def __init__(self) -> None:
        self.dialect = db.engine.dialect.name
        self._driver: Any = db.engine.dialect.loaded_dbapi
        self._connection: Any = None
        self._unsure = 0

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
            self._unsure += 1
            if self._unsure >= UNSURE_AT_MOST:
                return self._write_surely(connection, statements, values)
            return self._write(connection, statements, values)
        except self._driver.Error as fault:
            self.close()
            raise BriskFailed(type(fault).__name__) from fault

    def _write_surely(self, connection: Any, statements: Sequence[str], values: Values) -> bool:
        """Wait for the disk, which makes sure of everything before as well."""
        self._hurry(False)
        done = self._write(connection, statements, values)
        self._hurry(True)
        self._unsure = 0
        return done

    def _write(self, connection: Any, statements: Sequence[str], values: Values) -> bool:
        if self.dialect == "postgresql":
            (alone,) = statements
            return bool(connection.execute(alone, values).rowcount)
        return _in_one_transaction(connection, statements, values)

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
            if self.dialect == "postgresql":
                self._connection.autocommit = True
            self._hurry(True)
            self._unsure = 0
        return self._connection

    def _hurry(self, hurry: bool) -> None:
        """Let commits wait for the disk or not. The log is written in order, so nothing can be torn."""
        if self.dialect == "postgresql":
            self._connection.execute(f"SET synchronous_commit = {'off' if hurry else 'on'}")
        else:
            self._connection.execute(f"PRAGMA synchronous={'NORMAL' if hurry else 'FULL'}")


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
