"""The signed links of invites: looking holds nothing, pressing the button does, signed in or not."""

import logging
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from itsdangerous import URLSafeSerializer
from sqlalchemy import select

from placement.app import CONFIG
from placement.db import reading
from placement.domain.answers import LinkFacts, link_token, read_link
from placement.domain.letters import thaw
from placement.models import Message, Placement, Slot
from placement.services import news, withdrawals
from placement.services.scope import Scope
from placement.web.log_masks import MASK
from placement.worker.mail import answer_links, render
from tests.conftest import server
from tests.databases import SECRET
from tests.services.small_cohort import SENDER
from tests.web.answer_people import AnsweringPeople, answering_people
from tests.web.browsing import Browser
from tests.web.cohort_states import now
from tests.web.page import check_page

__all__ = ["server"]  # on both kinds of database

Visit = Callable[..., Browser]


@pytest.fixture
def people(site: Flask) -> AnsweringPeople:
    return answering_people(site)


def sent(people: AnsweringPeople, **more: str) -> dict[str, str]:
    return {"answer": "DECLINED", "note": "", "seen": "0"} | more


def test_a_scanner_that_fetches_every_link_twenty_times_answers_nothing(
    people: AnsweringPeople, visit: Visit
) -> None:
    scanner = visit()
    for word in ("coming", "perhaps", "cannot"):
        for _ in range(20):
            answer = scanner.get(people.link(word))
            assert answer.status_code == 200
            assert scanner.client.head(people.link(word)).status_code == 200
    assert (people.held, people.history()) == ("NEEDS-ACTION", [])
    assert (answer.headers["Cache-Control"], answer.headers["Referrer-Policy"]) == ("no-store", "no-referrer")

    browser = visit()
    page = check_page(browser.get(people.link("cannot")))
    assert page.h1.startswith("Your day on")
    chosen = page.form_to(people.link())
    assert chosen.values["answer"] == "DECLINED", "chosen already, and not held"
    done = browser.post(people.link(), sent(people, note="I have to be in court"))
    assert (done.status_code, done.headers["Location"]) == (303, people.link())
    held = check_page(browser.get(people.link()))
    assert "Your answer is held" in held.text
    assert "You cannot come" in held.text
    assert people.history() == [("DECLINED", "link", "I have to be in court")]


def test_the_links_of_the_mail_are_those_that_the_page_opens(people: AnsweringPeople, site: Flask) -> None:
    config = site.extensions[CONFIG]
    with site.app_context(), reading() as session:
        message = session.scalars(select(Message).where(Message.invite_id == people.invite_id)).one()
        details = thaw(message.payload)
        links = answer_links(details, config)
        octets = [render(message, config) for _ in range(2)]  # type: ignore[arg-type]  # has what is read
    assert links is not None
    assert links.cannot == f"http://127.0.0.1:8000{people.link('cannot')}"
    assert octets[0] == octets[1]
    text = octets[0].replace(b"=\r\n", b"").decode()
    assert [text.count(address.replace("=", "=3D")) for address in vars(links).values()] == [2, 2, 2]


@pytest.mark.parametrize(
    "token",
    [
        "made-up",
        "",
        URLSafeSerializer(SECRET, salt="placement.other").dumps(["uid", 0]),
        link_token("another secret of this length", LinkFacts("uid", 0)),
        URLSafeSerializer(SECRET, salt="placement.answer-link").dumps(["uid"]),
        URLSafeSerializer(SECRET, salt="placement.answer-link").dumps({"uid": 0}),
        "%00",
        "x" * 5000,
    ],
)
def test_tokens_that_were_not_made_for_this_open_nothing(token: str) -> None:
    assert read_link(SECRET, token) is None


def test_a_link_that_opens_nothing_is_the_same_friendly_page_and_then_refused(
    people: AnsweringPeople, visit: Visit
) -> None:
    browser = visit()
    token = people.link().removeprefix("/answer/")
    wrong = [
        "made-up",
        token[:-9] + ("A" if token[-9] != "A" else "B") + token[-8:],
        link_token(SECRET, LinkFacts("never@placement.example", 0)),
        link_token(SECRET, LinkFacts(people.uid, 5)),
    ]
    pages = {browser.get(f"/answer/{one}/coming").status for one in wrong}
    assert pages == {"404 NOT FOUND"}
    assert browser.post(f"/answer/{wrong[1]}", sent(people)).status_code == 404
    absent = check_page(browser.get("/answer/made-up"))
    assert absent.h1 == "This link opens nothing"
    assert "only an example" in check_page(browser.get("/answer/preview/coming")).h1
    assert browser.get(f"/answer/{token}/never").status_code == 404
    for _ in range(30):
        last = browser.get("/answer/made-up")
    assert last.status_code == 429
    assert browser.get(people.link()).status_code == 200, "who has a right link is not locked out"
    assert people.held == "NEEDS-ACTION"


