"""Whether a cohort is ready for a match: before any run, who could not be placed, which days not run."""

import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from placement.domain.eligibility import reasons_against
from placement.domain.errors import InvalidProblem, NothingToMatch
from placement.domain.matching.candidates import list_candidates
from placement.domain.matching.problem import Problem
from placement.domain.matching.why.diagnosis import diagnose
from placement.domain.matching.why.findings import IMPOSSIBLE, Conflict, SlotExplanation
from placement.domain.matching.why.reasons import Reasons
from placement.domain.text import to_london
from placement.models import Cohort, Leader
from placement.services.kept import kept
from placement.services.match_problem import problem_of
from placement.services.match_rows import CohortRows, offer_facts, read_rows
from placement.services.match_runs import known_objective
from placement.services.renewals import stale_offers
from placement.services.reports.cohort import CohortReport, cohort_report
from placement.services.reports.explanations import SlotName
from placement.services.reports.standing import Names, names
from placement.services.rest import TooNear, too_near
from placement.services.scope import Scope

TOLD = frozenset({"too-far", "conflict", "refused"})
"""What may be told of somebody in a list; which requirement they lack may tell of an access need."""
SECONDS, LONGER_SECONDS = 2.0, 20.0
"""How long is searched, and for who asks to look again: what is not found by then is left out."""


@dataclass(frozen=True)
class StaleName:
    """An offer that nobody has confirmed since `said_at`."""

    title: str
    partner: str
    said_at: datetime
    days: int


@dataclass(frozen=True)
class Readiness:
    """What a match of a cohort would run into.

    `refusal` says why there can be no match at all, empty where there can. `conflicts` name who cannot be
    placed; without any, everybody can, unless there was not time to make sure (`complete` is False). For
    whoever can be given nothing, `barriers` counts the slots "offered", and of these those that "cannot" (the
    date), an "event" of theirs, "too-far", a "conflict", "refused" or a "requirement" rule out. `idle` are
    the slots that nobody or too few could be given. `slots` and `people` are the names that belong to
    references and e-mail addresses. `stale` are offers that their partners have not confirmed for long; a
    match takes them like any other, and so it does days that are `near` each other for their partner.
    `seconds` is how long was searched at most.
    """

    cohort: CohortReport
    refusal: str
    conflicts: tuple[Conflict, ...]
    barriers: Mapping[str, Mapping[str, int]]
    idle: tuple[SlotExplanation, ...]
    slots: Mapping[str, SlotName]
    people: Mapping[str, str]
    several_days: bool
    complete: bool = True
    seconds: float = 0
    stale: tuple[StaleName, ...] = ()
    near: tuple[TooNear, ...] = ()


def readiness(scope: Scope, cohort_id: int, *, now: datetime, seconds: float = SECONDS) -> Readiness:
    """Look at a cohort that the actor coordinates as a match would; nothing is solved and nothing written."""
    report, cohort = cohort_report(scope, cohort_id, now=now), scope.cohort(cohort_id)
    found = kept(
        scope.session,
        cohort.id,
        "readiness",
        work=lambda: _worked_out(scope, cohort, report, seconds=seconds, now=now),
        now=now,
        enough=lambda found: found.complete or found.seconds >= seconds,
    )
    return replace(
        found,
        cohort=report,
        stale=_stale(scope, cohort, now=now),
        near=too_near(scope.session, cohort, now=now),
    )


def _worked_out(
    scope: Scope, cohort: Cohort, report: CohortReport, *, seconds: float, now: datetime
) -> Readiness:
    """What follows from the cohort's rows, which takes long."""
    rows = read_rows(scope.session, cohort, now=now)
    try:
        objective = known_objective(cohort.objective)
        problem = problem_of(rows, objective=objective, seed=cohort.seed, kind="match")
    except NothingToMatch as nothing:
        return _refused(report, str(nothing))
    except InvalidProblem:
        return _refused(report, "What is confirmed cannot all stand any more. A repair mends that.")
    return _looked_at(scope, rows, report, problem, seconds)


def _stale(scope: Scope, cohort: Cohort, *, now: datetime) -> tuple[StaleName, ...]:
    return tuple(
        StaleName(one.opportunity.title, one.opportunity.partner.name, one.said_at, len(one.slots))
        for one in stale_offers(scope.session, cohort, now=now)
    )


def _refused(report: CohortReport, why: str) -> Readiness:
    return Readiness(report, why, (), {}, (), {}, {}, several_days=False)


def _looked_at(
    scope: Scope, rows: CohortRows, report: CohortReport, problem: Problem, seconds: float
) -> Readiness:
    known = names(scope.session, rows.cohort.id)
    until = time.monotonic() + seconds
    conflicts = diagnose(problem, clock=time.monotonic, time_limit=seconds)
    return Readiness(
        cohort=report,
        refusal="",
        conflicts=conflicts,
        barriers=_barriers(rows, conflicts),
        idle=_idle(problem),
        slots=_slot_names(known),
        people={email: person.name for email, person in known.people.items()},
        several_days=any(leader.days > 1 for leader in problem.leaders),
        complete=time.monotonic() < until,
        seconds=seconds,
    )


def _barriers(rows: CohortRows, conflicts: Sequence[Conflict]) -> dict[str, Mapping[str, int]]:
    nothing = {leader for one in conflicts if one.kind == "no slot" for leader in one.leaders}
    return {
        leader.match_id: Counter(_reasons(leader, rows))
        for leader in rows.leaders
        if leader.match_id in nothing
    }


def _reasons(leader: Leader, rows: CohortRows) -> Iterator[str]:
    """Why a leader cannot be given each of the days on offer, a word for each reason of each day."""
    facts = rows.facts_about(leader)
    answers = rows.dates.get(leader.id, {})
    for slot in rows.slots:
        if slot.status == "open" and slot.id not in rows.over:
            yield "offered"
            out = slot.opportunity_id in rows.refused.get(leader.id, ())
            offer = offer_facts(leader, slot.opportunity, virtual=slot.virtual, refused=out)
            against = set(reasons_against(facts, offer))
            yield from against & TOLD
            if against - TOLD:
                yield "requirement"  # which one may tell of an access need, and that is not for lists
            if answers.get(to_london(slot.starts_at).date()) == "cannot":
                yield "cannot"
            if rows.has_event(leader, slot):
                yield "event"


def _idle(problem: Problem) -> tuple[SlotExplanation, ...]:
    """The slots that are offered and that no list could let run, each by itself."""
    reasons = Reasons(problem, list_candidates(problem))
    return tuple(
        SlotExplanation(
            slot=slot.id,
            leaders=0,
            capacity=slot.capacity,
            minimum=slot.minimum,
            kind="closed",
            may=reasons.may_be_given(slot.id),
            cost=IMPOSSIBLE,
            reason=reason,
        )
        for slot in problem.slots
        if slot.capacity > 0 and (reason := reasons.of_slot(slot.id)) is not None
    )


def _slot_names(known: Names) -> dict[str, SlotName]:
    return {
        reference: SlotName(slot.opportunity.title, slot.opportunity.partner.name, slot.starts_at)
        for reference, slot in known.slots.items()
    }
