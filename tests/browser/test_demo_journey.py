"""`make run`, then each role's main step in a real browser: from a posted day to invites in the outbox."""

import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.cli.commands import ROOT
from tests.cli.test_demo import free_port

pytestmark = pytest.mark.browser

PATIENCE = 120.0  # seconds; nothing here is about speed
A_WHILE = 60_000  # milliseconds
INVITE = re.compile("Your day on")


@contextmanager
def made_to_run(folder: Path) -> Iterator[str]:
    """What `make run` serves, as an address."""
    port = free_port()
    where = f"http://127.0.0.1:{port}"
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            ["make", "run", f"PORT={port}", f"FOLDER={folder / 'demo'}", f"VENV={sys.prefix}"],
            cwd=ROOT,
            env={name: value for name, value in os.environ.items() if not name.startswith("MAKE")},
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            wait_for(where, process, folder / "log")
            yield where
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(timeout=PATIENCE)


def wait_for(where: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        assert process.poll() is None, log.read_text()
        try:
            urllib.request.urlopen(f"{where}/healthz").close()
        except urllib.error.URLError:
            time.sleep(0.2)
        else:
            return
    pytest.fail(f"nothing is served at {where}: {log.read_text()}")


def sign_in(page: Page, where: str, role: str) -> None:
    page.goto(where)
    if page.get_by_role("button", name="Sign out").count():
        page.get_by_role("button", name="Sign out").click()
        page.goto(where)
    page.get_by_role("button", name=f"Look around as a {role}").click()
    page.get_by_role("main").get_by_role("link").first.click()


def partner_adds_a_day(page: Page) -> None:
    page.get_by_role("button", name="Add a day").click()
    page.get_by_role("radio").first.check()
    page.get_by_role("button", name="Continue").click()
    year = time.gmtime().tm_year + 1
    first = page.get_by_role("group", name="Date", exact=True)
    for label, text in (("Day", "17"), ("Month", "6"), ("Year", str(year))):
        first.get_by_label(label, exact=True).fill(text)
    page.get_by_label("Start", exact=True).fill("9:30am")
    page.get_by_label("End", exact=True).fill("3pm")
    page.get_by_label("Most people").fill("3")
    page.get_by_label("Fewest people").fill("1")
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name=re.compile("add|save", re.IGNORECASE)).click()
    expect(page.get_by_role("main")).to_contain_text(f"17 June {year}")


def leader_chooses_and_submits(page: Page) -> None:
    page.get_by_role("link", name=re.compile("Choose placements")).click()
    for number in range(1, 4):
        page.get_by_role("button", name="Add to my choices").first.click()
        expect(page.get_by_role("status").first).to_contain_text(f"is now choice {number} of {number}")
    page.get_by_role("button", name="Put my choices in order").first.click()
    page.get_by_role("button", name=re.compile("^Up|Move .* up")).last.click()
    expect(page.get_by_role("status").first).to_contain_text("is now choice 2 of 3")
    page.goto(page.url.split("/choices")[0] + "/check")
    page.get_by_role("button", name="Submit my answers").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Your answers are in")


def coordinator_runs_reviews_and_confirms(page: Page) -> int:
    page.get_by_role("button", name="Run the match").click()
    page.get_by_role("button", name=re.compile("Run the match|Start")).click()
    confirm = page.get_by_role("main").get_by_role("button", name=re.compile("onfirm"))
    confirm.first.wait_for(timeout=A_WHILE)
    expect(page.get_by_role("main")).to_contain_text("proven", ignore_case=True)
    confirm.first.click()
    expect(page.get_by_role("main")).to_contain_text("Your day on")
    page.get_by_role("button", name=re.compile("Confirm")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Sending")
    found = re.search(r"(\d+) placements? confirmed", page.get_by_role("main").inner_text())
    assert found is not None
    return int(found[1])


@pytest.mark.timeout(400)
@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_the_demo_goes_from_a_posted_day_to_invites_in_the_outbox(
    browser: object, tmp_path: Path, script: bool
) -> None:
    with made_to_run(tmp_path) as where:
        context = browser.new_context(java_script_enabled=script)  # type: ignore[attr-defined]
        page = context.new_page()
        sign_in(page, where, "partner")
        partner_adds_a_day(page)
        sign_in(page, where, "leader")
        leader_chooses_and_submits(page)
        sign_in(page, where, "coordinator")
        confirmed = coordinator_runs_reviews_and_confirms(page)
        assert confirmed > 50
        invites_in_the_outbox(page, where, confirmed)
        context.close()


def invites_in_the_outbox(page: Page, where: str, confirmed: int) -> None:
    """All invites arrive, and each is shown as text, as HTML and as a calendar entry."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and invites_listed(page, where) < confirmed:
        time.sleep(0.5)
    assert invites_listed(page, where) == confirmed
    page.get_by_role("link", name=INVITE).first.click()
    expect(page.get_by_role("main")).to_contain_text("BEGIN:VCALENDAR")
    expect(page.get_by_role("main")).to_contain_text("METHOD:REQUEST")
    page.locator("iframe").scroll_into_view_if_needed()
    expect(page.frame_locator("iframe").locator("body")).to_contain_text("You have a place with")


def invites_listed(page: Page, where: str) -> int:
    """How many invites the outbox lists, on all its pages."""
    page.goto(f"{where}/demo/outbox")
    found = page.get_by_role("link", name=INVITE).count()
    while (older := page.get_by_role("link", name="Older mails")).count():
        with page.expect_navigation():  # counting does not wait for the page that a click leads to
            older.click()
        found += page.get_by_role("link", name=INVITE).count()
    return found
