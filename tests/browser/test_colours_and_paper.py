"""Main pages in the colours that a reader chose, and on paper."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.stage import Stage
from tests.browser.test_focus import MAIN

pytestmark = pytest.mark.browser

STATE = "cohort confirmed"
CUT_OFF = """() => {
  const found = [], range = document.createRange();
  const words = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  for (let it = words.nextNode(); it; it = words.nextNode()) {
    range.selectNodeContents(it);
    const hidden = it.parentElement.closest(".nhsuk-u-visually-hidden");
    const outside = [...range.getClientRects()].some(box => box.left < -1 || box.right > innerWidth + 1);
    if (it.data.trim() && outside && !hidden) found.push(it.data.trim());
  }
  return found;
}"""
"""Words that stand beside the paper."""
COLOUR = "it => getComputedStyle(it).fill"


def main_pages(browser: Browser, stage: Stage, role: str) -> Iterator[tuple[str, Page]]:
    """The main pages of a role, one after the other, in one window."""
    scene = stage.put_on(STATE)
    page = stage.page(browser, scene, role)
    for endpoint in MAIN[role]:
        rule = next(stage.app.url_map.iter_rules(endpoint))
        page.goto(stage.address + (scene.path(stage.app, rule) or ""))
        yield endpoint, page
    page.context.close()


@pytest.mark.parametrize("role", MAIN)
def test_on_paper_main_pages_show_no_addresses_of_the_site_and_nothing_is_cut_off(
    browser: Browser, stage: Stage, role: str
) -> None:
    for endpoint, page in main_pages(browser, stage, role):
        page.set_viewport_size({"width": 718, "height": 1000})  # what A4 leaves between its margins
        page.emulate_media(media="print")
        for around in ("header.nhsuk-header", "footer", ".nhsuk-back-link"):
            expect(page.locator(around).first).to_be_hidden()
        told: list[str] = page.evaluate(
            """() => [...document.querySelectorAll('a[href^="/"], a[href^="mailto:"]')]
              .map(it => getComputedStyle(it, "::after").content).filter(it => it.includes("Link"))"""
        )
        assert told == [], endpoint
        wide: list[str] = page.evaluate(CUT_OFF)
        assert wide == [], endpoint


@pytest.mark.parametrize("role", MAIN)
def test_in_the_readers_own_colours_the_name_of_the_service_and_the_edges_of_buttons_are_seen(
    browser: Browser, stage: Stage, role: str
) -> None:
    for endpoint, page in main_pages(browser, stage, role):
        page.emulate_media(forced_colors="active")
        logo = page.locator(".nhsuk-header__service-logo")
        assert logo.evaluate("it => getComputedStyle(it).backgroundColor") == "rgb(27, 67, 80)", endpoint
        edges: list[str] = page.evaluate(
            """() => [...document.querySelectorAll("main .nhsuk-button, main .app-move")]
              .map(it => getComputedStyle(it).borderTopStyle + getComputedStyle(it).borderBottomStyle)"""
        )
        assert all("solid" in edge for edge in edges), endpoint


@pytest.mark.parametrize(
    ("role", "endpoint", "one", "other"),
    [
        ("coordinator", "coordinator.start", ".app-bar__fill", ".app-bar__track"),
        ("coordinator", "coordinator.show_pictures", ".app-pips__taken", ".app-pips__free"),
        ("coordinator", "coordinator.show_run_map", ".app-map__marker", ".app-map__number"),
        ("partner", "partner.start", ".app-pips__taken", ".app-pips__free"),
        ("viewer", "report.show", ".app-bar__fill", ".app-bar__track"),
    ],
)
@pytest.mark.parametrize("media", ["screen", "print"])
def test_pictures_keep_what_is_filled_and_what_is_free_apart_in_every_colour(
    browser: Browser, stage: Stage, role: str, endpoint: str, one: str, other: str, media: str
) -> None:
    scene = stage.put_on(STATE)
    page = stage.page(browser, scene, role)
    rule = next(stage.app.url_map.iter_rules(endpoint))
    page.goto(stage.address + (scene.path(stage.app, rule) or ""))
    for forced in ("active", "none"):
        page.emulate_media(media=media, forced_colors=forced)  # type: ignore[arg-type]  # words that it knows
        fills = [page.locator(kind).first.evaluate(COLOUR) for kind in (one, other)]
        assert fills[0] != fills[1], forced
        expect(page.locator(one).first).to_be_visible()
    page.context.close()
