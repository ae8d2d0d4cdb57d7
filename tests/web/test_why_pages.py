"""Why people get what they get, as coordinators and leaders read it."""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from placement.db import reading
from placement.models import Assignment, Cohort, Leader, MatchRun, Placement, Slot
from placement.services import confirmations
from placement.services.scope import Scope
from placement.web.explaining import NOT_WORKED_OUT
from placement.web.presenters import day
from tests.factories.people import make_leader
from tests.services.small_cohort import SENDER
from tests.web.browsing import Browser
from tests.web.cohort_states import JUNE, explained_now, fill, leader_of, now
from tests.web.coordinator_desk import Desk, Sit, queries_of, seats
from tests.web.page import Page, check_page, record_unknown_names


@pytest.fixture
def sit(site: Flask) -> Sit:
    return seats(site)


@pytest.fixture
def desk(sit: Sit) -> Desk:
    """Three want the food parcels, which take two, and are alike in all else: the lottery decides."""
    found = sit("empty")

    def act(session: Any) -> None:
        cohort = session.get_one(Cohort, found.found.cohort_id)
        fill(session, cohort, leaders=6)
        explained_now(session, cohort)

    found.change(act)
    return found


def run_id(desk: Desk) -> int:
    return desk.runs()[-1][0]


@dataclass(frozen=True)
class Person:
    id: int
    name: str

    @property
    def number(self) -> int:
        return int(self.name.rpartition(" ")[2])


def loser(desk: Desk) -> Person:
    """The leader who got their 2nd choice."""
    with desk.app.app_context(), reading() as session:
        one = session.scalars(select(Assignment).where(Assignment.rank == 2)).one()
        return Person(one.leader_id, session.get_one(Leader, one.leader_id).name)


def test_everybody_without_a_better_choice_is_listed_with_what_it_would_have_cost(desk: Desk) -> None:
    page = desk.get(f"runs/{run_id(desk)}/why")
    assert "2 leaders could have been better off." in page.text
    rows = {row[0]: row[1] for row in page.rows()[1:]}
    (sentence,) = [text for name, text in rows.items() if name.startswith(loser(desk).name)]
    assert sentence.startswith("Their 1st choice, Food parcels on Thursday 10 June ")
    assert "the list would be just as good, and only the lottery decided" in sentence
    assert sentence.endswith("One other person would move: from a 1st choice to a 2nd choice.")
    (impossible,) = [text for name, text in rows.items() if name.startswith("Leader 000")]
    assert "was not possible" in impossible
    assert "ruled out by their dates, by what it asks for, or by the distance" in impossible


@pytest.mark.parametrize(("show", "number"), [("lottery", 1), ("cost", 0), ("impossible", 1), ("all", 2)])
def test_the_list_can_be_narrowed_to_one_kind_of_reason(desk: Desk, show: str, number: int) -> None:
    page = desk.get(f"runs/{run_id(desk)}/why?show={show}")
    assert len(page.rows()[1:]) == number


def test_one_leader_is_shown_with_who_would_have_moved_by_name(desk: Desk) -> None:
    person = loser(desk)
    page = desk.get(f"runs/{run_id(desk)}/leaders/{person.id}")
    assert page.h1 == person.name
    assert "Who would go where (2 moves)" in page.text
    first, second = [step for step in texts(page, "li") if " from " in step]
    assert first.startswith(f"{person.name}: from Memory café on ")
    assert second.startswith("Leader 00")
    assert "from Food parcels on Thursday 10 June" in second
    listed = desk.get(f"runs/{run_id(desk)}/leaders")
    assert listed.links[person.name] == desk.found.url(f"runs/{run_id(desk)}/leaders/{person.id}")


def texts(page: Page, tag: str) -> list[str]:
    return [" ".join("".join(e.itertext()).split()) for e in page.one("main").iter(tag)]


