"""Asking for a swap and granting it in a real browser, with and without script."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from placement.app import create_app
from placement.db import unit_of_work
from placement.models import Invite, Placement, SwapRequest
from tests.browser.browser import faults_at_all_widths, served, watch_console
from tests.browser.test_coordinator_pages import sign_in
from tests.databases import SqliteServer, dispose, settings
from tests.web.cohort_states import Found
from tests.web.swap_people import Swapper, Swappers, swappers

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def app(sqlite_server: SqliteServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    with sqlite_server.database() as url:
        app = create_app(settings(url, tmp_path_factory.mktemp("swaps")))
        yield app
        dispose(app)


@pytest.fixture(scope="module")
def address(app: Flask) -> Iterator[str]:
    with served(app) as address:
        yield address


@pytest.fixture
def found(app: Flask) -> Swappers:
    return swappers(app)


@pytest.fixture
def scriptless(browser: Browser) -> Iterator[Page]:
    """A page in a browser that runs no script."""
    context = browser.new_context(java_script_enabled=False)
    yield context.new_page()
    context.close()


def as_leader(page: Page, app: Flask, address: str, found: Swappers, who: Swapper) -> None:
    with app.app_context(), unit_of_work() as session:
        email = (
            session.scalars(select(Placement).where(Placement.id == who.placement_id)).one().leader.user.email
        )
    sign_in(page, app, address, Found(found.desk.found.cohort_id, 0, email))


def end(app: Flask, number: int, status: str) -> None:
    with app.app_context(), unit_of_work() as session:
        row = session.get_one(SwapRequest, number)
        row.status, row.answer = status, "All other days are full." if status == "refused" else ""


def decline(app: Flask, who: Swapper) -> None:
    with app.app_context(), unit_of_work() as session:
        invites = select(Invite).where(Invite.placement_id == who.placement_id)
        session.scalars(invites).one().partstat = "DECLINED"


def look(page: Page, address: str, path: str, *, name: str, status: int = 200) -> list[str]:
    """Open a page and look for faults."""
    assert page.goto(address + path).status == status  # type: ignore[union-attr]
    return [f"{name} {fault}" for fault in faults_at_all_widths(page)]


def test_the_leaders_pages_are_accessible_and_fit_every_width_in_each_state(
    page: Page, app: Flask, address: str, found: Swappers
) -> None:
    one = found.one
    as_leader(page, app, address, found, one)
    console, own = watch_console(page), f"/leader/{one.leader_id}/placement"
    faults = look(page, address, one.path, name="the form")
    page.get_by_role("button", name="Ask for a swap").click()
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    faults += [f"errors {fault}" for fault in faults_at_all_widths(page)]
    one.ask(words="A meeting that I cannot move")
    number = found.requests()[-1][0]
    for path, name in ((one.path, "waiting"), (own, "placement"), (f"/leader/{one.leader_id}/", "tasks")):
        faults += look(page, address, path, name=name)
    for status in ("refused", "lapsed"):
        end(app, number, status)
        faults += look(page, address, own, name=f"placement, {status}")
        faults += look(page, address, one.path, name=status)
    decline(app, one)
    faults += look(page, address, one.path, name="closed")
    assert faults == []
    assert console == []


def test_the_coordinators_pages_are_accessible_and_fit_every_width_in_each_state(
    page: Page, app: Flask, address: str, found: Swappers
) -> None:
    sign_in(page, app, address, found.desk.found)
    console, url = watch_console(page), found.desk.found.url
    faults = look(page, address, url("swaps"), name="empty")
    found.one.ask(words="A meeting that I cannot move")
    found.three.ask()
    found.two.ask()
    (first, _), (third, _), (second, _) = found.requests()
    cafe = found.slots()[1]
    for path in (
        *("", "swaps", f"swaps/{first}", f"swaps/{third}", f"swaps/{first}/seats/{cafe}"),
        *(f"swaps/{first}/exchanges/{third}", f"swaps/{first}/refuse", "swaps?search=nobody"),
    ):
        faults += look(page, address, url(path), name=path)
    page.goto(address + url(f"swaps/{first}/refuse"))
    page.get_by_role("button", name="Refuse and send 1 mail").click()
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    faults += [f"errors {fault}" for fault in faults_at_all_widths(page)]
    end(app, second, "refused")
    end(app, first, "withdrawn")
    faults += look(page, address, url(f"swaps/{first}/seats/{cafe}"), name="stale", status=409)
    faults += look(page, address, url(f"swaps/{second}"), name="refused")
    faults += look(page, address, url("swaps?show=all"), name="all")
    assert faults == []
    assert console == []


def test_asking_and_granting_work_without_script(
    scriptless: Page, app: Flask, address: str, found: Swappers
) -> None:
    page = scriptless
    as_leader(page, app, address, found, found.one)
    page.goto(address + found.one.path)
    page.get_by_label("Something at work falls on that day").check()
    page.get_by_label("Any of my choices").check()
    page.get_by_role("button", name="Ask for a swap").click()
    expect(page.get_by_text("Your request is with your coordinator.")).to_be_visible()
    sign_in(page, app, address, found.desk.found)
    page.goto(address + found.desk.found.url("swaps"))
    page.get_by_role("link", name=found.one.name).click()
    page.get_by_role("link", name="See what it would do").click()
    page.get_by_role("button", name="Make the swap").click()
    expect(page.get_by_text(f"The swap is made for {found.one.name}.")).to_be_visible()
    assert found.has(found.one) == found.slots()[1]


def test_a_swap_is_asked_for_by_the_keyboard_alone(
    page: Page, app: Flask, address: str, found: Swappers
) -> None:
    as_leader(page, app, address, found, found.one)
    page.goto(address + found.one.path)
    page.get_by_label("It is hard for me to get there").focus()
    page.keyboard.press("Space")
    page.get_by_label("Any of my choices").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Ask for a swap").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("You keep your day until a swap is agreed.")).to_be_visible()
    assert [status for _, status in found.requests()] == ["waiting"]
