"""From rows to the matching problem: a cohort as the engine sees it.

Ids are what stays the same however often and in whatever order a cohort is imported: leaders' e-mail
addresses, slots' references, partners' and organisations' names. The published lottery order can therefore
be worked out again by anybody who knows the seed.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import get_args

from sqlalchemy.orm import Session

from placement.domain.errors import NothingToMatch
from placement.domain.matching import Problem
from placement.domain.matching.parts import LeaderNeeds, Rules, SlotOffer, Teams
from placement.domain.states import Objective, RunKind
from placement.models import Cohort, Leader, Slot
from placement.services.conflicts_kept import NO_CONFLICTS
from placement.services.fixed_rows import FixedIn, Fixing
from placement.services.match_offers import Offers, position_of
from placement.services.match_rows import CohortRows, read_rows


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
    leaders = [_needs(leader, rows) for leader in rows.leaders]
    fixing = fixed_in_rows(rows, leaders).fixing(rows.fixed, given)
    pinned = dict.fromkeys([*(rows.standing if kind == "match" else given), *fixing.pins])
    confirmed = rows.standing if kind == "repair" else keep
    return Problem.of_values(
        leaders,
        [_offer(slot) for slot in rows.slots],
        _rules(rows),
        pins=list(pinned),
        forbidden=fixing.forbidden,
        confirmed=confirmed,
        objective=objective,
        seed=seed,
    )


def fixed_in_rows(rows: CohortRows, leaders: Sequence[LeaderNeeds]) -> FixedIn:
    """What decides which fixed pairs count; `leaders` are those of the problem."""
    return FixedIn(
        leaders={leader.id: leader.match_id for leader in rows.leaders},
        days={leader.id: leader.days for leader in leaders},
        slots=rows.slots,
        over=rows.over,
        standing=frozenset(rows.standing),
        excluded={leader.id: leader.excluded for leader in leaders},
    )


def holding(rows: CohortRows) -> Fixing:
    """What of that which is fixed counts as things stand."""
    concerned = {row.leader_id for row in rows.fixed}
    leaders = [leader for leader in rows.leaders if leader.id in concerned]
    needs = [_needs(leader, rows) for leader in leaders]
    return fixed_in_rows(replace(rows, leaders=leaders), needs).fixing(rows.fixed, ())


def _needs(leader: Leader, rows: CohortRows) -> LeaderNeeds:
    answers, offers = rows.dates.get(leader.id, {}), rows.offers
    return LeaderNeeds(
        id=leader.match_id,
        days=leader.days - len(rows.been.get(leader.id, ())),
        preferences=_tiers(leader, rows),
        excluded=_excluded(leader, rows),
        if_need_be=_on_days(offers, answers, "if_need_be"),
        distance_m=offers.metres_from(position_of(leader)),
        organisation=leader.organisation.name if leader.organisation else None,
        sector=leader.sector or None,
        team=leader.team.name if leader.team else None,
    )


def _excluded(leader: Leader, rows: CohortRows) -> frozenset[str]:
    """What a leader cannot be given; a day on which they are confirmed stands, even of an offer not live."""
    offers, events = rows.offers, rows.events.get(leader.id, ())
    facts = rows.facts_about(leader)
    # Hardly two leaders have the same conflicts, but many have all else in common.
    shared = replace(facts, conflicts=NO_CONFLICTS)
    return (offers.not_live - rows.stands.get(leader.match_id, frozenset())).union(
        offers.over,
        offers.barred_by(shared, position_of(leader)),
        *(offers.by_partner.get(partner, ()) for partner in facts.conflicts),
        _on_days(offers, rows.dates.get(leader.id, {}), "cannot"),
        *(offers.by_opportunity.get(refused, ()) for refused in rows.refused.get(leader.id, ())),
        *(offers.by_partner.get(partner, ()) for partner in _partners_had(leader, rows)),
        offers.taken_by(events) if events else (),
    )


def _on_days(offers: Offers, answers: Mapping[date, str], wanted: str) -> frozenset[str]:
    """The slots on the dates of which a leader has given this answer."""
    days = (offers.by_day.get(day, frozenset()) for day, answer in answers.items() if answer == wanted)
    return frozenset().union(*days)


def _partners_had(leader: Leader, rows: CohortRows) -> set[int]:
    """Partners where the leader has had as many days as one leader may have at a partner."""
    most = rows.cohort.max_per_partner
    had = Counter(rows.been.get(leader.id, ()))
    return {partner for partner, days in had.items() if most is not None and days >= most}


def _tiers(leader: Leader, rows: CohortRows) -> tuple[tuple[str, ...], ...]:
    if leader.submitted_at is None:
        return ()
    tiers = rows.offers.tiers
    return tuple(tiers[choice] for choice in rows.rankings.get(leader.id, ()) if choice in tiers)


def _offer(slot: Slot) -> SlotOffer:
    runs = slot.status == "open"
    return SlotOffer(
        id=slot.reference,
        capacity=slot.offered_capacity if runs else 0,
        minimum=slot.minimum if runs else 0,
        partner=slot.opportunity.partner.name,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
    )


def _rules(rows: CohortRows) -> Rules:
    cohort = rows.cohort
    return Rules(
        place_unranked=cohort.place_unranked,
        max_same_organisation=cohort.max_same_organisation,
        min_sectors=cohort.min_sectors,
        max_per_partner=cohort.max_per_partner,
        partner_capacity=_room_at_partners(rows),
        teams=next((rule for rule in get_args(Teams) if rule == cohort.teams), None),
        gap_minutes=cohort.gap_minutes,
    )


def _room_at_partners(rows: CohortRows) -> dict[str, int]:
    """For how many more each partner has room that has a limit: days that are over have been had."""
    had = Counter(partner for partners in rows.been.values() for partner in partners)
    partners = {slot.partner_id: slot.opportunity.partner for slot in rows.slots}
    return {
        partner.name: max(0, partner.capacity_overall - had[partner.id])
        for partner in partners.values()
        if partner.capacity_overall is not None
    }
