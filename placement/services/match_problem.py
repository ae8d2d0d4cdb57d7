"""From rows to the matching problem: a cohort as the engine sees it.

Ids are what stays the same however often and in whatever order a cohort is imported: leaders' e-mail
addresses, slots' references, partners' and organisations' names. The published lottery order can therefore
be worked out again by anybody who knows the seed.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from placement.domain.eligibility import is_too_far
from placement.domain.errors import NothingToMatch
from placement.domain.matching import Problem
from placement.domain.states import Objective, RunKind
from placement.models import Cohort, Leader, Slot
from placement.services.event_hours import has_event
from placement.services.fixed_rows import FixedIn, Fixing
from placement.services.match_rows import CohortRows, position_of, read_rows


def build_problem(
    session: Session,
    cohort: Cohort,
    *,
    objective: Objective,
    seed: str,
    now: datetime,
    kind: RunKind = "match",
) -> Problem:
    """The matching problem of `cohort` as its rows stand.

    A slot of the opportunity ranked k-th stands in tier k on every date; dates that the leader cannot do,
    slots that overlap an event of theirs, opportunities they cannot be given and offers that are no longer
    live (but for who is confirmed there) are excluded, which wins over the tier, so that a rank is always the
    number of the choice. Placements that stand are pinned, so that a run adds to them and moves nobody; a
    repair has them as confirmed and keeps as many as it can, a fresh run looks away from them. Days that are
    over have been had: neither they nor those who need no other are part of the problem.

    Raises
    ------
    NothingToMatch
        The cohort has no leaders who need a day, or no slots.
    InvalidProblem
        The pins cannot stand together any more.

    """
    return problem_of(read_rows(session, cohort, now=now), objective=objective, seed=seed, kind=kind)


def problem_of(
    rows: CohortRows,
    *,
    objective: Objective,
    seed: str,
    kind: RunKind,
    given: Sequence[tuple[str, str]] = (),
    keep: Sequence[tuple[str, str]] = (),
) -> Problem:
    """The matching problem that `rows` make; raises as `build_problem` does.

    `given` are pairs that a repair is to bring about whatever else it does: pins of that run alone. `keep`
    are pairs of which a match keeps as many as it can. What the coordinator has fixed holds in every run.
    """
    for missing, found in (("leaders who need a day", rows.leaders), ("days", rows.slots)):
        if not found:
            raise NothingToMatch(cohort=rows.cohort.name, missing=missing)
    leaders = [_leader_json(leader, rows) for leader in rows.leaders]
    fixing = fixed_in_rows(rows, leaders).fixing(rows.fixed, given)
    pinned = dict.fromkeys([*(rows.standing if kind == "match" else given), *fixing.pins])
    confirmed = rows.standing if kind == "repair" else keep
    return Problem.from_json(
        {
            "version": 1,
            "leaders": leaders,
            "slots": [_slot_json(slot) for slot in rows.slots],
            "rules": _rules_json(rows),
            "pins": [list(pair) for pair in pinned],
            "forbidden": [list(pair) for pair in fixing.forbidden],
            "confirmed": [list(pair) for pair in confirmed],
            "objective": objective,
            "seed": seed,
        }
    )


def fixed_in_rows(rows: CohortRows, leaders: Sequence[Mapping[str, Any]]) -> FixedIn:
    """What decides which fixed pairs count; `leaders` are those of the problem, as JSON values."""
    return FixedIn(
        leaders={leader.id: leader.match_id for leader in rows.leaders},
        days={leader["id"]: leader["days"] for leader in leaders},
        slots=rows.slots,
        over=rows.over,
        standing=frozenset(rows.standing),
        excluded={leader["id"]: leader["excluded"] for leader in leaders},
    )


def holding(rows: CohortRows) -> Fixing:
    """What of that which is fixed counts as things stand."""
    concerned = {row.leader_id for row in rows.fixed}
    leaders = [leader for leader in rows.leaders if leader.id in concerned]
    told = [_leader_json(leader, rows) for leader in leaders]
    return fixed_in_rows(replace(rows, leaders=leaders), told).fixing(rows.fixed, ())


def _leader_json(leader: Leader, rows: CohortRows) -> dict[str, object]:
    answers, events = rows.dates.get(leader.id, {}), rows.events.get(leader.id, ())
    far = rows.distances(position_of(leader))
    barred, full = _barred(leader, rows, far), _partners_had(leader, rows)
    return {
        "id": leader.match_id,
        "days": leader.days - len(rows.been.get(leader.id, ())),
        "preferences": _tiers(leader, rows),
        "excluded": [
            offer.reference
            for offer in rows.offers
            if answers.get(offer.day) == "cannot"
            or offer.over
            or not (offer.live or (leader.match_id, offer.reference) in rows.stands)
            or (offer.opportunity, offer.virtual) in barred
            or offer.partner in full
            or (events and has_event(events, offer.starts_at, offer.ends_at))
        ],
        "if_need_be": [offer.reference for offer in rows.offers if answers.get(offer.day) == "if_need_be"],
        "distance_km": {
            offer.reference: distance
            for offer in rows.offers
            if not offer.virtual and (distance := far[offer.opportunity]) is not None
        },
        "organisation": leader.organisation.name if leader.organisation else None,
        "sector": leader.sector or None,
        "team": leader.team.name if leader.team else None,
    }


def _barred(leader: Leader, rows: CohortRows, far: Mapping[int, float | None]) -> set[tuple[int, bool]]:
    """Opportunities that the leader cannot be given, in person or (`True`) virtual."""
    facts = rows.facts_about(leader)
    refused = rows.refused.get(leader.id, frozenset())
    return {
        (key, virtual)
        for key, virtual in rows.facts
        if key in refused or (not virtual and is_too_far(facts, far[key]))
    } | rows.barred_by(facts)


def _partners_had(leader: Leader, rows: CohortRows) -> set[int]:
    """Partners where the leader has had as many days as one leader may have at a partner."""
    most = rows.cohort.max_per_partner
    had = Counter(rows.been.get(leader.id, ()))
    return {partner for partner, days in had.items() if most is not None and days >= most}


def _tiers(leader: Leader, rows: CohortRows) -> list[Sequence[str]]:
    if leader.submitted_at is None:
        return []
    ranked = rows.rankings.get(leader.id, [])
    return [rows.references[choice] for choice in ranked if choice in rows.references]


def _slot_json(slot: Slot) -> dict[str, object]:
    runs = slot.status == "open"
    return {
        "id": slot.reference,
        "partner": slot.opportunity.partner.name,
        "capacity": slot.offered_capacity if runs else 0,
        "minimum": slot.minimum if runs else 0,
        "starts_at": slot.starts_at.isoformat(),
        "ends_at": slot.ends_at.isoformat(),
    }


def _rules_json(rows: CohortRows) -> dict[str, object]:
    cohort = rows.cohort
    return {
        "partner_capacity": _room_at_partners(rows),
        "place_unranked": cohort.place_unranked,
        "max_same_organisation": cohort.max_same_organisation,
        "min_sectors": cohort.min_sectors,
        "max_per_partner": cohort.max_per_partner,
        "teams": cohort.teams,
        "gap_minutes": cohort.gap_minutes,
    }


def _room_at_partners(rows: CohortRows) -> dict[str, int]:
    """For how many more each partner has room that has a limit: days that are over have been had."""
    had = Counter(partner for partners in rows.been.values() for partner in partners)
    partners = {slot.partner_id: slot.opportunity.partner for slot in rows.slots}
    return {
        partner.name: max(0, partner.capacity_overall - had[partner.id])
        for partner in partners.values()
        if partner.capacity_overall is not None
    }
