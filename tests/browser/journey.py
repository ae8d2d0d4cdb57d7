"""Somebody's way through the site, in each of the ways in which it must go: `@in_each_way`."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

import pytest
from flask import Flask
from playwright.sync_api import Browser, Download, Locator, Page, expect

from placement.db import unit_of_work
from placement.services import sign_in
from placement.services.scope import Scope
from tests.browser.browser import DESKTOP, NARROWEST, sideways_scroll, watch_console


class Way(NamedTuple):
    """With or without script, in a window of which size."""

    script: bool
    size: dict[str, int]


WAYS = (Way(True, DESKTOP), Way(False, DESKTOP), Way(True, NARROWEST))
in_each_way = pytest.mark.parametrize("way", WAYS, ids=["with script", "without script", "at 320 px"])


@dataclass
class Traveller:
    """Somebody at a browser; each page that they arrive at must fit its window."""

    app: Flask
    address: str
    page: Page
    script: bool

    def enter(self, email: str) -> None:
        """Open the link of a mail and press its button."""
        with self.app.app_context(), unit_of_work() as session:
            link = sign_in.one_time_link(Scope.system(session), email, now=datetime.now(UTC))
        self.page.goto(self.address + link)
        self.press("Sign in")

    def go(self, path: str) -> None:
        """Open an address of the site."""
        self.page.goto(self.address + path)
        self.fits()

    def at(self, title: str) -> None:
        """Be on the page of this title."""
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(title)
        self.fits()

    def fits(self) -> None:
        """Nothing hangs out of the window."""
        assert sideways_scroll(self.page) == 0, self.page.url

    def press(self, name: str) -> None:
        """Press the first button of this name."""
        button = self.page.get_by_role("button", name=name).first
        if self.script and button.evaluate("it => it.form?.matches('[data-swap]') ?? false"):
            button.click()
        else:
            self.leave(button)

    def follow(self, name: str, *, exact: bool = False) -> None:
        """Follow the first link of this name on the page itself."""
        self.leave(self.page.get_by_role("main").get_by_role("link", name=name, exact=exact).first)

    def fetch(self, name: str) -> Download:
        """Press what leads to a file; the page stays."""
        with self.page.expect_download() as download:
            self.page.get_by_role("main").get_by_text(name, exact=True).first.click()
        return download.value

    def leave(self, way_out: Locator) -> None:
        """Press what leads to another page, and arrive there.

        Whoever did not wait could act on the page that is being left, and so call off what was pressed.
        """
        with self.page.expect_navigation():
            way_out.click()

    def reads(self, text: str) -> None:
        """See these words."""
        expect(self.page.get_by_text(text).first).to_be_visible()

    def box(self, label: str) -> Locator:
        """The field with exactly this label."""
        return self.page.get_by_label(label, exact=True)


@contextmanager
def travelling(browser: Browser, app: Flask, address: str, way: Way) -> Iterator[Traveller]:
    """Somebody at a browser of their own, who finds nothing in its console at the end."""
    context = browser.new_context(java_script_enabled=way.script, viewport=way.size)  # type: ignore[arg-type]  # a plain mapping of the two
    page = context.new_page()
    console = watch_console(page)
    yield Traveller(app, address, page, way.script)
    context.close()
    assert console == []
