"""The demonstration's outbox in a real browser."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from placement.adapters.messages import render_invite
from placement.db import unit_of_work
from tests.browser.browser import faults_at_all_widths, make_app, served, watch_console
from tests.databases import SqliteServer, dispose, settings
from tests.factories.clock import NOON
from tests.factories.outbox import make_message
from tests.unit.adapters.samples import make_details

pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class Demo:
    """A served demonstration without any mail."""

    app: Flask
    address: str

    def keep_invite(self) -> None:
        """Put an invite into the outbox."""
        with self.app.app_context(), unit_of_work() as session:
            octets = render_invite(make_details(), now=NOON)
            make_message(session, octets=octets, status="sent", kind="placement_confirmed")


@pytest.fixture
def demo(sqlite_server: SqliteServer, tmp_path: Path) -> Iterator[Demo]:
    with sqlite_server.database() as url:
        app = make_app(replace(settings(url, tmp_path), demo=True))
        with served(app) as address:
            yield Demo(app, address)
        dispose(app)


def test_a_mail_is_shown_in_all_its_forms(page: Page, demo: Demo) -> None:
    demo.keep_invite()
    console = watch_console(page)
    page.goto(f"{demo.address}/demo/outbox")
    assert faults_at_all_widths(page) == []
    page.get_by_role("table").get_by_role("link").first.click()
    expect(page.frame_locator("iframe").locator("body")).to_contain_text(make_details().title)
    page.get_by_text("All header lines").click()
    assert faults_at_all_widths(page) == []
    assert console == []
