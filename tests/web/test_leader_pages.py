"""The leader's pages: what they show in each state, what they save, and what they refuse."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from icalendar import Calendar
from sqlalchemy import select
from werkzeug.test import TestResponse

from placement.db import reading, unit_of_work
from placement.models import Cohort, Leader, Slot
from placement.services import preferences
from tests.factories.clock import FIRST_DAY
from tests.factories.opportunities import make_opportunity, make_slot
from tests.factories.people import make_leader, make_partner
from tests.factories.placements import make_invite, make_placement
from tests.factories.preferences import make_date_answer
from tests.factories.programmes import make_cohort
from tests.factories.runs import make_run
from tests.web.browsing import Browser
from tests.web.page import Page, check_page, record_unknown_names

NOON = datetime(2027, 1, 12, 12, 0, tzinfo=UTC)
DEADLINE = datetime(2027, 1, 20, 17, 0, tzinfo=UTC)
TITLES = ("Food parcels", "Soup kitchen", "Memory café", "Night shelter")
PAGES = ("", "choices", "dates", "check", "placement")
Visit = Callable[..., Browser]


@pytest.fixture(autouse=True)
def at_noon() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@dataclass
class World:
    """A leader of a cohort with four opportunities, each on a date of its own, and a browser of theirs."""

    app: Flask
    browser: Browser
    leader_id: int
    cohort_id: int
    ids: list[int]

    def path(self, page: str = "") -> str:
        return f"/leader/{self.leader_id}/{page}"

    def get(self, page: str = "") -> Page:
        answer = self.browser.get(self.path(page))
        assert answer.status_code == 200
        return check_page(answer)

    def post(self, page: str, form: Mapping[str, object]) -> TestResponse:
        return self.browser.post(self.path(page), form)

    def press(self, action: str, place: int, seen: list[int] | None = None) -> TestResponse:
        shown = self.ranked if seen is None else seen
        return self.post("choices", {action: self.ids[place], "seen": " ".join(str(one) for one in shown)})

    @property
    def ranked(self) -> list[int]:
        with self.app.app_context(), reading() as session:
            return list(preferences.ranking(session, self.leader_id))

    @property
    def submitted_at(self) -> datetime | None:
        with self.app.app_context(), reading() as session:
            return session.scalar(select(Leader.submitted_at).where(Leader.id == self.leader_id))

    @property
    def dates(self) -> dict[str, str]:
        with self.app.app_context(), reading() as session:
            kept = preferences.date_answers(session, self.leader_id)
        return {day.isoformat(): answer for day, answer in kept.items()}

    def submit(self) -> TestResponse:
        return self.post("check", self.get("check").form_to(self.path("check")).values)

    def close(self) -> None:
        """Let the deadline be over. (Moving the clock so far would end the session.)"""
        with self.app.app_context(), unit_of_work() as session:
            session.get_one(Cohort, self.cohort_id).preferences_close_at = NOON

    def decide(self, *, placed: bool, status: str = "confirmed") -> int:
        """Confirm a run; with a placement where `placed`. Returns the placement's id."""
        with self.app.app_context(), unit_of_work() as session:
            cohort, leader = session.get_one(Cohort, self.cohort_id), session.get_one(Leader, self.leader_id)
            run = make_run(session, cohort=cohort, status="confirmed", confirmed_at=NOON)
            if not placed:
                return 0
            slot = session.scalars(select(Slot).order_by(Slot.starts_at)).first()
            assert slot is not None
            row = make_placement(session, leader=leader, slot=slot, run=run, rank=2, status=status)
            make_invite(session, placement=row, state="cancelled" if status == "cancelled" else "owed")
            return row.id


@pytest.fixture
def world(site: Flask, visit: Visit) -> World:
    with site.app_context(), unit_of_work() as session:
        cohort = make_cohort(session, name="Spring 2027", preferences_close_at=DEADLINE)
        offered = []
        for week, title in enumerate(TITLES):
            partner = make_partner(session, cohort=cohort, name=f"Partner {week}")
            row = make_opportunity(session, partner=partner, title=title)
            make_slot(session, opportunity=row, starts_at=FIRST_DAY + timedelta(weeks=week))
            offered.append(row.id)
        leader = make_leader(session, cohort=cohort, max_km=20.0)
        email, leader_id, cohort_id = leader.user.email, leader.id, cohort.id
    return World(site, visit(email=email), leader_id, cohort_id, offered)


def rank(world: World, *places: int) -> list[int]:
    for place in places:
        world.press("add", place)
    world.browser.get(world.path("choices"))  # shows, and so forgets, what was said of each
    return world.ranked


