"""The page on which a coordinator sets up the cohort."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from placement.db import reading
from placement.models import AuditEvent, Cohort
from tests.web.cohort_states import JUNE, now
from tests.web.coordinator_desk import Desk, Sit, seats

PATH = "set-up"
CLOSES = {
    "closes_on-day": "1",
    "closes_on-month": "June",
    "closes_on-year": str(JUNE.year),
    "closes_at": "5pm",
}
WHEN = datetime(JUNE.year, 6, 1, 16, 0, tzinfo=UTC)


@pytest.fixture
def sit(site: Flask) -> Sit:
    return seats(site)


def typed(desk: Desk, **changes: str) -> dict[str, str]:
    """What the page's form would send, with some of it typed another way."""
    return {**desk.get(PATH).form_to(desk.found.url(PATH)).values, **changes}


def kept(desk: Desk) -> Cohort:
    with desk.app.app_context(), reading() as session:
        cohort = session.get_one(Cohort, desk.found.cohort_id)
        session.expunge_all()
        return cohort


def set_kept(desk: Desk, **facts: Any) -> None:
    def act(session: Any) -> None:
        cohort = session.get_one(Cohort, desk.found.cohort_id)
        for name, value in facts.items():
            setattr(cohort, name, value)

    desk.change(act)


def test_the_cohort_page_names_the_deadline_first_and_leads_to_the_page(sit: Sit) -> None:
    desk = sit("filled")
    start = desk.get()
    assert start.links["Set a deadline"] == desk.found.url(PATH)
    assert start.text.index("Set a deadline") < start.text.index("have not answered")
    page = desk.get(PATH)
    assert page.h1 == "Set up the cohort"
    assert "There is no deadline yet" in page.text
    assert "In the example 4 people get their 1st choice and 1 their 5th." in page.text
    answer = desk.post(PATH, typed(desk, **CLOSES))
    assert answer.status_code == 303, desk.checked(answer).errors
    assert answer.location == desk.found.url()
    start = desk.get()
    assert f"Leaders can choose until {said(WHEN)}." in start.text
    assert "Set a deadline" not in start.links
    assert kept(desk).preferences_close_at == WHEN


def said(at: datetime) -> str:
    names = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
    return f"{names[at.weekday()]} {at.day} June {at.year}, 5pm"


def test_an_empty_cohort_can_be_set_up_too(sit: Sit) -> None:
    desk = sit("empty")
    assert desk.get().links["Set up the cohort: deadline, rules, lottery"] == desk.found.url(PATH)
    changes = {"choices_minimum": "4", "objective": "lottery", "seed": "seashell", "place_unranked": "no"}
    rules = {"max_same_organisation": "2", "min_sectors": "3", "teams": "spread", "max_per_partner": "1"}
    answer = desk.post(PATH, typed(desk, **changes, **rules, gap_minutes="600", name="Coast 2"))
    assert answer.status_code == 303
    cohort = kept(desk)
    assert (cohort.name, cohort.choices_minimum, cohort.objective) == ("Coast 2", 4, "lottery")
    assert (cohort.seed, cohort.place_unranked, cohort.min_sectors) == ("seashell", False, 3)
    assert (cohort.teams, cohort.max_per_partner, cohort.gap_minutes) == ("spread", 1, 600)
    assert desk.post(PATH, typed(desk)).status_code == 303
    assert "nothing is changed" in desk.get().text


