"""How places are decided: what the pages say of it is what the matching engine does."""

import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask

from placement.db import unit_of_work
from placement.domain.matching import Problem, solve
from placement.domain.states import OBJECTIVES
from placement.models import Cohort
from placement.web import deciding
from tests.factories.people import make_coordinator, make_leader, make_partner, make_user
from tests.factories.programmes import make_cohort
from tests.factories.runs import make_run
from tests.web.browsing import Browser
from tests.web.page import check_page, record_unknown_names

NAME = "O'Brien's cohort"
FACTS = ("What counted most", "Seed of the lottery")
EMAIL = "ada.o'hara@people.example"


def given(
    objective: str, lists: Mapping[str, Sequence[str]], *, seed: str = deciding.EXAMPLE_SEED
) -> dict[str, tuple[str, int | None]]:
    """What each leader of the example gets by the engine: the placement and which choice it is."""
    problem = {
        "version": 1,
        "leaders": [
            {"id": one, "preferences": [[title] for title in wanted]} for one, wanted in lists.items()
        ],
        "slots": [{"id": title, "capacity": 1} for title in deciding.EXAMPLE_LISTS["A"]],
        "objective": objective,
        "seed": seed,
    }
    solution: Any = solve(Problem.from_json(problem), clock=time.monotonic, time_limit=20).to_json()
    return {pair["leader"]: (pair["slot"], pair["rank"]) for pair in solution["assignments"]}


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_the_example_shows_what_the_engine_gives(objective: Any) -> None:
    found = given(objective, deciding.EXAMPLE_LISTS)
    assert "".join(str(found[leader][1]) for leader in "ABCDE") == deciding.EXAMPLE_RESULTS[objective]


def test_what_is_said_of_shortening_a_list_is_true() -> None:
    lists = deciding.EXAMPLE_LISTS
    short = {"A": ("Food bank",)}
    assert given("generous", lists)["A"] == ("Night shelter", 2)
    alone = given("generous", {**lists, **short})
    assert (alone["A"], alone["E"]) == (("Food bank", 1), ("Night shelter", 2))
    both = given("generous", {**lists, **short, "E": ("Food bank",)})
    assert sorted((both["A"][1] or 0, both["E"][1] or 0)) == [0, 1]
    assert given("lottery", {**lists, **short})["A"][1] is None


def test_the_program_that_is_shown_prints_the_order_of_the_example() -> None:
    lines = deciding.python_lines(deciding.EXAMPLE_SEED, list("ABCDE"))
    done = subprocess.run([sys.executable, "-c", lines], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["C", "E", "B", "A", "D"]


@pytest.mark.parametrize(("seed", "own_id"), [("Spring", "ada@people.example"), ("it's $HOME", EMAIL)])
def test_the_command_that_is_shown_prints_the_number(seed: str, own_id: str) -> None:
    line = deciding.shell_line(seed, own_id)
    done = subprocess.run(["sh", "-c", line], capture_output=True, text=True, check=True)
    assert done.stdout.split()[0] == deciding.lottery_number(seed, own_id)


def test_a_seed_with_quotes_is_still_a_program() -> None:
    lines = deciding.python_lines('a "seed" \\ of one\n', ["A", "B"])
    done = subprocess.run([sys.executable, "-c", lines], capture_output=True, text=True, check=True)
    assert sorted(done.stdout.split()) == ["A", "B"]


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        ({"choices_minimum": 1}, "Each leader chooses at least 1 placement, or all where fewer are offered."),
        ({"place_unranked": False}, "Nobody gets a day that they did not choose"),
        ({"max_same_organisation": 2}, "No more than 2 people of one organisation"),
        ({"min_sectors": 2}, "People of at least 2 sectors"),
        ({"max_per_partner": 1}, "Nobody gets more than 1 day with the same partner."),
        ({"teams": "spread"}, "No two people of one team"),
        ({"teams": "together"}, "People of one team are kept together"),
        ({"gap_minutes": 90}, "Between two days of one person lie at least 90 minutes."),
    ],
)
def test_each_rule_that_a_cohort_sets_is_told(site: Flask, setting: dict[str, Any], sentence: str) -> None:
    page = check_page(member(site, "leader", **setting))
    assert sentence in page.text


