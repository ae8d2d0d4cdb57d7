"""The calendar of dates: what it asks and marks, what it saves, and what it refuses."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from placement.db import unit_of_work
from placement.models import Cohort, Leader
from tests.factories.clock import FIRST_DAY
from tests.factories.events import make_event, make_guest
from tests.factories.opportunities import make_opportunity, make_slot
from tests.web.leading import NOON, TITLES, Visit, World, make_world, rank
from tests.web.page import check_page, text_of


@pytest.fixture(autouse=True)
def at_noon() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def world(site: Flask, visit: Visit) -> World:
    return make_world(site, visit)


def test_every_date_starts_as_one_that_can_be_done(world: World) -> None:
    values = world.get("dates").form_to(world.path("dates")).values
    answers = {name: value for name, value in values.items() if name.startswith("day_")}
    assert len(answers) == len(TITLES)
    assert set(answers.values()) == {"can"}


def test_dates_are_saved_and_the_page_goes_on_to_the_check(world: World) -> None:
    values = world.get("dates").form_to(world.path("dates")).values
    answer = world.post("dates", {**values, "day_2027_02_03": "cannot", "day_2027_02_10": "if_need_be"})
    assert answer.headers["Location"] == world.path("check")
    assert world.dates["2027-02-03"] == "cannot"
    assert world.dates["2027-02-10"] == "if_need_be"
    assert "Your dates are saved." in world.get("check").text


def test_a_date_says_what_is_on_offer_and_which_choice_it_is(world: World) -> None:
    rank(world, 1)
    assert "Soup kitchen (your 1st choice)" in world.get("dates").text
    assert "1 placement" in world.get("dates").text


def test_a_date_without_answer_is_asked_for_again_and_nothing_typed_is_lost(world: World) -> None:
    values = world.get("dates").form_to(world.path("dates")).values
    del values["day_2027_02_03"]
    answer = world.post("dates", {**values, "day_2027_02_10": "cannot"})
    page = check_page(answer)
    assert answer.status_code == 422
    assert page.errors == {"day_2027_02_03": "Say whether you can come on Wednesday 3 February 2027"}
    assert page.form_to(world.path("dates")).values["day_2027_02_10"] == "cannot"
    assert world.dates == {}


def test_an_older_page_of_dates_overwrites_nothing_and_says_what_was_not_kept(world: World) -> None:
    values = world.get("dates").form_to(world.path("dates")).values
    world.post("dates", {**values, "day_2027_02_03": "cannot"})
    answer = world.post("dates", {**values, "day_2027_02_03": "if_need_be"})
    page = check_page(answer)
    assert answer.status_code == 409
    assert "Wednesday 3 February 2027: you sent “If need be”, and “I cannot” is kept." in page.text
    assert page.form_to(world.path("dates")).values["day_2027_02_03"] == "cannot"
    assert world.dates["2027-02-03"] == "cannot"


def test_all_dates_of_a_weekday_get_one_answer_by_one_button(world: World) -> None:
    with world.app.app_context(), unit_of_work() as session:
        cohort = session.get_one(Cohort, world.cohort_id)
        row = make_opportunity(session, cohort=cohort)
        make_slot(session, opportunity=row, starts_at=FIRST_DAY + timedelta(days=1))
    values = world.get("dates").form_to(world.path("dates")).values
    sent = {**values, "weekday": "2", "weekday_answer": "cannot", "set_weekday": "1"}
    answer = world.post("dates", {**sent, "day_2027_02_04": "if_need_be"})
    assert answer.headers["Location"] == world.path("dates")
    assert "4 Wednesdays set to “I cannot”. Saved at 12pm (midday)." in world.get("dates").text
    assert set(world.dates.values()) == {"cannot", "if_need_be"}
    assert world.dates["2027-02-04"] == "if_need_be"


@pytest.mark.parametrize(
    "sent", [{"weekday": "6"}, {"weekday": "x"}, {"weekday": "2", "weekday_answer": "fly"}]
)
def test_a_weekday_or_answer_that_the_page_does_not_have_sets_nothing(
    world: World, sent: dict[str, str]
) -> None:
    values = world.get("dates").form_to(world.path("dates")).values
    answer = world.post("dates", {**values, **sent, "set_weekday": "1"})
    assert answer.status_code == 303
    assert set(world.dates.values()) == {"can"}


def test_dates_that_save_themselves_stay_on_the_page_and_say_when(world: World) -> None:
    values = world.get("dates").form_to(world.path("dates")).values
    answer = world.post("dates", {**values, "day_2027_02_03": "cannot", "autosave": "1"})
    assert answer.headers["Location"] == world.path("dates")
    page = world.get("dates")
    assert "Saved at 12pm (midday)." in page.text
    assert "2027-02-03:cannot" in page.form_to(world.path("dates")).values["seen"]
    assert world.dates["2027-02-03"] == "cannot"


def test_each_month_is_a_calendar_whose_offered_dates_lead_to_their_questions(world: World) -> None:
    page = world.get("dates")
    (month,) = page.by_class("app-month")
    weeks = [[text_of(cell) for cell in row] for row in month.iter("tr")]
    assert weeks[0] == ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"]
    assert weeks[1] == ["1", "2", "3 ✓I can", "4", "5", "6", "7"]
    links = [e.get("href") for e in month.iter("a")]
    assert links == [f"#day_2027_02_{day}" for day in ("03", "10", "17", "24")]


def test_events_and_bank_holidays_are_marked(world: World) -> None:
    with world.app.app_context(), unit_of_work() as session:
        leader = session.get_one(Leader, world.leader_id)
        opportunity = make_opportunity(session, cohort=leader.cohort)
        make_slot(session, opportunity=opportunity, starts_at=datetime(2027, 3, 26, 10, tzinfo=UTC))
        for title, day in (("Workshop 1", 3), ("Workshop 2", 5), ("Called off", 8), ("Not for them", 9)):
            starts = datetime(2027, 2, day, 10, tzinfo=UTC)
            event = make_event(
                session,
                cohort=leader.cohort,
                title=title,
                starts_at=starts,
                ends_at=starts + timedelta(hours=3),
                status="cancelled" if title == "Called off" else "planned",
            )
            if title != "Not for them":
                make_guest(session, event=event, leader=leader)
    text = world.get("dates").text
    assert "You are invited to Workshop 1, 10am to 1pm" in text
    assert "5 February: Workshop 2, 10am to 1pm" in text
    assert "Bank holiday: Good Friday" in text
    assert "Called off" not in text
    assert "Not for them" not in text
