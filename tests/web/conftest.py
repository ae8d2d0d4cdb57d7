"""The whole site on a real database, and visitors who are signed in to it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import FileSystemBytecodeCache

from placement.app import create_app
from placement.config import Config
from tests.conftest import Server
from tests.databases import SqliteServer, dispose, settings
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


class StandingSites:
    """One site for each kind of database, which all tests share: only the database is made anew for each.

    To make a site takes longer than most pages do, and a new engine compiles each statement anew.
    """

    def __init__(self, make_site: MakeSite, folder: Path, stack: ExitStack) -> None:
        self._make_site, self._folder, self._stack = make_site, folder, stack
        self._made: dict[str, tuple[str, Flask]] = {}

    @contextmanager
    def fresh(self, server: Server) -> Iterator[Flask]:
        """The site of one kind of database, as if it had been made this moment."""
        kind = type(server).__name__
        if kind not in self._made:
            folder = self._folder / kind
            folder.mkdir()
            url = self._stack.enter_context(server.database())
            self._made[kind] = url, self._make_site(settings(url, folder))
        url, app = self._made[kind]
        server.renew(url)
        extensions, undefined = dict(app.extensions), app.jinja_env.undefined
        yield app
        dispose(app)
        app.extensions.clear()
        app.extensions.update(extensions)
        app.jinja_env.undefined = undefined


@pytest.fixture(scope="session")
def standing_sites(make_site: MakeSite, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandingSites]:
    """The sites that all tests share."""
    with ExitStack() as stack:
        yield StandingSites(make_site, tmp_path_factory.mktemp("sites"), stack)


@pytest.fixture
def site(server: Server, standing_sites: StandingSites) -> Iterator[Flask]:
    """The site on a fresh migrated database.

    Make rows in `with site.app_context(), unit_of_work() as session`. A test that needs other settings makes
    a site of its own with `make_site`.
    """
    with standing_sites.fresh(server) as app:
        yield app


@pytest.fixture
def visit(site: Flask) -> Callable[..., Browser]:
    """`visit()` is somebody not signed in, `visit(email=…)` the user of that address, signed in."""

    def visiting(*, email: str | None = None) -> Browser:
        return Browser(site, email=email)

    return visiting
