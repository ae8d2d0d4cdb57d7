"""Applications on databases that have no tables yet."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from placement.app import create_base
from placement.config import Config
from tests.conftest import Server
from tests.databases import dispose, settings


@pytest.fixture
def empty(server: Server, tmp_path: Path) -> Iterator[Config]:
    """Settings with a database that holds nothing at all."""
    with server.empty_database() as url:
        yield settings(url, tmp_path)


@pytest.fixture
def new_app(empty: Config) -> Iterator[Flask]:
    """An application on that database."""
    app = create_base(empty)
    with app.app_context():
        yield app
    dispose(app)
