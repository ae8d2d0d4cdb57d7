"""Fixtures that all tests share."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from placement.app import create_base
from placement.config import Config
from placement.db import SESSION_INFO, db
from placement.services.scope import Scope
from tests import dovecot as imap_server
from tests.databases import PostgresqlServer, SqliteServer, dispose, postgresql_server, settings
from tests.dovecot import dovecot
from tests.season.readers import missing_readers
from tests.smtp_sink import smtp_sink

__all__ = ["dovecot", "smtp_sink"]

NOON = datetime(2027, 1, 12, 12, 0, tzinfo=UTC)
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")

Server = SqliteServer | PostgresqlServer


@pytest.fixture(scope="session")
def sqlite_server(tmp_path_factory: pytest.TempPathFactory) -> SqliteServer:
    return SqliteServer(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresqlServer]:
    server = postgresql_server()
    if server is None:
        pytest.skip("no PostgreSQL answers (set PLACEMENT_TEST_POSTGRES_URL)")
    made = PostgresqlServer(server, tmp_path_factory.mktemp("postgresql"))
    yield made
    made.close()


@pytest.fixture(scope="session", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def server(request: pytest.FixtureRequest) -> Server:
    """Both kinds of database, one after the other."""
    name = "sqlite_server" if request.param == "sqlite" else "postgresql"
    made: Server = request.getfixturevalue(name)
    return made


@pytest.fixture(scope="session")
def shared_app(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An application whose database stays empty, because every test rolls back."""
    with server.database() as url:
        app = create_base(settings(url, tmp_path_factory.mktemp("shared")))
        yield app
        dispose(app)


@pytest.fixture
def session(shared_app: Flask) -> Iterator[Session]:
    """A writing transaction on a migrated database, rolled back at the end."""
    with shared_app.app_context():
        session = db.session()
        session.info.update(shared_app.extensions[SESSION_INFO])
        session.connection(execution_options={"write": True})
        yield session
        session.rollback()


@pytest.fixture
def scope(session: Session) -> Scope:
    """The reach of the service itself."""
    return Scope.system(session)


@pytest.fixture
def config(server: Server, tmp_path: Path) -> Iterator[Config]:
    """Settings with a fresh migrated database, for tests that commit."""
    with server.database() as url:
        yield settings(url, tmp_path)


@pytest.fixture
def app(config: Config) -> Iterator[Flask]:
    """An application on a fresh migrated database, without pages."""
    app = create_base(config)
    with app.app_context():
        yield app
    dispose(app)


@pytest.fixture
def now() -> datetime:
    return NOON


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name what was left out, in the last lines."""
    left_out = []
    if not any(shutil.which(name) for name in CHROMIUM_NAMES):
        left_out.append("browser tests (no Chromium found)")
    if shutil.which("pdftotext") is None:
        left_out.append("the text of the printed day sheet (no pdftotext found; package poppler-utils)")
    if postgresql_server() is None:
        left_out.append("PostgreSQL tests (no server answers; set PLACEMENT_TEST_POSTGRES_URL)")
    if not imap_server.installed():
        left_out.append("IMAP tests (no dovecot 2.3 found; on Debian 12: apt-get install dovecot-imapd)")
    left_out += [f"reading calendars with {reader}" for reader in missing_readers()]
    for part in left_out:
        terminalreporter.write_line(f"Not run: {part}.")
