"""Browser tests start the system's own Chromium, or are skipped with the reason."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.browser import PHONE, launch_options
from tests.browser.stage import Stage, raised
from tests.databases import SqliteServer


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """What the browser is started with."""
    return {**browser_type_launch_args, **launch_options()}


@pytest.fixture(scope="session")
def base_url() -> None:
    """No site of its own: each test serves one. The plugin's fixture of this name warns under pytest 9."""


@pytest.fixture(scope="session")
def stage(sqlite_server: SqliteServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """One site for all tests that look at pages and leave nothing behind: its state is put on by each."""
    with raised(sqlite_server, tmp_path_factory.mktemp("stage")) as made:
        yield made


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Page]:
    """A page of the stage, for one test that is many people in turn: `Stage.enter`. New windows take long."""
    context = browser.new_context(locale="en-GB", timezone_id="Europe/London")
    yield context.new_page()
    context.close()


@pytest.fixture
def without_script(browser: Browser) -> Iterator[Page]:
    """A page on a phone that runs no script."""
    context = browser.new_context(java_script_enabled=False, viewport=PHONE)  # type: ignore[arg-type]  # a mapping
    yield context.new_page()
    context.close()