@pytest.mark.parametrize(
    ("changes", "field", "says"),
    [
        ({"name": " "}, "name", "Enter a name"),
        ({**CLOSES, "closes_on-year": "2020"}, "closes_on-day", "has gone by"),
        ({**CLOSES, "closes_on-day": "30"}, "closes_on-day", "before the first day"),
        ({**CLOSES, "closes_on-day": "31"}, "closes_on-day", "must be a real date"),
        ({**CLOSES, "closes_at": ""}, "closes_at", "Enter the time"),
        ({"closes_at": "5pm"}, "closes_on-day", "Enter the date"),
        ({**CLOSES, "closes_at": "five"}, "closes_at", "like 9:30am"),
        ({"choices_minimum": "0"}, "choices_minimum", "from 1 to 50"),
        ({"choices_minimum": "many"}, "choices_minimum", "whole number"),
        ({"max_per_partner": "x"}, "max_per_partner", "whole number"),
        ({"seed": " "}, "seed", "Enter a seed"),
        ({"reason": "x" * 501}, "reason", "500 characters"),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_stays_as_typed(
    sit: Sit, changes: dict[str, str], field: str, says: str
) -> None:
    desk = sit("filled")
    form = typed(desk, **changes)
    answer = desk.post(PATH, form)
    assert answer.status_code == 422
    page = desk.checked(answer)
    assert says in page.errors[field]
    shown = page.form_to(desk.found.url(PATH)).values
    assert {name: shown[name].strip() for name in changes} == {
        name: value.strip() for name, value in changes.items()
    }
    assert kept(desk).preferences_close_at is None


def test_an_hour_that_the_clocks_show_twice_is_refused_unless_it_stands_already(sit: Sit) -> None:
    desk = sit("empty")
    sunday = max(day for day in range(25, 32) if datetime(JUNE.year, 10, day, tzinfo=UTC).weekday() == 6)
    hour = {
        "closes_on-day": str(sunday),
        "closes_on-month": "10",
        "closes_on-year": str(JUNE.year),
        "closes_at": "1:30am",
    }
    answer = desk.post(PATH, typed(desk, **hour))
    assert answer.status_code == 422
    assert "closes_at" in desk.checked(answer).errors
    second = datetime(JUNE.year, 10, sunday, 1, 30, tzinfo=UTC)
    set_kept(desk, preferences_close_at=second)
    assert desk.post(PATH, typed(desk, choices_minimum="4")).status_code == 303
    assert (kept(desk).choices_minimum, kept(desk).preferences_close_at) == (4, second)


def test_a_deadline_that_has_gone_by_asks_for_a_reason_which_goes_on_record(sit: Sit) -> None:
    desk = sit("filled")
    set_kept(desk, preferences_close_at=now() - timedelta(days=1))
    assert "they open again" in desk.get(PATH).text
    assert desk.post(PATH, typed(desk, choices_minimum="2")).status_code == 303, "the deadline is left alone"
    page = desk.checked(desk.post(PATH, typed(desk, **CLOSES)))
    assert (page.status, "say why" in page.errors["reason"]) == (422, True)
    assert desk.post(PATH, typed(desk, **CLOSES, reason="A late organisation")).status_code == 303
    assert "Choices are open again." in desk.get().text
    with desk.app.app_context(), reading() as session:
        facts = session.scalars(select(AuditEvent.facts).order_by(AuditEvent.id.desc())).first()
    assert facts is not None
    assert facts["reason"] == "A late organisation"


def test_whoever_saves_second_sees_both_versions_and_can_still_save_theirs(sit: Sit) -> None:
    desk = sit("filled")
    form = typed(desk, choices_minimum="5")
    assert desk.post(PATH, typed(desk, choices_minimum="4")).status_code == 303
    answer = desk.post(PATH, form)
    assert answer.status_code == 409
    page = desk.checked(answer)
    assert "Somebody else has changed these settings" in page.text
    assert ["Least number of choices", "4", "5"] in page.rows()
    assert kept(desk).choices_minimum == 4
    again = page.form_to(desk.found.url(PATH)).values
    assert again["choices_minimum"] == "5"
    assert desk.post(PATH, again).status_code == 303
    assert kept(desk).choices_minimum == 5


def test_after_a_run_the_seed_and_after_a_decision_the_deadline_are_shown_with_the_reason(sit: Sit) -> None:
    desk = sit("solved")
    old = typed(desk, seed="another")
    assert "seed" not in desk.get(PATH).form_to(desk.found.url(PATH)).values
    assert f"run {desk.found.run_id} has been asked for" in desk.get(PATH).text
    page = desk.checked(desk.post(PATH, old))
    assert "The seed stays as it is" in page.errors["seed"]
    assert desk.post(PATH, typed(desk, max_per_partner="1")).status_code == 303
    assert f"Run {desk.found.run_id} was made by the rules of before" in desk.get().text
    desk = sit("confirmed")
    page = desk.get(PATH)
    assert "choices cannot open again" in page.text
    assert "closes_at" not in page.form_to(desk.found.url(PATH)).values
    page = desk.checked(desk.post(PATH, typed(desk, **CLOSES)))
    assert "choices cannot open again" in page.errors["closes_on-day"]
    assert desk.post(PATH, typed(desk, choices_minimum="2")).status_code == 303