def test_who_has_their_first_choice_or_sent_none_has_nothing_better(desk: Desk) -> None:
    with desk.app.app_context(), reading() as session:
        silent = leader_of(session, desk.found, 5).id
        others = [leader_of(session, desk.found, number).id for number in (1, 2, 3)]
    winner = next(one for one in others if one != loser(desk).id)
    page = desk.get(f"runs/{run_id(desk)}/leaders/{winner}")
    assert "Nothing: this is their 1st choice." in page.text
    page = desk.get(f"runs/{run_id(desk)}/leaders/{silent}")
    assert "They sent no choices, so no day is better for them than another." in page.text


def test_each_day_says_why_it_does_not_run_or_is_not_full(desk: Desk) -> None:
    page = desk.get(f"runs/{run_id(desk)}/days")
    rows = {row[0]: row[1] for row in page.rows()[1:]}
    (full,) = [text for name, text in rows.items() if "Food parcels" in name]
    assert full.endswith("(1 organisation)")
    (closed,) = [text for name, text in rows.items() if "Youth club" in name]
    assert "Does not run. It needs 9, and only 5 leaders could go" in closed.replace("run.It", "run. It")
    sheet = desk.csv(f"runs/{run_id(desk)}/days.csv")
    assert sheet[3][-1].startswith("It needs 9, and only 5 leaders could go")


def test_each_partner_can_be_told_why_these_people_come(desk: Desk) -> None:
    page = desk.get(f"runs/{run_id(desk)}/partners")
    ((partner, why),) = page.rows()[1:]
    assert partner.startswith("Seaport Food Bank")
    assert "Given: 2 as a 1st choice, 1 as a 2nd choice and 2 without being chosen." in why
    assert "4 leaders chose it. As 1st choice: 3 of 4 come." in why
    assert "Of those who do not come, 1 has fewer days than they need." in why
    assert "Leader 00" not in page.text


def test_a_run_without_explanations_says_that_they_were_not_worked_out(sit: Sit) -> None:
    desk = sit("solved")
    with desk.app.app_context(), reading() as session:
        leader = leader_of(session, desk.found, 1).id
    assert "is being worked out. Load this page again" in desk.get("runs/RUN/why").text

    def finish_long_ago(session: Any) -> None:
        session.get_one(MatchRun, desk.found.run_id).finished_at = now() - timedelta(hours=1)

    desk.change(finish_long_ago)
    for path in ("runs/RUN/why", "runs/RUN/partners", f"runs/RUN/leaders/{leader}"):
        assert NOT_WORKED_OUT in desk.get(path).text
    assert "It needs 9, and 4 leaders could go." in desk.get("runs/RUN/days").text


def test_explanations_cut_off_by_time_say_so(desk: Desk) -> None:
    def act(session: Any) -> None:
        run = session.get_one(MatchRun, run_id(desk))
        run.result = json.dumps({**json.loads(run.result), "explanations_complete": False})

    desk.change(act)
    assert "There was not time to work everything out." in desk.get(f"runs/{run_id(desk)}/why").text


def test_of_a_list_that_is_not_proven_to_the_end_it_is_not_said_that_the_lottery_decided(desk: Desk) -> None:
    def act(session: Any) -> None:
        run = session.get_one(MatchRun, run_id(desk))
        kept = json.loads(run.result)
        kept["stages"][-1]["proven"] = False
        run.result = json.dumps(kept)

    desk.change(act)
    page = desk.get(f"runs/{run_id(desk)}/why?show=lottery")
    assert "the list would be just as good. One other person would move" in page.text
    assert "lottery decided." not in page.text


def test_a_leader_who_was_not_in_the_run_has_no_page_in_it(desk: Desk) -> None:
    newer: list[int] = []

    def act(session: Any) -> None:
        cohort = session.get_one(Cohort, desk.found.cohort_id)
        newer.append(make_leader(session, cohort=cohort).id)
        newer.append(make_leader(session).id)

    desk.change(act)
    for leader_id in newer:
        path = desk.found.url(f"runs/{run_id(desk)}/leaders/{leader_id}")
        assert desk.browser.get(path).status_code == 404


