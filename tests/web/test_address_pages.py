"""Mail that comes back is on the coordinator's pages, and the address can be corrected there."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from placement.config import Config
from placement.db import reading
from placement.models import Leader, Message, Placement, User
from placement.web.auth import now
from tests.databases import SqliteServer, settings
from tests.web.coordinator_desk import RUN_PATHS, Desk, seats

WORDS = "5.1.1: 550 No such <person>"


@pytest.fixture
def config(sqlite_server: SqliteServer, tmp_path: Path) -> Iterator[Config]:
    """SQLite alone: what the pages call is tried on both kinds of database."""
    with sqlite_server.database() as url:
        yield settings(url, tmp_path)


@pytest.fixture
def desk(site: Flask) -> Desk:
    """A coordinator whose cohort is confirmed, and whose mail to one of the leaders came back."""
    found = seats(site)("confirmed")

    def flag(session: Any) -> None:
        user = session.get_one(User, session.get_one(Leader, placed(session)).user_id)
        user.bounced_at, user.bounce_reason = now(), WORDS

    found.change(flag)
    return found


def placed(session: Any) -> int:
    """A leader with a day."""
    return int(session.scalars(select(Placement.leader_id).order_by(Placement.id).limit(1)).one())


def leader_of(desk: Desk) -> tuple[int, str, str]:
    with desk.app.app_context(), reading() as session:
        leader = session.get_one(Leader, placed(session))
        return leader.id, leader.name, leader.user.email


def test_mail_that_comes_back_needs_the_coordinator(desk: Desk) -> None:
    leader_id, name, email = leader_of(desk)
    start = desk.get()
    assert f"Mail to {name} comes back" in start.text
    assert any(link.endswith(f"/leaders/{leader_id}") for link in start.links.values())
    sending = desk.get("sending?show=returned")
    assert (email in sending.text, f"Mail to this address comes back: {WORDS}" in sending.text) == (
        True,
        True,
    )
    person = desk.get(f"leaders/{leader_id}")
    assert "Mail to this address comes back" in person.text
    assert WORDS in person.text


def test_the_address_is_corrected_on_the_persons_page(desk: Desk) -> None:
    leader_id, name, _ = leader_of(desk)
    page = desk.get(f"leaders/{leader_id}/address")
    assert page.title.startswith(f"Correct the address of {name}")
    form = page.form_to(desk.found.url(f"leaders/{leader_id}/address")).values
    answer = desk.post(f"leaders/{leader_id}/address", form | {"email": "right@people.example"})
    assert answer.status_code == 303
    shown = desk.get(f"leaders/{leader_id}")
    assert "right@people.example" in shown.text
    assert f"The address of {name} is corrected. 1 mail is on the way." in shown.text
    assert "comes back" not in shown.text
    assert "comes back" not in desk.get().text
    with desk.app.app_context(), reading() as session:
        assert session.scalars(
            select(Message.status).where(Message.recipient == "right@people.example")
        ).all() == ["todo"]
    # What was worked out under the old address is still told.
    texts = {path: desk.get(path).text for path in RUN_PATHS if not path.endswith("/confirm")}
    assert name in texts["runs/RUN/leaders"]


def test_of_two_corrections_from_the_same_page_the_second_sees_the_first(desk: Desk) -> None:
    leader_id, name, _ = leader_of(desk)
    path = f"leaders/{leader_id}/address"
    form = desk.get(path).form_to(desk.found.url(path)).values
    assert desk.post(path, form | {"email": "first@people.example"}).status_code == 303
    page = desk.checked(desk.post(path, form | {"email": "second@people.example"}))
    assert page.status == 409
    assert f"The address of {name} changed on another page in the meantime" in page.text
    assert "Their address is first@people.example now." in page.text
    again = page.form_to(desk.found.url(path)).values
    assert again["email"] == "second@people.example"
    assert desk.post(path, again).status_code == 303
    assert "second@people.example" in desk.get(f"leaders/{leader_id}").text


@pytest.mark.parametrize("typed", ["", "nobody", "another leader's"])
def test_an_address_that_cannot_be_theirs_is_told_beside_the_field(desk: Desk, typed: str) -> None:
    leader_id, _, email = leader_of(desk)
    with desk.app.app_context(), reading() as session:
        other = session.scalars(
            select(User.email).join(Leader, Leader.user_id == User.id).where(Leader.id != leader_id).limit(1)
        ).one()
    path, wrong = f"leaders/{leader_id}/address", other if typed == "another leader's" else typed
    form = desk.get(path).form_to(desk.found.url(path)).values
    answer = desk.post(path, form | {"email": wrong})
    assert answer.status_code == 422
    assert desk.checked(answer).errors
    assert email in desk.get(f"leaders/{leader_id}").text


def test_a_note_on_an_address_that_is_right_is_taken_back(desk: Desk) -> None:
    leader_id, _, _ = leader_of(desk)
    assert desk.post(f"leaders/{leader_id}/address/clear").status_code == 303
    assert "Mail to this address comes back" not in desk.get(f"leaders/{leader_id}").text
