"""The coordinator's pages of conflicts of interest, of what is kept about one person, and of erasing it."""

import pytest
from flask import Flask
from sqlalchemy import select

from placement.db import reading, unit_of_work
from placement.models import AuditEvent, Cohort, Conflict, Leader, Partner, Placement
from placement.services.access import record_need
from tests.factories.people import make_leader
from tests.web.cohort_states import leader_of
from tests.web.coordinator_desk import Desk, Sit, seats
from tests.web.page import check_page

NEED = "A quiet room at noon"
KNOWN = {"kind": "works", "note": "It says so on their web page"}


@pytest.fixture
def sit(site: Flask) -> Sit:
    return seats(site)


def leader_id(desk: Desk, number: int = 1) -> int:
    with desk.app.app_context(), reading() as session:
        return leader_of(session, desk.found, number).id


def partner_ids(desk: Desk) -> list[int]:
    with desk.app.app_context(), reading() as session:
        query = select(Partner.id).where(Partner.cohort_id == desk.found.cohort_id).order_by(Partner.id)
        return list(session.scalars(query))


def verbs(desk: Desk) -> list[str]:
    with desk.app.app_context(), reading() as session:
        return list(session.scalars(select(AuditEvent.verb).order_by(AuditEvent.id)))


def erased(desk: Desk, number: int) -> bool:
    with desk.app.app_context(), reading() as session:
        return session.get_one(Leader, number).erased_at is not None


def unplaced(desk: Desk) -> int:
    """A leader with a need and without a day."""
    with desk.app.app_context(), unit_of_work() as session:
        leader = make_leader(session, cohort=session.get_one(Cohort, desk.found.cohort_id))
        record_need(session, leader, NEED)
        return leader.id


def test_a_conflict_is_noted_with_how_it_is_known_and_taken_back(sit: Sit) -> None:
    desk = sit("solved")
    person, partner = leader_id(desk), partner_ids(desk)[0]
    page = desk.get(f"leaders/{person}")
    assert "Conflicts of interest: partners they must not be sent to" in page.links
    missing = desk.post(f"leaders/{person}/conflicts", {"partner": str(partner), "kind": "works"})
    assert (missing.status_code, check_page(missing).errors) == (422, {"note": "Say how you know"})
    done = desk.post(f"leaders/{person}/conflicts", {"partner": str(partner), **KNOWN})
    assert done.status_code == 303
    page = desk.get(f"leaders/{person}/conflicts")
    assert "A coordinator noted that they work there" in page.text
    assert KNOWN["note"] in page.text
    assert desk.count(Conflict) == 1
    assert desk.post(f"leaders/{person}/conflicts/remove", {"partner": str(partner)}).status_code == 303
    assert desk.count(Conflict) == 0
    assert verbs(desk)[-2:] == ["add_conflict", "remove_conflict"]


def test_a_run_that_was_solved_before_is_out_of_date_then(sit: Sit) -> None:
    desk = sit("solved")
    for partner in partner_ids(desk):
        desk.post(f"leaders/{leader_id(desk)}/conflicts", {"partner": str(partner), **KNOWN})
    assert "days they cannot be given changed" in desk.get("runs/RUN").text


def test_one_person_is_found_by_name_or_address_and_nobody_is_listed_unasked(sit: Sit) -> None:
    desk = sit("solved")
    with desk.app.app_context(), reading() as session:
        leader = leader_of(session, desk.found, 0)
        name, email, where = leader.name, leader.user.email, leader.id
    page = desk.get("privacy")
    assert name not in page.text
    for wanted in (name.upper(), email):
        found = desk.get(f"privacy?q={wanted}")
        assert found.links[name] == desk.found.url(f"leaders/{where}/data")
    assert "No leaders fit" in desk.get("privacy?q=nobody-like-that").text


def test_how_long_things_are_kept_is_told_with_the_days_that_are_set(sit: Sit) -> None:
    page = sit("empty").get("privacy")
    assert "days after they left or came" in page.text


def test_what_is_kept_is_shown_without_what_somebody_needs_and_an_export_goes_on_record(sit: Sit) -> None:
    desk = sit("solved")
    person = unplaced(desk)
    page = desk.get(f"leaders/{person}/data")
    assert "Kept encrypted, and not shown here" in page.text
    assert NEED not in page.text
    assert "export_subject" not in verbs(desk)
    for kind, mimetype in (("csv", "text/csv"), ("json", "application/json")):
        answer = desk.post(f"leaders/{person}/data", {"kind": kind})
        assert (answer.status_code, answer.mimetype) == (200, mimetype)
        assert NEED not in answer.data.decode()
    assert verbs(desk)[-2:] == ["export_subject", "export_subject"]
    assert desk.post(f"leaders/{person}/data", {"kind": "exe"}).status_code == 422


def test_a_person_is_erased_after_a_look_at_what_goes_and_what_stays(sit: Sit) -> None:
    desk = sit("solved")
    person = unplaced(desk)
    page = desk.get(f"leaders/{person}/erase")
    assert "What is erased for good" in page.text
    assert "Access needs" in page.text
    unsure = desk.post(f"leaders/{person}/erase", {})
    assert (unsure.status_code, erased(desk, person)) == (422, False)
    assert desk.post(f"leaders/{person}/erase", {"sure": "y"}).status_code == 303
    assert erased(desk, person)
    assert "1 leader has been erased" in desk.get("privacy").text
    shown = desk.get(f"leaders/{person}")
    assert (shown.h1, "Only numbers are left" in shown.text) == ("Erased person", True)
    assert desk.post(f"leaders/{person}/restore").status_code == 409
    assert "This was done on" in desk.get(f"leaders/{person}/erase").text


def test_somebody_with_a_day_to_come_is_not_erased_and_it_is_said_what_to_do_first(sit: Sit) -> None:
    desk = sit("confirmed")
    with desk.app.app_context(), reading() as session:
        person = session.scalars(select(Placement.leader_id)).all()[0]
    page = desk.get(f"leaders/{person}/erase")
    assert "is still to come. A coordinator must cancel it first." in page.text
    assert page.links["Let them leave the cohort"] == desk.found.url(f"leaders/{person}/withdraw")
    answer = desk.post(f"leaders/{person}/erase", {"sure": "y"})
    assert (answer.status_code, erased(desk, person)) == (409, False)
