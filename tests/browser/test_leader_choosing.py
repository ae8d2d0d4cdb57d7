"""How much it takes to choose: presses, the keyboard alone, dragging, undoing, dates that save themselves."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect
from sqlalchemy import select

from placement.db import reading, unit_of_work
from placement.models import Message
from placement.services import preferences, sign_in
from placement.services.scope import Scope
from placement.web.auth import now
from tests.browser.browser import watch_console
from tests.browser.choosing import TITLES, Site, served_site
from tests.browser.journey import Way, in_each_way
from tests.databases import SqliteServer

pytestmark = pytest.mark.browser

FIVE = 5
MOST_PRESSES = 25


@pytest.fixture
def site(sqlite_server: SqliteServer, tmp_path: Path) -> Iterator[Site]:
    with served_site(sqlite_server, tmp_path, choices_minimum=FIVE) as found:
        yield found


class Hand:
    """Somebody at the page, whose clicks and keys are counted."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.presses = 0

    def click(self, what: Locator) -> None:
        what.click()
        self.presses += 1

    def key(self, name: str) -> None:
        self.page.keyboard.press(name)
        self.presses += 1

    def tab_to(self, what: Locator) -> None:
        """Go on with the Tab key until `what` has the focus."""
        for _ in range(120):
            if what.evaluate("it => it === document.activeElement"):
                return
            self.key("Tab")
        pytest.fail(f"the Tab key never reaches {what}")


def sign_in_link(site: Site) -> str:
    with site.app.app_context(), unit_of_work() as session:
        return site.address + sign_in.one_time_link(Scope.system(session), site.email, now=now())


def kept(site: Site) -> list[str]:
    with site.app.app_context(), reading() as session:
        scope = Scope.system(session)
        order = preferences.ranking(session, site.leader_id)
        slots = preferences.open_slots(session, scope.leader(site.leader_id).cohort_id, now=now())
        offered = preferences.offered_opportunities(slots)
        return [offered[one].title for one in order]


def add(page: Page, title: str) -> Locator:
    return page.get_by_role("button", name=f"Add to my choices {title}")


def told(page: Page) -> Locator:
    return page.get_by_role("status")


