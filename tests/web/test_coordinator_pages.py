"""The coordinator's pages: what they show in each state of a cohort, and what they refuse."""

from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from placement.db import reading
from placement.models import Cohort, Leader, Message, Placement, Slot
from placement.web.coordinator.views.start import MOST_DEMANDED
from placement.web.presenters import day
from tests.factories.opportunities import make_slot
from tests.factories.people import make_partner
from tests.factories.preferences import make_date_answer
from tests.web.cohort_states import JUNE, STATES, fill, leader_of, now, solve_run, solved_now
from tests.web.coordinator_desk import (
    PATHS,
    RUN_PATHS,
    Sit,
    add_leaders,
    seats,
    shrink_first_day,
)
from tests.web.page import check_page


@pytest.fixture
def sit(site: Flask) -> Sit:
    return seats(site)


@pytest.mark.parametrize("state", STATES)
def test_every_page_of_every_state_is_sound(sit: Sit, state: str) -> None:
    desk = sit(state)
    for path in (*PATHS, *(RUN_PATHS if desk.found.run_id else ())):
        assert desk.get(path).status == 200


DEADLINE = "Set a deadline"


@pytest.mark.parametrize(
    ("state", "needs", "steps"),
    [
        ("empty", [], ["Import spreadsheets"]),
        ("filled", [DEADLINE, "2 leaders have not answered"], ["Run the match"]),
        ("queued", [DEADLINE, "Run RUN is being solved", "2 leaders have not answered"], ["See run RUN"]),
        ("failed", [DEADLINE, "Run RUN failed", "2 leaders have not answered"], ["Run the match again"]),
        (
            "infeasible",
            [DEADLINE, "Run RUN found no list that keeps every rule", "2 leaders have not answered"],
            ["Run the match again"],
        ),
        (
            "solved",
            [DEADLINE, "Run RUN is ready to review and confirm", "2 leaders have not answered"],
            ["Review run RUN", "Confirm run RUN", "Run the match again"],
        ),
        (
            "stale",
            [DEADLINE, "Run RUN is out of date", "2 leaders have not answered"],
            ["Run the match again"],
        ),
        (
            "confirmed",
            [
                "1 mail could not be delivered",
                "3 mails are waiting to be sent",
                "1 leader is without a placement",
            ],
            ["See the sending", "Run the match again"],
        ),
    ],
)
def test_the_dashboard_says_what_needs_the_coordinator_and_offers_the_next_step(
    sit: Sit, state: str, needs: list[str], steps: list[str]
) -> None:
    desk = sit(state)
    page, run = desk.get(), str(desk.found.run_id)
    listed = page.by_class("nhsuk-task-list__link")
    assert [(e.text or "").strip() for e in listed] == [need.replace("RUN", run) for need in needs]
    buttons = [e for e in page.by_class("nhsuk-button") if e.tag == "a"]
    assert [(e.text or "").strip() for e in buttons] == [step.replace("RUN", run) for step in steps]


def test_the_dashboard_shows_the_opportunities_with_most_demand_and_all_when_asked(sit: Sit) -> None:
    desk = sit("filled")

    def act(session: Any) -> None:
        cohort = session.get_one(Cohort, desk.found.cohort_id)
        for _ in range(MOST_DEMANDED):
            make_slot(session, cohort=cohort)

    desk.change(act)
    page = desk.get()
    (link,) = [text for text in page.links if text.startswith("Show all ")]
    assert f"the first {MOST_DEMANDED} of {link.split()[2]}" in page.text
    everything = desk.get("?demand=all")
    assert len(everything.text) > len(page.text)
    assert "Show all " not in everything.text


def test_the_dashboard_shows_capacity_against_demand_and_the_runs(sit: Sit) -> None:
    desk = sit("solved")
    rows = desk.get().rows()
    assert ["1", "2", "3", "3", ""] in [row[1:] for row in rows if row[0].startswith("Food parcels")]
    (run,) = [row for row in rows if row[0] == f"Run {desk.found.run_id}"]
    assert run[2:] == ["Nobody fares much worse than need be", "Ready to review", "4 of 5"]


