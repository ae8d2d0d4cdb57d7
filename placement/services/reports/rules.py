"""What a cohort's places are decided by: its objective, rules and seed, for everybody who belongs to it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from placement.domain.errors import NotFound
from placement.domain.windows import RankingWindow
from placement.models import Cohort, Coordinator, Leader, MatchRun, Partner, User
from placement.services.preferences import window_of
from placement.services.scope import Scope


@dataclass(frozen=True)
class ConfirmedRun:
    """What a list that was confirmed had been made with."""

    id: int
    objective: str
    seed: str
    confirmed_at: datetime


@dataclass(frozen=True)
class CohortRules:
    """By what places in a cohort are decided; `own_id` is the reader's id in the lottery, None for others.

    `partner_limits` are partners with the most people that they have room for over all their days.
    """

    cohort_id: int
    cohort: str
    programme: str
    window: RankingWindow
    objective: str
    seed: str
    choices_minimum: int
    place_unranked: bool
    max_same_organisation: int | None
    min_sectors: int | None
    max_per_partner: int | None
    teams: str | None
    gap_minutes: int
    own_id: str | None
    confirmed: tuple[ConfirmedRun, ...]
    partner_limits: tuple[tuple[str, int], ...] = ()


def cohort_rules(scope: Scope, cohort_id: int, *, now: datetime) -> CohortRules:
    """The rules of a cohort that the actor is anything in; for others there is no such cohort."""
    session, cohort = scope.session, _own_cohort(scope, cohort_id)
    return CohortRules(
        cohort_id=cohort.id,
        cohort=cohort.name,
        programme=cohort.programme.name,
        window=window_of(session, cohort, now=now),
        objective=cohort.objective,
        seed=cohort.seed,
        choices_minimum=cohort.choices_minimum,
        place_unranked=cohort.place_unranked,
        max_same_organisation=cohort.max_same_organisation,
        min_sectors=cohort.min_sectors,
        max_per_partner=cohort.max_per_partner,
        teams=cohort.teams,
        gap_minutes=cohort.gap_minutes,
        own_id=_own_id(scope, cohort.id),
        confirmed=_confirmed(session, cohort.id),
        partner_limits=_partner_limits(session, cohort.id),
    )


def _own_cohort(scope: Scope, cohort_id: int) -> Cohort:
    query = select(Cohort).where(Cohort.id == cohort_id)
    if not scope.everything:
        theirs = (
            select(rows.id).where(rows.cohort_id == Cohort.id, rows.user_id == scope.actor.user_id).exists()
            for rows in (Leader, Partner, Coordinator)
        )
        query = query.where(or_(*theirs))
    cohort = scope.session.scalars(query).one_or_none()
    if cohort is None:
        raise NotFound(thing="cohort")
    return cohort


def _own_id(scope: Scope, cohort_id: int) -> str | None:
    """The id of the actor as a leader of the cohort; None for anybody else."""
    return scope.session.scalars(
        select(User.email)
        .join(Leader, Leader.user_id == User.id)
        .where(Leader.cohort_id == cohort_id, User.id == scope.actor.user_id)
    ).one_or_none()


def _partner_limits(session: Session, cohort_id: int) -> tuple[tuple[str, int], ...]:
    """The partners that have room for only so many people over all their days, by name."""
    rows = session.execute(
        select(Partner.name, Partner.capacity_overall)
        .where(Partner.cohort_id == cohort_id, Partner.capacity_overall.is_not(None))
        .order_by(Partner.name)
    )
    return tuple((name, most) for name, most in rows if most is not None)


def _confirmed(session: Session, cohort_id: int) -> tuple[ConfirmedRun, ...]:
    rows = session.execute(
        select(MatchRun.id, MatchRun.objective, MatchRun.seed, MatchRun.confirmed_at)
        .where(MatchRun.cohort_id == cohort_id, MatchRun.status == "confirmed")
        .order_by(MatchRun.confirmed_at, MatchRun.id)
    )
    return tuple(ConfirmedRun(run_id, objective, seed, at) for run_id, objective, seed, at in rows if at)