def test_the_pages_ask_the_database_as_often_for_many_leaders_as_for_few(sit: Sit) -> None:
    numbers = []
    for leaders in (6, 30):
        desk = sit("empty")

        def act(session: Any, desk: Desk = desk, leaders: int = leaders) -> None:
            cohort = session.get_one(Cohort, desk.found.cohort_id)
            fill(session, cohort, leaders=leaders)
            explained_now(session, cohort)

        desk.change(act)
        with queries_of(desk.app) as said:
            desk.get(f"runs/{run_id(desk)}/why")
        numbers.append(len(said))
    assert numbers[0] == numbers[1]


def confirm(desk: Desk) -> None:
    def act(session: Any) -> None:
        confirmations.confirm_run(Scope.system(session), run_id(desk), sender=SENDER, now=now())

    desk.change(act)


def own_page(desk: Desk, number: int) -> Page:
    """The page of what was decided, as one leader sees it."""
    with desk.app.app_context(), reading() as session:
        leader = leader_of(session, desk.found, number)
        email, leader_id = leader.user.email, leader.id
    unknown = record_unknown_names(desk.app)
    page = check_page(Browser(desk.app, email=email).get(f"/leader/{leader_id}/placement"))
    assert unknown == []
    return page


def test_nothing_is_said_to_leaders_before_places_are_decided(desk: Desk) -> None:
    assert "Why this one" not in own_page(desk, 1).text


def test_a_leader_reads_why_not_the_first_choice_without_anybodys_name(desk: Desk) -> None:
    person = loser(desk)
    confirm(desk)
    page = own_page(desk, person.number)
    assert "Why this one" in page.text
    assert "Your 1st choice, Food parcels on Thursday 10 June " in page.text
    assert "One other person would move: from a 1st choice to a 2nd choice." in page.text
    assert "Leader 00" not in page.text
    assert "How places are decided" in page.links


def test_a_leader_with_their_first_choice_reads_so(desk: Desk) -> None:
    person = loser(desk)
    confirm(desk)
    winner = next(number for number in (1, 2, 3) if number != person.number)
    assert "It is your 1st choice." in own_page(desk, winner).text


def test_a_leader_who_sent_no_choices_reads_so(desk: Desk) -> None:
    confirm(desk)
    assert "so no day is better for you than another" in own_page(desk, 5).text


def test_a_leader_without_a_place_reads_why_each_choice_was_not_possible(desk: Desk) -> None:
    confirm(desk)
    page = own_page(desk, 0)
    assert "Why there is no place yet" in page.text
    assert f"Your 1st choice was not possible: Food parcels on {day(JUNE)}: you cannot come then." in (
        page.text
    )


def test_a_leader_of_an_older_run_reads_that_it_was_not_worked_out(sit: Sit) -> None:
    desk = sit("confirmed")
    assert f"{NOT_WORKED_OUT} Ask your coordinator." in own_page(desk, 0).text


def test_a_leader_whose_day_was_cancelled_is_told_no_reasons_of_a_list_that_gave_it(desk: Desk) -> None:
    person = loser(desk)
    confirm(desk)

    def cancel(session: Any) -> None:
        row = session.scalars(select(Placement).where(Placement.leader_id == person.id)).one()
        row.status = "cancelled"

    desk.change(cancel)
    page = own_page(desk, person.number)
    assert "Cancelled" in page.text
    assert "Why" not in page.text


def test_titles_are_never_read_as_markup(desk: Desk) -> None:
    person = loser(desk)

    def act(session: Any) -> None:
        for slot in session.scalars(select(Slot)):
            slot.opportunity.title = "<script>alert(1)</script>"
        session.get_one(Leader, person.id).name = "<script>alert(2)</script>"

    desk.change(act)
    for path in ("why", "days", "partners", f"leaders/{person.id}"):
        html = desk.browser.get(desk.found.url(f"runs/{run_id(desk)}/{path}")).get_data(as_text=True)
        assert "<script>alert" not in html