def test_missing_seats_are_among_what_needs_the_coordinator(sit: Sit) -> None:
    desk = sit("filled")
    add_leaders(desk, 12)
    assert "3 seats fewer than days needed" in desk.get().text


def test_a_cohort_with_leaders_and_without_days_cannot_be_matched_yet(sit: Sit) -> None:
    desk = sit("empty")
    add_leaders(desk, 1)
    page = desk.get()
    assert "The match can be run as soon as there are days." in page.text
    assert "No partner offers anything yet." in page.text
    refused = desk.post("runs", {"objective": "generous", "seed": "s", "seen": "0"})
    assert refused.status_code == 422
    assert "has no days yet" in check_page(refused).text


def test_a_cohort_with_partners_and_without_leaders_says_so(sit: Sit) -> None:
    desk = sit("empty")

    def act(session: Any) -> None:
        cohort = session.get_one(Cohort, desk.found.cohort_id)
        fill(session, cohort, leaders=0)

    desk.change(act)
    assert "The match can be run as soon as there are leaders." in desk.get().text
    assert "There are no leaders in this cohort yet." in desk.get("answers").text


def test_a_run_is_asked_for_with_the_cohorts_objective_and_published_seed(sit: Sit) -> None:
    desk = sit("filled")
    page = desk.get("runs/new")
    form = page.form_to(desk.found.url("runs"))
    assert (form.values["objective"], form.values["seed"]) == ("generous", "a published seed")
    assert "This run is a trial." in page.text
    answer = desk.post("runs", {**form.values, "objective": "rank-maximal", "seed": "  my seed "})
    ((run_id, objective, seed),) = desk.runs()
    assert (answer.status_code, answer.location) == (303, desk.found.url(f"runs/{run_id}"))
    assert (objective, seed) == ("rank-maximal", "my seed")


def test_a_run_after_choices_closed_is_no_trial(sit: Sit) -> None:
    desk = sit("filled")

    def close(session: Any) -> None:
        session.get_one(Cohort, desk.found.cohort_id).preferences_close_at = now()

    desk.change(close)
    assert "This run is a trial." not in desk.get("runs/new").text


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"objective": "cheapest"}, "objective"),
        ({"objective": ""}, "objective"),
        ({"seed": " "}, "seed"),
        ({"seed": "x" * 201}, "seed"),
    ],
)
def test_a_wrong_wish_is_named_at_its_field_and_starts_nothing(
    sit: Sit, typed: dict[str, str], field: str
) -> None:
    desk = sit("filled")
    page = desk.checked(desk.post("runs", {"objective": "generous", "seed": "s", "seen": "0"} | typed))
    assert (page.status, list(page.errors)) == (422, [field])
    assert desk.runs() == []


@pytest.mark.parametrize("solved_between", [False, True])
def test_pressing_the_button_twice_makes_one_run(sit: Sit, solved_between: bool) -> None:
    desk = sit("filled")
    form = desk.get("runs/new").form_to(desk.found.url("runs")).values
    first = desk.post("runs", form)
    if solved_between:
        desk.change(lambda session: solve_run(session, desk.runs()[0][0]))
    second = desk.post("runs", form)
    assert first.location == second.location
    assert len(desk.runs()) == 1
    newer = desk.get("runs/new").form_to(desk.found.url("runs")).values
    desk.post("runs", {**newer, "seed": "another"})
    assert len(desk.runs()) == 2


@pytest.mark.parametrize("seen", ["", "x", "9" * 30, "²"])
def test_a_page_that_knows_no_run_asks_for_one_all_the_same(sit: Sit, seen: str) -> None:
    desk = sit("filled")
    assert desk.post("runs", {"objective": "lottery", "seed": "s", "seen": seen}).status_code == 303


@pytest.mark.parametrize("state", ["queued", "solving"])
def test_a_run_under_way_says_that_the_page_may_be_closed_and_fetches_itself(sit: Sit, state: str) -> None:
    desk = sit(state)
    page = desk.get("runs/RUN")
    assert "It is safe to close this page." in page.text
    assert [e.get("data-refresh-seconds") for e in page.root.iter() if e.get("id") == "run-state"] == ["2"]
    assert "There is nothing to confirm" in desk.get("runs/RUN/confirm").text
    assert "no result to show" in desk.get("runs/RUN/leaders").text