def test_a_link_of_before_a_move_says_so_and_shows_the_new_time(
    people: AnsweringPeople, visit: Visit
) -> None:
    browser = visit()
    before = check_page(browser.get(people.link("coming")))

    def move(session: Any) -> None:
        slot = session.get_one(Slot, people.slot_id)
        slot.starts_at, slot.ends_at = slot.starts_at.replace(hour=12), slot.ends_at.replace(hour=20)
        session.flush()
        session.expire_all()
        row = session.get_one(Placement, people.placement_id)
        news.tell_moved(session, [row], sender=SENDER, now=now())

    people.change(move)
    assert "1:30pm" not in before.text
    stale = browser.post(people.link(), sent(people, answer="ACCEPTED", seen="0"))
    assert stale.status_code == 409
    page = check_page(browser.get(people.link("coming")))
    for shown in (check_page(stale), page):
        assert "This day has moved since" in shown.text
        assert "1:30pm" in shown.text
    values = page.form_to(people.link()).values
    assert (values.get("answer"), values["seen"]) == (None, "1"), "nobody has said so of the new time"
    assert people.held == "NEEDS-ACTION"
    assert browser.post(people.link(), sent(people, answer="ACCEPTED", seen="1")).status_code == 303
    assert people.held == "ACCEPTED"


def test_a_cancelled_day_and_one_that_has_begun_say_so_with_a_contact(
    people: AnsweringPeople, visit: Visit
) -> None:
    other = answering_people(people.app)
    other.begin()

    def cancel(session: Any) -> None:
        withdrawals.withdraw_leader(
            Scope.system(session), people.found.cohort_id, people.leader_id, sender=SENDER, now=now()
        )

    people.change(cancel)
    browser = visit()
    for who, words in ((people, "has been cancelled"), (other, "has begun or is over")):
        for answer in (browser.get(who.link("coming")), browser.post(who.link(), sent(who))):
            assert answer.status_code == 410
            page = check_page(answer)
            assert words in page.text
            assert "placements@placement.example" in page.text
        assert who.history() == []


def test_two_tabs_and_a_double_click_hold_the_last_answer_once(people: AnsweringPeople, visit: Visit) -> None:
    first, second = visit(), visit()
    first.get(people.link("coming"))
    second.get(people.link("cannot"))
    for _ in range(2):
        assert first.post(people.link(), sent(people, answer="ACCEPTED")).status_code == 303
    assert second.post(people.link(), sent(people, answer="DECLINED")).status_code == 303
    assert [row[0] for row in people.history()] == ["ACCEPTED", "DECLINED"]
    assert people.held == "DECLINED"


def test_what_is_wrong_with_an_answer_is_said_and_nothing_typed_is_lost(
    people: AnsweringPeople, visit: Visit
) -> None:
    browser = visit()
    answer = browser.post(people.link(), {"note": "x" * 501, "seen": "0"})
    assert answer.status_code == 422
    page = check_page(answer)
    assert list(page.errors.values()) == ["Say whether you are coming", "Use 500 characters or fewer"]
    assert "x" * 501 in answer.get_data(as_text=True)
    assert people.history() == []


def test_a_reason_is_shown_as_text_alone(people: AnsweringPeople, visit: Visit) -> None:
    visit().post(people.link(), sent(people, note="<script>alert(1)</script>\x07"))
    coordinator = visit(email=people.found.email)
    task = coordinator.get(people.found.url("tasks")).get_data(as_text=True)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in task
    assert "<script>alert" not in task


def test_tokens_of_links_stay_out_of_the_logs(people: AnsweringPeople) -> None:
    record = logging.LogRecord("w", logging.INFO, "", 0, 'GET %s "x"', (people.link("coming"),), None)
    assert MASK.filter(record)
    assert record.getMessage() == 'GET /answer/***/coming "x"'
    assert not re.search(re.escape(people.link()), record.getMessage())
