"""Who is coming on all days of a partner, and the sheet of one day, for partners and coordinators."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select

from placement.db import reading, unit_of_work
from placement.models import AuditEvent, Cohort, Opportunity, Partner, Placement
from placement.services.access import record_need
from placement.web.presenters import day as in_words
from tests.factories.people import make_coordinator, make_leader, make_user
from tests.factories.programmes import make_organisation
from tests.web.browsing import Browser
from tests.web.coordinator_desk import seats
from tests.web.page import Page, check_page, text_of
from tests.web.partners import JUNE, Partners, partner

__all__ = ["partner"]

ANSWERS = {
    "ACCEPTED": "Coming",
    "TENTATIVE": "Perhaps",
    "DECLINED": "Cannot come",
    "NEEDS-ACTION": "No answer yet",
}


def people(page: Page) -> list[list[str]]:
    """The rows of all tables below their heads."""
    return [row for row in page.rows() if row[0] != "Name"]


def fill(partner: Partners) -> int:
    """A day of five with four people, one of each answer, who need something and have addresses."""
    slot_id = partner.make_day(capacity=5, minimum=2)
    for number, reply in enumerate(ANSWERS):
        partner.place(slot_id, name=f"Person {number}", role="Matron", partstat=reply, need="Lip-reads")
    return slot_id


def test_all_days_show_names_organisations_roles_and_answers_month_by_month(partner: Partners) -> None:
    slot_id = fill(partner)
    partner.make_day(starts_at=JUNE + timedelta(days=31), capacity=3)
    page = partner.get("who-is-coming")
    assert page.h1 == "Who is coming"
    headings = [text_of(element) for element in page.root.iter("h2")]
    assert [f"June {JUNE.year}", f"July {JUNE.year}"] == [text for text in headings if str(JUNE.year) in text]
    assert people(page) == [[f"Person {n}", "–", "Matron", words] for n, words in enumerate(ANSWERS.values())]
    assert "4 of 5 places filled, at least 2 needed" in page.text
    assert "Answers: 1 coming, 1 perhaps, 1 cannot come, 1 no answer yet." in page.text
    assert "Nobody has been placed yet. There is room for 3 people." in page.text
    assert page.links[in_words(JUNE)] == f"/partner/{partner.id}/days/{slot_id}"
    assert f"/partner/{partner.id}/calendar" in page.links.values()
    assert page.links["chloe@programme.example"] == "mailto:chloe@programme.example"
    for hidden in ("Lip-reads", "@people.example"):
        assert hidden not in page.text


def test_needs_are_told_to_the_partner_by_those_who_want_it_and_each_reading_is_recorded(
    partner: Partners,
) -> None:
    slot_id = partner.make_day(capacity=5)
    partner.place(slot_id, name="Person 0", need="Lip-reads")
    partner.place(slot_id, name="Person 1", need="Needs a quiet room", shared=True)
    elsewhere = make_elsewhere(partner.app)
    assert reads(partner.app) == []
    for _ in range(2):
        page = partner.get("who-is-coming")
        assert "What Person 1 needs: Needs a quiet room" in page.text
        for hidden in ("Lip-reads", elsewhere):
            assert hidden not in page.text
    assert [len(facts["leaders"]) for facts in reads(partner.app)] == [1, 1]
    for name in (f"days/{slot_id}", f"days/{slot_id}/sheet", ""):
        assert "quiet room" not in partner.get(name).text


def test_needs_are_told_no_more_when_the_day_is_over_or_the_place_is_lost(partner: Partners) -> None:
    gone = partner.make_day(starts_at=datetime.now(UTC) - timedelta(days=3))
    partner.place(gone, name="Person 0", need="Lip-reads", shared=True)
    lost = partner.make_day()
    partner.place(lost, name="Person 1", need="Needs a quiet room", shared=True)
    with partner.app.app_context(), unit_of_work() as session:
        for row in session.scalars(select(Placement).where(Placement.slot_id == lost)):
            row.status = "cancelled"
    page = partner.get("who-is-coming")
    for hidden in ("Lip-reads", "quiet room"):
        assert hidden not in page.text
    assert reads(partner.app) == []


def make_elsewhere(app: Flask) -> str:
    """Somebody who wants the partner to know, and is not placed at all; what they need."""
    with app.app_context(), unit_of_work() as session:
        cohort = session.scalars(select(Cohort)).one()
        record_need(session, make_leader(session, cohort=cohort), "A hearing loop", shared=True)
    return "A hearing loop"


def reads(app: Flask) -> list[Any]:
    """What is recorded of each reading of needs."""
    with app.app_context(), reading() as session:
        return list(session.scalars(select(AuditEvent.facts).where(AuditEvent.verb == "read_needs")))


def test_before_places_are_decided_it_says_when_names_come(partner: Partners) -> None:
    assert "You have no days to come" in partner.get("who-is-coming").text
    partner.make_day()
    assert "Places are not decided yet." in partner.get("who-is-coming").text
    partner.decide()
    page = partner.get("who-is-coming")
    assert "This day does not run this time" in page.text
    assert "Places are not decided yet." not in page.text


def test_days_that_are_over_stand_last_and_withdrawn_or_empty_ones_not_at_all(partner: Partners) -> None:
    begins = datetime(2020, 1, 7, 9, 0, tzinfo=UTC)
    for weeks in range(3):
        slot_id = partner.make_day(starts_at=begins + timedelta(weeks=weeks))
        if weeks:
            partner.place(slot_id, name=f"Visitor {weeks}")
    partner.make_day(status="withdrawn")
    page = partner.get("who-is-coming")
    assert [row[0] for row in people(page)] == ["Visitor 2", "Visitor 1"]
    assert "You have no days to come." in page.text
    assert in_words(JUNE) not in page.text
    assert in_words(begins) not in page.text


def test_the_pages_of_a_partner_lead_to_all_days_the_sheet_and_the_feed(partner: Partners) -> None:
    slot_id = fill(partner)
    start = partner.get()
    assert start.links["Who is coming on all days"] == f"/partner/{partner.id}/who-is-coming"
    assert f"/partner/{partner.id}/calendar" in start.links.values()
    sheet = f"/partner/{partner.id}/days/{slot_id}/sheet"
    assert partner.get(f"days/{slot_id}").links["Day sheet to print"] == sheet
    assert sheet in partner.get("who-is-coming").links.values()


def _facts(partner: Partners) -> None:
    with partner.app.app_context(), unit_of_work() as session:
        row = session.get_one(Partner, partner.id)
        row.contact_name, row.phone = "Sam Hill", "01253 555 0101"
        offer = session.get_one(Opportunity, partner.opportunity_id)
        offer.description, offer.what_to_know = "Pack parcels. " * 100, "Wear flat shoes."
        offer.check_required = "enhanced"


def test_a_sheet_has_all_that_the_host_needs_and_boxes_to_tick(partner: Partners) -> None:
    slot_id = fill(partner)
    _facts(partner)
    page = partner.get(f"days/{slot_id}/sheet")
    assert page.h1 == f"Day sheet, {in_words(JUNE)}"
    assert [row[0] for row in people(page)] == [
        f"Person {n}Matron, {words.lower()}" for n, words in enumerate(ANSWERS.values())
    ]
    assert [row[1:] for row in people(page)] == [["", "", ""]] * 4
    for told in (
        "Food parcels",
        "9:30am to 4pm",
        "Sam Hill, 01253 555 0101",
        "Wear flat shoes. An enhanced criminal record check (DBS) is needed",
        "4 people expected",
        "Filled in by, and when",
        "Chloe Coordinator, chloe@programme.example",
        "use your browser’s print",
    ):
        assert told in page.text
    assert page.text.count("Pack parcels.") < 30
    for hidden in ("Lip-reads", "@people.example"):
        assert hidden not in page.text


def test_a_sheet_without_people_says_so(partner: Partners) -> None:
    open_day, withdrawn = (
        partner.make_day(),
        partner.make_day(starts_at=JUNE + timedelta(days=1), status="withdrawn"),
    )
    assert "Nobody is confirmed on this day." in partner.get(f"days/{open_day}/sheet").text
    assert "This day is withdrawn. Nobody will be sent." in partner.get(f"days/{withdrawn}/sheet").text


def test_a_coordinator_has_the_same_sheet(partner: Partners, visit: Callable[..., Browser]) -> None:
    slot_id = fill(partner)
    with partner.app.app_context(), unit_of_work() as session:
        cohort = session.get_one(Partner, partner.id).cohort
        make_organisation(session, cohort=cohort)
        user = make_user(session, email="second@programme.example")
        make_coordinator(session, cohort=cohort, user=user)
        base = f"/coordinator/{cohort.id}/days/{slot_id}"
    browser = visit(email="second@programme.example")
    assert check_page(browser.get(base)).links["Day sheet to print"] == f"{base}/sheet"
    page = check_page(browser.get(f"{base}/sheet"))
    assert page.rows() == partner.get(f"days/{slot_id}/sheet").rows()
    assert page.links[in_words(JUNE)] == base


def test_what_confirming_tells_partners_can_be_read_before(site: Flask) -> None:
    desk = seats(site)("solved")
    page = desk.get("runs/RUN/confirm")
    partner = f"Seaport Food Bank {desk.found.cohort_id}"
    assert f"{partner}: who is coming" in page.text
    assert "1 partner is told by mail who is coming" in page.text
    values = [element.get("value", "") for element in page.root.iter("option")]
    (key,) = [value for value in values if value.startswith("partner-")]
    shown = desk.get(f"runs/RUN/confirm?leader={key}").text
    assert f"These people are coming to {partner}." in shown
    assert f"Who is coming to {partner}: 2 days" in shown
    answer = desk.post("runs/RUN/confirm")
    assert answer.status_code == 303
    sending = desk.get("sending").text
    assert "1 partner told" in sending
    assert "Who is coming, " in sending