def test_a_failed_run_says_why_and_leads_to_the_same_run_again(sit: Sit) -> None:
    desk = sit("failed")
    page = desk.get("runs/RUN")
    assert "No result within 60 seconds." in page.text
    again = page.links["Run the match again"]
    assert again == desk.found.url("runs/new?objective=generous&seed=a+published+seed")
    form = desk.get("runs/new?objective=lottery&seed=x").form_to(desk.found.url("runs"))
    assert (form.values["objective"], form.values["seed"]) == ("lottery", "x")
    assert (
        desk.get("runs/new?objective=none").form_to(desk.found.url("runs")).values["objective"] == "generous"
    )


def test_a_run_without_any_list_names_the_clash_and_cannot_be_confirmed(sit: Sit) -> None:
    desk = sit("infeasible")
    page = desk.get("runs/RUN")
    assert "No list keeps every rule" in page.text
    assert "These confirmed days cannot all stay" in page.text
    assert "Which days (1)" in page.text
    assert "There is nothing to confirm" in desk.get("runs/RUN/confirm").text
    refused = desk.checked(desk.post("runs/RUN/confirm"))
    assert (refused.status, desk.count(Placement)) == (422, 0)


def test_the_review_says_who_is_without_a_day_and_which_days_do_not_run_and_why(sit: Sit) -> None:
    desk = sit("solved")
    page = desk.get("runs/RUN")
    rows = page.rows()
    assert "Proven best: no list that keeps every rule does better" in page.text
    (unplaced,) = [row for row in rows if row[0] == "Leader 000"]
    assert unplaced[3].startswith("No day fits. Look at their dates")
    (closed,) = [row for row in rows if len(row) > 1 and row[1] == "Youth club"]
    assert closed[3].startswith("It needs 9, and 4 leaders could go.")
    choices = {row[0]: row[1] for row in rows if len(row) == 3}
    assert (choices["1st choice"], choices["Not on the list"], choices["Without a place"]) == ("2", "2", "1")
    steps = [row for row in rows if row[0].startswith(("1. ", "2. "))]
    assert [row[0] for row in steps] == ["1. Days given", "2. Choices"]
    assert {row[2] for row in steps} == {"Proven: nothing better is possible"}
    assert page.links["Go on to confirm"] == desk.found.url("runs/RUN/confirm")


def test_a_review_out_of_date_says_what_changed_and_offers_no_confirmation(sit: Sit) -> None:
    desk = sit("stale")
    page = desk.get("runs/RUN")
    assert "This run is out of date" in page.text
    assert "capacity 2 is now 1" in page.text
    assert "Go on to confirm" not in page.links


def test_confirming_shows_one_mail_first_and_any_other_when_asked(sit: Sit) -> None:
    desk = sit("solved")
    page = desk.get("runs/RUN/confirm")
    assert page.form_to(desk.found.url("runs/RUN/confirm")).buttons == ["Confirm and send 4 invites"]
    assert "Hello Leader 001," in page.text
    assert "Who is still missing a day (1)" in page.text
    with desk.app.app_context(), reading() as session:
        other = leader_of(session, desk.found, 4).id
    shown = desk.get(f"runs/RUN/confirm?leader={other}")
    assert "Hello Leader 004," in shown.text
    assert "Memory café" in shown.text
    assert "Hello Leader 001," in desk.get("runs/RUN/confirm?leader=x").text
    assert desk.count(Message) == 0


def test_confirming_names_bank_holidays_and_dates_that_are_only_possible(sit: Sit) -> None:
    desk = sit("filled")

    def act(session: Any) -> None:
        slot = session.scalars(select(Slot).order_by(Slot.id)).first()
        hours = slot.ends_at - slot.starts_at
        slot.starts_at = datetime(2027, 5, 31, 9, 0, tzinfo=UTC)
        slot.ends_at = slot.starts_at + hours
        for leader in session.scalars(select(Leader)):
            make_date_answer(session, leader=leader, date=slot.starts_at.date(), answer="if_need_be")
        session.flush()
        solved_now(session, session.get_one(Cohort, desk.found.cohort_id))

    desk.change(act)
    page = desk.get(f"runs/{desk.runs()[0][0]}/confirm")
    assert "Monday 31 May 2027 is Spring bank holiday: 2 leaders get a day on it." in page.text
    assert "On a date that they can do only if need be" in page.text
    assert page.text.count(", Monday 31 May 2027.") == 2
    assert "Wanted in another cohort" not in page.text


