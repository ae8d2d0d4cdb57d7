"""Takes the pictures of docs/screens.md: each role's main pages, of a made-up season in a real browser.

    python -m tests.browser.screens [FOLDER]

The season is the demonstration's, matched and confirmed, and matched once more. Each page is taken at the
width of a desktop and of a phone.
"""

import re
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import case, func, select, update
from sqlalchemy.orm import Session

from placement.app import create_app
from placement.cli import demo_cohort
from placement.cli.demo import COORDINATOR_NAME, USERS
from placement.config import sqlite_url
from placement.db import reading, unit_of_work
from placement.db.schema import upgrade
from placement.models import (
    Cohort,
    Invite,
    Leader,
    MatchRun,
    Opportunity,
    Partner,
    Placement,
    Slot,
    SwapRequest,
    User,
)
from placement.services import match_runs, people, sign_in, swap_requests
from placement.services.confirmations import confirm_run
from placement.services.demonstration import COHORT
from placement.services.scope import Scope
from placement.worker.solve import explain_here, solve_here
from tests.browser.browser import DESKTOP, PHONE, launch_options, resize, served
from tests.cli.commands import ROOT
from tests.databases import settings
from tests.services.small_cohort import SENDER

FOLDER = ROOT / "docs" / "images" / "screens"
DOCUMENT = ROOT / "docs" / "screens.md"
HEAD = """\
# Screens

Each role's main pages at the width of a desktop and of a phone, of the demonstration after its match.
Taken by `python -m tests.browser.screens`, which writes this page, too; long pages are cut off.
"""
EMAILS = {**USERS, "viewer": "viewer@demo.example"}
QUALITY = 60
TALLEST = 1300  # pixels; a longer page is cut off
PAGES = {
    "everyone": ("/", "/sign-in", "/help", "/how-places-are-decided", "/accessibility"),
    "partner": (
        *("/home", "/partner/{partner}/", "/partner/{partner}/profile", "/partner/{partner}/sites"),
        *("/partner/{partner}/opportunities/{opportunity}", "/partner/{partner}/who-is-coming"),
        *("/partner/{partner}/days/{day}/message", "/partner/{partner}/days/{day}/withdraw"),
    ),
    "leader": (
        *("/home", "/leader/{leader}/", "/leader/{leader}/about", "/leader/{leader}/opportunities"),
        *("/leader/{leader}/choices", "/leader/{leader}/dates", "/leader/{leader}/placement"),
        *("/leader/{leader}/placement/{placement}/swap", "/leader/{leader}/my-data"),
    ),
    "coordinator": (
        *("/coordinator/{cohort}/", "/coordinator/{cohort}/set-up", "/coordinator/{cohort}/import"),
        *("/coordinator/{cohort}/people", "/coordinator/{cohort}/organisations"),
        *("/coordinator/{cohort}/waiting-list",),
        *("/coordinator/{cohort}/swaps", "/coordinator/{cohort}/swaps/{swap}"),
        *("/coordinator/{cohort}/opportunities", "/coordinator/{cohort}/days"),
        *("/coordinator/{cohort}/readiness", "/coordinator/{cohort}/runs/{run}"),
        *("/coordinator/{cohort}/runs/{run}/leaders", "/coordinator/{cohort}/runs/{run}/pictures"),
        *("/coordinator/{cohort}/runs/{run}/map",),
        *("/coordinator/{cohort}/runs/{run}/confirm", "/coordinator/{cohort}/sending"),
        *("/coordinator/{cohort}/attendance", "/coordinator/{cohort}/audit", "/account"),
    ),
    "viewer": ("/home", "/report/{cohort}/"),
}

PRESSED = {
    "/partner/{partner}/days/{day}/message": {"text": "Please come to the back door and ring the bell."},
    "/partner/{partner}/days/{day}/withdraw": {"reason": "staff", "words": "Two drivers are away that week."},
}
"""Forms whose next page is taken, with what is typed into them."""


