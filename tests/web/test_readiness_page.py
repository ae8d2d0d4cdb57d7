"""Before a run: who could not be placed and why. After it: what one more seat would bring."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select

from placement.domain.matching.why.findings import Conflict, Loosened, WhatIf
from placement.models import Cohort, DateAnswer, Slot
from placement.services.reports.explanations import SlotName
from placement.web.coordinator.words import diagnosis as words
from placement.web.explaining import Speech
from placement.web.presenters import day
from tests.web.cohort_states import JUNE, WEEK, explained_now, fill
from tests.web.coordinator_desk import Desk, Sit, queries_of, seats


@pytest.fixture
def sit(site: Flask) -> Sit:
    return seats(site)


def filled(sit: Sit, **facts: Any) -> Desk:
    desk = sit("empty")
    desk.change(lambda session: fill(session, session.get_one(Cohort, desk.found.cohort_id), **facts))
    return desk


def change_slots(desk: Desk, **facts: int) -> None:
    def act(session: Any) -> None:
        for slot in session.scalars(select(Slot)):
            for name, value in facts.items():
                setattr(slot, name, value)

    desk.change(act)


def test_who_can_be_given_nothing_is_named_with_what_rules_the_days_out_and_what_would_help(
    sit: Sit,
) -> None:
    page = filled(sit).get("readiness")
    assert "Not everybody can be given a day" in page.text
    (row,) = [row for row in page.rows() if row[0] == "Leader 000"]
    assert row[1] == "Of 3 days, all are on dates that they cannot do."
    assert row[2].endswith(f"on {day(JUNE + timedelta(days=7))}, if Leader 000 could go there after all")


def test_too_few_seats_are_told_with_the_people_the_days_and_the_cheapest_remedy(sit: Sit) -> None:
    desk = filled(sit)
    change_slots(desk, minimum=1, capacity=1)
    page = desk.get("readiness")
    assert "4 leaders need 4 days, and the 3 days that fit have room for 3." in page.text
    assert "Who they are (4)" in page.text
    assert "Which days (3)" in page.text
    assert "One more seat, 2 instead of 1: Food parcels on " in page.text


def test_days_that_cannot_run_are_told_with_why(sit: Sit) -> None:
    page = filled(sit).get("readiness")
    (row,) = [row for row in page.rows() if row[0].startswith("Youth club on ")]
    assert row[1].startswith("It needs 9, and only 4 leaders could go")


def test_where_everybody_can_be_placed_the_page_says_so(sit: Sit) -> None:
    desk = filled(sit)
    desk.change(lambda session: session.execute(delete(DateAnswer)))
    page = desk.get("readiness")
    assert "Everybody can be given a day." in page.text
    assert "Who cannot be placed" not in page.text
    assert "2 leaders have not answered" in page.text


@pytest.mark.parametrize(("state", "why"), [("empty", "has no leaders who need a day")])
def test_without_leaders_or_days_there_can_be_no_match_yet(sit: Sit, state: str, why: str) -> None:
    page = sit(state).get("readiness")
    assert "There can be no match yet" in page.text
    assert why in page.text
    assert "Run the match" not in page.links


def test_what_is_confirmed_and_cannot_stand_any_more_asks_for_a_repair(sit: Sit) -> None:
    desk = sit("confirmed")

    def act(session: Any) -> None:
        for slot in session.scalars(select(Slot).where(Slot.taken > 0)):
            slot.status = "withdrawn"

    desk.change(act)
    page = desk.get("readiness")
    assert "What is confirmed cannot all stand any more. A repair mends that." in page.text


def test_the_page_leads_to_what_the_newest_run_found_and_to_a_new_run(sit: Sit) -> None:
    desk = sit("solved")
    page = desk.get("readiness")
    assert page.links[f"See it for run {desk.found.run_id}"] == desk.found.url("runs/RUN#what-if")
    assert page.links["Run the match"] == desk.found.url("runs/new")
    assert desk.get().links["See whether everybody can be placed"] == desk.found.url("readiness")


def test_a_run_says_what_one_more_seat_would_bring(sit: Sit) -> None:
    desk = filled(sit, leaders=6)

    def act(session: Any) -> None:
        explained_now(session, session.get_one(Cohort, desk.found.cohort_id))

    desk.change(act)
    page = desk.get(f"runs/{desk.runs()[-1][0]}")
    first, *_ = page.by_class("app-what-ifs")[0].iter("li")
    text = " ".join("".join(first.itertext()).split())
    assert text.startswith("One more seat, 3 instead of 2: Food parcels, Seaport Food Bank")
    assert f"On {day(JUNE)}" in text
    assert text.endswith("There would be one more 1st choice and one fewer 2nd choice.")
    (unplaced,) = [row for row in page.rows() if row[0] == "Leader 000"]
    assert unplaced[4] == "Nothing by itself"  # every seat is taken


def test_days_of_one_placement_that_bring_the_same_stand_in_one_line() -> None:
    slots = {f"s{number}": SlotName("Food parcels", "Food Bank", JUNE + number * WEEK) for number in (1, 2)}
    naming = words.Naming(Speech(slots), {})
    change = {"profile": {"1": 1, "2": -1}}
    found = [WhatIf(Loosened("seat", slot, 3), change) for slot in slots]
    other = WhatIf(Loosened("seat", "s1", 3), {"distance": -1.25})
    first, second = words.what_ifs([*found, other], naming)
    assert (first.what, first.days) == (
        "One more seat, 3 instead of 2: Food parcels, Food Bank",
        (day(JUNE + WEEK), day(JUNE + 2 * WEEK)),
    )
    assert first.brings == "There would be one more 1st choice and one fewer 2nd choice."
    assert second.brings == "All distances together would be 1.2 km shorter."


def test_a_run_that_was_not_diagnosed_says_so(sit: Sit) -> None:
    page = sit("solved").get("runs/RUN")
    assert "What else would have been possible is being worked out." in page.text


NAMING = words.Naming(Speech({}), {"ada": "Ada Field", "ben": "Ben Hill"})


@pytest.mark.parametrize(
    ("conflict", "sentence"),
    [
        (Conflict("pins", ("ada",), ("s1",)), "These confirmed days cannot all stay"),
        (
            Conflict("clash", ("ada",), ("s1", "s2"), seats=1, days=2),
            "Ada Field needs 2 days and can be given 1: the others are too close to it in time",
        ),
        (
            Conflict("organisation", ("ada", "ben"), ("s1",), seats=1, days=2),
            "2 leaders need 2 days, and the 1 day that fit has room for 1, because of how many of one organ",
        ),
        (
            Conflict("partner", ("ada", "ben"), ("s1", "s2"), seats=1, days=2),
            "2 leaders need 2 days, and the 2 days that fit have room for 1, because of what the partner",
        ),
        (
            Conflict("minimum", ("ada",), ("s1",), seats=0, days=1, closed=("s1",)),
            "While s1 cannot run, Ada Field can be given nothing.",
        ),
        (
            Conflict("minimum", ("ada", "ben"), ("s1", "s2"), seats=1, days=2, closed=("s1",)),
            "While s1 cannot run, 2 leaders need 2 days, and the 1 day that fit has room for 1.",
        ),
        (
            Conflict("sectors", ("ada", "ben"), ("s1",)),
            "Each rule by itself leaves seats for 2 leaders, but all rules together do not.",
        ),
        (
            Conflict("lottery", ("ada",), (), days=3, seats=2),
            "Lottery order leaves 3 days missing. 2 days of them could be given",
        ),
        (
            Conflict("no slot", ("ada",), (), seats=0, days=1, reasons=(("excluded", ("s1", "s2")),)),
            "S1 and s2: ruled out by their dates, by what it asks for, or by the distance.",
        ),
    ],
)
def test_each_kind_of_conflict_has_its_sentence(conflict: Conflict, sentence: str) -> None:
    ((told),) = words.conflicts([conflict], NAMING)
    assert told.sentence.startswith(sentence)


@pytest.mark.parametrize(
    ("loosened", "text"),
    [
        (Loosened("seat", "s1", 4), "one more seat, 4 instead of 3: s1"),
        (Loosened("minimum", "s1", 2), "a minimum number of 2 instead of 3: s1"),
        (Loosened("partner_capacity", "Food Bank", 5), "one more day in all with Food Bank"),
        (Loosened("exclusion", "s1", None, "ada"), "s1, if Ada Field could go there after all"),
        (Loosened("forbidden", "s1", None, "ben"), "s1, if it were no longer ruled out for Ben Hill"),
        (Loosened("max_same_organisation", None, 3), "up to 3 people of one organisation on a day"),
        (Loosened("max_per_partner", None, 2), "up to 2 days of one person with one partner"),
        (Loosened("min_sectors", None, 2), "only 2 sectors on a day"),
        (Loosened("min_sectors"), "no rule about sectors"),
        (Loosened("gap_minutes", None, 30), "only 30 minutes between two days of one person"),
        (Loosened("teams"), "no rule about teams"),
        (Loosened("place_unranked"), "giving people also days that they did not choose"),
    ],
)
def test_each_rule_that_can_be_loosened_has_its_words(loosened: Loosened, text: str) -> None:
    assert words.loosened_words(loosened, NAMING) == text


def test_the_page_asks_the_database_as_often_for_many_leaders_as_for_few(sit: Sit) -> None:
    numbers = []
    for leaders in (5, 40):
        desk = filled(sit, leaders=leaders)
        with queries_of(desk.app) as said:
            desk.get("readiness")
        numbers.append(len(said))
    assert numbers[0] == numbers[1]
