"""What a run was made from, beside how its cohort stands now."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from placement.domain.errors import InvalidProblem, NothingToMatch
from placement.domain.matching import Problem
from placement.domain.run_changes import Fixed, Pair, fixed_changes, input_changes, standing_changes
from placement.domain.states import RUN_KINDS, RunKind
from placement.models import MatchRun
from placement.services.fixed_rows import live_pins
from placement.services.match_problem import problem_of
from placement.services.match_rows import CohortRows, read_rows
from placement.services.match_runs import known_objective


def changes_since(session: Session, run: MatchRun, *, now: datetime) -> list[str]:
    """What has changed in the cohort since `run` was frozen, one sentence each; empty when nothing has."""
    before, rows = json.loads(run.frozen_input), read_rows(session, run.cohort, now=now)
    try:
        after = _problem_now(run, rows, known_kind(run.kind)).to_json()
    except InvalidProblem:  # the pins contradict what has changed, which is told without them
        as_before = {key: before.get(key, []) for key in ("pins", "forbidden")}
        after = {**_problem_without_pins(run, rows).to_json(), **as_before}
    except NothingToMatch as nothing:
        return [str(nothing)]
    ruled_out: Any = after["forbidden"]
    then, now_fixed = set(fixed_in(run)), live_pins(session, run.cohort_id)
    return [
        *input_changes(_without(before, then), _without(after, now_fixed)),
        *fixed_changes(then, now_fixed, before.get("forbidden", ()), ruled_out),
        *standing_changes(_standing_then(run), rows.standing),
    ]


def digest_now(session: Session, run: MatchRun, *, now: datetime) -> str:
    """The digest that the run's cohort would be frozen under now; empty where it could not be."""
    rows = read_rows(session, run.cohort, now=now)
    if standing_changes(_standing_then(run), rows.standing):
        return ""
    try:
        return _problem_now(run, rows, known_kind(run.kind)).digest()
    except (InvalidProblem, NothingToMatch):
        return ""


def known_kind(word: str) -> RunKind:
    """`word` as one of the kinds of a run; `ValueError` for anything else."""
    for kind in RUN_KINDS:
        if word == kind:
            return kind
    raise ValueError(word)


def standing_in(run: MatchRun) -> list[Pair]:
    """The placements that stood when a repair was asked for, by e-mail address and reference."""
    standing = run.settings["standing"]
    assert isinstance(standing, list)  # noqa: S101  # written so by those who ask for repairs
    return [(leader, slot) for leader, slot in standing]


def given_in(run: MatchRun) -> list[Pair]:
    """The seats that a repair was asked to give, whatever else it does: pins of this run alone."""
    return _pairs(run, "given")


def keep_in(run: MatchRun) -> list[Pair]:
    """The pairs of another run that this one was asked to keep as many of as it can."""
    return _pairs(run, "keep")


def fixed_in(run: MatchRun) -> list[Pair]:
    """The places that the coordinator had fixed when the run was asked for."""
    return _pairs(run, "fixed")


def why_fixed(run: MatchRun) -> tuple[Fixed, ...]:
    """Why days were fixed before a run was made: they stood already, or the coordinator chose them."""
    chosen = bool(given_in(run) or fixed_in(run))
    stood = bool(run.settings.get("stood", not chosen))
    words: tuple[Fixed, ...] = (*(("standing",) if stood else ()), *(("given",) if chosen else ()))
    return words or ("standing",)


def _pairs(run: MatchRun, name: str) -> list[Pair]:
    kept = run.settings.get(name, [])
    assert isinstance(kept, list)  # noqa: S101  # written so by those who ask for runs
    return [(leader, slot) for leader, slot in kept]


def _without(problem: Mapping[str, Any], fixed: set[Pair]) -> dict[str, Any]:
    """A problem without the pins that the coordinator made: what is left of them stood already."""
    return {**problem, "pins": [pair for pair in problem["pins"] if tuple(pair) not in fixed]}


def _problem_now(run: MatchRun, rows: CohortRows, kind: RunKind) -> Problem:
    objective = known_objective(run.objective)
    return problem_of(
        rows, objective=objective, seed=run.seed, kind=kind, given=given_in(run), keep=keep_in(run)
    )


def _problem_without_pins(run: MatchRun, rows: CohortRows) -> Problem:
    kind: RunKind = "repair" if run.kind == "repair" else "fresh"
    bare = replace(rows, fixed=())
    keep = keep_in(run)
    return problem_of(bare, objective=known_objective(run.objective), seed=run.seed, kind=kind, keep=keep)


def _standing_then(run: MatchRun) -> list[Pair] | None:
    """What stood, for a run whose problem does not hold it."""
    return standing_in(run) if run.kind == "fresh" else None