@pytest.mark.parametrize("name", PAGES)
def test_every_page_keeps_the_rules_and_prints_no_unknown_name_whatever_the_state(
    world: World, name: str
) -> None:
    unknown = record_unknown_names(world.app)
    world.get(name)
    rank(world, 0, 1, 2)
    world.get(name)
    world.submit()
    world.get(name)
    world.decide(placed=True)
    world.get(name)
    world.close()
    world.get(name)
    assert unknown == []


def test_the_first_page_says_what_is_to_be_done_and_until_when(world: World) -> None:
    page = world.get()
    assert page.h1 == "Choose your placement"
    assert "until Wednesday 20 January 2027, 5pm" in page.text
    assert "about 10 minutes" in page.text
    assert "Cannot start yet" in page.text
    assert {"Choose placements", "Say which dates you can do", "My placement"} <= page.links.keys()


def test_tasks_are_completed_one_by_one(world: World) -> None:
    rank(world, 0, 1, 2)
    assert world.get().text.count("Completed") == 1
    world.post("dates", world.get("dates").form_to(world.path("dates")).values)
    assert world.get().text.count("Completed") == 2
    world.submit()
    assert world.get().text.count("Completed") == 3


def test_an_opportunity_is_added_and_the_page_goes_on_where_it_was(world: World) -> None:
    answer = world.press("add", 1)
    assert (answer.status_code, answer.headers["Location"]) == (
        303,
        f"{world.path('choices')}#opportunity-{world.ids[1]}",
    )
    page = world.get("choices")
    assert "Soup kitchen is now choice 1 of 1." in page.text
    assert "Your 1st choice" in page.text
    assert world.ranked == [world.ids[1]]


@pytest.mark.parametrize(
    ("action", "place", "expected", "anchor", "sentence"),
    [
        ("up", 2, [0, 2, 1], "up", "Memory café is now choice 2 of 3."),
        ("down", 0, [1, 0, 2], "down", "Food parcels is now choice 2 of 3."),
        ("top", 2, [2, 0, 1], "up", "Memory café is now choice 1 of 3."),
        ("up", 0, [0, 1, 2], "up", "Food parcels is choice 1 of 3."),
        ("remove", 1, [0, 2], "my-choices", "Soup kitchen is off your list. You have 2 choices now."),
    ],
)
def test_a_button_does_what_it_says_and_the_page_says_so(
    world: World, action: str, place: int, expected: list[int], anchor: str, sentence: str
) -> None:
    rank(world, 0, 1, 2)
    answer = world.press(action, place)
    fragment = anchor if anchor == "my-choices" else f"{anchor}-{world.ids[place]}"
    assert answer.headers["Location"] == f"{world.path('choices')}#{fragment}"
    assert world.ranked == [world.ids[one] for one in expected]
    page = world.get("choices")
    assert sentence in page.text
    assert fragment in page.ids


def test_the_forms_of_the_page_carry_the_list_that_it_shows(world: World) -> None:
    first, second = rank(world, 0, 1)
    forms = [form for form in world.get("choices").forms if form.action == world.path("choices")]
    assert {form.values["seen"] for form in forms} == {f"{first} {second}"}
    assert len(forms) == 3


def test_an_older_page_is_told_and_shown_the_newer_list(world: World) -> None:
    seen = rank(world, 0, 1)
    world.press("add", 2)
    answer = world.press("up", 1, seen)
    page = check_page(answer)
    assert answer.status_code == 409
    assert "changed on another page or device" in page.text
    assert world.ranked == [*seen, world.ids[2]]
    assert page.form_to(world.path("choices")).values["seen"] == " ".join(map(str, world.ranked))


def test_the_same_button_pressed_twice_counts_once(world: World) -> None:
    seen = rank(world, 0, 1, 2)
    for _ in range(2):
        assert world.press("down", 0, seen).status_code == 303
    assert world.ranked == [seen[1], seen[0], seen[2]]


@pytest.mark.parametrize("form", [{}, {"up": "x"}, {"up": "1", "down": "1"}, {"up": "9" * 30}, {"fly": "1"}])
def test_a_form_without_one_of_the_buttons_changes_nothing(world: World, form: dict[str, str]) -> None:
    answer = world.post("choices", form)
    assert answer.status_code == 422
    assert check_page(answer).title.startswith("Error: ")


