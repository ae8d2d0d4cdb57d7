"""What the leader's pages show: one frozen value for each page, read in a fixed number of queries."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from placement.domain.attendance import opens_at
from placement.domain.choices import choice_sentence
from placement.domain.eligibility import LeaderFacts, Reason, reasons_against
from placement.domain.errors import NotFound
from placement.domain.invites import InviteDetails
from placement.domain.sender import Sender
from placement.domain.text import to_london
from placement.domain.windows import RankingWindow
from placement.models import Invite, Leader, MatchRun, Opportunity, Placement, Slot
from placement.services import preferences
from placement.services.conflicts import KeptConflict, kept_conflicts
from placement.services.invites import invite_details
from placement.services.match_problem import facts_of, kilometres, offer_facts
from placement.services.opportunities import OfferFacts, read_activities
from placement.services.opportunities import facts_of as described
from placement.services.scope import Scope

Hint = Reason | Literal["gone"]
"""Why an opportunity cannot be given to a leader; "gone": it has no days any more."""


@dataclass(frozen=True)
class Standing:
    """Where a leader stands: `decided` if the places of the cohort are out; `left_at` for who has left it."""

    leader_id: int
    name: str
    cohort: str
    programme: str
    days: int
    window: RankingWindow
    submitted_at: dt.datetime | None
    decided: bool
    left_at: dt.datetime | None


@dataclass(frozen=True)
class OfferedDay:
    """One slot of an opportunity, with the leader's answer for its date."""

    starts_at: dt.datetime
    ends_at: dt.datetime
    answer: str
    virtual: bool = False


@dataclass(frozen=True)
class Offer:
    """One opportunity as one leader sees it; `rank` is None while it is not on the list."""

    id: int
    title: str
    partner: str
    theme: str
    about: str
    description: str
    what_to_know: str
    address: str
    postcode: str
    kilometres: float | None
    max_km: float | None
    check_required: str
    step_free: bool
    women_only: bool
    days: tuple[OfferedDay, ...]
    hints: tuple[Hint, ...]
    rank: int | None
    facts: OfferFacts
    directions: str
    parking: str
    conflict: KeptConflict | None = None


@dataclass(frozen=True)
class OfferedDate:
    """One date of the cohort, the leader's answer, and what is offered then.

    `answered` is False while the answer is only what counts when nothing is said.
    """

    date: dt.date
    answer: str
    answered: bool
    offers: tuple[Offer, ...]


@dataclass(frozen=True)
class Answers:
    """A leader's answers beside all that can be chosen: what the pages before the match show."""

    standing: Standing
    ranked: tuple[Offer, ...]
    offers: tuple[Offer, ...]
    dates: tuple[OfferedDate, ...]
    minimum: int

    @property
    def missing(self) -> int:
        """How many choices are still needed before the answers can be handed in."""
        counting = sum("gone" not in offer.hints for offer in self.ranked)
        return max(0, self.minimum - counting)

    @property
    def unanswered(self) -> int:
        """How many dates have no answer of the leader's own."""
        return sum(not date.answered for date in self.dates)


@dataclass(frozen=True)
class PlacementDay:
    """One confirmed or cancelled placement, with all that the leader needs on the day."""

    id: int
    starts_at: dt.datetime
    ends_at: dt.datetime
    title: str
    partner: str
    address: str
    postcode: str
    joining_link: str
    kilometres: float | None
    contact_name: str
    phone: str
    email: str
    what_to_know: str
    choice_sentence: str
    cancelled: bool
    begun: bool
    over: bool
    has_invite: bool
    answer: str


@dataclass(frozen=True)
class LeaderPlacements:
    """The placements of a leader: those that stand and those cancelled, each in the order of time."""

    standing: Standing
    standing_days: tuple[PlacementDay, ...]
    cancelled_days: tuple[PlacementDay, ...]

    @property
    def missing(self) -> int:
        """How many days the leader has not been given."""
        return max(0, self.standing.days - len(self.standing_days))


def answers(scope: Scope, *, leader_id: int, now: dt.datetime) -> Answers:
    """A leader's answers so far, with everything that they can choose from."""
    leader, session = scope.leader(leader_id), scope.session
    slots = preferences.open_slots(session, leader.cohort_id, now=now)
    offered = preferences.offered_opportunities(slots)
    facts = facts_of(session, leader)
    ties = {one.partner_id: one for one in kept_conflicts(session, leader)}
    kept = preferences.date_answers(session, leader.id)
    order = preferences.ranking(session, leader.id)
    known = offered | _gone(session, set(order) - offered.keys())
    read_activities(session, known)
    ranks = {opportunity_id: rank for rank, opportunity_id in enumerate(order, start=1)}
    seen = {
        key: replace(
            _offer(row, leader, facts, slots, kept, ranks.get(key)), conflict=ties.get(row.partner_id)
        )
        for key, row in known.items()
    }
    return Answers(
        standing=standing_of(session, leader, now=now),
        ranked=tuple(seen[key] for key in order),
        offers=tuple(seen[key] for key in offered),
        dates=_dates(slots, kept, seen),
        minimum=preferences.choices_needed(leader.cohort, offered),
    )


