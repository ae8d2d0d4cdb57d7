"""One mail's page: to whom, every try in words, what it says, and what can be done about it."""

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from placement.adapters.messages import render_invite
from placement.domain.sending import DRY_RUN_HELD, SendingRules
from placement.models import Message
from placement.web.coordinator.views.sending import RULES
from tests.factories.clock import NOON
from tests.factories.outbox import make_delivery_try
from tests.unit.adapters.samples import make_details
from tests.web.coordinator_desk import Desk, Sit, seats

TOKEN_LINK = "http://127.0.0.1:8000/feed/a-token-of-the-leader"


@pytest.fixture
def sit(site: Flask) -> Sit:
    return seats(site)


def mail_of(desk: Desk, status: str, **facts: Any) -> int:
    """The number of a mail of the desk's cohort, after it has been given a history."""
    found: list[int] = []

    def act(session: Any) -> None:
        invited = select(Message).where(Message.invite_id.is_not(None))
        message = session.scalars(invited.order_by(Message.id.desc())).first()
        message.status = status
        message.octets = render_invite(make_details(page_url=TOKEN_LINK), now=NOON)
        for name, value in facts.items():
            setattr(message, name, value)
        make_delivery_try(session, message=message, outcome="put_off", said="451 Come back later")
        make_delivery_try(session, message=message, outcome="refused", said="550 <script>no such box")
        make_delivery_try(session, message=message, outcome="asked", said="")
        found.append(message.id)

    desk.change(act)
    return found[0]


def status_of(desk: Desk, number: int) -> str:
    found: list[str] = []
    desk.change(lambda session: found.append(session.get_one(Message, number).status))
    return found[0]


def test_a_mail_is_told_try_by_try_with_what_it_says(sit: Sit) -> None:
    desk = sit("confirmed")
    number = mail_of(desk, "failed")
    page = desk.get(f"sending/{number}")
    assert page.h1.startswith("Invite to ")
    assert [row[1:] for row in page.rows()[1:]] == [
        ["Put off", "The mail server did not take it for now. It said: “451 Come back later”."],
        ["Refused", "The mail server refused it for good. It said: “550 <script>no such box”."],
        ["Asked for", "Somebody asked for another try at once."],
    ]
    assert "Message-ID:" in page.text
    assert "a-token-of-the-leader" not in page.text, "links that are the reader's alone are masked"
    assert "/feed/***" in page.text
    assert f"sending/{number}" in desk.get("sending").links[_name(page.h1)]


def _name(heading: str) -> str:
    return heading.partition(" to ")[2]


def test_a_failed_mail_is_tried_again_at_the_press_of_a_button(sit: Sit) -> None:
    desk = sit("confirmed")
    number = mail_of(desk, "failed")
    done = desk.post(f"sending/{number}/try")
    assert (done.status_code, done.location) == (303, desk.found.url(f"sending/{number}"))
    page = desk.get(f"sending/{number}")
    assert page.rows()[-1][1] == "Asked for"
    assert status_of(desk, number) == "todo"


def test_a_waiting_mail_is_held_and_released(sit: Sit) -> None:
    desk = sit("confirmed")
    number = mail_of(desk, "todo")
    desk.post(f"sending/{number}/hold")
    page = desk.get(f"sending/{number}")
    assert (status_of(desk, number), page.rows()[-1][1]) == ("held", "Held back")
    assert "holds it back" in page.text
    assert desk.browser.post(desk.found.url(f"sending/{number}/try")).status_code == 409
    desk.post(f"sending/{number}/release")
    assert status_of(desk, number) == "todo"


@pytest.mark.parametrize("status", ["sent", "sending", "cancelled", "superseded"])
def test_a_mail_past_changing_has_no_buttons(sit: Sit, status: str) -> None:
    desk = sit("confirmed")
    page = desk.get(f"sending/{mail_of(desk, status)}")
    assert not any(f"sending/{word}" in form for form in _actions(page) for word in ("try", "hold"))


def _actions(page: Any) -> list[str]:
    return [form.get("action") or "" for form in page.root.iter("form")]


def test_a_dry_run_is_told_on_both_pages_and_nothing_can_be_released(sit: Sit) -> None:
    desk = sit("confirmed")
    number = mail_of(desk, "held", last_error=DRY_RUN_HELD)
    assert "DRY_RUN" not in desk.get("sending").text.replace(DRY_RUN_HELD, "")
    told: Flask = desk.app
    told.extensions[RULES] = replace(SendingRules(), dry_run=True)
    assert "PLACEMENT_MAIL_DRY_RUN is on: no mail leaves." in desk.get("sending").text
    page = desk.get(f"sending/{number}")
    assert "It cannot be released now." in page.text
    assert not any(action.endswith("/release") for action in _actions(page))


def test_a_mail_without_octets_says_why(sit: Sit) -> None:
    desk = sit("confirmed")
    assert "has not been put into words yet" in desk.get(f"sending/{mail_of(desk, 'todo', octets=None)}").text
