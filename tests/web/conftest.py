"""The whole site on a real database, and visitors who are signed in to it."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from jinja2 import FileSystemBytecodeCache

from placement.app import create_app
from placement.config import Config
from tests.databases import SqliteServer, dispose
from tests.web.browsing import Browser

MakeSite = Callable[[Config], Flask]


@pytest.fixture(scope="session")
def server(sqlite_server: SqliteServer) -> SqliteServer:
    """One kind of database for what pages say: services are tested on both, and so is every route.

    A module whose pages depend on the kind has `from tests.conftest import server`.
    """
    return sqlite_server


@pytest.fixture(scope="session")
def make_site(tmp_path_factory: pytest.TempPathFactory) -> MakeSite:
    """Makes applications with pages; their templates are compiled once for all tests."""
    compiled = FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))

    def make(config: Config) -> Flask:
        app = create_app(config)
        app.jinja_env.bytecode_cache = compiled
        return app

    return make


@pytest.fixture
def site(config: Config, make_site: MakeSite) -> Iterator[Flask]:
    """The site on a fresh migrated database.

    Make rows in `with site.app_context(), unit_of_work() as session`.
    """
    app = make_site(config)
    yield app
    dispose(app)


@pytest.fixture
def visit(site: Flask) -> Callable[..., Browser]:
    """`visit()` is somebody not signed in, `visit(email=…)` the user of that address, signed in."""

    def visiting(*, email: str | None = None) -> Browser:
        return Browser(site, email=email)

    return visiting