def test_an_opportunity_that_cannot_be_given_may_be_chosen_and_says_why_not(world: World) -> None:
    with world.app.app_context(), unit_of_work() as session:
        cohort = session.get_one(Cohort, world.cohort_id)
        row = make_opportunity(
            session, cohort=cohort, title="Hospice visit", check_required="enhanced", women_only=True
        )
        make_slot(session, opportunity=row)
        world.ids.append(row.id)
    why = (
        "As things stand you cannot be given this placement: it needs an enhanced DBS check, "
        "which we do not have for you; it is for women only."
    )
    assert why in world.get("choices").text
    world.press("add", 4)
    assert world.get("choices").text.count(why) == 2


def test_nothing_on_offer_says_to_come_back(world: World) -> None:
    with world.app.app_context(), unit_of_work() as session:
        for slot in session.scalars(select(Slot)):
            slot.status = "withdrawn"
    assert "No charity has offered a day yet" in world.get("choices").text
    assert "no dates to answer" in world.get("dates").text
    assert "Submit my answers" not in world.get("check").text


def test_a_choice_whose_days_are_gone_is_marked_and_can_be_taken_off(world: World) -> None:
    rank(world, 0, 1)
    with world.app.app_context(), unit_of_work() as session:
        slot = session.scalars(select(Slot).where(Slot.opportunity_id == world.ids[0])).one()
        slot.status = "withdrawn"
    assert "has no days any more. Take it off your list." in world.get("choices").text
    world.press("remove", 0)
    assert world.ranked == [world.ids[1]]
    answer = world.press("add", 0)
    assert answer.status_code == 422
    assert "has no days any more, so it was not added" in check_page(answer).text


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


def test_the_check_page_shows_all_answers_with_links_to_change_them(world: World) -> None:
    rank(world, 2, 0, 1)
    with world.app.app_context(), unit_of_work() as session:
        leader = session.get_one(Leader, world.leader_id)
        make_date_answer(session, leader=leader, answer="cannot")
    page = world.get("check")
    assert page.text.index("Memory café") < page.text.index("Food parcels") < page.text.index("Soup kitchen")
    assert "I cannot Wednesday 3 February 2027" in page.text
    assert "The other 3 dates" in page.text
    assert "Furthest you can travel 20 km" in page.text
    assert page.links["Change your choices"] == world.path("choices")
    assert page.links["Change your dates"] == world.path("dates")


def test_a_leader_who_can_do_no_date_is_told_what_that_means(world: World) -> None:
    values = world.get("dates").form_to(world.path("dates")).values
    world.post("dates", {name: "cannot" if name.startswith("day_") else at for name, at in values.items()})
    assert "With these answers you cannot be given a placement." in world.get("check").text


def test_submitting_leads_to_a_receipt(world: World) -> None:
    rank(world, 0, 1, 2)
    answer = world.submit()
    assert (answer.status_code, answer.headers["Location"]) == (303, world.path("submitted"))
    page = world.get("submitted")
    assert page.h1 == "Your answers are in"
    assert "Submitted on Tuesday 12 January 2027, 12pm (midday)" in page.text
    assert world.submitted_at == NOON


def test_sending_the_submitted_page_again_changes_nothing(
    world: World, at_noon: time_machine.Traveller
) -> None:
    rank(world, 0, 1, 2)
    values = world.get("check").form_to(world.path("check")).values
    world.post("check", values)
    at_noon.shift(timedelta(minutes=1))
    assert world.post("check", values).headers["Location"] == world.path("submitted")
    assert world.submitted_at == NOON


def test_too_few_choices_cannot_be_submitted(world: World) -> None:
    rank(world, 0)
    page = world.get("check")
    assert "Choose 2 more" in page.text
    assert "Submit my answers" not in page.text
    form = {"ranking": str(world.ids[0]), "dates": dates_shown()}
    answer = world.post("check", form)
    assert answer.status_code == 422
    assert "Choose 2 more, then submit." in check_page(answer).text
    assert world.submitted_at is None


def dates_shown() -> str:
    return " ".join(f"{FIRST_DAY.date() + timedelta(weeks=week)}:can" for week in range(len(TITLES)))


def test_answers_changed_since_the_check_page_are_shown_before_they_are_submitted(world: World) -> None:
    rank(world, 0, 1, 2)
    values = world.get("check").form_to(world.path("check")).values
    world.press("up", 2)
    answer = world.post("check", values)
    assert answer.status_code == 409
    assert "changed on another page or device" in check_page(answer).text
    assert world.submitted_at is None


def test_there_is_no_receipt_before_the_answers_are_in(world: World) -> None:
    assert world.browser.get(world.path("submitted")).headers["Location"] == world.path("check")


