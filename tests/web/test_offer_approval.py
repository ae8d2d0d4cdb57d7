"""Coordinators look at what partners offer: the list, one placement, approving it, sending it back."""

from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from placement.db import reading, unit_of_work
from placement.models import Opportunity
from tests.factories.opportunities import make_activity, make_opportunity
from tests.web.coordinator_desk import Desk, seats

WAITED = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)


@pytest.fixture
def desk(site: Flask) -> Desk:
    return seats(site)("confirmed")


def add(desk: Desk, *kinds: str, **facts: Any) -> int:
    """An opportunity that waits for approval, beside those that are live."""
    with desk.app.app_context(), unit_of_work() as session:
        other = session.scalars(
            select(Opportunity).where(Opportunity.cohort_id == desk.found.cohort_id)
        ).first()
        assert other is not None
        told: dict[str, Any] = {"title": "Home visits", "status": "waiting", "waiting_since": WAITED}
        row = make_opportunity(session, partner=other.partner, check_required="enhanced", **(told | facts))
        for kind in kinds:
            make_activity(session, opportunity=row, kind=kind)
        return row.id


def row_of(desk: Desk, opportunity_id: int) -> Opportunity:
    with desk.app.app_context(), reading() as session:
        found = session.get_one(Opportunity, opportunity_id)
        session.expunge_all()
        return found


def form(desk: Desk, opportunity_id: int, what: str) -> dict[str, str]:
    path = f"opportunities/{opportunity_id}"
    return desk.get(path).form_to(desk.found.url(f"{path}/{what}")).values


def test_the_dashboard_says_how_many_wait_and_leads_to_them(desk: Desk) -> None:
    assert "waits for approval" not in desk.get().text
    add(desk)
    page = desk.get()
    where = page.links["1 placement waits for approval"]
    assert "show=waiting" in where
    listed = desk.get(where.removeprefix(desk.found.url()))
    assert listed.h1 == "What partners offer"
    assert "Home visits" in listed.links


def test_the_list_is_filtered_searched_and_sorted_by_the_address(desk: Desk) -> None:
    add(desk, "personal_care")
    add(desk, title="Older draft", status="draft")
    everything = desk.get("opportunities")
    assert "Older draft" not in everything.text
    assert "Regulated activity" in desk.get("opportunities?show=regulated").text
    assert "Food parcels" not in desk.get("opportunities?search=home").text
    assert "Nothing matches" in desk.get("opportunities?search=nowhere").text
    titles = [row[0] for row in desk.get("opportunities?sort=waiting").rows()[1:]]
    assert titles[0].startswith("Home visits")


def test_the_download_holds_what_the_page_shows(desk: Desk) -> None:
    add(desk, "personal_care")
    answer = desk.browser.get(desk.found.url("opportunities.csv?show=waiting"))
    lines = answer.get_data(as_text=True).splitlines()
    assert len(lines) == 2
    assert '"Home visits"' in lines[1]
    assert '"Waiting for approval","Enhanced check","Yes"' in lines[1]


def test_approving_puts_it_on_offer_and_twice_is_harmless(desk: Desk) -> None:
    opportunity_id = add(desk, "home_visit")
    sent = form(desk, opportunity_id, "approve")
    for _ in range(2):
        answer = desk.browser.post(desk.found.url(f"opportunities/{opportunity_id}/approve"), sent)
        assert answer.location == desk.found.url("opportunities?show=waiting")
    assert row_of(desk, opportunity_id).status == "live"
    assert "Approve it" not in desk.get(f"opportunities/{opportunity_id}").text


def test_a_regulated_activity_is_held_until_the_lead_is_ticked(desk: Desk) -> None:
    opportunity_id = add(desk, "personal_care")
    path = f"opportunities/{opportunity_id}/approve"
    sent = form(desk, opportunity_id, "approve")
    page = desk.checked(desk.post(path, sent))
    assert page.status == 422
    assert page.errors["safeguarding"].startswith("Tick that the safeguarding lead has agreed.")
    assert row_of(desk, opportunity_id).status == "waiting"
    desk.browser.post(desk.found.url(path), {**sent, "safeguarding": "y"})
    assert row_of(desk, opportunity_id).safeguarding_at is not None
    assert "noted that the safeguarding lead had agreed" in desk.get(f"opportunities/{opportunity_id}").text


def test_sending_back_needs_a_note_and_keeps_it(desk: Desk) -> None:
    opportunity_id = add(desk)
    path = f"opportunities/{opportunity_id}/return"
    sent = form(desk, opportunity_id, "return")
    assert list(desk.checked(desk.post(path, {**sent, "note": " "})).errors) == ["note"]
    desk.browser.post(desk.found.url(path), {**sent, "note": "Who is in the room?"})
    row = row_of(desk, opportunity_id)
    assert (row.status, row.review_note) == ("returned", "Who is in the room?")
    assert "Who is in the room?" in desk.get(f"opportunities/{opportunity_id}").text


def test_an_older_page_decides_nothing_and_keeps_the_note(desk: Desk) -> None:
    opportunity_id = add(desk)
    sent = {name: form(desk, opportunity_id, name) for name in ("approve", "return")}
    with desk.app.app_context(), unit_of_work() as session:
        session.get_one(Opportunity, opportunity_id).description = "Now with a bath."
    page = desk.checked(desk.post(f"opportunities/{opportunity_id}/approve", sent["approve"]))
    assert page.status == 409
    assert "Now with a bath." in page.text
    back = f"opportunities/{opportunity_id}/return"
    page = desk.checked(desk.post(back, {**sent["return"], "note": "My note"}))
    assert page.status == 409
    assert page.form_to(desk.found.url(back)).values["note"] == "My note"
    assert row_of(desk, opportunity_id).status == "waiting"


@pytest.mark.parametrize("what", ["words", "place", "contact"])
def test_two_coordinators_do_not_overwrite_each_others_words(desk: Desk, what: str) -> None:
    with desk.app.app_context(), reading() as session:
        row = session.scalars(
            select(Opportunity).where(Opportunity.cohort_id == desk.found.cohort_id)
        ).first()
        assert row is not None
        keys = {"contact": f"partners/{row.partner_id}/contact"}
        path = keys.get(what, f"opportunities/{row.id}/{what}")
        opportunity_id = row.id
    old = desk.get(path).form_to(desk.found.url(path)).values
    with desk.app.app_context(), unit_of_work() as session:
        other = session.get_one(Opportunity, opportunity_id)
        other.title, other.partner.contact_name = "Newer title", "Newer contact"
    mine = {"title": "Mine", "name": "Mine", "address": "1 Mine Street", "same": "no", "step": "save"}
    page = desk.checked(desk.post(path, {**old, **mine}))
    assert page.status == 409
    assert "Nothing was saved" in page.text
    newer = page.form_to(desk.found.url(path)).values
    assert "Mine" not in " ".join(newer.values())