def test_rules_that_are_not_set_are_not_told(site: Flask) -> None:
    page = check_page(member(site, "leader"))
    for word in ("organisation", "sectors", "team", "minutes", "same partner"):
        assert word not in page.text


def member(site: Flask, role: str, **setting: Any) -> Any:
    """The rules of a new cohort as somebody of it sees them."""
    with site.app_context(), unit_of_work() as session:
        cohort = make_cohort(session, name=NAME, seed="it's a seed", **setting)
        make: Any = {"leader": make_leader, "partner": make_partner, "coordinator": make_coordinator}[role]
        row = make(session, cohort=cohort, user=make_user(session, email=EMAIL))
        path, email = f"/how-places-are-decided/{cohort.id}", row.user.email
    unknown = record_unknown_names(site)
    answer = Browser(site, email=email).get(path)
    assert unknown == []
    return answer


def test_leaders_see_the_objective_the_seed_and_their_own_number(site: Flask) -> None:
    page = check_page(member(site, "leader", objective="rank-maximal"))
    assert "As many 1st choices as possible." in page.text
    assert "The seed of this cohort is “it's a seed”." in page.text
    number = deciding.lottery_number("it's a seed", EMAIL)
    assert f"starts with {number[:8]}" in page.text
    assert number in page.text
    assert "Nothing has been decided yet." in page.text


@pytest.mark.parametrize("role", ["partner", "coordinator"])
def test_others_of_the_cohort_see_the_rules_without_a_number_of_their_own(site: Flask, role: str) -> None:
    page = check_page(member(site, role))
    assert "The seed of this cohort is “it's a seed”." in page.text
    assert "Your number" not in page.text


def test_a_confirmed_list_is_told_with_the_settings_it_was_made_with(site: Flask) -> None:
    with site.app_context(), unit_of_work() as session:
        leader = make_leader(session)
        cohort = session.get_one(Cohort, leader.cohort_id)
        make_run(
            session,
            cohort=cohort,
            status="confirmed",
            confirmed_at=datetime(2027, 1, 12, 12, tzinfo=UTC),
            objective="lottery",
            seed="another seed",
        )
        email, cohort_id = leader.user.email, cohort.id
    page = check_page(Browser(site, email=email).get(f"/how-places-are-decided/{cohort_id}"))
    assert [page_fact(page, name) for name in FACTS] == ["Lottery order", "another seed"]
    assert "Nothing has been decided yet." not in page.text


def page_fact(page: Any, name: str) -> str:
    """A value of a summary list by its name."""
    cells = [" ".join("".join(e.itertext()).split()) for e in page.root.iter() if e.tag in {"dt", "dd"}]
    return cells[cells.index(name) + 1]


def test_the_general_page_leads_to_the_rules_of_each_of_ones_cohorts(site: Flask) -> None:
    with site.app_context(), unit_of_work() as session:
        user = make_user(session)
        first, second = make_leader(session, user=user), make_leader(session, user=user)
        make_coordinator(session, cohort=session.get_one(Cohort, first.cohort_id), user=user)
        ids, email = [first.cohort_id, second.cohort_id], user.email
    page = check_page(Browser(site, email=email).get("/how-places-are-decided"))
    links = [url for text, url in page.links.items() if text.startswith("The rules of your cohort")]
    assert sorted(links) == sorted(f"/how-places-are-decided/{one}" for one in ids)


def test_whoever_is_not_signed_in_comes_back_to_the_rules_afterwards(site: Flask) -> None:
    answer = Browser(site).get("/how-places-are-decided/7")
    assert (answer.status_code, answer.location) == (303, "/sign-in?next=/how-places-are-decided/7")


def test_the_rules_of_a_cohort_are_not_there_for_strangers(site: Flask) -> None:
    with site.app_context(), unit_of_work() as session:
        email, foreign = make_leader(session).user.email, make_cohort(session).id
    assert Browser(site, email=email).get(f"/how-places-are-decided/{foreign}").status_code == 404


def test_every_way_to_count_choices_has_a_name_and_a_promise() -> None:
    assert list(deciding.OBJECTIVE_WORDS) == list(OBJECTIVES)
    assert deciding.objective_name("older") == "older"
    assert deciding.promise_of("older") == ""
