"""When plans change: days that are changed or withdrawn, and leaders who leave, on the pages."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from placement.db import reading
from placement.domain.text import to_london
from placement.models import DateAnswer, Leader, Message, Placement, Slot
from placement.web.presenters import day
from tests.factories.opportunities import make_slot
from tests.factories.people import make_leader
from tests.web.browsing import Browser
from tests.web.cohort_states import JUNE, WEEK, leader_of, now
from tests.web.coordinator_desk import Desk, Sit, queries_of, seats
from tests.web.page import Page, check_page


@pytest.fixture
def sit(site: Flask) -> Sit:
    return seats(site)


@pytest.fixture
def desk(sit: Sit) -> Desk:
    return sit("confirmed")


def slot_id(desk: Desk, number: int = 0) -> int:
    with desk.app.app_context(), reading() as session:
        slots = session.scalars(
            select(Slot.id).where(Slot.cohort_id == desk.found.cohort_id).order_by(Slot.id)
        )
        return slots.all()[number]


def leader_id(desk: Desk, number: int) -> int:
    with desk.app.app_context(), reading() as session:
        return leader_of(session, desk.found, number).id


def slot(desk: Desk, number: int = 0) -> Slot:
    with desk.app.app_context(), reading() as session:
        found = session.get_one(Slot, slot_id(desk, number))
        session.expunge(found)
        return found


def live(desk: Desk) -> int:
    with desk.app.app_context(), reading() as session:
        rows = session.scalars(select(Placement).where(Placement.status == "confirmed")).all()
        return len(rows)


def facts(page: Page) -> dict[str, str]:
    """The summary list of a page."""
    cells = [" ".join("".join(e.itertext()).split()) for e in page.root.iter() if e.tag in {"dt", "dd"}]
    return dict(zip(cells[::2], cells[1::2], strict=False))


def test_the_days_are_listed_with_who_is_coming(desk: Desk) -> None:
    page = desk.get("days")
    rows = {row[0]: row[1] for row in page.rows()[1:]}
    (food,) = [text for name, text in rows.items() if "Food parcels" in name]
    assert "Leader 001 and Leader 002 (2 of 2)" in food
    (club,) = [text for name, text in rows.items() if "Youth club" in name]
    assert "Nobody (0 of 9, at least 9)" in club
    assert [row[0] for row in desk.get("days?show=free&search=memory").rows()[1:]]
    assert "No days found, of 3." in desk.get("days?search=nothing").text


def test_a_day_shows_who_is_coming_and_what_can_be_done(desk: Desk) -> None:
    page = desk.get(f"days/{slot_id(desk)}")
    assert (page.h1, facts(page)["Free seats"]) == (day(JUNE), "0")
    names = [row[0] for row in page.rows()[1:]]
    assert names == ["Leader 001", "Leader 002"]
    assert "Withdraw this day" in page.links
    assert "Who could take a free seat" not in page.links
    assert "Who could take a free seat" in desk.get(f"days/{slot_id(desk, 1)}").links


def test_changing_a_day_shows_first_what_it_would_do_and_to_whom_it_is_told(desk: Desk) -> None:
    path = f"days/{slot_id(desk)}/change"
    form = desk.get(path).form_to(desk.found.url(path))
    assert (form.values["starts"], form.values["capacity"]) == ("9:30am", "2")
    page = desk.checked(desk.post(path, {**form.values, "starts": "10am", "step": "check"}))
    assert page.h1 == "What the change would do"
    assert f"It moves from {day(JUNE)}, 9:30am to 4pm to {day(JUNE)}, 10am to 4pm." in page.text
    assert "gets a changed invite" in page.text
    assert slot(desk).starts_at == JUNE
    check = page.form_to(desk.found.url(path))
    assert "Change the day and send 3 mails" in check.buttons
    back = desk.checked(desk.post(path, {**check.values, "step": "edit"}))
    assert back.form_to(desk.found.url(path)).values["starts"] == "10am"
    done = desk.post(path, {**check.values, "step": "save"})
    assert (done.status_code, done.location) == (303, desk.found.url("repair"))
    assert "The day is changed: " in desk.get("repair").text
    assert to_london(slot(desk).starts_at).hour == 10


def test_a_capacity_below_the_people_there_is_kept_and_asks_for_a_repair(desk: Desk) -> None:
    path = f"days/{slot_id(desk)}/change"
    form = desk.get(path).form_to(desk.found.url(path)).values
    page = desk.checked(desk.post(path, {**form, "capacity": "1", "step": "check"}))
    assert "After that, this does not hold" in page.text
    assert "Nobody gets a mail." in page.text
    desk.post(path, {**form, "capacity": "1", "step": "save"})
    repair = desk.get("repair")
    assert "2 leaders are confirmed, and there is to be room for 1." in repair.text
    shown = desk.get(f"days/{slot_id(desk)}")
    assert "This day needs a repair" in shown.text
    assert facts(shown)["Seats"] == "1"
    assert len(desk.get("days?show=amiss").rows()[1:]) == 1


def test_a_change_that_is_none_says_so_and_offers_no_button(desk: Desk) -> None:
    path = f"days/{slot_id(desk)}/change"
    form = desk.get(path).form_to(desk.found.url(path)).values
    page = desk.checked(desk.post(path, {**form, "step": "check"}))
    assert "Nothing: the day is like that already." in page.text
    assert page.form_to(desk.found.url(path)).buttons == ["Go back to the form"]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"starts": ""}, "starts"),
        ({"starts": "half past"}, "starts"),
        ({"ends": "8am"}, "ends"),
        ({"capacity": "0"}, "capacity"),
        ({"capacity": "2", "minimum": "3"}, "minimum"),
        ({"day-day": "32"}, "day-day"),
        ({"day-year": "2020"}, "day-day"),
    ],
)
def test_what_cannot_be_is_named_at_its_field_and_changes_nothing(
    desk: Desk, typed: dict[str, str], field: str
) -> None:
    path = f"days/{slot_id(desk)}/change"
    form = desk.get(path).form_to(desk.found.url(path)).values
    page = desk.checked(desk.post(path, {**form, **typed, "step": "save"}))
    assert (page.status, list(page.errors)) == (422, [field])
    assert slot(desk).starts_at == JUNE


def test_a_start_that_the_placement_has_already_is_refused_at_its_field(desk: Desk) -> None:
    def act(session: Any) -> None:
        first = session.get_one(Slot, slot_id(desk))
        make_slot(session, opportunity=first.opportunity, starts_at=JUNE + WEEK, reference="TWIN")

    desk.change(act)
    path = f"days/{slot_id(desk)}/change"
    form = desk.get(path).form_to(desk.found.url(path)).values
    twin = to_london(JUNE + WEEK)
    typed = {"day-day": str(twin.day), "day-month": str(twin.month)}
    page = desk.checked(desk.post(path, {**form, **typed, "step": "check"}))
    assert page.errors["starts"].endswith("already: TWIN. Choose another start.")


def test_a_page_older_than_the_day_changes_nothing_and_shows_the_newer_facts(desk: Desk) -> None:
    path = f"days/{slot_id(desk)}/change"
    form = desk.get(path).form_to(desk.found.url(path)).values

    def act(session: Any) -> None:
        session.get_one(Slot, slot_id(desk)).capacity = 5

    desk.change(act)
    page = desk.checked(desk.post(path, {**form, "starts": "10am", "step": "save"}))
    assert page.status == 409
    assert "This day was changed in the meantime" in page.text
    assert page.form_to(desk.found.url(path)).values["capacity"] == "5"
    assert slot(desk).starts_at == JUNE


def test_withdrawing_a_day_shows_first_whose_placements_end(desk: Desk) -> None:
    path = f"days/{slot_id(desk)}/withdraw"
    page = desk.get(path)
    assert "2 placements end" in page.text
    assert "gets a cancellation" in page.text
    assert (desk.count(Message), live(desk)) == (5, 4)
    done = desk.post(path)
    assert (done.status_code, done.location) == (303, desk.found.url("repair"))
    assert "The day is withdrawn: " in desk.get("repair").text
    assert live(desk) == 2
    assert "This day was withdrawn already" in desk.get(path).text
    assert "nothing is changed" in desk.checked(desk.browser.get(desk.post(path).location)).text
    assert "Withdraw this day" not in desk.get(f"days/{slot_id(desk)}").links


def test_a_day_that_has_begun_can_no_longer_be_changed_or_withdrawn(desk: Desk) -> None:
    def act(session: Any) -> None:
        cohort_slot = session.get_one(Slot, slot_id(desk, 2))
        cohort_slot.starts_at, cohort_slot.ends_at = now() - timedelta(hours=1), now() + timedelta(hours=1)

    desk.change(act)
    one = slot_id(desk, 2)
    assert "can no longer be changed" in desk.get(f"days/{one}").text
    assert "can no longer be changed" in desk.get(f"days/{one}/change").text
    assert "can no longer be withdrawn" in desk.get(f"days/{one}/withdraw").text
    refused = desk.post(f"days/{one}/withdraw")
    assert refused.location == desk.found.url(f"days/{one}")
    assert "has begun or is over" in desk.get(f"days/{one}").text


def test_a_leader_is_shown_with_their_days_and_found_from_the_list_of_answers(desk: Desk) -> None:
    person = leader_id(desk, 1)
    assert desk.get("answers").links["Leader 001"] == desk.found.url(f"leaders/{person}")
    page = desk.get(f"leaders/{person}")
    ((when, what, liked, reply, state),) = page.rows()[1:]
    assert (what.startswith("Food parcels, "), liked, state) == (True, "1st choice", "Confirmed")
    assert reply.startswith("Coming")
    assert when.startswith(day(JUNE))
    assert "No day has been confirmed for them." in desk.get(f"leaders/{leader_id(desk, 0)}").text


def test_a_leader_who_leaves_gives_their_seat_back_after_a_look_at_what_that_does(desk: Desk) -> None:
    person = leader_id(desk, 1)
    path = f"leaders/{person}/withdraw"
    page = desk.get(path)
    assert "Their placement ends, and its seat is free" in page.text
    assert live(desk) == 4
    done = desk.post(path)
    assert (done.status_code, done.location) == (303, desk.found.url("repair"))
    assert "Leader 001 has left the cohort." in desk.get("repair").text
    assert live(desk) == 3
    assert "All (4)" in desk.get("answers").links
    assert f"Leader 001 left the cohort on {day(now())}" in desk.get(f"leaders/{person}").text
    assert "nothing is changed" in desk.get(path).text
    assert "left the cohort" in desk.get(f"leaders/{person}/dates").text


def test_who_has_left_is_listed_and_can_be_brought_back_without_a_day(desk: Desk) -> None:
    person = leader_id(desk, 1)
    assert "Left the cohort" not in desk.get("answers").text
    desk.post(f"leaders/{person}/withdraw")
    page = desk.get("answers?search=nobody")
    assert "Left the cohort" in page.text
    (row,) = page.rows()[1:]
    assert (row[0][:10], row[1]) == ("Leader 001", day(now()))
    assert page.links["Leader 001"] == desk.found.url(f"leaders/{person}")
    mails = desk.count(Message)
    path = f"leaders/{person}/restore"
    assert desk.get(f"leaders/{person}").form_to(desk.found.url(path)).buttons == ["Bring them back"]
    done = desk.post(path)
    assert (done.status_code, done.location) == (303, desk.found.url("repair"))
    page = desk.get("repair")
    assert (
        "Leader 001 is back in the cohort, without the days that were cancelled. Nobody gets a mail."
        in page.text
    )
    assert "2 leaders are without a day" in page.text
    assert (live(desk), desk.count(Message)) == (3, mails)
    assert "Left the cohort" not in desk.get("answers").text
    assert "They leave the cohort" in desk.get(f"leaders/{person}").links
    assert "nothing is changed" in desk.checked(desk.browser.get(desk.post(path).location)).text


def test_a_day_that_was_withdrawn_can_be_brought_back_empty(desk: Desk) -> None:
    one = slot_id(desk)
    desk.post(f"days/{one}/withdraw")
    path = f"days/{one}/restore"
    assert desk.get(f"days/{one}").form_to(desk.found.url(path)).buttons == ["Bring this day back"]
    assert desk.post(path).location == desk.found.url("repair")
    assert "The day takes people again: " in desk.get("repair").text
    page = desk.get(f"days/{one}")
    assert (facts(page)["Free seats"], live(desk)) == ("2", 2)
    assert "Nobody is confirmed on this day." in page.text


def test_a_withdrawn_day_that_has_begun_meanwhile_is_not_brought_back(desk: Desk) -> None:
    one = slot_id(desk, 2)
    desk.post(f"days/{one}/withdraw")

    def act(session: Any) -> None:
        begun = session.get_one(Slot, one)
        begun.starts_at, begun.ends_at = now() - timedelta(hours=1), now() + timedelta(hours=1)

    desk.change(act)
    assert desk.post(f"days/{one}/restore").location == desk.found.url(f"days/{one}")
    assert "has begun or is over" in desk.get(f"days/{one}").text
    assert slot(desk, 2).status == "withdrawn"


def test_a_leader_who_left_reads_so_on_their_own_pages(desk: Desk) -> None:
    person = leader_id(desk, 1)
    desk.post(f"leaders/{person}/withdraw")
    with desk.app.app_context(), reading() as session:
        email = session.get_one(Leader, person).user.email
    own = Browser(desk.app, email=email)
    for name in ("", "choices", "dates", "check", "placement"):
        page = check_page(own.get(f"/leader/{person}/{name}"))
        assert "left" in page.text
    assert "Why" not in check_page(own.get(f"/leader/{person}/placement")).text


def test_dates_that_a_leader_tells_later_are_kept_and_a_day_that_they_rule_out_is_named(desk: Desk) -> None:
    person = leader_id(desk, 1)
    path = f"leaders/{person}/dates"
    form = desk.get(path).form_to(desk.found.url(path)).values
    name = to_london(JUNE).strftime("day_%Y_%m_%d")
    assert form[name] == "can"
    done = desk.post(path, {**form, name: "cannot"})
    assert done.location == desk.found.url("repair")
    page = desk.get("repair")
    assert "The dates of Leader 001 are saved. Nobody gets a mail." in page.text
    assert "Leader 001 can no longer be given " in page.text
    with desk.app.app_context(), reading() as session:
        rows = session.scalars(select(DateAnswer).where(DateAnswer.leader_id == person)).all()
        assert [(row.date, row.answer) for row in rows] == [(to_london(JUNE).date(), "cannot")]


def test_a_page_of_dates_that_is_older_than_what_is_kept_overwrites_nothing(desk: Desk) -> None:
    person = leader_id(desk, 1)
    path = f"leaders/{person}/dates"
    form = desk.get(path).form_to(desk.found.url(path)).values
    names = sorted(name for name in form if name.startswith("day_"))
    assert desk.post(path, form | {names[0]: "if_need_be"}).status_code == 303
    page = desk.checked(desk.post(path, form | {names[0]: "cannot"}))
    assert page.status == 409
    assert "The dates of Leader 001 changed on another page in the meantime" in page.text
    assert "you sent “Cannot come”, and “If need be” is kept." in page.text
    assert page.form_to(desk.found.url(path)).values[names[0]] == "if_need_be"
    assert desk.post(path, form | {names[1]: "cannot"}).status_code == 303, "another date is no conflict"
    shown = desk.get(path).form_to(desk.found.url(path)).values
    assert (shown[names[0]], shown[names[1]]) == ("if_need_be", "cannot")


def test_a_date_without_an_answer_is_named(desk: Desk) -> None:
    path = f"leaders/{leader_id(desk, 1)}/dates"
    page = desk.checked(desk.post(path, {}))
    assert page.status == 422
    assert next(iter(page.errors.values())) == f"Say whether they can come on {day(JUNE)}"


def test_who_could_take_a_free_seat_is_told_with_what_that_does_to_the_others(desk: Desk) -> None:
    page = desk.get(f"days/{slot_id(desk, 1)}/seats")
    assert "1 seat is free." in page.text
    rows = {row[0]: row[1] for row in page.rows()[1:]}
    (first,) = [text for name, text in rows.items() if name.startswith("Leader 001")]
    assert "One fewer of the confirmed days would stay as they are." in first
    assert "They have now: Food parcels, " in first
    assert "Nobody else would move." in first
    assert "The day has no free seat." in desk.get(f"days/{slot_id(desk)}/seats").text


def test_partners_see_a_day_that_was_withdrawn_and_one_with_too_many_people(desk: Desk) -> None:
    path = f"days/{slot_id(desk, 1)}/change"
    form = desk.get(path).form_to(desk.found.url(path)).values
    desk.post(path, {**form, "capacity": "1", "step": "save"})
    desk.post(f"days/{slot_id(desk)}/withdraw")
    with desk.app.app_context(), reading() as session:
        partner = session.get_one(Slot, slot_id(desk)).opportunity.partner
        email, partner_id = partner.user.email, partner.id
    browser = Browser(desk.app, email=email)
    page = check_page(browser.get(f"/partner/{partner_id}/days/{slot_id(desk)}"))
    assert "This day is withdrawn, so nobody will be sent." in page.text
    page = check_page(browser.get(f"/partner/{partner_id}/days/{slot_id(desk, 1)}"))
    assert "2 people have been told that they are coming, and there is to be room for 1." in page.text
    check_page(browser.get(f"/partner/{partner_id}/"))


def test_the_list_of_days_asks_the_database_as_often_for_many_as_for_few(sit: Sit) -> None:
    numbers = []
    for extra in (0, 20):
        desk = sit("confirmed")

        def more(session: Any, desk: Desk = desk, extra: int = extra) -> None:
            first = session.get_one(Slot, slot_id(desk))
            for number in range(extra):
                make_slot(
                    session, opportunity=first.opportunity, starts_at=JUNE + timedelta(days=30 + number)
                )

        desk.change(more)
        with queries_of(desk.app) as said:
            desk.get("days")
        numbers.append(len(said))
    assert numbers[0] == numbers[1]


def test_a_day_is_not_withdrawn_from_a_page_that_named_others(desk: Desk) -> None:
    """Between looking and pressing, somebody who was named has left the cohort."""
    path = f"days/{slot_id(desk)}/withdraw"
    form = desk.get(path).form_to(desk.found.url(path)).values
    assert desk.post(f"leaders/{leader_id(desk, 1)}/withdraw").status_code == 303
    page = desk.checked(desk.post(path, form))
    assert page.status == 409
    assert "Nothing was done" in page.text
    assert "1 placement ends." in page.text
    assert live(desk) == 3
    assert desk.post(path, page.form_to(desk.found.url(path)).values).status_code == 303
    assert live(desk) == 2


def test_nobody_leaves_the_cohort_from_a_page_that_named_other_days(desk: Desk) -> None:
    path = f"leaders/{leader_id(desk, 1)}/withdraw"
    form = desk.get(path).form_to(desk.found.url(path)).values
    assert desk.post(f"days/{slot_id(desk)}/withdraw").status_code == 303
    page = desk.checked(desk.post(path, form))
    assert page.status == 409
    assert "Nothing was done" in page.text
    assert "No placement of theirs was still to come." in page.text
    assert desk.post(path, page.form_to(desk.found.url(path)).values).status_code == 303
    assert "left the cohort" in desk.get(f"leaders/{leader_id(desk, 1)}").text


@pytest.mark.parametrize("path", ["days/{}", "days/{}/change", "days/{}/withdraw", "days/{}/seats"])
def test_a_day_of_another_cohort_is_not_there(sit: Sit, desk: Desk, path: str) -> None:
    foreign = sit("confirmed")
    assert desk.browser.get(desk.found.url(path.format(slot_id(foreign)))).status_code == 404


def test_a_leader_of_another_cohort_is_not_there(desk: Desk) -> None:
    ids: list[int] = []
    desk.change(lambda session: ids.append(make_leader(session).id))
    for path in ("", "/withdraw", "/dates"):
        assert desk.browser.get(desk.found.url(f"leaders/{ids[0]}{path}")).status_code == 404
    assert desk.post(f"leaders/{ids[0]}/withdraw").status_code == 404
