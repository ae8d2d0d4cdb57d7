"""Giving a free seat to the person chosen: asked for, seen before and after, confirmed."""

import time
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from placement.db import reading
from placement.domain.matching import Problem, solve, told
from placement.models import Leader, Message, Placement, Slot
from placement.services import match_runs
from placement.services.scope import Scope
from tests.web.browsing import Browser
from tests.web.cohort_states import leader_of, now, solve_run
from tests.web.coordinator_desk import Desk, Sit, seats
from tests.web.page import Page, check_page


@pytest.fixture
def sit(site: Flask) -> Sit:
    return seats(site)


@pytest.fixture
def desk(sit: Sit) -> Desk:
    """Two leaders fill the food parcels; the café has one free seat, and the club needs nine."""
    desk = sit("confirmed")
    desk.change(let_all_mail_go)
    return desk


def let_all_mail_go(session: Any) -> None:
    for message in session.scalars(select(Message)):
        message.status, message.sent_at = "sent", now()


def slot_id(desk: Desk, number: int) -> int:
    with desk.app.app_context(), reading() as session:
        query = select(Slot.id).where(Slot.cohort_id == desk.found.cohort_id).order_by(Slot.id)
        return session.scalars(query).all()[number]


def leader_id(desk: Desk, number: int) -> int:
    with desk.app.app_context(), reading() as session:
        return leader_of(session, desk.found, number).id


def days_of(desk: Desk, number: int) -> list[int]:
    with desk.app.app_context(), reading() as session:
        rows = select(Placement.slot_id).where(
            Placement.leader_id == leader_of(session, desk.found, number).id, Placement.status == "confirmed"
        )
        return list(session.scalars(rows))


def seats_path(desk: Desk, number: int = 1) -> str:
    return f"days/{slot_id(desk, number)}/seats"


def given(desk: Desk, number: int, *, slot: int = 1, solved: bool = True) -> int:
    """Press the button of a leader; the number of the run that comes of it."""
    done = desk.post(seats_path(desk, slot), {"leader": str(leader_id(desk, number))})
    run_id = desk.runs()[-1][0]
    assert (done.status_code, done.location) == (303, desk.found.url(f"runs/{run_id}/repair"))
    if solved:
        desk.change(lambda session: solve_run(session, run_id))
    return run_id


def buttons(page: Page, desk: Desk) -> list[str]:
    return page.form_to(desk.found.url(seats_path(desk))).buttons


def test_everybody_who_could_take_the_seat_has_a_button_of_their_own(desk: Desk) -> None:
    page = desk.get(seats_path(desk))
    assert sorted(buttons(page, desk)) == ["Give this seat to Leader 001", "Give this seat to Leader 002"]


def test_where_nobody_can_take_a_seat_there_is_no_button(desk: Desk) -> None:
    page = desk.get(seats_path(desk, 0))
    assert [form.action for form in page.forms if form.method == "post"] == ["/sign-out"]


def test_the_seat_is_given_after_a_look_at_who_moves_and_only_they_get_mail(desk: Desk) -> None:
    owed = desk.count(Message)
    run_id = given(desk, 1, solved=False)
    waiting = desk.get(f"runs/{run_id}/repair")
    assert waiting.h1 == f"Repair {run_id}"
    assert "Nothing is changed until you confirm it." in waiting.text
    desk.change(lambda session: solve_run(session, run_id))
    page = desk.get(f"runs/{run_id}/repair")
    assert "Leader 001 is to have a seat: Memory café, " in page.text
    assert "The best list made afresh" not in page.text
    names = [row[0] for row in page.rows()]
    assert "Give the seat to Leader 001" in names
    assert [name for name in names if name.startswith("Leader ")] == ["Leader 001Gets another day"]
    assert f"Repair {run_id}, to give a seat" in desk.get("repair").links
    confirm = page.links["Go on and give the seat"]
    assert confirm == desk.found.url(f"runs/{run_id}/confirm")
    assert (days_of(desk, 1), desk.count(Message)) == ([slot_id(desk, 0)], owed)

    shown = desk.get(f"runs/{run_id}/confirm")
    assert shown.form_to(confirm).buttons == ["Confirm and send 3 mails"]
    desk.post(f"runs/{run_id}/confirm")
    assert "The repair is done: 1 placement ended, 1 placement made, 3 kept as they were." in (
        desk.get("sending").text
    )
    assert days_of(desk, 1) == [slot_id(desk, 1)]
    assert desk.count(Message) == owed + 3
    assert "This repair was confirmed: the seat is given." in desk.get(f"runs/{run_id}/repair").text


