"""The waiting list, offering a seat, and the page at which it is answered."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from placement.db import reading
from placement.models import Cohort, Leader, Message, Placement, SeatOffer, Slot
from placement.web.log_masks import TOKEN
from tests.factories.people import make_leader, make_user
from tests.factories.seat_offers import make_seat_offer
from tests.web.browsing import Browser
from tests.web.cohort_states import now
from tests.web.coordinator_desk import Desk, queries_of, seats
from tests.web.page import Page, check_page

Visit = Callable[..., Browser]
WANDA = "wanda@people.example"


@pytest.fixture
def desk(site: Flask) -> Desk:
    """Two leaders fill the food parcels; the café has one free seat, and Wanda waits."""
    desk = seats(site)("confirmed")

    def act(session: Any) -> None:
        cohort = session.get_one(Cohort, desk.found.cohort_id)
        leaders = select(Leader).where(Leader.cohort_id == cohort.id).order_by(Leader.id)
        session.scalars(leaders).first().withdrawn_at = now()  # who can come on no date
        make_leader(session, cohort=cohort, user=make_user(session, name="Wanda Waiting", email=WANDA))

    desk.change(act)
    return desk


def ids(desk: Desk) -> tuple[int, int]:
    """The café's day, and Wanda."""
    with desk.app.app_context(), reading() as session:
        slots = session.scalars(
            select(Slot.id).where(Slot.cohort_id == desk.found.cohort_id).order_by(Slot.id)
        )
        wanda = session.scalars(select(Leader).order_by(Leader.id.desc())).first()
        assert wanda is not None
        return slots.all()[1], wanda.id


def offer_path(desk: Desk) -> str:
    return "days/{}/offer/{}".format(*ids(desk))


def offered(desk: Desk) -> str:
    """Offer the seat; the path that its mail leads to."""
    answer = desk.post(offer_path(desk), {"hours": "48"})
    assert (answer.status_code, answer.location) == (303, desk.found.url("waiting-list"))
    with desk.app.app_context(), reading() as session:
        mail = session.scalars(select(Message).where(Message.kind == "seat_offer")).one()
        return "/seat/" + str(mail.payload["offer_url"]).rpartition("/")[2]


def states(desk: Desk) -> list[str]:
    with desk.app.app_context(), reading() as session:
        return list(session.scalars(select(SeatOffer.state).order_by(SeatOffer.id)))


def place_of_wanda(desk: Desk) -> list[int]:
    _, leader_id = ids(desk)
    with desk.app.app_context(), reading() as session:
        return list(session.scalars(select(Placement.slot_id).where(Placement.leader_id == leader_id)))


def test_the_list_says_who_waits_and_leads_to_who_could_take_a_seat(desk: Desk) -> None:
    page = desk.get("waiting-list")
    assert page.h1 == "Waiting list"
    assert any(row[0].startswith("Wanda Waiting") for row in page.rows())
    assert "No seat is offered to anybody at the moment." in page.text
    slot_id, _ = ids(desk)
    assert desk.found.url(f"days/{slot_id}/seats") in page.links.values()
    assert desk.found.url("waiting-list") in desk.get().links.values()


def test_who_waits_can_be_offered_the_seat_and_who_has_a_day_cannot(desk: Desk) -> None:
    slot_id, _ = ids(desk)
    links = desk.get(f"days/{slot_id}/seats").links
    offers = [name for name in links if name.startswith("Offer this seat")]
    assert offers == ["Offer this seat to Wanda Waiting"]


def test_offering_shows_what_it_does_first_and_then_holds_the_seat(desk: Desk) -> None:
    page = desk.get(offer_path(desk))
    assert page.h1 == "Offer this seat to Wanda Waiting"
    assert states(desk) == []
    offered(desk)
    text = desk.get("waiting-list").text
    assert "The seat is offered to Wanda Waiting, who gets a mail with a link to answer." in text
    assert "They can answer until" in text
    again = desk.get(offer_path(desk))
    assert again.status == 200
    desk.post(offer_path(desk), {"hours": "48"})
    assert "has an offer that is open already" in desk.get("waiting-list").text
    assert states(desk) == ["open"]


def test_without_a_time_the_form_says_so(desk: Desk) -> None:
    answer = desk.post(offer_path(desk), {"hours": "7"})
    assert answer.status_code == 422
    assert desk.checked(answer).h1 == "Offer this seat to Wanda Waiting"
    assert states(desk) == []