@in_each_way
def test_from_the_link_in_the_mail_to_the_receipt_takes_at_most_25_presses_with_five_ranked(
    browser: Browser, site: Site, way: Way
) -> None:
    context = browser.new_context(java_script_enabled=way.script, viewport=way.size)  # type: ignore[arg-type]  # a plain mapping of the two
    page = context.new_page()
    console = watch_console(page)
    hand = Hand(page)
    page.goto(sign_in_link(site))
    hand.presses += 1  # the link in the mail
    hand.click(page.get_by_role("button", name="Sign in"))
    if not page.get_by_role("link", name="Choose placements").count():
        hand.click(page.get_by_role("main").get_by_role("link").first)
    hand.click(page.get_by_role("link", name="Choose placements"))
    for number, title in enumerate(TITLES[:FIVE], start=1):
        hand.click(add(page, title))
        expect(told(page)).to_have_text(f"{title} is now choice {number} of {number}.")
    hand.click(page.get_by_role("button", name="Put my choices in order").first)
    hand.click(page.get_by_role("button", name="Move to top Walking group"))
    expect(told(page)).to_have_text("Walking group is now choice 1 of 5.")
    hand.click(page.get_by_role("button", name="Down Food parcels"))
    expect(told(page)).to_have_text("Food parcels is now choice 3 of 5.")
    hand.click(page.get_by_role("button", name="Go on to dates"))
    hand.click(page.locator(".app-dates .nhsuk-form-group").first.get_by_label("I cannot"))
    hand.click(page.get_by_role("button", name="Save and go on"))
    hand.click(page.get_by_role("button", name="Submit my answers"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Your answers are in")
    expect(page.get_by_text("A copy of your answers is on its way")).to_be_visible()
    assert kept(site) == ["Walking group", TITLES[1], "Food parcels", TITLES[2], TITLES[3]]
    with site.app.app_context(), reading() as session:
        kinds = session.scalars(select(Message.kind).where(Message.recipient == site.email)).all()
    assert kinds == ["answers_received"]
    assert hand.presses <= MOST_PRESSES
    assert console == []
    context.close()


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_the_keyboard_alone_gets_through_choosing_and_putting_in_order(
    browser: Browser, site: Site, script: bool
) -> None:
    context = site.context(browser, script=script)
    page = context.new_page()
    hand = Hand(page)
    page.goto(site.url("opportunities"))
    for number, title in enumerate(TITLES[:3], start=1):
        hand.tab_to(add(page, title))
        hand.key("Enter" if number % 2 else "Space")
        expect(told(page)).to_have_text(f"{title} is now choice {number} of {number}.")
    page.goto(site.url("choices"))
    hand.tab_to(page.get_by_role("button", name="Up Night shelter"))
    hand.key("Space")
    expect(told(page)).to_have_text("Night shelter is now choice 2 of 3.")
    expect(page.get_by_role("button", name="Up Night shelter")).to_be_focused()
    hand.key("Enter")
    expect(told(page)).to_have_text("Night shelter is now choice 1 of 3.")
    expect(page.get_by_role("button", name="Up Night shelter")).to_be_focused()
    hand.tab_to(page.get_by_role("button", name="I would not go to this one Food parcels"))
    hand.key("Enter")
    assert_refused_or_told(page)
    context.close()


def assert_refused_or_told(page: Page) -> None:
    """Six are on offer and five are needed, so one may be ruled out; the page says how many are left."""
    expect(told(page)).to_contain_text("Food parcels is ruled out: you are never given it.")
    expect(page.get_by_role("heading", name="You would not go to")).to_be_focused()


def test_a_press_changes_only_its_part_of_the_page(browser: Browser, site: Site) -> None:
    context = site.context(browser)
    page = context.new_page()
    page.goto(site.url("opportunities"))
    page.evaluate("window.same = true")
    add(page, "Food parcels").click()
    add(page, "Soup kitchen").click()
    expect(told(page)).to_have_text("Soup kitchen is now choice 2 of 2.")
    expect(page.get_by_role("link", name="Soup kitchen", exact=True).first).to_be_focused()
    assert page.evaluate("window.same")
    assert kept(site) == ["Food parcels", "Soup kitchen"]
    context.close()


def no_fetching(route: Route) -> None:
    if route.request.resource_type == "fetch":
        route.abort()
    else:
        route.continue_()


def test_where_fetching_fails_the_form_goes_as_it_does_without_script(browser: Browser, site: Site) -> None:
    context = site.context(browser)
    page = context.new_page()
    page.goto(site.url("opportunities"))
    page.route("**/opportunities", no_fetching)
    add(page, "Food parcels").click()
    expect(page.get_by_text("Your 1st choice")).to_be_visible()
    assert kept(site) == ["Food parcels"]
    context.close()


def drag(page: Page, title: str, *, onto: str) -> None:
    """Move the handle of one row over another one, in small steps."""
    rows = {name: page.locator(".app-ranking__row", has_text=name) for name in (title, onto)}
    start, end = rows[title].locator(".app-drag").bounding_box(), rows[onto].bounding_box()
    assert start is not None
    assert end is not None
    x, y = start["x"] + start["width"] / 2, start["y"] + start["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, end["y"] + end["height"] / 2 - (6 if end["y"] < y else -6), steps=12)


def test_a_choice_is_dragged_to_its_place_and_dragging_can_be_broken_off(
    browser: Browser, site: Site
) -> None:
    context = site.context(browser, size={"width": 1280, "height": 1400})
    page = context.new_page()
    console = watch_console(page)
    page.goto(site.url("opportunities"))
    for number, title in enumerate(TITLES[:3], start=1):
        add(page, title).click()
        expect(told(page)).to_contain_text(f"is now choice {number} of {number}")
    page.goto(site.url("choices"))
    drag(page, "Night shelter", onto="Food parcels")
    page.keyboard.press("Escape")
    page.mouse.up()
    assert kept(site) == list(TITLES[:3])
    drag(page, "Night shelter", onto="Food parcels")
    page.mouse.up()
    expect(told(page)).to_have_text("Night shelter is now choice 1 of 3.")
    assert kept(site) == ["Night shelter", *TITLES[:2]]
    page.get_by_role("button", name="Undo the last change").click()
    expect(told(page)).to_have_text("The last change is undone. You have 3 choices now.")
    expect(page.get_by_role("button", name="Undo the last change")).to_be_focused()
    assert kept(site) == list(TITLES[:3])
    assert console == []
    context.close()


def test_without_script_there_is_no_handle_to_drag(browser: Browser, site: Site) -> None:
    context = site.context(browser, script=False)
    page = context.new_page()
    page.goto(site.url("opportunities"))
    add(page, "Food parcels").click()
    page.goto(site.url("choices"))
    expect(page.get_by_text("Food parcels").first).to_be_visible()
    expect(page.locator(".app-drag")).to_be_hidden()
    context.close()


def test_dates_save_themselves_and_a_button_pressed_meanwhile_waits(browser: Browser, site: Site) -> None:
    context = site.context(browser)
    page = context.new_page()
    console = watch_console(page)
    page.goto(site.url("dates"))
    questions = page.locator(".app-dates .nhsuk-form-group")
    questions.nth(0).get_by_label("I cannot").check()
    expect(told(page)).to_contain_text("Saved at")
    expect(page.locator(".app-month__cannot")).to_have_count(1)
    for number in (1, 2, 3):
        questions.nth(number).get_by_label("If need be").check()
    page.get_by_role("button", name="Save and go on").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Check your answers")
    with site.app.app_context(), reading() as session:
        answers = list(preferences.date_answers(session, site.leader_id).values())
    assert sorted(answers) == ["can", "can", "cannot", "if_need_be", "if_need_be", "if_need_be"]
    assert console == []
    context.close()


def test_dates_that_could_not_be_saved_say_so_and_are_saved_by_the_button(
    browser: Browser, site: Site
) -> None:
    context = site.context(browser)
    page = context.new_page()
    page.goto(site.url("dates"))
    page.route("**/dates", no_fetching)
    page.locator(".app-dates .nhsuk-form-group").nth(0).get_by_label("I cannot").check()
    expect(told(page)).to_contain_text("Not saved yet.")
    page.get_by_role("button", name="Save and go on").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Check your answers")
    context.close()


@pytest.mark.parametrize("forced", ["active", "none"])
def test_the_map_is_there_in_colours_of_the_reader_and_on_paper(
    browser: Browser, site: Site, forced: str
) -> None:
    context = site.context(browser)
    page = context.new_page()
    page.emulate_media(forced_colors=forced)  # type: ignore[arg-type]  # one of the two words
    page.goto(site.url("opportunities"))
    marker = page.locator(".app-map__marker").first
    number = page.locator(".app-map__number").first
    fill, ground = (it.evaluate("it => getComputedStyle(it).fill") for it in (marker, number))
    assert fill != ground
    page.emulate_media(media="print", forced_colors=forced)  # type: ignore[arg-type]  # one of the two words
    expect(page.locator(".app-map")).to_be_visible()
    expect(page.get_by_role("button", name="Add to my choices").first).to_be_hidden()
    context.close()