def test_confirming_makes_placements_and_owes_the_mails_once(sit: Sit) -> None:
    desk = sit("solved")
    first = desk.post("runs/RUN/confirm")
    assert (first.status_code, first.location) == (303, desk.found.url("sending"))
    assert "4 placements confirmed. The invites are on their way. 1 partner told." in desk.get("sending").text
    assert (desk.count(Placement), desk.count(Message)) == (4, 5)
    assert desk.post("runs/RUN/confirm").location == first.location
    assert "was confirmed before. Nothing was changed" in desk.get("sending").text
    assert (desk.count(Placement), desk.count(Message)) == (4, 5)
    assert "There is nothing more to confirm." in desk.get("runs/RUN/confirm").text
    assert "This run was confirmed on" in desk.get("runs/RUN").text


def test_a_page_opened_before_a_change_confirms_nothing_and_shows_the_difference(sit: Sit) -> None:
    desk = sit("solved")
    form = desk.get("runs/RUN/confirm").form_to(desk.found.url("runs/RUN/confirm")).values
    desk.change(shrink_first_day)
    page = desk.checked(desk.post("runs/RUN/confirm", form))
    assert page.status == 409
    assert "Nothing was confirmed" in page.text
    assert "capacity 2 is now 1" in page.text
    assert "Run the match again" in page.links
    assert (desk.count(Placement), desk.count(Message)) == (0, 0)


@pytest.mark.parametrize("state", ["stale", "queued", "failed"])
def test_there_is_no_button_where_nothing_can_be_confirmed(sit: Sit, state: str) -> None:
    desk = sit(state)
    page = desk.get("runs/RUN/confirm")
    assert [form.action for form in page.forms if form.method == "post"] == ["/sign-out"]
    assert desk.checked(desk.post("runs/RUN/confirm")).status == 409


def test_a_mail_that_cannot_be_sent_is_named_and_holds_up_the_confirmation(sit: Sit) -> None:
    desk = sit("filled")

    def act(session: Any) -> None:
        leader_of(session, desk.found, 1).user.email = "placements@placement.example"
        session.flush()
        solved_now(session, session.get_one(Cohort, desk.found.cohort_id))

    desk.change(act)
    page = desk.get(f"runs/{desk.runs()[0][0]}/confirm")
    assert "Some mails cannot be sent" in page.text
    assert f"Leader 001, {day(JUNE)}: " in page.text
    assert [form.action for form in page.forms if form.method == "post"] == ["/sign-out"]


def test_a_run_of_another_cohort_is_not_confirmed_by_this_ones_address(sit: Sit) -> None:
    mine, other = sit("filled"), sit("solved")
    for path in RUN_PATHS:
        address = mine.found.url(path.replace("RUN", str(other.found.run_id)))
        assert mine.browser.get(address).status_code == 404
    assert mine.browser.post(mine.found.url(f"runs/{other.found.run_id}/confirm")).status_code == 404
    assert mine.count(Placement) == 0


def test_names_are_never_read_as_markup(sit: Sit) -> None:
    desk = sit("filled")

    def act(session: Any) -> None:
        cohort = session.get_one(Cohort, desk.found.cohort_id)
        cohort.name = "<b>Cohort</b>"
        leader_of(session, desk.found, 1).name = "<script>alert(1)</script>"
        make_partner(session, cohort=cohort, name="<i>Partner</i>")
        solved_now(session, cohort)

    desk.change(act)
    run_id = desk.runs()[0][0]
    for path in (*PATHS, *(path.replace("RUN", str(run_id)) for path in RUN_PATHS)):
        html = desk.browser.get(desk.found.url(path)).get_data(as_text=True)
        assert "<script>alert" not in html
        assert "<b>Cohort" not in html
