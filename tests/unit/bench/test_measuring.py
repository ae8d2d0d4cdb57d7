"""What the measurements are judged by: the worth of results, the reference, and the page."""

from itertools import product
from pathlib import Path

import pytest

from bench import document
from bench.instances import OBJECTIVES, VARIANTS, after_dropout, cohort, scale
from bench.matching import ours
from bench.matching.arcs import Arcs, base_of, digits_of, weigh
from bench.matching.peers import assignment, highs
from bench.matching.worth import worth_of

RANKS = OBJECTIVES[:3]


@pytest.mark.parametrize("objective", RANKS)
@pytest.mark.parametrize("variant", VARIANTS)
def test_the_engine_reaches_every_stage_of_one_plain_search_after_another(
    variant: str, objective: str
) -> None:
    problem = cohort(1, objective=objective, variant=variant, leaders=24, slots=12)
    mine = worth_of(problem, ours.whole(problem, 60)().given)
    theirs = worth_of(problem, highs.stages(problem, 60)().given)
    assert mine.stages(objective) == theirs.stages(objective)
    assert mine.broken == theirs.broken == 0


def test_a_repair_keeps_as_many_as_one_plain_search_after_another() -> None:
    problem = cohort(2, leaders=24, slots=12)
    given = ours.whole(problem, 60)().given
    slots = [slot["id"] for slot in problem["slots"]]
    leaders = [leader["id"] for leader in problem["leaders"]]
    pairs = [(leader, slots[slot]) for leader, slot in zip(leaders, given, strict=True) if slot >= 0]
    left = after_dropout(problem, pairs)
    mine = worth_of(left, ours.whole(left, 60)().given)
    assert mine.stages("generous") == worth_of(left, highs.stages(left, 60)().given).stages("generous")
    assert mine.kept >= len(pairs) - 2


@pytest.mark.parametrize("objective", RANKS)
def test_the_flow_alone_and_the_assignment_solvers_agree(objective: str) -> None:
    problem = scale(60, 12, 1)
    arcs = Arcs.of(problem)
    answers = [solve(arcs, objective)() for solve in (ours.core, assignment.dense, assignment.sparse)]
    assert answers[0].proven
    assert len({worth_of(problem, answer.given).ranks(objective) for answer in answers}) == 1


@pytest.mark.parametrize("objective", RANKS)
def test_weights_order_all_results_as_the_objective_does(objective: str) -> None:
    arcs = Arcs([1, 1], [0, 0], [[(0, 1), (1, 2)], [(0, 2), (1, 3)], [(0, 3), (1, 1)]], worst=3)
    costs = weigh(digits_of(objective, arcs.worst), arcs.worst, base_of(objective, arcs))
    orders: dict[tuple[int, ...], int] = {}
    for ranks in product(range(4), repeat=3):
        digits = tuple(sum(digit(rank) for rank in ranks) for digit in digits_of(objective, 3))
        orders[digits] = sum(costs[rank] for rank in ranks)
    assert [orders[digits] for digits in sorted(orders)] == sorted(orders.values())


def test_a_result_over_a_capacity_or_below_a_minimum_number_is_broken() -> None:
    problem = {
        "leaders": [{"id": name, "preferences": [["a"], ["b"]]} for name in "xyz"],
        "slots": [{"id": "a", "capacity": 1}, {"id": "b", "capacity": 3, "minimum": 2}],
        "rules": {"place_unranked": False},
    }
    assert worth_of(problem, [0, 1, 1]).broken == 0
    assert worth_of(problem, [0, 0, -1]).broken == 1
    assert worth_of(problem, [0, 1, -1]).broken == 1
    assert worth_of(problem, [0, 1, 1]).profile == (1, 2)


def test_arcs_are_the_same_after_they_were_written(tmp_path: Path) -> None:
    arcs = Arcs.of(cohort(4, leaders=10, slots=8))
    assert Arcs.read(arcs.write(tmp_path / "cohort.arcs")) == arcs


def test_each_program_changes_its_own_part_of_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(document, "PAGE", tmp_path / "benchmarks.md")
    document.write_part("The matching", "old\n\n### Goals\n")
    document.write_part("The main job", "kept")
    document.write_part("The matching", "new")
    text = document.PAGE.read_text(encoding="utf-8")
    assert text == f"{document.HEAD}\n## The main job\n\nkept\n\n## The matching\n\nnew\n"