def test_looking_at_the_link_changes_nothing_and_yes_gives_the_day(desk: Desk, visit: Visit) -> None:
    path, browser = offered(desk), visit()
    for _ in range(2):
        page = check_page(browser.get(path))
        assert page.h1 == "A day is free for you"
    assert browser.client.head(path).status_code == 200
    assert browser.get(path).headers["Referrer-Policy"] == "no-referrer"
    assert (states(desk), place_of_wanda(desk)) == (["open"], [])
    assert page.form_to(path).buttons == ["Yes, I take it", "No, thank you"]
    assert browser.post(path, {"answer": "yes"}).headers["Location"] == path
    assert (states(desk), place_of_wanda(desk)) == (["accepted"], [ids(desk)[0]])
    assert "You said yes, and the day is yours." in check_page(browser.get(path)).text
    browser.post(path, {"answer": "yes"})
    assert "This offer has been accepted." in check_page(browser.get(path)).text
    assert "Nobody waits" in desk.get("waiting-list").text


def test_no_frees_the_seat_and_the_dashboard_says_so_until_it_is_put_away(desk: Desk, visit: Visit) -> None:
    path = offered(desk)
    visit().post(path, {"answer": "no"})
    assert states(desk) == ["declined"]
    assert "1 offered seat is free again" in desk.get().text
    page = desk.get("waiting-list")
    assert "Wanda Waiting said no" in page.text
    (put_away,) = [form.action for form in page.forms if form.action.endswith("/put-away")]
    desk.browser.post(put_away)
    assert "free again" not in desk.get().text


def test_an_offer_is_taken_back_and_its_link_says_so(desk: Desk, visit: Visit) -> None:
    path = offered(desk)
    (take_back,) = [one.action for one in desk.get("waiting-list").forms if one.action.endswith("/take-back")]
    desk.browser.post(take_back)
    assert "The offer to Wanda Waiting is taken back." in desk.get("waiting-list").text
    page = check_page(visit().get(path))
    assert "This offer has been taken back." in page.text
    assert path not in [form.action for form in page.forms]
    desk.browser.post(take_back)
    assert "Nothing was changed." in desk.get("waiting-list").text


def test_a_yes_that_comes_too_late_is_told_kindly_and_the_coordinator_sees_it(
    desk: Desk, visit: Visit
) -> None:
    path, browser = offered(desk), visit()
    browser.get(path)

    def act(session: Any) -> None:
        session.scalars(select(Slot).where(Slot.id == ids(desk)[0])).one().opportunity.status = "waiting"

    desk.change(act)
    browser.post(path, {"answer": "yes"})
    page = check_page(browser.get(path))
    assert "We are sorry: plans have changed" in page.text
    assert (states(desk), place_of_wanda(desk)) == (["expired"], [])


def test_a_signed_in_leader_sees_the_offer_on_their_own_page_and_answers_there(desk: Desk) -> None:
    offered(desk)
    _, leader_id = ids(desk)
    browser = Browser(desk.app, email=WANDA)
    own = f"/leader/{leader_id}/placement"
    path = check_page(browser.get(own)).links["A day is free for you"]
    assert check_page(browser.get(path)).form_to(path).buttons == ["Yes, I take it", "No, thank you"]
    assert browser.post(path, {}).status_code == 422
    assert browser.post(path, {"answer": "yes"}).headers["Location"] == path
    assert place_of_wanda(desk) == [ids(desk)[0]]
    assert "A day is free for you" not in check_page(browser.get(own)).links


def test_the_token_of_a_link_stands_in_no_log(desk: Desk) -> None:
    assert TOKEN.sub(r"\1***", f"GET {offered(desk)} HTTP/1.1") == "GET /seat/*** HTTP/1.1"


def test_the_list_asks_the_database_as_often_for_many_as_for_few(desk: Desk) -> None:
    def more(session: Any) -> None:
        cohort, slot = session.get_one(Cohort, desk.found.cohort_id), session.get_one(Slot, ids(desk)[0])
        for _ in range(5):
            leader = make_leader(session, cohort=cohort)
            make_seat_offer(
                session, leader=leader, slot=slot, offered_at=now(), expires_at=now() + timedelta(days=1)
            )

    def asked() -> int:
        with queries_of(desk.app) as said:
            page: Page = desk.get("waiting-list")
        assert page.status == 200
        return len(said)

    desk.change(more)
    few = asked()
    desk.change(more)
    assert asked() == few
