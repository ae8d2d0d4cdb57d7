"""What the start page shows to somebody signed in: everything that they are, and how it stands."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from placement.domain.windows import RankingWindow
from placement.models import Cohort, Coordinator, Leader, Opportunity, Partner, Placement, Slot
from placement.services import renewals
from placement.services.preferences import window_for
from placement.services.reports.afterwards import Reflecting, reflecting
from placement.services.reports.attendance import days_to_record
from placement.services.scope import Scope


@dataclass(frozen=True)
class Leading:
    """A leader's own state: whether the answers are handed in, how many days were given, what is written."""

    leader_id: int
    cohort: str
    window: RankingWindow
    submitted: bool
    days_given: int
    reflecting: Reflecting


@dataclass(frozen=True)
class Hosting:
    """A partner's state: how many days are still to come, and how many people with them.

    `stale` are the offers that nobody has confirmed for a while, `returned` those that need a change.
    `to_record` are the days that have begun on which somebody is not marked yet.
    """

    partner_id: int
    name: str
    cohort: str
    days: int
    people: int
    to_record: tuple[int, ...]
    stale: int = 0
    returned: int = 0


@dataclass(frozen=True)
class Coordinating:
    """A cohort's state, for those who run it and those who may only see its figures (`viewer`)."""

    cohort_id: int
    cohort: str
    viewer: bool
    leaders: int
    answered: int
    placed: int


@dataclass(frozen=True)
class Due:
    """All that one user is, in all cohorts."""

    leading: tuple[Leading, ...]
    hosting: tuple[Hosting, ...]
    coordinating: tuple[Coordinating, ...]


def due(scope: Scope, *, keep_days: int, now: datetime) -> Due:
    """What the actor is, and how each of it stands at `now`; reflections are kept for `keep_days`."""
    session, user_id = scope.session, scope.actor.user_id
    leaders = session.scalars(select(Leader).where(Leader.user_id == user_id).order_by(Leader.id))
    partners = session.scalars(select(Partner).where(Partner.user_id == user_id).order_by(Partner.id))
    roles = session.execute(
        select(Cohort, Coordinator.role)
        .join(Coordinator, Coordinator.cohort_id == Cohort.id)
        .where(Coordinator.user_id == user_id)
        .order_by(Cohort.name)
    )
    return Due(
        leading=tuple(_leading(session, leader, keep_days=keep_days, now=now) for leader in leaders.all()),
        hosting=tuple(_hosting(session, partner, now=now) for partner in partners.all()),
        coordinating=tuple(_coordinating(session, cohort, role) for cohort, role in roles.all()),
    )


def _leading(session: Session, leader: Leader, *, keep_days: int, now: datetime) -> Leading:
    given = select(func.count()).where(Placement.leader_id == leader.id, Placement.status == "confirmed")
    return Leading(
        leader_id=leader.id,
        cohort=leader.cohort.name,
        window=window_for(session, leader, now=now),
        submitted=leader.submitted_at is not None,
        days_given=session.scalar(given) or 0,
        reflecting=reflecting(session, leader.id, keep_days=keep_days, now=now),
    )


def _hosting(session: Session, partner: Partner, *, now: datetime) -> Hosting:
    days, people = session.execute(
        select(func.count(), func.coalesce(func.sum(Slot.taken), 0)).where(
            Slot.partner_id == partner.id, Slot.status == "open", Slot.ends_at > now
        )
    ).one()
    stale = renewals.stale_offers(session, partner.cohort, now=now)
    returned = select(func.count()).where(
        Opportunity.partner_id == partner.id, Opportunity.status == "returned"
    )
    return Hosting(
        partner.id,
        partner.name,
        partner.cohort.name,
        days,
        people,
        tuple(days_to_record(session, partner.id, now=now)),
        stale=sum(offer.opportunity.partner_id == partner.id for offer in stale),
        returned=session.scalar(returned) or 0,
    )


def _coordinating(session: Session, cohort: Cohort, role: str) -> Coordinating:
    leaders, answered = session.execute(
        select(func.count(), func.count(Leader.submitted_at)).where(
            Leader.cohort_id == cohort.id, Leader.withdrawn_at.is_(None)
        )
    ).one()
    placed = session.scalar(
        select(func.count(Placement.leader_id.distinct())).where(
            Placement.cohort_id == cohort.id, Placement.status == "confirmed"
        )
    )
    return Coordinating(cohort.id, cohort.name, role == "viewer", leaders, answered, placed or 0)
