"""Back, Forward and reload after a press, in a real browser: they send nothing, and nothing is done twice."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, Request, expect
from sqlalchemy import func, select

from placement.db import db, reading
from tests.browser.test_hosting_pages import as_coordinator, tell, withdraw, write
from tests.browser.test_partner_pages import YEAR, Site, fill_hours, site

__all__ = ["site"]

pytestmark = pytest.mark.browser

NEVER_ALIKE = frozenset({"signed_in", "hit"})
"""What each visit changes."""


@dataclass(frozen=True)
class Deed:
    """Something that is looked at before it is done: its page, what is typed, and the two buttons."""

    name: str
    path: str
    fill: Callable[[Page], None]
    look: str
    do: str
    by_coordinator: bool = False


def put(**typed: str) -> Callable[[Page], None]:
    """Type into the fields with these ids."""

    def fill(page: Page) -> None:
        for name, text in typed.items():
            page.locator(f"#{name}").fill(text)

    return fill


def elsewhere(page: Page) -> None:
    put(address="2 Dock Street")(page)
    page.get_by_label("No, people go somewhere else").check()
    if (steps := page.locator("[name=step_free][value=yes]")).count():
        steps.check()


def workshop(page: Page) -> None:
    page.get_by_label("Workshop").check()
    page.get_by_label("Online", exact=True).check()
    put(title="Leading together", starts="9:30am", ends="11am", joining_link="https://meet.example/x")(page)
    put(**{"day-day": "4", "day-month": "3", "day-year": str(YEAR)})(page)


SEE, KEEP = "See what it would do", "Save the change"
DEEDS = (
    Deed("a day is withdrawn", "days/{day}/withdraw", withdraw, "", "Withdraw this day"),
    Deed("everybody is written to", "days/{day}/message", write, "", "Send to 2 people"),
    Deed("days are added", "days/new?opportunity={offer}", fill_hours, "Continue", "Save this day"),
    Deed(
        "the contact changes",
        "profile",
        put(about="A food bank", contact_name="Pat Quay", phone="01253 960575"),
        "Save",
        "Save and",
    ),
    Deed("the place changes", "sites/{site}", elsewhere, "Save", "Save and"),
    Deed("the words change", "opportunities/{offer}/about", put(title="Parcels"), "Save", "Save and"),
    Deed("a day changes", "days/{day}/change", put(starts="10am"), SEE, "Change the day", True),
    Deed("an event is planned", "events/new", workshop, SEE, "Plan it", True),
    Deed("a title changes", "opportunities/{offer}/words", put(title="Parcels"), SEE, KEEP, True),
    Deed("a place changes", "opportunities/{offer}/place", elsewhere, SEE, KEEP, True),
    Deed("a contact changes", "partners/{partner}/contact", put(name="Pat Quay"), SEE, KEEP, True),
    Deed(
        "a day is held online",
        "days/{day}/online",
        put(joining_link="https://meet.example/x"),
        SEE,
        "Hold",
        True,
    ),
)


def opened(page: Page, site: Site, deed: Deed) -> None:
    """Go to the form, by way of the list that it belongs to."""
    path = deed.path.format(day=site.matched_id, partner=site.partner_id, offer=1, site=1)
    if deed.by_coordinator:
        as_coordinator(page, site, path)
    else:
        site.enter(page, path)


def rows(site: Site) -> dict[str, int]:
    """How many rows there are of everything."""
    with site.app.app_context(), reading() as session:
        tables = [table for table in db.metadata.sorted_tables if table.name not in NEVER_ALIKE]
        return {table.name: session.scalar(select(func.count()).select_from(table)) or 0 for table in tables}


def watch(page: Page) -> list[str]:
    """From now on, by which method pages are asked for."""
    methods: list[str] = []

    def note(request: Request) -> None:
        if request.is_navigation_request():
            methods.append(request.method)

    page.on("request", note)
    return methods


@pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.name)
def test_going_to_and_fro_after_a_press_sends_nothing(page: Page, site: Site, deed: Deed) -> None:
    tell(site)
    opened(page, site, deed)
    deed.fill(page)
    if deed.look:
        page.get_by_role("button", name=deed.look).first.click()
    check = page.url
    assert page.locator(".nhsuk-error-summary").all_inner_texts() == []
    assert "?typed=" in check
    page.reload()
    page.get_by_role("button", name=deed.do).first.click()
    expect(page.locator(".nhsuk-notification-banner")).to_be_visible()
    done, methods = rows(site), watch(page)
    for going in (page.go_back, page.reload, page.go_back, page.go_forward, page.go_forward, page.reload):
        going()
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.locator(".nhsuk-error-summary")).to_have_count(0)
    assert set(methods) == {"GET"}
    assert rows(site) == done
    page.goto(check)
    if (again := page.get_by_role("button", name=deed.do)).count():
        again.first.click()
    assert rows(site) == done, "the button of the page from before does it once more"


@pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.name)
def test_the_way_back_to_the_form_keeps_what_was_typed_and_sends_nothing(
    page: Page, site: Site, deed: Deed
) -> None:
    tell(site)
    opened(page, site, deed)
    deed.fill(page)
    typed = values(page)
    if deed.look:
        page.get_by_role("button", name=deed.look).first.click()
    before, methods = rows(site), watch(page)
    page.go_back()
    page.go_forward()
    assert set(methods) == {"GET"}
    page.get_by_role("button", name="Change").or_(page.get_by_role("button", name="Go back")).last.click()
    expect(page).to_have_url(re.compile(r"\?typed="))
    if typed:
        assert typed.items() <= values(page).items()
    page.reload()
    if typed:
        assert typed.items() <= values(page).items()
    assert rows(site) == before


def values(page: Page) -> dict[str, str]:
    """What stands in the boxes of the form."""
    boxes = page.locator("main form input[type=text], main form textarea").all()
    return {box.get_attribute("id") or "": box.input_value() for box in boxes if box.input_value()}
