"""Organisations and their lists as pages: who signed off, what has changed since, files to send."""

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from placement.models import Cohort, Leader, Organisation
from tests.factories.people import make_leader
from tests.web.coordinator_desk import Desk, Sit, seats
from tests.web.page import Page

AMINA = "Amina Khan, chief nurse"


@pytest.fixture
def sit(site: Flask) -> Sit:
    return seats(site)


def lists(desk: Desk) -> list[tuple[int, str]]:
    """The id and name of each organisation, by name."""
    found: list[tuple[int, str]] = []

    def act(session: Session) -> None:
        query = select(Organisation).where(Organisation.cohort_id == desk.found.cohort_id)
        found.extend((one.id, one.name) for one in session.scalars(query.order_by(Organisation.name)))

    desk.change(act)
    return found


def seen(desk: Desk, organisation_id: int) -> str:
    """What the form of the page says of the list that it shows."""
    return seen_on(desk.get(f"organisations/{organisation_id}"))


def seen_on(page: Page) -> str:
    return filled_in(page)["seen"]


def filled_in(page: Page) -> dict[str, str]:
    """What stands in the form of a page."""
    (form,) = [form for form in page.forms if form.action.endswith("/sign-off")]
    return form.values


def join(desk: Desk, organisation_id: int, name: str) -> None:
    def act(session: Session) -> None:
        cohort = session.get_one(Cohort, desk.found.cohort_id)
        make_leader(session, cohort=cohort, name=name, organisation_id=organisation_id)

    desk.change(act)


def sign(desk: Desk, organisation_id: int, *, by: str = AMINA) -> None:
    form = {"by": by, "seen": seen(desk, organisation_id)}
    answer = desk.post(f"organisations/{organisation_id}/sign-off", form)
    assert answer.status_code == 303


def test_a_list_is_signed_off_and_the_page_says_by_whom_and_who_came_later(sit: Sit) -> None:
    desk = sit("filled")
    number, name = lists(desk)[0]
    assert "Not signed off" in desk.get(f"organisations/{number}").text
    sign(desk, number)
    page = desk.get(f"organisations/{number}")
    assert f"by {AMINA}." in page.text
    assert "Who signed it off?" not in page.text
    join(desk, number, "Una Newcomer")
    page = desk.get(f"organisations/{number}")
    assert "1 person added since" in page.text
    assert [row[1] for row in page.rows() if row[0].startswith("Una Newcomer")] == ["Added since"]
    (row,) = [row for row in desk.get("organisations?show=open").rows() if row[0] == name]
    assert "1 person added since" in row[2]


def test_nothing_is_signed_off_from_a_page_that_shows_an_older_list(sit: Sit) -> None:
    desk = sit("filled")
    number, _ = lists(desk)[0]
    older = seen(desk, number)
    join(desk, number, "Una Newcomer")
    answer = desk.post(f"organisations/{number}/sign-off", {"by": AMINA, "seen": older})
    assert answer.status_code == 409
    page = desk.checked(answer)
    assert "Una Newcomer" in page.text
    assert filled_in(page)["by"] == AMINA
    again = desk.post(f"organisations/{number}/sign-off", {"by": AMINA, "seen": seen_on(page)})
    assert again.status_code == 303
    assert "Una Newcomer" in desk.get(f"organisations/{number}").text


def test_a_name_is_asked_for(sit: Sit) -> None:
    desk = sit("filled")
    number, _ = lists(desk)[0]
    answer = desk.post(f"organisations/{number}/sign-off", {"by": " ", "seen": seen(desk, number)})
    assert answer.status_code == 422
    assert "Enter who signed the list off" in desk.checked(answer).text


def test_a_sign_off_is_taken_back(sit: Sit) -> None:
    desk = sit("filled")
    number, _ = lists(desk)[0]
    sign(desk, number)
    assert desk.post(f"organisations/{number}/take-back").status_code == 303
    assert "Not signed off" in desk.get(f"organisations/{number}").text


def test_the_dashboard_names_the_lists_that_are_left_once_one_is_signed_off(sit: Sit) -> None:
    desk = sit("filled")
    number, _ = lists(desk)[0]
    join(desk, number, "Una Newcomer")
    assert "to sign off" not in desk.get().text
    sign(desk, number)
    join(desk, number, "Moe Later")
    assert "1 organisation has a list to sign off" in desk.get().text


def test_lists_can_be_taken_along(sit: Sit) -> None:
    desk = sit("filled")
    number, name = lists(desk)[0]
    sign(desk, number)
    head, *rows = desk.csv(f"organisations/{number}.csv")
    assert head == ["Organisation", "Name", "Role", "E-mail", "Signed off"]
    assert {(row[0], row[4]) for row in rows} == {(name, "Yes")}
    leaders: list[str] = []
    desk.change(lambda session: leaders.extend(session.scalars(select(Leader.name))))
    assert sorted(row[1] for row in desk.csv("organisations.csv")[1:]) == sorted(leaders)
    assert desk.csv("organisations.csv?search=nobody-at-all")[1:] == []
