"""Two runs side by side, as the coordinator sees them."""

from typing import Any

import pytest
from flask import Flask

from placement.models import Cohort
from tests.factories.people import make_leader
from tests.web.cohort_states import STATES, leader_of, solved_now
from tests.web.coordinator_desk import Sit, queries_of, seats, shrink_first_day


@pytest.fixture
def sit(site: Flask) -> Sit:
    return seats(site)


def run_again(desk: Any) -> int:
    """Solve another run of the cohort as it stands; its id."""
    desk.change(lambda session: solved_now(session, session.get_one(Cohort, desk.found.cohort_id)))
    return int(desk.runs()[-1][0])


@pytest.mark.parametrize("state", [state for state in STATES if state != "repair"])
def test_with_fewer_than_two_lists_there_is_nothing_to_compare(sit: Sit, state: str) -> None:
    page = sit(state).get("runs/compare")
    assert "There is nothing to compare yet: two runs with a list are needed." in page.text


def test_the_newest_run_is_compared_with_the_one_before_unless_the_address_names_others(sit: Sit) -> None:
    desk = sit("solved")
    first, second, third = desk.found.run_id, run_again(desk), run_again(desk)
    assert chosen(desk.get("runs/compare")) == [second, third]
    assert chosen(desk.get(f"runs/compare?first={third}&second={first}")) == [third, first]
    assert chosen(desk.get(f"runs/compare?second={first}")) == [third, first]
    assert chosen(desk.get("runs/compare?first=none&second=987654")) == [second, third]


def chosen(page: Any) -> list[int]:
    return [
        int(option.get("value")) for option in page.root.iter("option") if option.get("selected") is not None
    ]


def test_runs_that_give_the_same_say_so(sit: Sit) -> None:
    desk = sit("solved")
    run_again(desk)
    page = desk.get("runs/compare")
    assert "Everybody gets the same from both runs." in page.text
    assert "Both were made from the same answers, days and rules." in page.text
    assert "None: the same days run in both." in page.text


def test_one_run_is_not_compared_with_itself(sit: Sit) -> None:
    desk = sit("solved")
    run_again(desk)
    page = desk.get(f"runs/compare?first={desk.found.run_id}&second={desk.found.run_id}")
    assert "This is the same run twice." in page.text
    assert page.rows() == []


def test_who_loses_and_what_had_changed_is_told(sit: Sit) -> None:
    desk = sit("solved")
    desk.change(shrink_first_day)
    second = run_again(desk)
    page = desk.get("runs/compare")
    assert "The two runs were made from different answers." in page.text
    assert "capacity 2 is now 1" in page.text
    (row,) = [row for row in page.rows() if row[0].startswith("Leader 00") and "Run" in row[1]]
    assert f"Run {desk.found.run_id}: 1st choice, Food parcels," in row[1]
    assert f"Run {second}: 2nd choice, Memory café," in row[1]
    assert "Get a later choice: 1" in page.text
    figures = {row[0]: row[1:] for row in page.rows() if len(row) == 4}
    assert figures["Days given"] == ["4", "4", "the same"]
    pairs = {row[0]: row[1:3] for row in page.rows() if row[0].endswith("choice")}
    assert pairs == {"1st choice": ["2", "1"], "2nd choice": ["0", "1"]}


def test_the_page_asks_the_database_as_often_for_many_leaders_as_for_few(sit: Sit) -> None:
    numbers = []
    for extra in (0, 40):
        desk = sit("solved")

        def more(session: Any, extra: int = extra, desk: Any = desk) -> None:
            for _ in range(extra):
                make_leader(session, cohort=session.get_one(Cohort, desk.found.cohort_id))

        desk.change(more)
        run_again(desk)
        run_again(desk)
        with queries_of(desk.app) as said:
            desk.get("runs/compare")
        numbers.append(len(said))
    assert numbers[0] == numbers[1]


def test_names_are_never_read_as_markup(sit: Sit) -> None:
    desk = sit("solved")

    def act(session: Any) -> None:
        for number in range(5):
            leader_of(session, desk.found, number).name = "<script>alert(1)</script>"

    desk.change(act)
    desk.change(shrink_first_day)
    run_again(desk)
    html = desk.browser.get(desk.found.url("runs/compare")).get_data(as_text=True)
    assert "&lt;script&gt;alert" in html
    assert "<script>alert" not in html
