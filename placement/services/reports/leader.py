"""What the leader's pages show: one frozen value for each page, read in a fixed number of queries."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from placement.domain.eligibility import LeaderFacts, Reason, reasons_against
from placement.domain.errors import NotFound
from placement.domain.geo import Position, area_of
from placement.domain.text import to_london
from placement.domain.windows import RankingWindow
from placement.models import Leader, MatchRun, Opportunity, Slot
from placement.services import choices, preferences
from placement.services.conflicts import KeptConflict, kept_conflicts
from placement.services.match_offers import position_of
from placement.services.match_rows import facts_of, kilometres, offer_facts
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
    """One opportunity as one leader sees it; `rank` is None while it is not on the list.

    `position` is where it is, None where that is not known or all its days are online. `refused`: the leader
    would not go to it. `no_car`: the leader has none, so that how long a drive takes tells them nothing.
    """

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
    area: str
    position: Position | None
    facts: OfferFacts
    directions: str
    parking: str
    conflict: KeptConflict | None = None
    no_car: bool = False

    @property
    def refused(self) -> bool:
        """Whether the leader has said that they would not go to it."""
        return "refused" in self.hints


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
    """A leader's answers beside all that can be chosen: what the pages before the match show.

    `refused` are those that the leader would not go to. `saved_at` is when the ranking was last changed, and
    `undoable` whether that change can be undone. `start` is where the leader travels from.
    """

    standing: Standing
    ranked: tuple[Offer, ...]
    offers: tuple[Offer, ...]
    dates: tuple[OfferedDate, ...]
    minimum: int
    refused: tuple[Offer, ...] = ()
    saved_at: dt.datetime | None = None
    undoable: bool = False
    start: Position | None = None

    def offer(self, opportunity_id: int) -> Offer:
        """One opportunity that can be chosen, is on the list or is refused. Raises `NotFound`."""
        for offer in (*self.offers, *self.ranked, *self.refused):
            if offer.id == opportunity_id:
                return offer
        raise NotFound(thing="opportunity")

    @property
    def missing(self) -> int:
        """How many choices are still needed before the answers can be handed in."""
        counting = sum("gone" not in offer.hints for offer in self.ranked)
        return max(0, self.minimum - counting)

    @property
    def unanswered(self) -> int:
        """How many dates have no answer of the leader's own."""
        return sum(not date.answered for date in self.dates)


def answers(scope: Scope, *, leader_id: int, now: dt.datetime) -> Answers:
    """A leader's answers so far, with everything that they can choose from."""
    leader, session = scope.leader(leader_id), scope.session
    slots = preferences.open_slots(session, leader.cohort_id, now=now)
    offered = preferences.offered_opportunities(slots)
    kept = preferences.date_answers(session, leader.id)
    order, refused = preferences.ranking(session, leader.id), preferences.refused_by(session, leader.id)
    known = offered | _gone(session, (set(order) | refused) - offered.keys())
    read_activities(session, known)
    ties = {one.partner_id: one for one in kept_conflicts(session, leader)}
    eyes = _Eyes(leader, facts_of(session, leader), _days(slots, kept), refused, order, ties)
    seen = {key: _offer(row, eyes) for key, row in known.items()}
    last = choices.previous_ranking(session, leader.id)
    return Answers(
        standing=standing_of(session, leader, now=now),
        ranked=tuple(seen[key] for key in order),
        offers=tuple(seen[key] for key in offered),
        dates=_dates(slots, kept, seen),
        minimum=preferences.choices_needed(leader.cohort, offered, refused),
        refused=tuple(offer for key, offer in seen.items() if key in refused),
        saved_at=last.changed_at if last else None,
        undoable=last is not None and last.after == list(order),
        start=position_of(leader),
    )


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


@dataclass(frozen=True)
class _Eyes:
    """With what a leader looks at all opportunities: their facts, answers and choices so far."""

    leader: Leader
    facts: LeaderFacts
    days: Mapping[int, tuple[OfferedDay, ...]]
    refused: frozenset[int]
    order: Sequence[int]
    ties: Mapping[int, KeptConflict]


def _days(slots: Sequence[Slot], kept: Mapping[dt.date, str]) -> dict[int, tuple[OfferedDay, ...]]:
    """The days of each opportunity, in the order of time."""
    found: dict[int, list[OfferedDay]] = {}
    for slot in slots:
        found.setdefault(slot.opportunity_id, []).append(_day(slot, kept))
    return {opportunity_id: tuple(days) for opportunity_id, days in found.items()}


def _offer(row: Opportunity, eyes: _Eyes) -> Offer:
    days, site = eyes.days.get(row.id, ()), row.site
    online = bool(days) and all(day.virtual for day in days)
    return Offer(
        id=row.id,
        title=row.title,
        partner=row.partner.name,
        theme=row.partner.theme,
        about=row.partner.about,
        description=row.description,
        what_to_know=row.what_to_know,
        address=site.address,
        postcode=site.postcode,
        kilometres=kilometres(eyes.leader, site),
        max_km=eyes.leader.max_km,
        check_required=row.check_required,
        step_free=row.step_free,
        women_only=row.women_only,
        days=days,
        hints=_hints(row, eyes, days, online=online),
        rank=eyes.order.index(row.id) + 1 if row.id in eyes.order else None,
        area="Online" if online else area_of(site.address, site.postcode),
        position=None if online else position_of(site),
        facts=described(row),
        directions=site.directions,
        parking=site.parking,
        conflict=eyes.ties.get(row.partner_id),
        no_car=eyes.leader.no_car,
    )


def _day(slot: Slot, kept: Mapping[dt.date, str]) -> OfferedDay:
    answer = kept.get(to_london(slot.starts_at).date(), preferences.UNANSWERED)
    return OfferedDay(slot.starts_at, slot.ends_at, answer, slot.virtual)


def _hints(row: Opportunity, eyes: _Eyes, days: Sequence[OfferedDay], *, online: bool) -> tuple[Hint, ...]:
    offer = offer_facts(eyes.leader, row, virtual=online, refused=row.id in eyes.refused)
    against = reasons_against(eyes.facts, offer)
    if not days:
        return ("gone", *(("refused",) if "refused" in against else ()))
    cannot = all(day.answer == "cannot" for day in days)
    return (*against, *(("cannot",) if cannot else ()))


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
