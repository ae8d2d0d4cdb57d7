"""Where the focus is: in order, seen when zoomed in and in forced colours, and back after a press."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.browser import sideways_scroll
from tests.browser.choosing import TITLES, Site, served_site
from tests.browser.stage import Stage
from tests.databases import SqliteServer

pytestmark = pytest.mark.browser

ZOOMED = {"width": 320, "height": 225}
"""What is left of a window of 1280 by 900 that is zoomed in to 400 %."""
MOST_STOPS = 60
MAIN = {
    "leader": ("leader.start", "leader.browse", "leader.show_choices", "leader.show_dates"),
    "partner": ("partner.start", "partner.show_day", "partner.ask_site", "partner.show_coming"),
    "coordinator": ("coordinator.start", "coordinator.show_run", "coordinator.show_people"),
    "viewer": ("home.tasks", "report.show"),
}
STATE = {"leader": "cohort filled"}
STOP = """() => {
  const it = document.activeElement;
  if (!it || it === document.body) return null;
  const before = window.lastStop && !(window.lastStop.compareDocumentPosition(it) & 4);
  window.lastStop = it;
  const box = it.getClientRects()[0];
  const [x, y] = [box.left + box.width / 2, box.top + Math.min(box.height, 40) / 2];
  const there = document.elementFromPoint(x, y);
  const label = it.labels && it.labels[0];
  const seen = [getComputedStyle(it)];
  if (label) seen.push(getComputedStyle(label, "::before"));
  if (it.tagName === "SUMMARY") seen.push(getComputedStyle(it.firstElementChild));
  return {
    name: (it.innerText || it.name || it.id).trim().slice(0, 40),
    backwards: Boolean(before),
    hidden: !there || !(it.contains(there) || there.contains(it) || (label && label.contains(there))),
    outlined: seen.some(one => one.outlineStyle !== "none" && parseFloat(one.outlineWidth) >= 2),
    shadowed: seen.some(one => one.boxShadow !== "none"),
  };
}"""


def stops(page: Page) -> Iterator[dict[str, Any]]:
    """Where the Tab key leads, one after the other."""
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        stop: dict[str, Any] | None = page.evaluate(STOP)
        if stop is None:
            return
        yield stop


def faults_of(stop: dict[str, Any], forced: str) -> list[str]:
    """What is wrong with where the focus is; in the reader's own colours there are no shadows."""
    marked = stop["outlined"] or (forced == "none" and stop["shadowed"])
    wrong = {"before the last one": stop["backwards"], "covered": stop["hidden"], "not marked": not marked}
    return [f"{stop['name']!r} is {words}" for words, is_so in wrong.items() if is_so]


@pytest.mark.parametrize("forced", ["none", "active"], ids=["own colours", "forced colours"])
@pytest.mark.parametrize("role", MAIN)
def test_at_400_percent_the_tab_key_leads_through_the_page_in_order_and_the_focus_is_seen(
    browser: Browser, stage: Stage, role: str, forced: Literal["none", "active"]
) -> None:
    scene = stage.put_on(STATE.get(role, "cohort confirmed"))
    page = stage.page(browser, scene, role)
    page.set_viewport_size(ZOOMED)  # type: ignore[arg-type]  # a plain mapping of the two
    page.emulate_media(forced_colors=forced)
    faults = []
    for endpoint in MAIN[role]:
        rule = next(stage.app.url_map.iter_rules(endpoint))
        page.goto(stage.address + (scene.path(stage.app, rule) or ""))
        found = [fault for stop in stops(page) for fault in faults_of(stop, forced)]
        if wider := sideways_scroll(page):
            found.append(f"scrolls sideways by {wider} px")
        faults += [f"{endpoint}: {fault}" for fault in found]
    page.context.close()
    assert not faults, "\n".join(faults)


@pytest.fixture
def site(sqlite_server: SqliteServer, tmp_path: Path) -> Iterator[Site]:
    with served_site(sqlite_server, tmp_path) as found:
        yield found


AFTER_A_PRESS = (
    ("Down Food parcels", "Down Food parcels"),
    ("Up Night shelter", "Up Night shelter"),
    ("Move to top Soup kitchen", "Up Soup kitchen"),
    ("Take off the list Food parcels", "Your choices, best first"),
    ("I would not go to this one Soup kitchen", "You would not go to"),
    ("I might go after all Soup kitchen", "Your choices, best first"),
    ("Undo the last change", "Undo the last change"),
)


def test_after_each_press_that_changes_a_part_of_the_page_the_focus_is_where_one_goes_on(
    browser: Browser, site: Site
) -> None:
    context = site.context(browser)
    page = context.new_page()
    page.goto(site.url("opportunities"))
    for number, title in enumerate(TITLES[:4], start=1):
        page.get_by_role("button", name=f"Add to my choices {title}").press("Enter")
        expect(page.get_by_role("status")).to_have_text(f"{title} is now choice {number} of {number}.")
        expect(page.get_by_role("link", name=title, exact=True).first).to_be_focused()
    page.goto(site.url("choices"))
    page.evaluate("window.same = true")
    for pressed, focused in AFTER_A_PRESS:
        page.get_by_role("button", name=pressed).press("Enter")
        there = page.get_by_role("button", name=focused).or_(page.get_by_role("heading", name=focused))
        expect(there).to_be_focused()
    assert page.evaluate("window.same")
    context.close()


SLOWLY = """() => {
  const real = window.fetch;
  window.fetch = async (...asked) => {
    await new Promise(done => setTimeout(done, 300));
    return real(...asked);
  };
}"""


def test_presses_that_follow_each_other_quickly_are_all_done_in_their_order(
    browser: Browser, site: Site
) -> None:
    context = site.context(browser)
    page = context.new_page()
    page.goto(site.url("opportunities"))
    for number, title in enumerate(TITLES[:4], start=1):
        page.get_by_role("button", name=f"Add to my choices {title}").click()
        expect(page.get_by_role("status")).to_have_text(f"{title} is now choice {number} of {number}.")
    page.goto(site.url("choices"))
    page.evaluate(SLOWLY)
    first, second, third, fourth = TITLES[:4]
    for pressed in (f"Down {first}", f"Up {fourth}", f"Down {second}"):
        page.get_by_role("button", name=pressed).evaluate("button => button.click()")
    expect(page.get_by_role("status")).to_have_text(f"{second} is now choice 2 of 4.")
    expect(page.locator(".app-ranking__title")).to_have_text([first, second, fourth, third])
    context.close()
