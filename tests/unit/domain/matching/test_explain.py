"""Explanations are exactly true: each price, chain and impossibility against exhaustive search."""

import itertools
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from placement.domain.matching import Problem, Solution, solve
from placement.domain.matching.why.alternatives import Alternatives
from placement.domain.matching.why.explain import explain, seat_takers
from placement.domain.matching.why.findings import (
    IMPOSSIBLE,
    Explanations,
    LeaderExplanation,
    PartnerExplanation,
    SlotExplanation,
)
from placement.domain.matching.why.telling import with_diagnosis, with_explanations
from tests.unit.domain.matching import oracle
from tests.unit.domain.matching.cohorts import made_up
from tests.unit.domain.matching.nearness import change, moved, nearest, nearness
from tests.unit.domain.matching.oracle import Result, drawn, gives, takes_at_least
from tests.unit.domain.matching.strategies import OBJECTIVES, problems
from tests.unit.domain.matching.test_problem import shuffled

Json = dict[str, Any]
CONTRACTS = Path(__file__).parents[3] / "contracts"
SOLUTION_SCHEMA = Draft202012Validator(json.loads((CONTRACTS / "match-solution.schema.json").read_text()))


def solved(problem: Json) -> Solution:
    return solve(Problem.from_json(problem), clock=time.monotonic)


def pairs_of(solution: Solution) -> Result:
    return frozenset((one.leader, one.slot) for one in solution.assignments)


def asked_about(problem: Json, base: Result) -> Alternatives:
    return Alternatives(Problem.from_json(problem), base, clock=time.monotonic, time_limit=100.0)


def explained(problem: Json) -> tuple[Result, Explanations]:
    solution = solved(problem)
    base = pairs_of(solution)
    return base, explain(Problem.from_json(problem), solution, asked_about(problem, base))


def better_tiers(problem: Json, leader: Json, base: Result) -> Iterator[tuple[int | None, set[str]]]:
    """List the tiers that an explanation is owed for, with the slots that the leader does not have."""
    held = {slot for one, slot in base if one == leader["id"]}
    worst = max((oracle.rank(leader, slot) or 100 for slot in held), default=0)
    missing = len(held) < leader.get("days", 1)
    for place, tier in enumerate(leader["preferences"], 1):
        if (missing or place < worst) and set(tier) - held:
            yield place, set(tier) - held
    ranked = {slot for tier in leader["preferences"] for slot in tier}
    others = {slot["id"] for slot in problem["slots"]} - ranked - held
    if missing and others and oracle.rule(problem, "place_unranked") is not False:
        yield None, others


def assert_priced(problem: Json, base: Result, expected: tuple[Any, ...], fact: LeaderExplanation) -> None:
    result = moved_by(base, fact)
    assert oracle.keeps_upper_limits(problem, result)
    assert oracle.keeps_lower_limits(problem, result)
    assert (fact.leader, fact.wanted) in result
    assert nearness(problem, base, result) == expected
    assert fact.cost == ({} if problem["objective"] == "lottery" else change(problem, base, result))
    assert fact.chain[0][0] == fact.leader
    assert fact.other_leaders == len({leader for leader, _, _ in fact.chain} - {fact.leader})
    assert sum(one.days for one in fact.shifts) == sum(leader != fact.leader for leader, _, _ in fact.chain)


def moved_by(base: Result, fact: LeaderExplanation) -> Result:
    left = {(leader, old) for leader, old, _ in fact.chain if old is not None}
    return (base - left) | {(leader, new) for leader, _, new in fact.chain if new is not None}


@settings(max_examples=80, deadline=None)
@given(problems())
def test_each_better_tier_has_its_exact_price_and_a_chain_that_gives_it(problem: Json) -> None:
    base, found = explained(problem)
    results = oracle.kept_results(problem)
    facts = {(fact.leader, fact.tier): fact for fact in found.leaders}
    if not results:
        assert facts == {}
        return
    for leader in problem["leaders"]:
        for tier, slots in better_tiers(problem, leader, base):
            fact = facts.pop((leader["id"], tier))
            prices = [
                (price, slot)
                for slot in slots
                if (price := nearest(problem, base, results, gives((leader["id"], slot)))) is not None
            ]
            if prices:
                assert fact.wanted == min(prices)[1]
                assert_priced(problem, base, min(prices)[0], fact)
            else:
                assert (fact.cost, fact.chain, fact.wanted) == (IMPOSSIBLE, (), min(slots))
                assert {slot for _, of_reason in fact.reasons for slot in of_reason} == slots
    assert facts == {}


