"""Browser tests start the system's own Chromium, or are skipped with the reason."""

from typing import Any

import pytest

from tests.browser.browser import launch_options


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """What the browser is started with."""
    return {**browser_type_launch_args, **launch_options()}


@pytest.fixture(scope="session")
def base_url() -> None:
    """No site of its own: each test serves one. The plugin's fixture of this name warns under pytest 9."""
