"""The list of people as a page: filters, order, saved views, and doing something for several at once."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from placement.models import Cohort, Message, User
from tests.factories.people import make_coordinator, make_user
from tests.web.browsing import Browser
from tests.web.coordinator_desk import Desk, Sit, add_leaders, matched, queries_of, seats


@pytest.fixture
def sit(site: Flask) -> Sit:
    return seats(site)


def names(desk: Desk, path: str) -> list[str]:
    return [row[1].partition("Seaport")[0] for row in desk.get(path).rows()[1:]]


def mails(desk: Desk, kind: str) -> list[str]:
    found: list[str] = []
    desk.change(
        lambda session: found.extend(
            session.scalars(select(Message.status).where(Message.kind == kind).order_by(Message.id))
        )
    )
    return found


def test_leaders_and_partners_are_found_and_put_in_order(sit: Sit) -> None:
    desk = sit("filled")
    assert len(desk.get("people").rows()) == 7
    assert names(desk, "people?show=silent") == ["Leader 003", "Leader 004"]
    assert names(desk, "people?show=partners&search=seaport+food") == ["Sam Synthetic"]
    assert "1 person found, of 6." in desk.get("people?show=partners").text
    newest = names(desk, "people?show=leaders&sort=answer")
    assert sorted(newest[:3]) == ["Leader 000", "Leader 001", "Leader 002"]
    page = desk.get("people?show=silent&sort=mail&search=leader")
    assert page.links["By organisation"].endswith("?search=leader&show=silent&sort=organisation")
    assert page.links["Leaders (5)"].endswith("?search=leader&sort=mail&show=leaders")
    rows = desk.csv("people.csv?show=silent&sort=mail")
    assert [row[0] for row in rows] == ["Name", "Leader 003", "Leader 004"]
    assert rows[1][4:] == ["Not answered", "0", ""]


def test_an_empty_cohort_says_where_people_come_from(sit: Sit) -> None:
    assert "There is nobody in this cohort yet." in sit("empty").get("people").text


def test_those_ticked_are_named_before_anything_is_done_for_them(sit: Sit) -> None:
    desk = sit("filled")
    page = desk.get("people?show=silent")
    boxes = [e.get("value", "") for e in page.root.iter("input") if e.get("name") == "who"]
    answered = desk.get("people?search=000")
    other = next(e.get("value") for e in answered.root.iter("input") if e.get("name") == "who")
    check = desk.get(f"people/check?show=silent&do=remind&which=ticked&who={boxes[0]}&who={other}")
    assert "This affects 1 person: each gets a reminder" in check.text
    assert "Leader 000: has sent choices" in check.text
    assert mails(desk, "choices_reminder") == [], "looking does nothing"
    form = check.forms[-1]
    assert (form.values["who"], form.values["query"]) == (boxes[0], "show=silent")
    done = desk.post("people/do", form.values)
    assert (done.status_code, done.location) == (303, desk.found.url("people?show=silent"))
    assert "1 reminder on the way." in desk.get("people?show=silent").text
    assert mails(desk, "choices_reminder") == ["todo"]
    desk.post("people/do", form.values)
    assert "Nothing was left to do" in desk.get("people").text
    assert len(mails(desk, "choices_reminder")) == 1


def test_all_that_are_found_can_be_meant(sit: Sit) -> None:
    desk = sit("confirmed")
    check = desk.get("people/check?show=leaders&do=hold&which=all")
    assert "This affects 2 people: 2 mails that wait for them" in check.text
    keys = [e.get("value") for e in check.root.iter("input") if e.get("name") == "who"]
    desk.post("people/do", {"do": "hold", "who": keys})  # type: ignore[dict-item]  # several of one name
    assert desk.get("people/check?show=leaders&do=hold&which=all").text.count("no mail waits") == 5
    released = desk.get("people/check?show=leaders&do=release&which=all")
    assert "Let go 2 mails" in released.text


def test_nobody_ticked_is_said(sit: Sit) -> None:
    desk = sit("filled")
    assert "You have ticked nobody." in desk.get("people/check?do=remind&which=ticked").text
    assert desk.browser.get(desk.found.url("people/check?do=erase")).status_code == 404


def test_a_view_is_saved_found_again_and_removed(sit: Sit) -> None:
    desk = sit("filled")
    page = desk.get("people?show=silent&sort=mail&page=1")
    form = next(one for one in page.forms if one.action.endswith("/views/people"))
    assert form.values["query"] == "show=silent&sort=mail"
    saved = desk.post("views/people", {**form.values, "name": "=Silent <b>", "shared": "yes"})
    assert saved.location == desk.found.url("people?show=silent&sort=mail")
    again = desk.get("people")
    assert again.links["=Silent <b>"] == desk.found.url("people?show=silent&sort=mail")
    other = second_coordinator(desk)
    theirs = desk.checked(other.get(desk.found.url("people")))
    assert "shared by Chloe Coordinator" in theirs.text
    remove = next(one for one in again.forms if one.action.endswith("/remove"))
    assert other.post(remove.action).status_code == 404
    assert desk.browser.post(remove.action).status_code == 303
    assert "=Silent" not in desk.get("people").text


def test_a_view_without_a_name_is_refused_in_words(sit: Sit) -> None:
    desk = sit("filled")
    desk.post("views/days", {"name": " ", "query": "show=free"})
    page = desk.get("days?show=free")
    assert "Give the view a name" in page.text
    assert [form.values["query"] for form in page.forms if form.action.endswith("/views/days")] == [
        "show=free"
    ]


def test_days_stand_in_the_order_asked_for(sit: Sit) -> None:
    desk = sit("filled")
    titles = [row[0].partition(",")[0] for row in desk.get("days?sort=title").rows()[1:]]
    page = desk.get("days?sort=free&show=free")
    assert len(titles) == 3
    assert page.rows()[1][0].endswith(desk.get("days").rows()[3][0][-20:]), "nine seats are free on the last"
    told = desk.csv("days.csv?sort=title&search=memory")
    assert [row[1] for row in told] == ["Placement", "Memory café"]
    assert told[1][6:9] == ["0", "3", "1"]
    assert page.links["By partner"].endswith("?show=free&sort=partner")


def test_the_funnel_of_the_dashboard_can_be_downloaded(sit: Sit) -> None:
    desk = sit("confirmed")
    assert desk.csv("funnel.csv") == [
        ["Step", "Leaders"],
        ["Invited", "5"],
        ["Sent choices", "3"],
        ["Have a placement", "4"],
        ["Said yes", "1"],
        ["Came", "0"],
        ["Wrote a reflection", "0"],
    ]
    assert "Have a placement" in desk.get().text


def test_the_lists_take_as_many_queries_for_few_people_as_for_many(sit: Sit) -> None:
    counted: dict[str, set[int]] = {}
    for number in (5, 40):
        desk = sit("empty")
        matched(desk, number)
        for path in ("people", "people/check?which=all&do=remind", "people/check?which=all&do=hold", "days"):
            with queries_of(desk.app) as said:
                desk.get(path)
            counted.setdefault(path, set()).add(len(said))
    assert {path: len(numbers) for path, numbers in counted.items()} == dict.fromkeys(counted, 1)


def test_a_list_of_people_comes_in_pages(sit: Sit) -> None:
    desk = sit("empty")
    add_leaders(desk, 130)
    page = desk.get("people")
    assert len(page.rows()) == 101
    assert len(desk.get("people?page=2").rows()) == 31
    assert "For all 130, on every page" in page.text
    assert len(desk.csv("people.csv")) == 131


def second_coordinator(desk: Desk) -> Browser:
    found: list[str] = []

    def act(session: Any) -> None:
        user: User = make_user(session, name="Dan")
        make_coordinator(session, cohort=session.get_one(Cohort, desk.found.cohort_id), user=user)
        found.append(user.email)

    desk.change(act)
    return Browser(desk.app, email=found[0])