def placements(scope: Scope, *, leader_id: int, now: dt.datetime) -> LeaderPlacements:
    """The days that a leader has been given, and those that were cancelled again."""
    leader, session = scope.leader(leader_id), scope.session
    rows = session.scalars(
        select(Placement).where(Placement.leader_id == leader.id).order_by(Placement.starts_at, Placement.id)
    ).all()
    found = session.scalars(select(Invite).where(Invite.leader_id == leader.id))
    invited = {one.placement_id: one.partstat for one in found if one.placement_id is not None}
    days = [_placement_day(row, leader, invited, now=now) for row in rows]
    return LeaderPlacements(
        standing=standing_of(session, leader, now=now),
        standing_days=tuple(day for day in days if not day.cancelled),
        cancelled_days=tuple(day for day in days if day.cancelled),
    )


def calendar_entry(scope: Scope, *, leader_id: int, placement_id: int, sender: Sender) -> InviteDetails:
    """The present calendar entry of one placement of a leader that stands.

    It has the name and number of the invite by mail, so that a calendar with both shows one entry.
    """
    leader = scope.leader(leader_id)
    invite = scope.session.scalar(
        select(Invite)
        .join(Placement, Placement.id == Invite.placement_id)
        .where(
            Placement.id == placement_id,
            Placement.leader_id == leader.id,
            Placement.status == "confirmed",
            Invite.state != "cancelled",
        )
    )
    if invite is None:
        raise NotFound(thing="calendar entry")
    day = scope.session.get_one(Placement, placement_id)
    return invite_details(invite, leader, day.slot, rank=day.rank, sender=sender)


def standing_of(session: Session, leader: Leader, *, now: dt.datetime) -> Standing:
    """Where a leader stands, as the heads of all their pages say it."""
    decided = select(MatchRun.id).where(
        MatchRun.cohort_id == leader.cohort_id, MatchRun.status == "confirmed"
    )
    return Standing(
        leader_id=leader.id,
        name=leader.name,
        cohort=leader.cohort.name,
        programme=leader.cohort.programme.name,
        days=leader.days,
        window=preferences.window_for(session, leader, now=now),
        submitted_at=leader.submitted_at,
        decided=session.scalars(decided.limit(1)).first() is not None,
        left_at=leader.withdrawn_at,
    )


def _gone(session: Session, missing: Collection[int]) -> dict[int, Opportunity]:
    """Opportunities that were ranked and have no days any more, by id."""
    if not missing:
        return {}
    rows = session.scalars(select(Opportunity).where(Opportunity.id.in_(missing))).unique()
    return {row.id: row for row in rows}


def _offer(
    row: Opportunity,
    leader: Leader,
    facts: LeaderFacts,
    slots: Sequence[Slot],
    kept: Mapping[dt.date, str],
    rank: int | None,
) -> Offer:
    days = tuple(_day(slot, kept) for slot in slots if slot.opportunity_id == row.id)
    return Offer(
        id=row.id,
        title=row.title,
        partner=row.partner.name,
        theme=row.partner.theme,
        about=row.partner.about,
        description=row.description,
        what_to_know=row.what_to_know,
        address=row.site.address,
        postcode=row.site.postcode,
        kilometres=kilometres(leader, row.site),
        max_km=leader.max_km,
        check_required=row.check_required,
        step_free=row.step_free,
        women_only=row.women_only,
        days=days,
        hints=_hints(row, leader, facts, days),
        rank=rank,
        facts=described(row),
        directions=row.site.directions,
        parking=row.site.parking,
    )


def _day(slot: Slot, kept: Mapping[dt.date, str]) -> OfferedDay:
    answer = kept.get(to_london(slot.starts_at).date(), preferences.UNANSWERED)
    return OfferedDay(slot.starts_at, slot.ends_at, answer, slot.virtual)


def _hints(
    row: Opportunity, leader: Leader, facts: LeaderFacts, days: Sequence[OfferedDay]
) -> tuple[Hint, ...]:
    if not days:
        return ("gone",)
    found: list[Hint] = [
        *reasons_against(facts, offer_facts(leader, row, virtual=all(day.virtual for day in days)))
    ]
    if all(day.answer == "cannot" for day in days):
        found.append("cannot")
    return tuple(found)


def _dates(
    slots: Sequence[Slot], kept: Mapping[dt.date, str], seen: Mapping[int, Offer]
) -> tuple[OfferedDate, ...]:
    on_date: dict[dt.date, dict[int, Offer]] = {date: {} for date in preferences.slot_dates(slots)}
    for slot in slots:
        on_date[to_london(slot.starts_at).date()][slot.opportunity_id] = seen[slot.opportunity_id]
    return tuple(
        OfferedDate(date, kept.get(date, preferences.UNANSWERED), date in kept, tuple(offers.values()))
        for date, offers in on_date.items()
    )


def _placement_day(
    row: Placement, leader: Leader, invited: Mapping[int, str], *, now: dt.datetime
) -> PlacementDay:
    opportunity = row.slot.opportunity
    partner, site = opportunity.partner, opportunity.site
    return PlacementDay(
        id=row.id,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        title=opportunity.title,
        partner=partner.name,
        address=site.address,
        postcode=site.postcode,
        joining_link=row.slot.joining_link or "",
        kilometres=kilometres(leader, site),
        contact_name=partner.contact_name,
        phone=partner.phone,
        email=partner.user.email,
        what_to_know=opportunity.good_to_know(virtual=row.slot.virtual),
        choice_sentence=choice_sentence(row.rank, answered=leader.submitted_at is not None),
        cancelled=row.status == "cancelled",
        begun=opens_at(row.starts_at) <= now,
        over=row.ends_at <= now,
        has_invite=row.id in invited,
        answer=invited.get(row.id, "NEEDS-ACTION"),
    )
