"""Real databases for tests: an SQLite file and a PostgreSQL database, migrated once and copied per test."""

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from flask import Flask

from placement.app import create_base
from placement.config import Config, sqlite_url
from placement.db import db
from placement.db.schema import upgrade

SECRET = "a-secret-for-tests-only-0123456789"
LOCAL_SERVER = "postgresql://postgres@127.0.0.1:5432/postgres"


def settings(url: str, folder: Path) -> Config:
    """Settings for tests: mail to a folder, an address on this machine."""
    return Config(
        database_url=url,
        data_folder=folder,
        secret_key=SECRET,
        public_base_url="http://127.0.0.1:8000",
        mail_backend="folder",
        mail_folder=folder / "outbox",
        mail_sender="Placement <placements@placement.example>",
    )


def postgresql_server() -> str | None:
    """A PostgreSQL server that answers, as a URL of its maintenance database; None without one."""
    server = os.environ.get("PLACEMENT_TEST_POSTGRES_URL", LOCAL_SERVER).replace("+psycopg", "")
    try:
        psycopg.connect(server, connect_timeout=3).close()
    except psycopg.OperationalError:
        return None
    return server


def migrate(url: str, folder: Path) -> None:
    """Run all migrations on the database at `url`."""
    app = create_base(settings(url, folder))
    with app.app_context():
        upgrade()
    dispose(app)


def dispose(app: Flask) -> None:
    """Close all connections that `app` holds."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


class SqliteServer:
    """Makes copies of one migrated SQLite file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.template = folder / "template.sqlite3"

    @contextmanager
    def database(self) -> Iterator[str]:
        """A fresh migrated database."""
        if not self.template.exists():
            migrate(sqlite_url(self.template), self.folder)
        with self.copy_of(sqlite_url(self.template)) as url:
            yield url

    @contextmanager
    def copy_of(self, url: str) -> Iterator[str]:
        """A copy of the database at `url`, to which nobody is connected."""
        copy = self.folder / f"{uuid.uuid4().hex}.sqlite3"
        shutil.copy(url.removeprefix("sqlite:///"), copy)
        yield sqlite_url(copy)
        self._remove(copy)

    def renew(self, url: str) -> None:
        """Put a fresh migrated database in the place of the one at `url`, to which nobody is connected."""
        place = Path(url.removeprefix("sqlite:///"))
        self._remove(place)
        shutil.copy(self.template, place)

    def _remove(self, place: Path) -> None:
        for leftover in self.folder.glob(f"{place.name}*"):
            leftover.unlink()

    @contextmanager
    def empty_database(self) -> Iterator[str]:
        """A database without any tables."""
        yield sqlite_url(self.folder / f"{uuid.uuid4().hex}.sqlite3")


class PostgresqlServer:
    """Makes databases from one migrated template on a running server."""

    def __init__(self, server: str, folder: Path) -> None:
        self.server = server
        self.folder = folder
        self.template: str | None = None

    @contextmanager
    def database(self) -> Iterator[str]:
        """A fresh migrated database."""
        if self.template is None:
            self.template = f"placement_test_{uuid.uuid4().hex}"
            self._run(f'CREATE DATABASE "{self.template}"')
            migrate(self._url(self.template), self.folder)
        with self.copy_of(self._url(self.template)) as url:
            yield url

    @contextmanager
    def copy_of(self, url: str) -> Iterator[str]:
        """A copy of the database at `url`, to which nobody is connected."""
        with self._made(f'TEMPLATE "{url.rpartition("/")[2]}" {self._strategy()}') as copy:
            yield copy

    def renew(self, url: str) -> None:
        """Put a fresh migrated database in the place of the one at `url`, to which nobody is connected."""
        name = url.rpartition("/")[2]
        self._run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "{self.template}" {self._strategy()}')

    @contextmanager
    def empty_database(self) -> Iterator[str]:
        """A database without any tables."""
        with self._made("") as url:
            yield url

    def close(self) -> None:
        """Drop the template."""
        if self.template is not None:
            self._run(f'DROP DATABASE IF EXISTS "{self.template}" WITH (FORCE)')

    @contextmanager
    def _made(self, how: str) -> Iterator[str]:
        name = f"placement_test_{uuid.uuid4().hex}"
        self._run(f'CREATE DATABASE "{name}" {how}')
        try:
            yield self._url(name)
        finally:
            self._run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _strategy(self) -> str:
        """Copying a small template file by file takes half as long, where that can be asked for."""
        with psycopg.connect(self.server) as connection:
            return "STRATEGY FILE_COPY" if connection.info.server_version >= 150_000 else ""

    def _run(self, statement: str) -> None:
        with psycopg.connect(self.server, autocommit=True) as connection:
            connection.execute(statement.encode())

    def _url(self, name: str) -> str:
        return f"{self.server.rpartition('/')[0]}/{name}".replace("postgresql://", "postgresql+psycopg://")
