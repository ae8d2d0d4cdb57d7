"""The instruments of these tests show what they are to show."""

import re

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.browser import (
    ADDRESS_BAR,
    DESKTOP,
    PHONE,
    axe_violations,
    faults_at_all_widths,
    resize,
    watch_console,
)

pytestmark = pytest.mark.browser

HEAD = "<html lang='en'><head><title>A page</title><style>{style}</style></head>"
BODY = "<body><main><h1>A page</h1><p class='{kind}'>Words.</p></main></body></html>"


def show(page: Page, style: str, kind: str = "") -> None:
    page.set_content(HEAD.format(style=style) + BODY.format(kind=kind))


@pytest.mark.parametrize(
    ("condition", "wrong_at", "right_at"),
    [("max-width: 400px", PHONE, DESKTOP), ("min-width: 1000px", DESKTOP, PHONE)],
)
def test_the_rules_are_looked_at_in_the_layout_of_the_size_that_the_page_is_given(
    page: Page, condition: str, wrong_at: dict[str, int], right_at: dict[str, int]
) -> None:
    show(page, f"@media ({condition}) {{ p {{ color: #ddd; background: #fff }} }}")
    for _ in range(2):  # in one page without loading it anew, there and back
        resize(page, right_at)
        assert axe_violations(page) == []
        resize(page, wrong_at)
        assert [line.partition(":")[0] for line in axe_violations(page)] == ["color-contrast"]


def test_a_fault_is_told_with_its_width_and_its_place(page: Page) -> None:
    show(page, "@media (max-width: 400px) { .wide { width: 350px } }", kind="wide")
    (fault,) = faults_at_all_widths(page)
    assert fault.startswith("at 320 px: scrolls sideways by ")
    show(page, "p { color: #ddd }", kind="pale")
    assert [fault.partition(" (")[0].split(": ")[:2] for fault in faults_at_all_widths(page)] == [
        ["at 390 px", "color-contrast"],
        ["at 1280 px", "color-contrast"],
    ]
    assert faults_at_all_widths(page)[0].endswith("(p)")


def test_what_the_console_is_told_is_heard_also_later(page: Page) -> None:
    lines = watch_console(page)
    page.evaluate("() => console.warn('planted')")
    page.evaluate("() => setTimeout(() => { throw new Error('thrown') })")
    page.wait_for_timeout(50)
    assert lines[0] == "planted"
    assert "thrown" in lines[1]


def test_the_browser_turns_on_nothing_that_playwright_turns_off(browser: Browser) -> None:
    page = browser.new_page()
    page.goto("chrome://version")
    by_playwright, by_us = (
        set(line.split(","))
        for line in re.findall(r"--disable-features=(\S+)", page.locator("#command_line").inner_text())
    )
    page.close()
    assert by_us - set(ADDRESS_BAR) == by_playwright