@settings(max_examples=80, deadline=None)
@given(problems())
def test_each_slot_with_a_seat_left_has_its_exact_price(problem: Json) -> None:
    base, found = explained(problem)
    results = oracle.kept_results(problem)
    load = {slot["id"]: sum(where == slot["id"] for _, where in base) for slot in problem["slots"]}
    open_ = {one["id"] for one in problem["slots"] if load[one["id"]] < max(1, one["capacity"])}
    assert {fact.slot for fact in found.slots} == (open_ if results else set())
    for fact in found.slots:
        wish = takes_at_least(fact.slot, load[fact.slot] + 1)
        best = nearest(problem, base, results, wish)
        wished = [one for one in results if wish(one) and nearness(problem, base, one) == best]
        assert (fact.kind == "closed") == (load[fact.slot] == 0)
        if problem["objective"] == "lottery":
            assert fact.cost == ({} if wished else IMPOSSIBLE)
        else:
            assert dict(fact.cost) in ([change(problem, base, one) for one in wished] or [dict(IMPOSSIBLE)])


@settings(max_examples=60, deadline=None)
@given(problems())
def test_partners_are_explained_in_numbers_that_add_up(problem: Json) -> None:
    base, found = explained(problem)
    slots = {slot["id"]: slot["partner"] for slot in problem["slots"]}
    leaders = {leader["id"]: leader for leader in problem["leaders"]}
    for fact in found.partners:
        here = [(leader, slot) for leader, slot in base if slots[slot] == fact.partner]
        ranks = [oracle.rank(leaders[leader], slot) for leader, slot in here]
        assert fact.leaders == len(here) == sum(fact.given.values())
        assert fact.given == {str(rank or "unranked"): ranks.count(rank) for rank in ranks}
        assert sum(fact.ranked.values()) == sum(fact.here.values()) + sum(fact.instead.values())
        theirs = {slot for slot, partner in slots.items() if partner == fact.partner}
        ranking = [one for one in leaders.values() if theirs & set(itertools.chain(*one["preferences"]))]
        assert sum(fact.ranked.values()) == len(ranking)


@settings(max_examples=60, deadline=None)
@given(problems())
def test_no_sentence_names_another_person_and_every_fact_reads_back_from_json(problem: Json) -> None:
    problem = json.loads(json.dumps(problem).replace("leader-", "person-"))
    solution = solved(problem)
    read = Problem.from_json(problem)
    told = with_explanations(read, solution, clock=time.monotonic, time_limit=100.0)
    told = with_diagnosis(read, told, clock=time.monotonic, time_limit=100.0)
    said = json.loads(json.dumps(told.to_json()))
    SOLUTION_SCHEMA.validate(said)
    sentences = [
        one[key]
        for name in ("explanations", "slot_explanations", "partner_explanations", "diagnosis", "what_if")
        for one in said[name]
        for key in ("sentence", "remedy")
        if key in one
    ]
    assert all("person-" not in sentence and sentence.endswith(".") for sentence in sentences)
    found = told.explanations
    assert found is not None
    assert tuple(LeaderExplanation.from_json(one) for one in said["explanations"]) == found.leaders
    assert tuple(SlotExplanation.from_json(one) for one in said["slot_explanations"]) == found.slots
    assert tuple(PartnerExplanation.from_json(one) for one in said["partner_explanations"]) == found.partners


@settings(max_examples=20, deadline=None)
@given(problems(), st.randoms(use_true_random=False))
def test_the_order_of_rows_decides_no_explanation(problem: Json, order: random.Random) -> None:
    assert explained(shuffled(problem, order))[1].to_json() == explained(problem)[1].to_json()


@pytest.mark.parametrize("rules", [{}, {"min_sectors": 2, "max_same_organisation": 2}])
def test_another_process_with_another_hash_seed_says_the_same_to_the_letter(rules: Json) -> None:
    problem = made_up(14, 6, 4, minimum=3) | {"objective": "generous", "rules": rules}
    program = (
        "import json, sys, time\n"
        "from placement.domain.matching import Problem, solve\n"
        "from placement.domain.matching.why.telling import with_diagnosis, with_explanations\n"
        "problem = Problem.from_json(json.load(sys.stdin))\n"
        "solution = solve(problem, clock=time.monotonic)\n"
        "for tell in (with_explanations, with_diagnosis):\n"
        "    solution = tell(problem, solution, clock=time.monotonic, time_limit=100.0)\n"
        "print(json.dumps(solution.to_json() | {'seconds': 0}))"
    )
    said = [
        subprocess.run(
            [sys.executable, "-c", program],
            input=json.dumps(shuffled(problem, random.Random(seed))),
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(__file__).parents[4])},
            capture_output=True,
            text=True,
        )
        for seed in ("1", "2")
    ]
    assert said[0].stdout == said[1].stdout
    assert json.loads(said[0].stdout)["explanations_complete"]


@settings(max_examples=50, deadline=None)
@given(problems())
def test_who_could_take_a_seat_is_ranked_by_what_it_does_to_the_result(problem: Json) -> None:
    base = pairs_of(solved(problem))
    results = oracle.kept_results(problem)
    alternatives = asked_about(problem, base)
    turns = drawn(problem["seed"], [leader["id"] for leader in problem["leaders"]])
    for slot in problem["slots"]:
        found = seat_takers(alternatives, Problem.from_json(problem), slot["id"])
        expected = {
            leader["id"]: price
            for leader in problem["leaders"]
            if (leader["id"], slot["id"]) not in base
            and (price := nearest(problem, base, results, gives((leader["id"], slot["id"])))) is not None
        }
        assert {leader: nearness(problem, base, moved(base, best)) for leader, best in found} == expected
        places = []
        for leader, best in found:
            lottery = problem["objective"] == "lottery"
            price, _, rest = ((), 0, ()) if lottery else expected[leader]
            places.append((price, len(best.moves), rest, turns.index(leader)))
        assert places == sorted(places)