def test_changes_after_submitting_count_at_once_and_the_pages_say_so(world: World) -> None:
    rank(world, 0, 1, 2)
    world.submit()
    said = "Your answers are in. Changes you make until Wednesday 20 January 2027, 5pm count at once."
    for page in ("", "choices", "dates", "check"):
        assert said in world.get(page).text
    world.press("add", 3)
    assert world.ranked == world.ids


def test_a_choice_that_is_needed_cannot_be_taken_off_answers_that_are_in(world: World) -> None:
    rank(world, 0, 1, 2)
    world.submit()
    answer = world.press("remove", 0)
    assert answer.status_code == 422
    assert "must keep at least 3" in check_page(answer).text
    assert len(world.ranked) == 3


@pytest.mark.parametrize("how", ["deadline", "decision"])
def test_a_page_opened_before_choices_closed_is_refused_with_a_plain_sentence(world: World, how: str) -> None:
    seen = rank(world, 0, 1, 2)
    dates = world.get("dates").form_to(world.path("dates")).values
    check = world.get("check").form_to(world.path("check")).values
    if how == "deadline":
        world.close()
    else:
        world.decide(placed=False)
    answers = [
        world.press("up", 1, seen),
        world.post("dates", {**dates, "day_2027_02_03": "cannot"}),
        world.post("dates", {}),
        world.post("check", check),
    ]
    for answer in answers:
        assert answer.status_code == 409
        page = check_page(answer)
        assert "so nothing was changed" in page.text
        assert [form for form in page.forms if form.action.startswith("/leader/")] == []
    assert (world.ranked, world.dates, world.submitted_at) == (seen, {}, None)


def test_pages_are_to_be_read_only_after_the_deadline(world: World) -> None:
    rank(world, 0, 1, 2)
    world.close()
    for page in ("choices", "dates", "check"):
        shown = world.get(page)
        assert "Choices closed on Tuesday 12 January 2027, 12pm (midday)." in shown.text
        assert [form for form in shown.forms if form.action.startswith("/leader/")] == []
    assert "Food parcels" in world.get("choices").text
    assert "You did not submit your answers" in world.get("check").text


def test_before_the_decision_the_placement_page_says_when_to_expect_it(world: World) -> None:
    page = world.get("placement")
    assert page.h1 == "My placement"
    assert "Places have not been decided yet." in page.text
    assert page.links["Go on with my answers"] == world.path()


def test_a_leader_without_a_place_is_told_kindly_and_whom_to_ask(world: World) -> None:
    world.decide(placed=False)
    text = world.get("placement").text
    assert "there is no placement for you yet" in text
    assert "placements@placement.example" in text


def test_a_placement_says_where_when_and_which_choice_it_was(world: World) -> None:
    rank(world, 1, 0, 2)
    world.submit()
    world.decide(placed=True)
    text = world.get("placement").text
    for said in (
        "Wednesday 3 February 2027, 9:30am to 4pm",
        "Food parcels",
        "This was your 2nd choice.",
        "Sam Synthetic, 01632 960000",
        "Wear flat shoes.",
    ):
        assert said in text


def test_a_placement_is_downloaded_as_the_same_calendar_entry_as_the_invite(world: World) -> None:
    placement_id = world.decide(placed=True)
    link = world.get("placement").links["Add to my calendar"]
    answer = world.browser.get(link)
    assert link == world.path(f"placement/{placement_id}.ics")
    assert answer.mimetype == "text/calendar"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="placement.ics"'
    (event,) = Calendar.from_ical(answer.get_data()).walk("VEVENT")
    assert str(event["UID"]).startswith("invite-")
    assert str(event["SUMMARY"]).startswith("Placement: Food parcels")


def test_a_cancelled_placement_is_told_and_has_no_calendar_entry(world: World) -> None:
    placement_id = world.decide(placed=True, status="cancelled")
    page = world.get("placement")
    assert "You do not need to go." in page.text
    assert "Add to my calendar" not in page.text
    assert world.browser.get(world.path(f"placement/{placement_id}.ics")).status_code == 404


def test_two_days_are_two_parts_of_the_page(world: World) -> None:
    with world.app.app_context(), unit_of_work() as session:
        leader = session.get_one(Leader, world.leader_id)
        leader.days = 3
        for slot in session.scalars(select(Slot).order_by(Slot.starts_at).limit(2)).all():
            make_placement(session, leader=leader, slot=slot)
    page = world.get("placement")
    assert page.h1 == "My placements"
    assert "You are to have 3 days, and 1 day is still missing." in page.text
    assert len(page.by_class("app-given")) == 2


def test_a_number_larger_than_any_database_holds_is_no_page(world: World) -> None:
    assert world.browser.get(f"/leader/{10**25}/").status_code == 404
