"""The day sheet in a real browser: on a phone, printed on one page of A4, with script and without."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from placement.db import unit_of_work
from placement.services import sign_in
from placement.services.scope import Scope
from tests.browser.browser import PHONE, faults_at_all_widths, make_app, served, watch_console
from tests.databases import SqliteServer, dispose, settings
from tests.factories.opportunities import make_opportunity, make_slot
from tests.factories.people import make_coordinator, make_leader, make_partner, make_user
from tests.factories.placements import make_invite, make_placement
from tests.factories.programmes import make_cohort, make_organisation

pytestmark = pytest.mark.browser

JUNE = datetime(datetime.now(UTC).year + 1, 6, 10, 8, 30, tzinfo=UTC)
PARTNER, COORDINATOR = "placements@seaport.example", "chloe@programme.example"
REPLIES = ("ACCEPTED", "NEEDS-ACTION", "TENTATIVE", "DECLINED")


@dataclass(frozen=True)
class Site:
    """A served site with one day of twelve people, and a way in."""

    app: Flask
    address: str
    partner_sheet: str
    coordinator_sheet: str
    all_days: str

    def enter(self, page: Page, email: str, path: str) -> None:
        with self.app.app_context(), unit_of_work() as session:
            link = sign_in.one_time_link(Scope.system(session), email, now=datetime.now(UTC))
        page.goto(self.address + link)
        page.get_by_role("button", name="Sign in").click()
        page.goto(self.address + path)


@pytest.fixture
def site(sqlite_server: SqliteServer, tmp_path: Path) -> Iterator[Site]:
    with sqlite_server.database() as url:
        app = make_app(settings(url, tmp_path))
        with app.app_context(), unit_of_work() as session:
            cohort = make_cohort(session, name="Fylde Coast")
            user = make_user(session, email=PARTNER, name="Kate Hooper")
            partner = make_partner(
                session, cohort=cohort, user=user, name="Seaport Food Bank", phone="01253 555 0101"
            )
            make_coordinator(session, cohort=cohort, user=make_user(session, name="Chloe", email=COORDINATOR))
            offer = make_opportunity(
                session,
                partner=partner,
                title="Food parcels",
                description="Pack and carry. " * 60,
                check_required="basic",
            )
            slot = make_slot(session, opportunity=offer, starts_at=JUNE, capacity=12)
            trust = make_organisation(
                session, cohort=cohort, name="Coastal Teaching Hospitals NHS Foundation Trust"
            )
            for number in range(12):
                leader = make_leader(
                    session,
                    cohort=cohort,
                    name=f"Leader {number:02} Winterbottom-Featherstonehaugh",
                    organisation_id=trust.id,
                    role="Associate Director of Integrated Neighbourhood Teams",
                )
                placed = make_placement(session, leader=leader, slot=slot)
                make_invite(session, placement=placed, partstat=REPLIES[number % 4])
            day = f"days/{slot.id}/sheet"
            keys = (
                f"/partner/{partner.id}/{day}",
                f"/coordinator/{cohort.id}/{day}",
                f"/partner/{partner.id}/who-is-coming",
            )
        with served(app) as address:
            yield Site(app, address, *keys)
        dispose(app)


def pages_of(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf))


def test_the_sheet_fits_every_width_and_one_page_of_paper(page: Page, site: Site, tmp_path: Path) -> None:
    console = watch_console(page)
    site.enter(page, PARTNER, site.partner_sheet)
    assert faults_at_all_widths(page) == []
    expect(page.get_by_role("button", name="Print this sheet")).to_be_visible()
    pdf = page.pdf(prefer_css_page_size=True)
    assert pages_of(pdf) == 1
    assert console == []
    page.goto(site.address + site.all_days)
    assert faults_at_all_widths(page) == []
    assert console == []


def test_the_printed_sheet_has_text_that_can_be_selected_and_nothing_of_the_site_around_it(
    page: Page, site: Site, tmp_path: Path
) -> None:
    reader = shutil.which("pdftotext")
    if reader is None:
        pytest.skip("no pdftotext found (package poppler-utils)")
    site.enter(page, COORDINATOR, site.coordinator_sheet)
    file = tmp_path / "sheet.pdf"
    file.write_bytes(page.pdf(prefer_css_page_size=True))
    text = subprocess.run(
        [reader, "-layout", str(file), "-"], capture_output=True, check=True
    ).stdout.decode()
    assert text.count("Winterbottom-Featherstonehaugh") == 12
    assert "Contact on the day" in text
    assert "01253 555 0101" in text
    assert COORDINATOR in text
    for around in (
        "Sign out",
        "Accessibility",
        "Skip to main",
        "To print this page",
        "Crown copyright",
        "Back",
    ):
        assert around not in text


def test_the_sheet_can_be_printed_on_a_phone_without_script(browser: Browser, site: Site) -> None:
    context = browser.new_context(java_script_enabled=False, viewport=PHONE)  # type: ignore[arg-type]  # a mapping
    page = context.new_page()
    site.enter(page, PARTNER, site.partner_sheet)
    expect(page.get_by_text("press Ctrl and P")).to_be_visible()
    expect(page.get_by_role("button", name="Print this sheet")).to_be_hidden()
    expect(page.locator(".app-sheet__box")).to_have_count(36)
    context.close()