def main(folder: Path) -> None:
    """Take all pictures into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    taken: dict[str, list[str]] = {}
    with (
        tempfile.TemporaryDirectory() as name,
        season(Path(name)) as app,
        served(app) as address,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(**launch_options())
        for role, paths in PAGES.items():
            taken[role] = _take(browser, app, address, role, paths, folder)
        browser.close()
    if folder == FOLDER:
        DOCUMENT.write_text(_document(taken), encoding="utf-8")


def _document(taken: Mapping[str, Sequence[str]]) -> str:
    """The page that shows all pictures."""
    parts = [HEAD]
    for role, names in taken.items():
        parts.append(f"## {role.capitalize()}\n")
        for name in names:
            both = " ".join(
                f"![{name}, {size['width']} px wide](images/screens/{name}-{size['width']}.jpg)"
                for size in (DESKTOP, PHONE)
            )
            parts.append(f"{both}\n")
    return "\n".join(parts)


@contextmanager
def season(folder: Path) -> Iterator[Flask]:
    """The demonstration after its match."""
    app = create_app(replace(settings(sqlite_url(folder / "screens.sqlite3"), folder)))
    with app.app_context():
        upgrade()
        with unit_of_work() as session:
            scope, now = Scope.system(session, label="screens"), datetime.now(UTC)
            demo_cohort.load(scope, coordinator=EMAILS["coordinator"], name=COORDINATOR_NAME, now=now)
            people.add_user(
                scope,
                email=EMAILS["viewer"],
                role="viewer",
                cohort_name=COHORT,
                name="Demo viewer",
                now=now,
            )
        run_id = _matched()
        with unit_of_work() as session:
            confirm_run(Scope.system(session), run_id, sender=SENDER, now=datetime.now(UTC))
            session.flush()
            session.execute(update(Invite).values(state="sent"))
        _asked_for_swaps()
        _matched()
    yield app


def _asked_for_swaps() -> None:
    """The leader whose pages are taken and two more would like another day."""
    with unit_of_work() as session:
        days = (
            select(Placement)
            .join(Leader, Leader.id == Placement.leader_id)
            .join(User, User.id == Leader.user_id)
        )
        asking = case((User.email == EMAILS["leader"], 0), else_=1)
        for day in session.scalars(days.order_by(asking, Placement.id).limit(3)):
            swap_requests.ask_for_swap(
                Scope.system(session, label="screens"),
                day.leader_id,
                day.id,
                reason="work",
                words="A meeting that I cannot move",
                wish=None,
                now=datetime.now(UTC),
            )


def _matched() -> int:
    with unit_of_work() as session:
        scope = Scope.system(session, label="screens")
        cohort_id = scope.cohort_named(COHORT).id
        run_id = match_runs.request_run(scope, cohort_id, seconds=30, now=datetime.now(UTC))
    explain_here(run_id, solve_here(run_id))
    return run_id


def _take(
    browser: Browser, app: Flask, address: str, role: str, paths: tuple[str, ...], folder: Path
) -> list[str]:
    """Take the pages of one role; gives the names of the pictures."""
    page = browser.new_context(locale="en-GB", timezone_id="Europe/London").new_page()
    with app.app_context(), reading() as session:
        ids = _ids(session)
    if role in EMAILS:
        with app.app_context(), unit_of_work() as session:
            link = sign_in.one_time_link(Scope.system(session), EMAILS[role], now=datetime.now(UTC))
        page.goto(address + link)
        page.get_by_role("button", name="Sign in").click()
    names = []
    for path in paths:
        page.goto(address + path.format(**ids))
        if typed := PRESSED.get(path):
            _press(page, typed)
        names.append(f"{role}-{_name(path)}")
        for size in (DESKTOP, PHONE):
            resize(page, size)
            _shoot(page, folder / f"{names[-1]}-{size['width']}.jpg")
    return names


def _press(page: Page, typed: Mapping[str, str]) -> None:
    """Fill in a form, and go on to the page that shows what it would do."""
    for name, text in typed.items():
        field = page.locator(f"[name={name}]")
        if field.first.get_attribute("type") == "radio":
            page.locator(f"[name={name}][value={text}]").check()
        else:
            field.fill(text)
    page.get_by_role("button", name="Continue").click()


def _ids(session: Session) -> dict[str, int]:
    def of_user(rows: type[Leader | Partner], role: str) -> int:
        found = select(rows.id).join(User, User.id == rows.user_id).where(User.email == EMAILS[role])
        return session.scalars(found).one()

    partner = of_user(Partner, "partner")
    leader = of_user(Leader, "leader")
    opportunities = select(func.min(Opportunity.id)).where(Opportunity.partner_id == partner)
    coming = select(func.min(Placement.slot_id)).join(Slot, Slot.id == Placement.slot_id)
    swaps = select(func.min(SwapRequest.id)).where(SwapRequest.leader_id == leader)
    return {
        "cohort": session.scalars(select(Cohort.id)).one(),
        "leader": leader,
        "partner": partner,
        "opportunity": session.scalars(opportunities).one() or 0,
        "run": session.scalars(select(func.min(MatchRun.id))).one() or 0,
        "day": session.scalars(coming.where(Slot.partner_id == partner)).one() or 0,
        "placement": session.scalars(select(Placement.id).where(Placement.leader_id == leader)).first() or 0,
        "swap": session.scalars(swaps).one() or 0,
    }


def _shoot(page: Page, file: Path) -> None:
    size = page.viewport_size or DESKTOP
    height = min(TALLEST, page.evaluate("() => document.documentElement.scrollHeight"))
    clip = {"x": 0, "y": 0, "width": size["width"], "height": height}
    page.screenshot(path=file, type="jpeg", quality=QUALITY, full_page=True, clip=clip)  # type: ignore[arg-type]  # a plain mapping


def _name(path: str) -> str:
    """The last words of an address that say what the page is."""
    words = [word for word in re.split(r"[/{}]+", path) if word and word not in {"partner", "leader"}]
    return "-".join(word for word in words if word not in {"coordinator", "cohort", "run"}) or "start"


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
