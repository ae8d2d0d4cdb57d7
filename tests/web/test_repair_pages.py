"""Repairs on pages: what does not hold, who would move, confirming, and who hears of it."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from placement.db import reading
from placement.models import MatchRun, Message, Placement, Slot
from placement.services import match_runs
from tests.web.cohort_states import leader_of, now, solve_run
from tests.web.coordinator_desk import Desk, Sit, queries_of, seats


@pytest.fixture
def sit(site: Flask) -> Sit:
    return seats(site)


def runs_of(desk: Desk, kind: str) -> list[int]:
    with desk.app.app_context(), reading() as session:
        return list(session.scalars(select(MatchRun.id).where(MatchRun.kind == kind).order_by(MatchRun.id)))


def live(desk: Desk) -> set[tuple[int, int]]:
    with desk.app.app_context(), reading() as session:
        rows = session.scalars(select(Placement).where(Placement.status == "confirmed"))
        return {(row.leader_id, row.slot_id) for row in rows}


def mails(desk: Desk) -> list[str]:
    with desk.app.app_context(), reading() as session:
        return list(session.scalars(select(Message.kind).order_by(Message.id)))


def solve_all(desk: Desk) -> None:
    def act(session: Any) -> None:
        for run_id in (*runs_of(desk, "repair"), *runs_of(desk, "fresh")):
            solve_run(session, run_id)

    desk.change(act)


@pytest.mark.parametrize("state", ["empty", "filled", "solved"])
def test_where_nothing_is_confirmed_there_is_nothing_to_repair(sit: Sit, state: str) -> None:
    desk = sit(state)
    page = desk.get("repair")
    assert "Nothing is confirmed yet, so there is nothing to repair." in page.text
    assert [form.action for form in page.forms if form.method == "post"] == ["/sign-out"]
    if state != "empty":
        assert desk.checked(desk.post("repair")).status == 422


def test_where_all_is_well_the_page_says_so_and_leads_to_what_can_change(sit: Sit) -> None:
    desk = sit("confirmed")
    page = desk.get("repair")
    assert "Everything that is confirmed keeps the rules." in page.text
    assert page.links["A leader leaves, comes back, or can come on other dates"] == desk.found.url("answers")
    assert page.links["A day is withdrawn, moved, or has other numbers"] == desk.found.url("days")
    assert page.form_to(desk.found.url("repair")).buttons == ["Work out a repair"]


def test_the_dashboard_leads_there_as_soon_as_something_is_confirmed(sit: Sit) -> None:
    text = "When plans change: drop-outs, withdrawn days, repairs"
    assert text not in sit("solved").get().links
    desk = sit("confirmed")
    assert desk.get().links[text] == desk.found.url("repair")


def test_what_does_not_hold_any_more_stands_among_what_needs_the_coordinator(sit: Sit) -> None:
    desk = sit("confirmed")
    text = "What is confirmed needs a repair"
    assert text not in desk.get().links
    desk.change(shrink_first_day_to_one)
    page = desk.get()
    assert page.links[text] == desk.found.url("repair")
    assert "2 leaders are confirmed, and there is to be room for 1." in page.text


def test_who_has_lost_their_day_is_named(sit: Sit) -> None:
    page = sit("changed").get("repair")
    assert "3 leaders are without a day" in page.text
    assert "Leader 000, Leader 001 and Leader 002" in page.text


def test_asking_for_a_repair_queues_two_runs_once_and_waits_for_them(sit: Sit) -> None:
    desk = sit("changed")
    first = desk.post("repair")
    (repair,) = runs_of(desk, "repair")
    assert (first.status_code, first.location) == (303, desk.found.url(f"runs/{repair}/repair"))
    assert desk.post("repair").location == first.location
    assert len(runs_of(desk, "fresh")) == 1
    page = desk.get(f"runs/{repair}/repair")
    assert "The repair is being worked out." in page.text
    assert [e.get("data-refresh-seconds") for e in page.root.iter() if e.get("id") == "repair-state"] == ["2"]
    assert "Go on with the fewest moves" not in page.links
    solve_all(desk)
    page = desk.get(f"runs/{repair}/repair")
    assert "being worked out" not in page.text
    assert "Go on with the fewest moves" in page.links


def test_the_ways_to_go_on_stand_beside_each_other(sit: Sit) -> None:
    page = sit("repair").get("runs/RUN/repair")
    options = {row[0]: row[1:] for row in page.rows() if len(row) == 6}
    assert options["Do nothing"] == ["2", "–", "–", "–", "Every rule holds"]
    assert options["The fewest moves"] == ["3", "0", "1", "0", "Every rule holds"]
    assert options["The best list made afresh"][0] == "3"
    assert "1 person would get a day. 2 days would stay as they are." in page.text
    ((name, change),) = [row for row in page.rows() if len(row) == 2 and "Before:" in row[1]][:1]
    assert name.endswith("Gets a day")
    assert "Before: No day After: Memory café, " in change.replace("dayAfter", "day After")
    assert "(2nd choice)" in change
    assert "Still without a day: Leader 000 and Leader 00" in page.text


def test_a_repair_that_would_change_nothing_says_so_and_offers_no_confirmation(sit: Sit) -> None:
    desk = sit("confirmed")
    desk.post("repair")
    solve_all(desk)
    page = desk.get(f"runs/{runs_of(desk, 'repair')[0]}/repair")
    assert "Nothing would change: everybody keeps their day." in page.text
    assert "Go on with the fewest moves" not in page.links


def test_confirming_a_repair_tells_only_those_whose_day_changes(sit: Sit) -> None:
    desk = sit("repair")
    before, owed = live(desk), len(mails(desk))
    page = desk.get("runs/RUN/confirm")
    assert page.h1 == f"Confirm repair {desk.found.run_id}"
    assert "everybody else keeps their day and gets no mail" in page.text
    assert page.form_to(desk.found.url("runs/RUN/confirm")).buttons == ["Confirm and send 2 mails"]
    done = desk.post("runs/RUN/confirm")
    assert (done.status_code, done.location) == (303, desk.found.url("sending"))
    assert "The repair is done: no placements ended, 1 placement made, 2 kept as they were." in (
        desk.get("sending").text
    )
    assert before < live(desk)
    assert len(live(desk)) == 3
    assert mails(desk)[owed:] == ["placement_confirmed", "who_is_coming"]
    page = desk.get("runs/RUN/repair")
    assert "This repair was confirmed: the fewest moves." in page.text
    assert "Go on with the fewest moves" not in page.links
    assert "This repair was confirmed on" in desk.get("runs/RUN/confirm").text
    assert desk.post("runs/RUN/confirm").status_code == 303
    assert len(mails(desk)) == owed + 2


def test_a_cancellation_can_be_read_before_it_is_sent(sit: Sit) -> None:
    desk = sit("confirmed")

    def act(session: Any) -> None:
        shrink_first_day_to_one(session)

    desk.change(act)
    desk.post("repair")
    solve_all(desk)
    (repair,) = runs_of(desk, "repair")
    page = desk.get(f"runs/{repair}/confirm")
    options = ["".join(e.itertext()) for e in page.root.iter("option")]
    assert [one.partition(": ")[2] for one in options] == ["invite", "cancellation", "who is coming"]
    key = next(e.get("value") for e in page.root.iter("option") if "cancellation" in (e.text or ""))
    shown = desk.get(f"runs/{repair}/confirm?leader={key}")
    assert "Plans have changed, and you have another day instead" in shown.text


def shrink_first_day_to_one(session: Any) -> None:
    """There is to be room for one where two are confirmed; both have had their invite."""
    for message in session.scalars(select(Message)):
        message.status, message.sent_at = "sent", now()
    slot = session.scalars(select(Slot).order_by(Slot.id)).first()
    slot.wanted_capacity = 1


def test_a_repair_that_is_out_of_date_says_what_changed_and_offers_a_new_one(sit: Sit) -> None:
    desk = sit("repair")
    desk.change(shrink_second_day)
    page = desk.get("runs/RUN/repair")
    assert "This repair is out of date" in page.text
    assert page.form_to(desk.found.url("repair")).buttons == ["Work out a new repair"]
    assert "Go on with the fewest moves" not in page.links
    refused = desk.checked(desk.post("runs/RUN/confirm"))
    assert (refused.status, len(live(desk))) == (409, 2)
    assert "Work out a new one, then confirm that." in refused.text


def shrink_second_day(session: Any) -> None:
    session.scalars(select(Slot).order_by(Slot.id)).all()[1].capacity = 2


def test_the_fresh_list_can_be_confirmed_instead(sit: Sit) -> None:
    desk = sit("repair")
    (fresh,) = runs_of(desk, "fresh")
    links = desk.get("runs/RUN/repair").links
    assert links["Go on with the list made afresh instead"] == desk.found.url(f"runs/{fresh}/confirm")
    assert desk.get(f"runs/{fresh}/repair").h1 == f"Repair {desk.found.run_id}"
    assert desk.get(f"runs/{fresh}/confirm").h1 == f"Confirm fresh list {fresh}"
    desk.post(f"runs/{fresh}/confirm")
    assert "This repair was confirmed: the list made afresh." in desk.get("runs/RUN/repair").text


def test_a_repair_that_failed_says_why(sit: Sit) -> None:
    desk = sit("changed")
    desk.post("repair")
    (repair,), (fresh,) = runs_of(desk, "repair"), runs_of(desk, "fresh")

    def act(session: Any) -> None:
        for run_id in (repair, fresh):
            assert match_runs.fail_run(session, run_id, reason="No result within 60 seconds.", now=now())

    desk.change(act)
    page = desk.get(f"runs/{repair}/repair")
    assert page.text.count("It could not be worked out: No result within 60 seconds.") == 2


def test_a_run_that_is_no_repair_leads_to_its_own_page_and_a_repairs_list_to_the_repair(sit: Sit) -> None:
    desk = sit("solved")
    answer = desk.browser.get(desk.found.url("runs/RUN/repair"))
    assert (answer.status_code, answer.location) == (302, desk.found.url("runs/RUN"))
    desk = sit("repair")
    page = desk.get("runs/RUN")
    assert page.h1 == f"Repair {desk.found.run_id}"
    assert page.links["See who would move"] == desk.found.url("runs/RUN/repair")
    assert "Run the match again" not in page.links
    rows = [row[0] for row in desk.get().rows()]
    assert f"Repair {desk.found.run_id}" in rows
    assert f"Fresh list {runs_of(desk, 'fresh')[0]}" in rows


def test_a_match_asked_for_while_what_stands_cannot_stand_leads_to_a_repair(sit: Sit) -> None:
    desk = sit("confirmed")
    desk.change(shrink_first_day_to_one)
    refused = desk.checked(desk.post("runs", {"objective": "generous", "seed": "s", "seen": "0"}))
    assert refused.status == 422
    assert "Ask for a repair" in refused.text


def test_the_repair_of_another_cohort_is_not_there(sit: Sit) -> None:
    mine, other = sit("repair"), sit("repair")
    address = mine.found.url(f"runs/{other.found.run_id}/repair")
    assert mine.browser.get(address).status_code == 404


def test_the_repair_asks_the_database_a_fixed_number_of_times(sit: Sit) -> None:
    desk = sit("repair")
    with queries_of(desk.app) as said:
        desk.get("runs/RUN/repair")
    assert len(said) < 40


def test_names_are_never_read_as_markup(sit: Sit) -> None:
    desk = sit("repair")

    def act(session: Any) -> None:
        for number in range(5):
            leader_of(session, desk.found, number).name = "<script>alert(1)</script>"

    desk.change(act)
    for path in ("repair", "runs/RUN/repair", "runs/RUN/confirm", "days"):
        html = desk.browser.get(desk.found.url(path)).get_data(as_text=True)
        assert "<script>alert" not in html
