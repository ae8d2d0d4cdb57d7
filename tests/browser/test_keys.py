"""The two keyboard shortcuts of those who work with lists, in a real browser."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.browser import faults_at_all_widths, watch_console
from tests.browser.stage import Scene, Stage

pytestmark = pytest.mark.browser

STATE = "cohort confirmed"
MENTIONED = ("/help", "/cookies", "/account")


@pytest.fixture
def scene(stage: Stage) -> Scene:
    return stage.put_on(STATE)


@pytest.fixture
def page(browser: Browser, stage: Stage, scene: Scene) -> Page:
    """The coordinator's list of people."""
    page = stage.page(browser, scene, "coordinator")
    page.goto(stage.address + people(stage, scene))
    return page


def people(stage: Stage, scene: Scene) -> str:
    path = scene.path(stage.app, next(stage.app.url_map.iter_rules("coordinator.show_people")))
    assert path is not None
    return path


def shortcuts(page: Page) -> list[str]:
    """The lists of shortcuts that are open."""
    return page.locator("dialog[open] h2").all_inner_texts()


def test_a_slash_goes_to_the_search_and_marks_what_stands_there(page: Page) -> None:
    page.goto(f"{page.url}?search=ada")
    page.keyboard.press("/")
    search = page.get_by_role("searchbox")
    expect(search).to_be_focused()
    expect(search).to_have_value("ada")
    page.keyboard.type("bo")
    expect(search).to_have_value("bo")


def test_a_question_mark_shows_the_list_and_the_focus_comes_back_when_it_closes(page: Page) -> None:
    console = watch_console(page)
    link = page.get_by_role("link", name="Skip to main content")
    link.focus()
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(dialog.get_by_role("button", name="Close")).to_be_focused()
    assert faults_at_all_widths(page) == []
    for closing in ("Escape", "Enter"):
        page.keyboard.press(closing)
        expect(dialog).to_be_hidden()
        expect(link).to_be_focused()
        page.keyboard.press("?")
        expect(dialog).to_be_visible()
    assert console == []


@pytest.mark.parametrize("field", ["input", "select", "textarea", "[contenteditable]"])
def test_in_a_field_the_keys_are_letters(page: Page, field: str) -> None:
    page.evaluate("""() => document.querySelector("main").insertAdjacentHTML("beforeend",
        "<input id=in-input><select id=in-select><option>a</select><textarea id=in-textarea></textarea>" +
        "<p id=in-contenteditable contenteditable></p>")""")
    own = page.locator(f"#in-{field.strip('[]')}")
    own.focus()
    page.keyboard.press("?")
    page.keyboard.press("/")
    expect(own).to_be_focused()
    assert shortcuts(page) == []
    typed = "el => el.value ?? el.innerText"
    assert own.evaluate(typed) == ("a" if field == "select" else "?/")


@pytest.mark.parametrize("held", ["Control", "Alt", "Meta"])
def test_with_another_key_held_down_they_do_nothing(page: Page, held: str) -> None:
    page.keyboard.press(f"{held}+?")
    page.keyboard.press(f"{held}+/")
    expect(page.get_by_role("searchbox")).not_to_be_focused()
    assert shortcuts(page) == []


def test_a_page_without_a_search_lets_the_slash_be(page: Page, stage: Stage) -> None:
    page.goto(f"{stage.address}/account")
    page.keyboard.press("/")
    assert page.evaluate("() => document.activeElement === document.body")
    page.keyboard.press("?")
    assert shortcuts(page) == ["Keyboard shortcuts"]


def test_they_stay_off_once_they_are_turned_off_and_the_account_turns_them_on(
    page: Page, stage: Stage, scene: Scene
) -> None:
    page.keyboard.press("?")
    page.get_by_role("button", name="Turn shortcuts off").click()
    expect(page.get_by_role("status")).to_contain_text("Keyboard shortcuts are off in this browser.")
    page.keyboard.press("?")
    assert shortcuts(page) == []
    page.goto(stage.address + people(stage, scene))
    page.keyboard.press("/")
    page.keyboard.press("?")
    expect(page.get_by_role("searchbox")).not_to_be_focused()
    assert shortcuts(page) == []
    page.goto(f"{stage.address}/account")
    expect(page.get_by_text("They are off in this browser.")).to_be_visible()
    assert faults_at_all_widths(page) == []
    turn_on = page.get_by_role("button", name="Turn shortcuts on")
    turn_on.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("They are on in this browser.")).to_be_visible()
    expect(page.get_by_role("button", name="Turn shortcuts off")).to_be_focused()
    page.keyboard.press("?")
    assert shortcuts(page) == ["Keyboard shortcuts"]


@pytest.mark.parametrize("role", ["coordinator", "viewer"])
def test_pages_speak_of_them_to_those_who_have_them(
    browser: Browser, stage: Stage, scene: Scene, role: str
) -> None:
    page = stage.page(browser, scene, role)
    for path in MENTIONED:
        page.goto(stage.address + path)
        for words in page.locator("summary").all():
            words.click()
        expect(page.get_by_text("shortcuts").first).to_be_visible()


@pytest.mark.parametrize("role", ["leader", "partner", "signed out"])
def test_others_have_no_shortcuts_and_read_nothing_of_them(
    browser: Browser, stage: Stage, scene: Scene, role: str
) -> None:
    page = stage.page(browser, scene, role)
    for path in MENTIONED:
        page.goto(stage.address + path)
        page.keyboard.press("?")
        assert shortcuts(page) == []
        assert "shortcuts" not in page.content()


def test_without_script_no_page_speaks_of_them(without_script: Page, stage: Stage, scene: Scene) -> None:
    cookie = scene.browsers["coordinator"].client.get_cookie("placement")
    assert cookie is not None
    without_script.context.add_cookies([{"name": "placement", "value": cookie.value, "url": stage.address}])
    for path in MENTIONED:
        without_script.goto(stage.address + path)
        expect(without_script.get_by_role("link", name="Help", exact=True)).to_be_visible()
        for words in without_script.locator("summary:visible").all():
            words.click()
        for words in without_script.get_by_text("shortcuts").all():
            expect(words).to_be_hidden()