def example() -> Json:
    """Three leaders who all want slot a, which takes one; b takes two, c runs only for two."""
    leaders = [
        {"id": "ada", "preferences": [["a"], ["b"], ["c"]]},
        {"id": "ben", "preferences": [["a"], ["b"], ["c"]]},
        {"id": "cyd", "preferences": [["a", "d"], ["b"]], "excluded": ["d"]},
    ]
    slots = [
        {"id": "a", "capacity": 1, "partner": "food"},
        {"id": "b", "capacity": 3, "partner": "cafe"},
        {"id": "c", "capacity": 2, "minimum": 2, "partner": "cafe"},
        {"id": "d", "capacity": 0},
    ]
    problem: Json = {"version": 1, "leaders": leaders, "slots": slots, "objective": "generous"}
    return problem | {"rules": {"place_unranked": False}, "seed": "autumn"}


def test_a_lost_draw_is_told_as_such() -> None:
    base, found = explained(example())
    assert ("ada", "a") in base
    (ben,) = (fact for fact in found.leaders if fact.leader == "ben")
    assert ben.sentence == (
        "With a, this leader's first choice, no stage before the lottery would be worse: the drawn order of "
        "leaders decided. One other leader would move from a first to a second choice."
    )


def test_where_the_lottery_was_not_settled_nothing_is_said_of_it() -> None:
    problem = Problem.from_json(example())
    solution = solved(example())
    unsettled = replace(solution, stages=(replace(solution.stages[0], proven=False), *solution.stages[1:]))
    found = explain(problem, unsettled, asked_about(example(), pairs_of(solution)))
    (ben,) = (fact for fact in found.leaders if fact.leader == "ben")
    assert ben.sentence.startswith(
        "With a, this leader's first choice, no stage before the lottery would be worse. One other leader"
    )


def test_the_price_of_a_choice_is_told_in_words_of_the_stage() -> None:
    problem = example()
    problem["leaders"][0]["preferences"] = [["a"]]
    _, found = explained(problem)
    (ben,) = (fact for fact in found.leaders if fact.leader == "ben")
    assert ben.cost == {"placed": -1}
    assert ben.sentence == (
        "With a, this leader's first choice, one leader fewer would be placed. "
        "One other leader would move from a first choice to no day."
    )


def test_an_impossible_choice_says_why() -> None:
    problem = example() | {"pins": [["ada", "a"]]}
    _, found = explained(problem)
    (cyd,) = (fact for fact in found.leaders if fact.leader == "cyd")
    assert cyd.sentence == (
        "No result that keeps the rules has this leader's first choice: d is excluded for this leader by a "
        "date, a requirement, the distance or a wish; a has only seats that are pinned to others."
    )


def test_closed_and_half_empty_slots_say_what_filling_them_would_cost() -> None:
    _, found = explained(example())
    assert [fact.sentence for fact in found.slots] == [
        (
            "b has 2 of 3 seats taken. With one more there, there would be one more second choice and one "
            "fewer first choice."
        ),
        "c is closed. With it open, there would be two more third choices and two fewer second choices.",
        "d is closed: it has no seats.",
    ]


def test_partners_hear_who_ranked_them_and_who_comes() -> None:
    _, found = explained(example())
    assert [fact.sentence for fact in found.partners] == [
        (
            "Two days are given at cafe: two second choices. It was ranked by three leaders: of three who "
            "ranked it second, two come. Of the others one has only what they rank before it."
        ),
        (
            "One day is given at food: one first choice. It was ranked by three leaders: of three who ranked "
            "it first, one comes. Of the others two have something that they rank after it."
        ),
    ]


def test_who_has_a_first_choice_on_every_day_needs_no_explanation() -> None:
    base, found = explained(example())
    assert {leader for leader, slot in base if slot == "a"} == {"ada"}
    assert {fact.leader for fact in found.leaders} == {"ben", "cyd"}


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_what_is_not_worked_out_in_time_is_left_out_and_said_to_be(objective: str) -> None:
    problem = made_up(30, 10, 4, minimum=3) | {"objective": objective}
    solution = solved(problem)
    ticks = itertools.count()
    alternatives = Alternatives(
        Problem.from_json(problem),
        pairs_of(solution),
        clock=lambda: next(ticks) * 1.0,
        time_limit=30.0,
    )
    cut = explain(Problem.from_json(problem), solution, alternatives)
    whole = explained(problem)[1]
    assert whole.complete
    assert not cut.complete
    assert all(fact in whole.leaders for fact in cut.leaders)
    assert cut.partners == whole.partners
