"""Why a run gives what it gives, from what was worked out beside its result; older runs have none of it.

What each better choice of a leader would have cost, why each slot is closed or not full, why these people
come to a partner. The facts are the engine's; here are the names and dates that go with their ids.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from placement.domain.eligibility import reasons_against
from placement.domain.matching.why.findings import (
    Conflict,
    LeaderExplanation,
    PartnerExplanation,
    SlotExplanation,
    WhatIf,
)
from placement.domain.run_changes import Fixed
from placement.domain.text import to_london
from placement.models import Leader, MatchRun, Placement, Slot
from placement.services import preferences
from placement.services.event_hours import has_event, hours_of_events
from placement.services.match_rows import facts_of, offer_facts
from placement.services.reports.review import Review, ReviewedLeader, review
from placement.services.reports.runs import RunReport
from placement.services.run_input import why_fixed
from placement.services.scope import Scope


@dataclass(frozen=True)
class SlotName:
    """What a slot is called on pages."""

    title: str
    partner: str
    starts_at: datetime


@dataclass(frozen=True)
class Step:
    """One move of a chain: who would go from where to where; None for no day."""

    name: str
    before: SlotName | None
    after: SlotName | None


@dataclass(frozen=True)
class BetterChoice:
    """A choice that a leader did not get: what it would have cost, and who would have moved for it."""

    fact: LeaderExplanation
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class ExplainedLeader:
    """A leader of a run with the choices that would have been better for them, best first."""

    leader: ReviewedLeader
    better: tuple[BetterChoice, ...]


@dataclass(frozen=True)
class RunExplanations:
    """What is explained about a run; `known` is False where nothing was worked out.

    `leaders` are those for whom something better is explained. `slots` go by reference, as do `names`;
    `people` are names by e-mail address. `conflicts` say who cannot be placed and why, `what_ifs` what one
    more seat or one rule loosened would bring, the best first; both only where that was `diagnosed`.
    `settled` is whether the list is proven to the end, `fixed` why days were fixed before it was made.
    """

    run: RunReport
    known: bool
    complete: bool
    leaders: tuple[ExplainedLeader, ...]
    slots: Mapping[str, SlotExplanation]
    partners: tuple[PartnerExplanation, ...]
    names: Mapping[str, SlotName]
    people: Mapping[str, str]
    several_days: bool
    settled: bool
    fixed: tuple[Fixed, ...]
    diagnosed: bool
    conflicts: tuple[Conflict, ...]
    what_ifs: tuple[WhatIf, ...]


@dataclass(frozen=True)
class OwnExplanations:
    """The same for a leader's own page: nobody else's name is in it.

    `decided` is whether there is a list at all, `best` whether the leader has only first choices, `drawn`
    whether the list was made in lottery order, `settled` whether it is proven to the end, `fixed` why days
    were fixed before it was made. `barriers` say what
    rules out single slots, by what is known of the leader now.
    """

    decided: bool
    known: bool
    best: bool
    choices: tuple[LeaderExplanation, ...]
    names: Mapping[str, SlotName]
    several_days: bool
    drawn: bool
    settled: bool
    fixed: tuple[Fixed, ...]
    barriers: Mapping[str, tuple[str, ...]]


NOTHING_DECIDED = OwnExplanations(
    False, False, False, (), {}, several_days=False, drawn=False, settled=False, fixed=(), barriers={}
)


def explanations(scope: Scope, cohort_id: int, run_id: int) -> RunExplanations:
    """What is explained about a run of a cohort that the actor coordinates."""
    return explanations_of(review(scope, cohort_id, run_id))


def explanations_of(found: Review) -> RunExplanations:
    """What is explained about a run under review."""
    solution = found.run.solution or {}
    names = {slot.reference: SlotName(slot.title, slot.partner, slot.starts_at) for slot in found.slots}
    return RunExplanations(
        run=found.run,
        known=is_explained(solution),
        complete=bool(solution.get("explanations_complete", True)),
        leaders=tuple(_leaders(found.leaders, _facts(solution), names)),
        slots={one["slot"]: SlotExplanation.from_json(one) for one in solution.get("slot_explanations", ())},
        partners=tuple(map(PartnerExplanation.from_json, solution.get("partner_explanations", ()))),
        names=names,
        people={leader.match_id: leader.name for leader in found.leaders},
        several_days=any(len(leader.given) + leader.missing > 1 for leader in found.leaders),
        settled=is_settled(solution),
        fixed=found.run.fixed,
        diagnosed="what_if" in solution,
        conflicts=tuple(map(Conflict.from_json, solution.get("diagnosis", ()))),
        what_ifs=tuple(map(WhatIf.from_json, solution.get("what_if", ()))),
    )


def is_explained(solution: Mapping[str, Any]) -> bool:
    """Whether explanations were worked out beside a result."""
    return "explanations" in solution


def is_settled(solution: Mapping[str, Any]) -> bool:
    """Whether every step of a result is proven, the lottery too."""
    return all(stage["proven"] for stage in solution.get("stages", ()))


def own_explanations(scope: Scope, leader_id: int) -> OwnExplanations:
    """Why a leader has the days that they have, from the lists that were confirmed."""
    session, leader = scope.session, scope.leader(leader_id)
    placed = session.scalars(
        select(Placement).where(Placement.leader_id == leader.id, Placement.status == "confirmed")
    ).all()
    runs = _runs(session, leader, placed)
    if not runs:
        return NOTHING_DECIDED
    results = [json.loads(run.result or "{}") for run in runs]
    if not placed and any(_gives(result, leader.match_id) for result in results):
        return NOTHING_DECIDED
    facts = [fact for result in results for fact in _facts(result) if fact.leader == leader.match_id]
    slots = _slots(session, {slot for fact in facts for slot in _slots_of(fact)}, leader.cohort_id)
    return OwnExplanations(
        decided=True,
        known=all(is_explained(result) for result in results),
        best=len(placed) >= leader.days and all(row.rank == 1 for row in placed),
        choices=tuple(facts),
        names={slot.reference: _name(slot) for slot in slots},
        several_days=leader.days > 1,
        drawn=any(run.objective == "lottery" for run in runs),
        settled=all(map(is_settled, results)),
        fixed=_fixed(runs),
        barriers=_barriers(session, leader, slots),
    )


def _runs(session: Session, leader: Leader, placed: Sequence[Placement]) -> Sequence[MatchRun]:
    """The runs that gave the leader their days; the newest one where they have none."""
    query = select(MatchRun).where(MatchRun.cohort_id == leader.cohort_id, MatchRun.status == "confirmed")
    giving = {row.match_run_id for row in placed}
    if giving:
        query = query.where(MatchRun.id.in_(giving)).order_by(MatchRun.id)
    else:
        query = query.order_by(MatchRun.confirmed_at.desc(), MatchRun.id.desc()).limit(1)
    return session.scalars(query).all()


def _fixed(runs: Sequence[MatchRun]) -> tuple[Fixed, ...]:
    """Why days were fixed before some of the runs were made."""
    found = {word for run in runs for word in why_fixed(run)}
    return (*(("standing",) if "standing" in found else ()), *(("given",) if "given" in found else ()))


def _gives(solution: Mapping[str, Any], email: str) -> bool:
    """Whether a result gives a leader a day: where that is gone, nothing it explains is true any more."""
    return any(pair["leader"] == email for pair in solution.get("assignments", ()))


def _facts(solution: Mapping[str, Any]) -> list[LeaderExplanation]:
    return [LeaderExplanation.from_json(one) for one in solution.get("explanations", ())]


def _slots_of(fact: LeaderExplanation) -> Iterable[str]:
    """The slots that are named when `fact` is told."""
    yield fact.wanted
    for _, slots in fact.reasons:
        yield from slots


def _slots(session: Session, references: Iterable[str], cohort_id: int) -> Sequence[Slot]:
    query = select(Slot).where(Slot.cohort_id == cohort_id, Slot.reference.in_(list(references)))
    return session.scalars(query).all()


def _name(slot: Slot) -> SlotName:
    return SlotName(slot.opportunity.title, slot.opportunity.partner.name, slot.starts_at)


def _barriers(session: Session, leader: Leader, slots: Sequence[Slot]) -> dict[str, tuple[str, ...]]:
    """Why the leader cannot be given each of the slots, in words of the rules that decide it."""
    facts = facts_of(session, leader)
    answers = preferences.date_answers(session, leader.id)
    refused = preferences.refused_by(session, leader.id)
    events, found = hours_of_events(session, leader.cohort_id).get(leader.id, ()), {}
    for slot in slots:
        out = slot.opportunity_id in refused
        offer = offer_facts(leader, slot.opportunity, virtual=slot.virtual, refused=out)
        against: list[str] = [*reasons_against(facts, offer)]
        if has_event(events, slot.starts_at, slot.ends_at):
            against.append("event")
        if answers.get(to_london(slot.starts_at).date()) == "cannot":
            against.append("cannot")
        found[slot.reference] = tuple(sorted(against))
    return found


def _leaders(
    leaders: Sequence[ReviewedLeader], facts: Sequence[LeaderExplanation], names: Mapping[str, SlotName]
) -> Iterable[ExplainedLeader]:
    people = {leader.match_id: leader.name for leader in leaders}
    by_leader: dict[str, list[BetterChoice]] = {}
    for fact in facts:
        by_leader.setdefault(fact.leader, []).append(BetterChoice(fact, _steps(fact, people, names)))
    for leader in leaders:
        if leader.match_id in by_leader:
            yield ExplainedLeader(leader, tuple(by_leader[leader.match_id]))


def _steps(
    fact: LeaderExplanation, people: Mapping[str, str], names: Mapping[str, SlotName]
) -> tuple[Step, ...]:
    return tuple(
        Step(people.get(who, who), names.get(before or ""), names.get(after or ""))
        for who, before, after in fact.chain
    )