def test_who_was_given_a_seat_reads_that_the_coordinator_chose_it(desk: Desk) -> None:
    run_id = given(desk, 1)

    def explain(session: Any) -> None:
        problem = Problem.from_json(match_runs.load_run(Scope.system(session), run_id).problem)
        solution = solve(problem, clock=time.monotonic, time_limit=20)
        found = told(problem, solution, clock=time.monotonic, until=time.monotonic() + 20)
        assert match_runs.record_findings(session, run_id, found.to_json())

    desk.change(explain)
    desk.post(f"runs/{run_id}/confirm")
    leader = leader_id(desk, 1)
    with desk.app.app_context(), reading() as session:
        email = session.get_one(Leader, leader).user.email
    own = check_page(Browser(desk.app, email=email).get(f"/leader/{leader}/placement")).text
    theirs = desk.get(f"runs/{run_id}/leaders/{leader}").text
    assert "all your days were chosen by the coordinator" in own
    assert "all their days were chosen by the coordinator" in theirs
    assert "confirmed before" not in own + theirs


def test_a_second_press_of_the_same_button_leads_to_the_same_run(desk: Desk) -> None:
    assert given(desk, 1, solved=False) == given(desk, 1, solved=False)


def test_a_seat_that_was_taken_meanwhile_is_refused_in_a_sentence_on_the_same_page(desk: Desk) -> None:
    path = seats_path(desk)

    def act(session: Any) -> None:
        session.get_one(Slot, slot_id(desk, 1)).capacity = 2

    desk.change(act)
    runs = len(desk.runs())
    done = desk.post(path, {"leader": str(leader_id(desk, 1))})
    assert (done.status_code, done.location) == (303, desk.found.url(path))
    text = desk.get(path).text
    assert "Leader 001 cannot be given a seat on " in text
    assert "The day has no free seat." in text
    assert len(desk.runs()) == runs


def test_nobody_is_given_a_seat_where_nothing_is_confirmed(sit: Sit) -> None:
    desk = sit("filled")
    path = seats_path(desk)
    desk.post(path, {"leader": str(leader_id(desk, 1))})
    assert "Nothing is confirmed in cohort" in desk.get(path).text
    assert desk.runs() == []


@pytest.mark.parametrize("form", [{}, {"leader": ""}, {"leader": "nobody"}])
def test_a_form_that_chooses_nobody_leads_back_to_the_choice(desk: Desk, form: dict[str, str]) -> None:
    path = seats_path(desk)
    assert desk.post(path, form).location == desk.found.url(path)
    assert "no button of this page was pressed" in desk.get(path).text


@pytest.mark.parametrize("leader", ["0", "999999"])
def test_somebody_who_is_not_there_is_given_nothing(desk: Desk, leader: str) -> None:
    assert desk.post(seats_path(desk), {"leader": leader}).status_code == 404


def test_a_leader_of_another_cohort_is_given_nothing(desk: Desk, sit: Sit) -> None:
    other = sit("confirmed")
    assert desk.post(seats_path(desk), {"leader": str(leader_id(other, 1))}).status_code == 404


def test_when_the_cohort_has_changed_since_the_page_leads_back_to_the_choice(desk: Desk) -> None:
    run_id = given(desk, 1)

    def act(session: Any) -> None:
        session.get_one(Slot, slot_id(desk, 0)).capacity = 4

    desk.change(act)
    page = desk.get(f"runs/{run_id}/repair")
    assert "This repair is out of date" in page.text
    assert page.links["Look again who could take a seat"] == desk.found.url(seats_path(desk))
    assert "Go on and give the seat" not in page.links
    refused = desk.checked(desk.post(f"runs/{run_id}/confirm"))
    assert refused.status == 409
    assert refused.links["Go to the repair"] == desk.found.url(f"runs/{run_id}/repair")
    assert days_of(desk, 1) == [slot_id(desk, 0)]


def test_a_seat_that_no_list_allows_says_so_and_offers_nothing_to_confirm(desk: Desk) -> None:
    run_id = given(desk, 1, slot=2)
    page = desk.get(f"runs/{run_id}/repair")
    assert "No list in which Leader 001 has this seat keeps every rule" in page.text
    assert "Go on and give the seat" not in page.links
    assert desk.browser.get(desk.found.url(f"runs/{run_id}")).location == desk.found.url(
        f"runs/{run_id}/repair"
    )
    assert "There is nothing to confirm" in desk.get(f"runs/{run_id}/confirm").text


def test_a_seat_that_could_not_be_worked_out_says_why(desk: Desk) -> None:
    run_id = given(desk, 1, solved=False)
    why = "No result within 60 seconds."

    def act(session: Any) -> None:
        assert match_runs.fail_run(session, run_id, reason=why, now=now())

    desk.change(act)
    assert f"It could not be worked out: {why}" in desk.get(f"runs/{run_id}/repair").text
