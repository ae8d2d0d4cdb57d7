"""What a coordinator sees of a cohort: who has answered, and whether there are days enough."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from placement.models import Cohort, Leader, MatchRun, Message, Opportunity, Placement, Preference, Slot
from placement.services.reports.runs import RunReport, report_of
from placement.services.scope import Scope


@dataclass(frozen=True)
class Demand:
    """One opportunity: what it offers in days still ahead, and how many who answered want it."""

    title: str
    partner: str
    days: int
    seats: int
    first_choices: int
    chosen: int


@dataclass(frozen=True)
class Answer:
    """Whether one leader has answered: `chosen` opportunities, submitted at a moment or not yet."""

    id: int
    name: str
    organisation: str
    email: str
    chosen: int
    submitted_at: datetime | None


@dataclass(frozen=True)
class CohortReport:
    """The state of a cohort in figures; `days_needed` counts leader-days, `seats` those of open slots."""

    id: int
    name: str
    programme: str
    preferences_close_at: datetime | None
    objective: str
    seed: str
    leaders: int
    answered: int
    days_needed: int
    slots: int
    seats: int
    placed: int
    demand: tuple[Demand, ...]
    runs: tuple[RunReport, ...]
    mails: Mapping[str, int]


def cohort_report(scope: Scope, cohort_id: int, *, now: datetime) -> CohortReport:
    """The dashboard of a cohort that the actor coordinates."""
    session, cohort = scope.session, scope.cohort(cohort_id)
    leaders = session.execute(
        select(func.count(), func.count(Leader.submitted_at), func.coalesce(func.sum(Leader.days), 0)).where(
            Leader.cohort_id == cohort.id
        )
    ).one()
    slots = _open_slots(session, cohort, now=now)
    return CohortReport(
        id=cohort.id,
        name=cohort.name,
        programme=cohort.programme.name,
        preferences_close_at=cohort.preferences_close_at,
        objective=cohort.objective,
        seed=cohort.seed,
        leaders=leaders[0],
        answered=leaders[1],
        days_needed=leaders[2],
        slots=len(slots),
        seats=sum(slot.capacity for slot in slots),
        placed=_placed(session, cohort),
        demand=_demand(session, cohort, slots),
        runs=tuple(report_of(run) for run in _runs(session, cohort)),
        mails=_mails(session, cohort),
    )


def answers(scope: Scope, cohort_id: int) -> list[Answer]:
    """All leaders of a cohort that the actor coordinates: those who have not answered first, then by name."""
    session, cohort = scope.session, scope.cohort(cohort_id)
    rows = session.execute(
        select(Preference.leader_id, func.count())
        .where(Preference.cohort_id == cohort.id)
        .group_by(Preference.leader_id)
    )
    chosen = {leader_id: number for leader_id, number in rows}  # noqa: C416  # a row is no pair to mypy
    leaders = session.scalars(select(Leader).where(Leader.cohort_id == cohort.id)).all()
    found = [
        Answer(
            id=leader.id,
            name=leader.name,
            organisation=leader.organisation.name if leader.organisation else "",
            email=leader.user.email,
            chosen=chosen.get(leader.id, 0),
            submitted_at=leader.submitted_at,
        )
        for leader in leaders
    ]
    return sorted(found, key=lambda row: (row.submitted_at is not None, row.name.casefold(), row.email))


def _open_slots(session: Session, cohort: Cohort, *, now: datetime) -> Sequence[Slot]:
    return session.scalars(
        select(Slot).where(Slot.cohort_id == cohort.id, Slot.status == "open", Slot.starts_at > now)
    ).all()


def _demand(session: Session, cohort: Cohort, slots: Sequence[Slot]) -> tuple[Demand, ...]:
    days, seats = Counter[int](), Counter[int]()
    for slot in slots:
        days[slot.opportunity_id] += 1
        seats[slot.opportunity_id] += slot.capacity
    wanted = session.execute(
        select(Preference.opportunity_id, Preference.rank)
        .join(Leader, Leader.id == Preference.leader_id)
        .where(Preference.cohort_id == cohort.id, Leader.submitted_at.is_not(None))
    ).all()
    chosen = Counter(opportunity_id for opportunity_id, _ in wanted)
    first = Counter(opportunity_id for opportunity_id, rank in wanted if rank == 1)
    opportunities = session.scalars(select(Opportunity).where(Opportunity.cohort_id == cohort.id)).all()
    found = [
        Demand(
            title=opportunity.title,
            partner=opportunity.partner.name,
            days=days[opportunity.id],
            seats=seats[opportunity.id],
            first_choices=first[opportunity.id],
            chosen=chosen[opportunity.id],
        )
        for opportunity in opportunities
    ]
    return tuple(sorted(found, key=lambda row: (-row.first_choices, row.title, row.partner)))


def _runs(session: Session, cohort: Cohort) -> Sequence[MatchRun]:
    return session.scalars(
        select(MatchRun).where(MatchRun.cohort_id == cohort.id).order_by(MatchRun.id.desc())
    ).all()


def _placed(session: Session, cohort: Cohort) -> int:
    """How many leaders have at least one placement that stands."""
    return (
        session.scalar(
            select(func.count(func.distinct(Placement.leader_id))).where(
                Placement.cohort_id == cohort.id, Placement.status == "confirmed"
            )
        )
        or 0
    )


def _mails(session: Session, cohort: Cohort) -> dict[str, int]:
    rows = session.execute(
        select(Message.status, func.count()).where(Message.cohort_id == cohort.id).group_by(Message.status)
    )
    return {status: number for status, number in rows}  # noqa: C416  # a row is no pair to mypy
