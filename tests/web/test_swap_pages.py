"""Asking for a swap, the queue of requests, granting and refusing: the pages of leader and coordinator."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from placement.db import reading
from placement.models import Invite, Message, Placement, Slot
from placement.services.fixing import keep_place
from placement.services.scope import Scope
from tests.factories.opportunities import make_slot
from tests.factories.people import make_leader
from tests.factories.placements import make_placement
from tests.factories.swaps import make_swap_request
from tests.web.cohort_states import now
from tests.web.coordinator_desk import Desk, queries_of
from tests.web.page import check_page
from tests.web.swap_people import Swapper, Swappers, swappers


@pytest.fixture
def found(site: Flask) -> Swappers:
    return swappers(site)


def own(swapper: Swapper) -> str:
    return f"/leader/{swapper.leader_id}/placement"


def mails(desk: Desk, kind: str) -> int:
    with desk.app.app_context(), reading() as session:
        query = select(func.count()).select_from(Message).where(Message.kind == kind)
        return session.scalar(query) or 0


def asked(found: Swappers, swapper: Swapper, **form: Any) -> int:
    """Ask; the id of the request."""
    answer = swapper.ask(**form)
    assert (answer.status_code, answer.location) == (303, own(swapper))
    return found.requests()[-1][0]


def set_day(found: Swappers, swapper: Swapper, **facts: Any) -> None:
    def act(session: Any) -> None:
        day = session.get_one(Placement, swapper.placement_id)
        for name, value in facts.items():
            setattr(day, name, value)

    found.desk.change(act)


def test_the_page_says_what_happens_and_offers_the_days_that_are_possible(found: Swappers) -> None:
    page = found.one.get()
    assert page.h1 == "Ask for a swap"
    for words in (
        "You keep this day until a swap is agreed",
        "Nobody else loses their day",
        "It may not work",
    ):
        assert words in page.text
    assert "Any of my choices" in page.text
    assert "Memory café" in page.text
    assert "your 2nd choice" in page.text
    assert found.one.path in found.one.get(own(found.one)).links.values()
    assert found.requests() == []


def test_asking_leads_back_to_the_placement_which_says_how_it_stands(found: Swappers) -> None:
    asked(found, found.one, words="A meeting that I cannot move")
    page = found.one.get(own(found.one))
    assert "Your request is with your coordinator." in page.text
    assert "You asked for a swap. You keep this day until one is agreed." in page.text
    assert "Ask for a swap" not in page.links
    start = found.one.get(f"/leader/{found.one.leader_id}/")
    assert start.links["My request for a swap"] == own(found.one)
    assert "Waiting" in start.text
    state = found.one.get()
    assert state.h1 == "Your request for a swap"
    assert "A meeting that I cannot move" in state.text
    assert "Any of my choices" in state.text


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"reason": ""}, "Choose why you would like another day"),
        ({"reason": "blame"}, "Not a valid choice"),
        ({"wish": []}, "Tick at least one day"),
        ({"wish": ["no-such-day"]}, "A day that you ticked is not possible for you any more"),
        ({"words": "x" * 501}, "Use 500 characters or fewer"),
    ],
)
def test_what_is_missing_or_wrong_is_said_at_its_field_and_nothing_typed_is_lost(
    found: Swappers, form: dict[str, Any], words: str
) -> None:
    answer = found.one.ask(**{"words": "Kept words", **form})
    assert answer.status_code == 422
    text = check_page(answer).text
    assert words in text
    if "words" not in form:
        assert "Kept words" in answer.text
    assert found.requests() == []


def test_any_day_and_single_days_at_once_are_refused(found: Swappers) -> None:
    with found.desk.app.app_context(), reading() as session:
        cafe = session.get_one(Slot, found.slots()[1]).reference
    answer = found.one.ask(wish=["any", cafe])
    assert answer.status_code == 422
    assert "not both" in check_page(answer).text
    asked(found, found.one, wish=[cafe])
    assert "Memory café on" in found.one.get().text


def test_a_second_request_is_refused_with_a_sentence_and_the_first_stands(found: Swappers) -> None:
    asked(found, found.one)
    answer = found.one.ask()
    assert answer.status_code == 409
    page = check_page(answer)
    assert "You have asked for a swap of this day already" in page.text
    assert [status for _, status in found.requests()] == ["waiting"]


def test_a_request_is_taken_back_by_its_button_and_can_be_made_again(found: Swappers) -> None:
    number = asked(found, found.one)
    path = f"/leader/{found.one.leader_id}/swaps/{number}/take-back"
    assert [form.action for form in found.one.get().forms if form.action == path] == [path]
    assert found.one.browser.post(path).location == own(found.one)
    assert "Your request is taken back. You keep your day." in found.one.get(own(found.one)).text
    found.one.browser.post(path)
    assert "This request has been taken back." in found.one.get(own(found.one)).text
    assert found.one.get().h1 == "Ask for a swap"
    asked(found, found.one)
    assert [status for _, status in found.requests()] == ["withdrawn", "waiting"]


@pytest.mark.parametrize("how", ["begun", "declined", "cancelled"])
def test_once_it_is_too_late_the_page_says_so_and_whom_to_ask_and_a_press_is_refused(
    found: Swappers, how: str
) -> None:
    def act(session: Any) -> None:
        day = session.get_one(Placement, found.one.placement_id)
        if how == "begun":
            slot = session.get_one(Slot, day.slot_id)
            slot.starts_at, slot.ends_at = now() - timedelta(hours=1), now() + timedelta(hours=5)
        elif how == "cancelled":
            day.status, day.cancelled_at = "cancelled", now()
        else:
            invite = session.scalars(select(Invite).where(Invite.placement_id == day.id)).one()
            invite.partstat = "DECLINED"

    found.desk.change(act)
    page = found.one.get()
    words = {"begun": "has begun or is over", "declined": "cannot come", "cancelled": "has been cancelled"}
    assert words[how] in page.text
    assert "Whom to ask" in page.text
    assert [form for form in page.forms if form.action == found.one.path] == []
    answer = found.one.ask()
    assert (answer.status_code, found.requests()) == (409, [])
    assert words[how] in check_page(answer).text


def test_without_any_other_day_the_page_says_so(found: Swappers) -> None:
    def act(session: Any) -> None:
        for slot in session.scalars(select(Slot).where(Slot.id != found.has(found.one))):
            slot.status = "withdrawn" if not slot.taken else slot.status
        for row in session.scalars(select(Placement).where(Placement.slot_id != found.has(found.one))):
            row.status, row.cancelled_at = "cancelled", now()
        session.flush()
        for slot in session.scalars(select(Slot).where(Slot.id != found.has(found.one))):
            slot.status = "withdrawn"

    found.desk.change(act)
    page = found.one.get()
    assert "There is no other day to ask for" in page.text
    assert found.one.ask().status_code == 422


def test_the_dashboard_leads_to_the_queue_and_the_queue_to_the_request(found: Swappers) -> None:
    assert "Nobody has asked for a swap." in found.desk.get("swaps").text
    number = asked(found, found.one)
    start = found.desk.get()
    assert start.links["1 leader asks for a swap"] == found.desk.found.url("swaps")
    page = found.desk.get("swaps")
    assert page.links[found.one.name] == found.desk.found.url(f"swaps/{number}")
    assert "1 way to grant it" in page.text
    assert "Nothing matches" in found.desk.get("swaps?search=nobody-is-called-this").text
    for word in ("granted", "refused", "ended"):
        assert found.one.name not in found.desk.get(f"swaps?show={word}").links
    for word in ("possible", "all"):
        assert found.one.name in found.desk.get(f"swaps?show={word}").links


def test_a_free_seat_is_shown_before_it_is_given_and_then_everything_follows(found: Swappers) -> None:
    number, cafe = asked(found, found.one), found.slots()[1]
    page = found.desk.get(f"swaps/{number}")
    assert page.h1 == f"{found.one.name} asks for a swap"
    path = f"swaps/{number}/seats/{cafe}"
    assert found.desk.found.url(path) in page.links.values()
    before = mails(found.desk, "placement_cancelled")
    shown = found.desk.get(path)
    assert shown.h1 == f"Give {found.one.name} another day"
    for words in (
        "1st choice",
        "2nd choice",
        "cannot be undone",
        "gets a cancellation",
        "gets an invite",
        "gets who is coming",
        "You asked for a swap, and it has been agreed",
    ):
        assert words in shown.text, words
    assert (found.has(found.one), mails(found.desk, "placement_cancelled")) == (found.slots()[0], before)
    form = shown.form_to(found.desk.found.url(path))
    answer = found.desk.browser.post(form.action, form.values)
    assert (answer.status_code, answer.location) == (303, found.desk.found.url("swaps"))
    assert found.has(found.one) == cafe
    assert f"The swap is made for {found.one.name}." in found.desk.get("swaps").text
    assert "Now: Memory café" in found.desk.get("swaps?show=granted").text
    assert "It has been granted." in found.desk.get(f"swaps/{number}").text
    told = found.one.get(own(found.one)).text
    assert "Your swap was agreed: you have Memory café" in told
    assert "Agreed" in found.one.get(f"/leader/{found.one.leader_id}/").text


def test_two_who_asked_are_shown_to_each_other_and_change_places(found: Swappers) -> None:
    first = asked(found, found.one)
    with found.desk.app.app_context(), reading() as session:
        food = session.get_one(Slot, found.slots()[0]).reference
    second = asked(found, found.three, wish=[food])
    assert f"An exchange with {found.three.name}" in found.desk.get(f"swaps/{first}").text
    path = f"swaps/{second}/exchanges/{first}"
    shown = found.desk.get(path)
    assert shown.h1 == f"Let {found.three.name} and {found.one.name} change places"
    assert len(shown.rows()) >= 2
    form = shown.form_to(found.desk.found.url(path))
    assert found.desk.browser.post(form.action, form.values).status_code == 303
    assert (found.has(found.one), found.has(found.three)) == (found.slots()[1], found.slots()[0])
    assert [status for _, status in found.requests()] == ["granted", "granted"]


@pytest.mark.parametrize("what", ["taken back", "seat gone", "no version"])
def test_an_old_page_is_answered_with_how_things_stand_and_changes_nothing(
    found: Swappers, what: str
) -> None:
    number, cafe = asked(found, found.one), found.slots()[1]
    path = f"swaps/{number}/seats/{cafe}"
    form = found.desk.get(path).form_to(found.desk.found.url(path))
    values = dict(form.values)
    if what == "taken back":
        found.one.browser.post(f"/leader/{found.one.leader_id}/swaps/{number}/take-back")
    elif what == "no version":
        del values["seen"]
    else:

        def act(session: Any) -> None:
            slot = session.get_one(Slot, cafe)
            make_placement(
                session, leader=make_leader(session, cohort=slot.opportunity.partner.cohort), slot=slot
            )

        found.desk.change(act)
    before = mails(found.desk, "placement_cancelled")
    answer = found.desk.browser.post(form.action, values)
    assert answer.status_code == 409
    page = found.desk.checked(answer)
    assert page.h1 == f"{found.one.name} asks for a swap"
    assert "Nothing was changed, and nobody got a mail." in page.text
    said = {"taken back": "The leader has taken it back.", "seat gone": "Nothing is possible at the moment"}
    assert said.get(what, "How it can be granted") in page.text
    assert (found.has(found.one), mails(found.desk, "placement_cancelled")) == (found.slots()[0], before)
    if what != "no version":
        assert found.desk.browser.get(found.desk.found.url(path)).status_code == 409


def test_a_request_is_refused_with_a_sentence_that_the_leader_reads(found: Swappers) -> None:
    number = asked(found, found.one)
    path = f"swaps/{number}/refuse"
    assert found.desk.get(path).h1 == f"Refuse the swap of {found.one.name}"
    assert found.desk.post(path, {"answer": " "}).status_code == 422
    answer = found.desk.post(path, {"answer": "All other days are full."})
    assert (answer.status_code, answer.location) == (303, found.desk.found.url("swaps"))
    assert mails(found.desk, "swap_refused") == 1
    told = found.one.get(own(found.one)).text
    assert "All other days are full." in told
    assert "Ask for a swap" in found.one.get(own(found.one)).links
    assert "There is nothing to refuse." in found.desk.get(path).text
    assert found.desk.post(path, {"answer": "Once more"}).status_code == 409
    assert mails(found.desk, "swap_refused") == 1


def test_a_fixed_place_is_named_as_what_stands_against_it(found: Swappers) -> None:
    number, slot = asked(found, found.one), found.slots()[0]

    def act(session: Any) -> None:
        keep_place(
            Scope.system(session),
            found.desk.found.cohort_id,
            found.one.leader_id,
            slot,
            reason="Knows the team",
            now=now(),
        )

    found.desk.change(act)
    page = found.desk.get(f"swaps/{number}")
    assert "This place is fixed" in page.text
    assert found.desk.found.url("fixed") in page.links.values()


def test_the_queue_asks_the_database_as_often_for_many_as_for_few(found: Swappers) -> None:
    def more(session: Any) -> None:
        days = select(Slot).where(Slot.cohort_id == found.desk.found.cohort_id).order_by(Slot.id.desc())
        last = session.scalars(days).first()
        slot = make_slot(
            session,
            opportunity=last.opportunity,
            starts_at=last.starts_at + timedelta(weeks=1),
            capacity=9,
        )
        for _ in range(6):
            leader = make_leader(session, cohort=slot.opportunity.partner.cohort)
            make_swap_request(session, placement=make_placement(session, leader=leader, slot=slot))

    def number_of_queries() -> int:
        with queries_of(found.desk.app) as said:
            assert found.desk.get("swaps").status == 200
        return len(said)

    found.desk.change(more)
    few = number_of_queries()
    found.desk.change(more)
    assert number_of_queries() == few
