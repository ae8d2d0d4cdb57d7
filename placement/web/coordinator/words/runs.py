"""Match runs in words: what each objective promises, how a run stands, what its stages reached."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from placement.services.reports.review import Fitting, GivenDay, ReviewedLeader, ReviewedSlot
from placement.services.reports.runs import RunReport
from placement.web.deciding import objective_name
from placement.web.presenters import choice, count, listed, moment


@dataclass(frozen=True)
class State:
    """How a run stands, in a word or two on a colour."""

    text: str
    colour: str


@dataclass(frozen=True)
class StageWords:
    """One stage: what it looks at, what it reached, whether better is possible."""

    name: str
    reached: str
    proof: str


STATES: Mapping[str, State] = {
    "queued": State("Waiting to start", "blue"),
    "solving": State("Being solved", "blue"),
    "solved": State("Ready to review", "purple"),
    "stale": State("Out of date", "orange"),
    "infeasible": State("No list possible", "red"),
    "failed": State("Failed", "red"),
    "cancelled": State("Cancelled", "grey"),
    "confirmed": State("Confirmed", "green"),
}

STAGE_NAMES: Mapping[str, str] = {
    "placed": "Days given",
    "kept": "Confirmed placements kept",
    "profile": "Choices",
    "total-rank": "Sum of choice numbers",
    "if-need-be": "“If need be” days",
    "distance": "Distance",
    "lottery": "Lottery",
}

VALUES: Mapping[str, str] = {
    "placed": "{:,} in all",
    "kept": "{:,} that stood before",
    "if-need-be": "{:,} given on dates that people can do only if need be",
    "distance": "{:,.0f} km in all, as the crow flies",
}
"""What a stage's number counts."""


def state_of(status: str, proof: str = "", changes: Sequence[str] = ()) -> State:
    """How a run stands; a result that cannot be confirmed has a word of its own.

    `proof` is the solver's status, `changes` what has changed in the cohort since.
    """
    if status == "solved" and proof == "infeasible":
        return STATES["infeasible"]
    return STATES["stale" if status == "solved" and changes else status]


def proof_sentence(run: RunReport) -> str:
    """Whether a better list is possible, for a run with a result."""
    solution = run.solution or {}
    if solution["status"] == "optimal":
        return "Proven best: no list that keeps every rule does better by what was to count most."
    gap = solution["gap"]
    within = f" At the point where time ran out, at most {100 * gap:.1f}% was left to gain." if gap else ""
    return f"The best list found within the time. It keeps every rule, but a better one may exist.{within}"


def stages(run: RunReport) -> list[StageWords]:
    """What each stage of a solved run reached, in order."""
    return [_stage(stage, run) for stage in (run.solution or {})["stages"]]


def made_with(run: RunReport) -> list[tuple[str, str]]:
    """What a run was made with: who wants to repeat it needs to know."""
    facts = [
        ("What counted most", objective_name(run.objective)),
        ("Seed of the lottery", run.seed or "None"),
        ("Asked for", moment(run.requested_at)),
    ]
    if run.finished_at:
        facts.append(("Finished", moment(run.finished_at)))
    if run.solution and "seconds" in run.solution:
        facts.append(("Time to solve", f"{run.solution['seconds']:.1f} seconds"))
    if run.versions:
        facts.append(("Made with", ", ".join(f"{name} {number}" for name, number in run.versions.items())))
    return facts


def day_words(leader: ReviewedLeader, day: GivenDay) -> str:
    """Which choice a leader's day was: "1st choice", with a mark where it was only possible if need be."""
    unchosen = "Not on their list" if leader.answered else "No choices sent"
    words = unchosen if day.rank is None else choice(day.rank)
    words = f"{words}, if need be" if day.if_need_be else words
    return f"{words}, fixed by the coordinator" if day.fixed else words


def missing_reason(leader: ReviewedLeader) -> str:
    """Why a leader is without a day, or without one more."""
    fitting = leader.fitting
    if fitting is None:
        return ""
    more = "more " if leader.given else ""
    number = fitting.full + fitting.closed + fitting.free
    if number == 0:
        return _no_fitting_reason(fitting, more)
    return f"{count(number, f'{more}day').capitalize()} would fit: {listed(_became(fitting))}."


def closed_reason(slot: ReviewedSlot) -> str:
    """Why a slot takes nobody."""
    if slot.withdrawn:
        return "The partner withdrew this day."
    if slot.over:
        return "This day had begun before the match was run."
    if slot.could_go < slot.minimum:
        able = count(slot.could_go, "leader")
        return (
            f"It needs {slot.minimum}, and {able} could go. The others cannot come that day, lack what it "
            "asks for, or live too far away."
        )
    return (
        f"It needs {slot.minimum}. {count(slot.could_go, 'leader').capitalize()} could go, "
        "but this list has them elsewhere."
    )


def value_words(name: str, value: Any) -> str:
    """What a step reached, in words."""
    if isinstance(value, Mapping):
        parts = [f"{number} × {_rank(rank)}" for rank, number in value.items() if number]
        return ", ".join(parts) or "nobody placed"
    return VALUES.get(name, "{:,}").format(value)


def _no_fitting_reason(fitting: Fitting, more: str) -> str:
    if fitting.unchosen:
        return "None of their choices fits, and this cohort gives only days that were chosen."
    return (
        f"No {more}day fits. Look at their dates, the DBS check they hold, their access needs and how far "
        "they travel."
    )


def _became(fitting: Fitting) -> list[str]:
    parts = (
        (fitting.full, "is full", "are full"),
        (fitting.closed, "does not run", "do not run"),
        (fitting.free, "has a seat that a rule keeps from them", "have seats that a rule keeps from them"),
    )
    return [f"{number} {one if number == 1 else several}" for number, one, several in parts if number]


def _stage(stage: Mapping[str, Any], run: RunReport) -> StageWords:
    name = str(stage["name"])
    if name == "lottery":
        reached = f"Lists that are equally good are told apart by lot, with the seed “{run.seed}”."
        proof = "Drawn to the end" if stage["proven"] else "Not drawn to the end: time ran out"
        return StageWords(STAGE_NAMES[name], reached, proof)
    if name == "kept" and run.kept:
        reached = f"{stage['value']:,} of {count(len(run.kept), 'place')}"
        return StageWords("Places kept from the run before", reached, _proof(name, stage))
    return StageWords(STAGE_NAMES.get(name, name), value_words(name, stage["value"]), _proof(name, stage))


def _proof(name: str, stage: Mapping[str, Any]) -> str:
    if stage["proven"]:
        return "Proven: nothing better is possible"
    bound = stage["bound"]
    if bound is None:
        return "Only measured: time ran out before"
    return f"Best found. Perhaps possible: {value_words(name, bound)}"


def _rank(rank: str) -> str:
    return choice(int(rank)) if rank.isdigit() else "not chosen"
