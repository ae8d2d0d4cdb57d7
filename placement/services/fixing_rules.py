"""Which rule stands against fixing a place, in a sentence that names it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from placement.domain.eligibility import reasons_against
from placement.domain.errors import InvalidProblem, NothingToMatch
from placement.domain.matching import Problem
from placement.domain.repair import what_breaks
from placement.domain.run_changes import Pair
from placement.domain.text import to_london
from placement.models import FixedPair, Leader, Slot
from placement.services.match_problem import problem_of
from placement.services.match_rows import CohortRows, leader_facts, offer_facts
from placement.services.seats import HAD, LEFT, UNCHOSEN

CONFIRMED = "They are confirmed there. End that placement first, on the leader’s page."
ELSEWHERE = "All their days are confirmed elsewhere. A repair can move them."
WITHDRAWN = "The day has been withdrawn."
OVER = "The day has begun or is over."
AGAINST: Mapping[str, str] = {
    "check": "It needs a check that they do not hold.",
    "step-free": "It is not step-free, which they need.",
    "women-only": "It is for women only.",
    "too-far": "It is further away than they travel.",
}
CANNOT = "They cannot come on that date."
EVENT = "They are invited to an event then."
PARTNER_HAD = "They have had as many days with this partner as the rules allow."
BROKEN: Mapping[str, str] = {
    "days": "They would then be kept on more days than they need. Take another one back first.",
    "clash": "It is too close in time to another day that they keep.",
    "max_per_partner": "They would have more days with one partner than the rule allows.",
    "partner_capacity": "The partner has no room for more people over all its days.",
    "capacity": "All its places are kept for others.",
    "max_same_organisation": "More people of one organisation would be kept there than the rule allows.",
    "teams": "It breaks the rule about people of one team, together with others who are kept.",
}


def why_not_kept(rows: CohortRows, leader: Leader, slot: Slot) -> str:
    """Why a leader cannot be kept on a slot, beside what is fixed already; empty where they can."""
    reason = _why_no_place(rows, leader, slot)
    if reason:
        return reason
    bare = _problem(replace(rows, fixed=()))
    if bare is None:
        return HAD
    return _why_barred(bare, rows, leader, slot) or _why_together(bare, rows, leader, slot)


def why_not_ruled_out(rows: CohortRows, leader: Leader, slot: Slot, *, every_day: bool) -> str:
    """Why a slot cannot be ruled out for a leader: they are confirmed there."""
    days = [one for one in rows.slots if one.opportunity_id == slot.opportunity_id] if every_day else [slot]
    if leader.withdrawn_at is not None:
        return LEFT
    return CONFIRMED if any((leader.match_id, day.reference) in rows.standing for day in days) else ""


def _why_no_place(rows: CohortRows, leader: Leader, slot: Slot) -> str:
    if leader.withdrawn_at is not None:
        return LEFT
    if slot.status == "withdrawn":
        return WITHDRAWN
    if slot.id in rows.over:
        return OVER
    taken = sum(one == leader.match_id for one, _ in rows.standing)
    needed = leader.days - len(rows.been.get(leader.id, ()))
    if (leader.match_id, slot.reference) in rows.standing or taken < needed:
        return ""
    return ELSEWHERE if taken else HAD


def _why_barred(problem: Problem, rows: CohortRows, leader: Leader, slot: Slot) -> str:
    """Which rule keeps this one leader from this slot."""
    needs = next((one for one in problem.leaders if one.id == leader.match_id), None)
    if needs is None:
        return HAD
    if slot.reference in needs.excluded:
        return _barrier(rows, leader, slot)
    chosen = any(slot.reference in tier for tier in needs.preferences)
    return "" if chosen or problem.rules.place_unranked else UNCHOSEN


def _barrier(rows: CohortRows, leader: Leader, slot: Slot) -> str:
    facts = leader_facts(leader, needs_step_free=leader.id in rows.step_free)
    offer = offer_facts(leader, slot.opportunity, virtual=slot.virtual)
    found = [AGAINST[word] for word in reasons_against(facts, offer)]
    if rows.dates.get(leader.id, {}).get(to_london(slot.starts_at).date()) == "cannot":
        found.append(CANNOT)
    if rows.has_event(leader, slot):
        found.append(EVENT)
    return " ".join(found) or PARTNER_HAD


def _why_together(bare: Problem, rows: CohortRows, leader: Leader, slot: Slot) -> str:
    """Which rule the pair breaks together with what stands and what is kept already."""
    references = {one.id: one.reference for one in rows.slots}
    people = {one.id: one.match_id for one in rows.leaders}
    kept = [
        (people[row.leader_id], references[row.slot_id])
        for row in rows.fixed
        if row.kind == "pin" and row.leader_id in people and row.slot_id in references
    ]
    before: Sequence[Pair] = [*rows.standing, *kept]
    wanted = (leader.match_id, slot.reference)
    old, new = set(what_breaks(bare, set(before))), set(what_breaks(bare, {*before, wanted}))
    broken = [BROKEN[one.rule] for one in new - old if one.rule in BROKEN]
    return broken[0] if broken else _fault(rows, leader, slot)


def _fault(rows: CohortRows, leader: Leader, slot: Slot) -> str:
    """What the matching problem itself says of the pair, where no rule above does."""
    pair = FixedPair(
        leader_id=leader.id, slot_id=slot.id, opportunity_id=slot.opportunity_id, kind="pin", reason=""
    )
    try:
        problem_of(
            replace(rows, fixed=[*rows.fixed, pair]),
            objective="generous",
            seed="",
            kind="match",
        )
    except InvalidProblem as broken:
        return f"The rules cannot all be kept with it: {broken.facts['fault']}."
    return ""


def _problem(rows: CohortRows) -> Problem | None:
    """What everybody can be given, whatever stands."""
    try:
        return problem_of(rows, objective="generous", seed="", kind="fresh")
    except NothingToMatch:
        return None
