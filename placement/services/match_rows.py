"""The rows of a cohort that a match depends on, read once, and what they say of leaders and offers."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from placement.domain.eligibility import LeaderFacts, OfferFacts
from placement.models import (
    Cohort,
    DateAnswer,
    FixedPair,
    Leader,
    Opportunity,
    Placement,
    Preference,
    Site,
    Slot,
)
from placement.services import access
from placement.services.conflicts_kept import NO_CONFLICTS, conflicts_in, conflicts_of
from placement.services.event_hours import Hours, has_event, hours_of_events
from placement.services.fixed_rows import live_pairs
from placement.services.match_offers import Offers, facts_of_offer, kilometres_between, position_of
from placement.services.offered import on_offer
from placement.services.placements import live_placements
from placement.services.refusals import refused_in
from placement.services.slot_rows import slots_of


@dataclass(frozen=True)
class CohortRows:
    """Everything of a cohort that a match depends on, read once.

    `leaders` still need a day. `standing` are the placements that are still to come, and `been` says at which
    partners a leader has been. `conflicts` are the partners to whom a leader must not be sent.
    """

    cohort: Cohort
    leaders: Sequence[Leader]
    slots: Sequence[Slot]
    rankings: Mapping[int, Sequence[int]]
    dates: Mapping[int, Mapping[date, str]]
    step_free: frozenset[int]
    conflicts: Mapping[int, frozenset[int]]
    standing: Sequence[tuple[str, str]]
    been: Mapping[int, Sequence[int]]
    over: frozenset[int]
    events: Mapping[int, Sequence[Hours]]
    refused: Mapping[int, frozenset[int]]
    fixed: Sequence[FixedPair] = ()

    def has_event(self, leader: Leader, slot: Slot) -> bool:
        """Whether `leader` is invited to an event while `slot` takes place."""
        return has_event(self.events.get(leader.id, ()), slot.starts_at, slot.ends_at)

    def facts_about(self, leader: Leader) -> LeaderFacts:
        """What counts about `leader` when asking which opportunities they may be given."""
        return leader_facts(
            leader,
            needs_step_free=leader.id in self.step_free,
            conflicts=self.conflicts.get(leader.id, NO_CONFLICTS),
        )

    @cached_property
    def offers(self) -> Offers:
        """The slots, in groups."""
        return Offers(self.slots, self.over)

    @cached_property
    def stands(self) -> Mapping[str, frozenset[str]]:
        """The placements that are still to come, by leader."""
        found: defaultdict[str, set[str]] = defaultdict(set)
        for leader, slot in self.standing:
            found[leader].add(slot)
        return {leader: frozenset(slots) for leader, slots in found.items()}


def read_rows(session: Session, cohort: Cohort, *, now: datetime) -> CohortRows:
    """Read what a match of `cohort` depends on, in a fixed number of queries.

    An offer that is not live is no part of it, but for its days on which somebody is confirmed.
    """
    everybody = session.scalars(select(Leader).where(Leader.cohort_id == cohort.id).order_by(Leader.id)).all()
    offered = select(Slot).where(Slot.cohort_id == cohort.id, or_(on_offer(), Slot.taken > 0))
    slots = slots_of(session, offered.order_by(Slot.id))
    over = slots_over(slots, now=now)
    live = live_placements(session, cohort.id)
    been = _been(live, slots, over)
    leaders = [
        leader
        for leader in everybody
        if not leader.withdrawn_at and leader.days > len(been.get(leader.id, ()))
    ]
    needs = access.read_needs(session, [leader.id for leader in leaders])
    return CohortRows(
        cohort=cohort,
        leaders=leaders,
        slots=slots,
        rankings=rankings(session, cohort.id),
        dates=_dates(session, cohort.id),
        conflicts=conflicts_in(session, cohort.id),
        step_free=frozenset(leader for leader, need in needs.items() if access.needs_step_free(need)),
        standing=_standing([row for row in live if row.slot_id not in over], leaders, slots),
        been=been,
        over=over,
        events=hours_of_events(session, cohort.id),
        fixed=live_pairs(session, cohort.id),
        refused=refused_in(session, cohort.id),
    )


def slots_over(slots: Sequence[Slot], *, now: datetime) -> frozenset[int]:
    """Slots that have begun, which take nobody new and which nobody leaves.

    Where all of a cohort's days are over, none is left out: that is a rehearsal on last season's data.
    """
    return _over({slot.id: slot.starts_at for slot in slots}, now=now)


def slots_over_in(session: Session, cohort_id: int, *, now: datetime) -> frozenset[int]:
    """The same of a whole cohort, whose slots are not read for it."""
    rows = session.execute(select(Slot.id, Slot.starts_at).where(Slot.cohort_id == cohort_id))
    starts = {slot_id: starts_at for slot_id, starts_at in rows}  # noqa: C416  # a row is no pair to mypy
    return _over(starts, now=now)


def _over(starts: Mapping[int, datetime], *, now: datetime) -> frozenset[int]:
    begun = frozenset(slot_id for slot_id, starts_at in starts.items() if starts_at <= now)
    return begun if len(begun) < len(starts) else frozenset()


def rankings(session: Session, cohort_id: int) -> dict[int, list[int]]:
    """Opportunity ids in order of choice, by leader id."""
    found: defaultdict[int, list[int]] = defaultdict(list)
    rows = session.execute(
        select(Preference.leader_id, Preference.opportunity_id)
        .where(Preference.cohort_id == cohort_id)
        .order_by(Preference.leader_id, Preference.rank)
    )
    for leader_id, opportunity_id in rows:
        found[leader_id].append(opportunity_id)
    return dict(found)


def leader_facts(
    leader: Leader, *, needs_step_free: bool, conflicts: frozenset[int] = NO_CONFLICTS
) -> LeaderFacts:
    """What counts about `leader` when asking which opportunities they may be given."""
    return LeaderFacts(leader.check_held, needs_step_free, leader.gender, leader.max_km, conflicts)


def facts_of(session: Session, leader: Leader) -> LeaderFacts:
    """The same of one leader, read from what is kept of them."""
    need = access.read_needs(session, [leader.id]).get(leader.id, "")
    return leader_facts(
        leader, needs_step_free=access.needs_step_free(need), conflicts=conflicts_of(session, leader.id)
    )


def offer_facts(
    leader: Leader, opportunity: Opportunity, *, virtual: bool = False, refused: bool = False
) -> OfferFacts:
    """What counts about `opportunity` for `leader`; nobody travels to a day of it that is `virtual`."""
    far = None if virtual else kilometres(leader, opportunity.site)
    return replace(facts_of_offer(opportunity, far, virtual=virtual), refused=refused)


def kilometres(leader: Leader, site: Site) -> float | None:
    """How far `site` is from where `leader` starts, in km to the metre; None where either is unknown."""
    return kilometres_between(position_of(leader), position_of(site))


def _dates(session: Session, cohort_id: int) -> dict[int, dict[date, str]]:
    found: defaultdict[int, dict[date, str]] = defaultdict(dict)
    rows = session.execute(
        select(DateAnswer.leader_id, DateAnswer.date, DateAnswer.answer).where(
            DateAnswer.cohort_id == cohort_id
        )
    )
    for leader_id, day, answer in rows:
        found[leader_id][day] = answer
    return dict(found)


def _been(
    live: Sequence[Placement], slots: Sequence[Slot], over: Collection[int]
) -> Mapping[int, Sequence[int]]:
    """The partners where each leader has been, by leader; one for each day."""
    partners = {slot.id: slot.partner_id for slot in slots}
    been: defaultdict[int, list[int]] = defaultdict(list)
    for row in live:
        if row.slot_id in over:
            been[row.leader_id].append(partners[row.slot_id])
    return been


def _standing(
    live: Sequence[Placement], leaders: Sequence[Leader], slots: Sequence[Slot]
) -> list[tuple[str, str]]:
    emails = {leader.id: leader.match_id for leader in leaders}
    references = {slot.id: slot.reference for slot in slots}
    return [(emails[row.leader_id], references[row.slot_id]) for row in live if row.leader_id in emails]
