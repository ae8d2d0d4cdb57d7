"""What a coordinator sees of a cohort: who has answered, if there are days enough, how the match stands."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session, lazyload

from placement.domain.windows import RankingWindow
from placement.models import (
    Assignment,
    Cohort,
    Leader,
    MatchRun,
    Message,
    Opportunity,
    Organisation,
    Placement,
    Preference,
    Slot,
    User,
)
from placement.services import match_runs, run_input
from placement.services.offered import on_offer
from placement.services.preferences import window_of
from placement.services.reports.runs import changes_of
from placement.services.reports.sending import Returned, returned_mail
from placement.services.run_approvals import ApprovalState, approval_state
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
class LeftLeader:
    """Somebody who has left the cohort and is kept for the record."""

    id: int
    name: str
    organisation: str
    left_at: datetime


@dataclass(frozen=True)
class AnswerList:
    """All leaders of a cohort: those who have not answered first, then by name; who has `left` by itself."""

    cohort_id: int
    cohort: str
    window: RankingWindow
    leaders: tuple[Answer, ...]
    left: tuple[LeftLeader, ...]


@dataclass(frozen=True)
class Capacity:
    """Leader-days against seats: `needed` and `given` count days of leaders, `seats` those of open days.

    `rehearsal`: all days are over, and they are counted as if they were still to come, as a match does.
    """

    needed: int
    given: int
    days: int
    seats: int
    free: int
    rehearsal: bool

    @property
    def short(self) -> int:
        """How many seats are missing, if everybody could go anywhere."""
        return max(0, self.needed - self.given - self.free)


@dataclass(frozen=True)
class RunLine:
    """One match run in a list; `proof` is the solver's own status, empty before there is a result.

    `seat_given`: a repair that was asked to give somebody a seat. `approval`: who is still to approve it.
    """

    id: int
    kind: str
    status: str
    objective: str
    seed: str
    requested_at: datetime
    proof: str
    placed: int
    seat_given: bool = False
    approval: ApprovalState = ""

    @property
    def unfinished(self) -> bool:
        """Whether the run is still to be solved."""
        return self.status in match_runs.UNFINISHED

    @property
    def confirmable(self) -> bool:
        """Whether the run has a result that waits to be confirmed."""
        return self.status == "solved" and self.proof != "infeasible"


@dataclass(frozen=True)
class OwedMail:
    """A cohort's mail: counts by status, and since when the oldest that has not gone waits.

    `returned` are the addresses to which mail comes back.
    """

    counts: Mapping[str, int]
    waiting_since: datetime | None
    returned: tuple[Returned, ...] = ()

    @property
    def waiting(self) -> int:
        """How many mails have not gone yet."""
        return self.counts.get("todo", 0) + self.counts.get("sending", 0)


@dataclass(frozen=True)
class CohortReport:
    """The state of a cohort; its runs newest first. `offers_waiting` are those to be approved."""

    id: int
    name: str
    programme: str
    window: RankingWindow
    objective: str
    seed: str
    leaders: int
    answered: int
    placed: int
    capacity: Capacity
    demand: tuple[Demand, ...]
    runs: tuple[RunLine, ...]
    mail: OwedMail
    offers_waiting: int = 0


def cohort_report(scope: Scope, cohort_id: int, *, now: datetime) -> CohortReport:
    """The figures of a cohort that the actor coordinates."""
    session, cohort = scope.session, scope.cohort(cohort_id)
    leaders, answered, days = session.execute(
        select(func.count(), func.count(Leader.submitted_at), func.coalesce(func.sum(Leader.days), 0)).where(
            Leader.cohort_id == cohort.id, Leader.withdrawn_at.is_(None)
        )
    ).one()
    given, placed = session.execute(
        select(func.count(), func.count(Placement.leader_id.distinct())).where(
            Placement.cohort_id == cohort.id, Placement.status == "confirmed"
        )
    ).one()
    opened = _open_slots(session, cohort)
    slots = [slot for slot in opened if slot.starts_at > now] or opened
    return CohortReport(
        id=cohort.id,
        name=cohort.name,
        programme=cohort.programme.name,
        window=window_of(session, cohort, now=now),
        objective=cohort.objective,
        seed=cohort.seed,
        leaders=leaders,
        answered=answered,
        placed=placed,
        capacity=_capacity(slots, needed=int(days), given=given, now=now),
        demand=_demand(session, cohort, slots),
        runs=_runs(session, cohort, actor=scope.actor.label),
        mail=_mail(session, cohort),
        offers_waiting=_offers_waiting(session, cohort),
    )


def newest_changes(scope: Scope, cohort: CohortReport, *, now: datetime) -> tuple[str, ...]:
    """What makes the newest run of `cohort` out of date, if that has a result that waits to be confirmed."""
    if not cohort.runs or not cohort.runs[0].confirmable:
        return ()
    run = scope.run_of(scope.cohort(cohort.id), cohort.runs[0].id)
    return changes_of(scope.session, run, now=now)


def answer_list(scope: Scope, cohort_id: int, *, now: datetime) -> AnswerList:
    """Who has answered in a cohort that the actor coordinates."""
    session, cohort = scope.session, scope.cohort(cohort_id)
    rows = session.execute(
        select(Preference.leader_id, func.count())
        .where(Preference.cohort_id == cohort.id)
        .group_by(Preference.leader_id)
    )
    chosen = {leader_id: number for leader_id, number in rows}  # noqa: C416  # a row is no pair to mypy
    everybody = _everybody(session, cohort.id)
    found = [
        Answer(
            id=leader.id,
            name=leader.name,
            organisation=leader.organisation,
            email=leader.email,
            chosen=chosen.get(leader.id, 0),
            submitted_at=leader.submitted_at,
        )
        for leader in everybody
        if leader.withdrawn_at is None
    ]
    found.sort(key=lambda row: (row.submitted_at is not None, row.name.casefold(), row.email))
    window = window_of(session, cohort, now=now)
    return AnswerList(cohort.id, cohort.name, window, tuple(found), _left(everybody))


def run_asked_since(scope: Scope, cohort_id: int, *, seen: int, objective: str, seed: str) -> int | None:
    """The newest run like this that was asked for after run `seen`, the newest that a page had shown.

    It is what a second press of the same button asks for. A run that failed is none.
    """
    cohort = scope.cohort(cohort_id)
    return scope.session.scalars(
        select(MatchRun.id)
        .where(
            MatchRun.cohort_id == cohort.id,
            MatchRun.id > seen,
            MatchRun.objective == objective,
            MatchRun.seed == seed,
            MatchRun.status.not_in(("failed", "cancelled")),
        )
        .order_by(MatchRun.id.desc())
        .limit(1)
    ).first()


def _everybody(session: Session, cohort_id: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """All leaders, only with the columns that a list shows: there are many rows."""
    return session.execute(
        select(
            Leader.id,
            Leader.name,
            func.coalesce(Organisation.name, "").label("organisation"),
            User.email,
            Leader.submitted_at,
            Leader.withdrawn_at,
        )
        .join(User, User.id == Leader.user_id)
        .outerjoin(Organisation, Organisation.id == Leader.organisation_id)
        .where(Leader.cohort_id == cohort_id)
        .order_by(Leader.id)
    ).all()


def _left(leaders: Sequence[Row[*tuple[Any, ...]]]) -> tuple[LeftLeader, ...]:
    """Those who have left, the last first."""
    gone = [
        LeftLeader(leader.id, leader.name, leader.organisation, leader.withdrawn_at)
        for leader in leaders
        if leader.withdrawn_at is not None
    ]
    by_name = sorted(gone, key=lambda row: (row.name.casefold(), row.id))
    return tuple(sorted(by_name, key=lambda row: row.left_at, reverse=True))


def _open_slots(session: Session, cohort: Cohort) -> Sequence[Slot]:
    opened = select(Slot).where(Slot.cohort_id == cohort.id, Slot.status == "open", on_offer())
    return session.scalars(opened.options(lazyload(Slot.opportunity))).all()


def _offers_waiting(session: Session, cohort: Cohort) -> int:
    waiting = (Opportunity.cohort_id == cohort.id, Opportunity.status == "waiting")
    return session.scalar(select(func.count()).select_from(Opportunity).where(*waiting)) or 0


def _capacity(slots: Sequence[Slot], *, needed: int, given: int, now: datetime) -> Capacity:
    return Capacity(
        needed=needed,
        given=given,
        days=len(slots),
        seats=sum(slot.offered_capacity for slot in slots),
        free=sum(max(0, slot.offered_capacity - slot.taken) for slot in slots),
        rehearsal=bool(slots) and all(slot.starts_at <= now for slot in slots),
    )


def _demand(session: Session, cohort: Cohort, slots: Sequence[Slot]) -> tuple[Demand, ...]:
    days, seats = Counter[int](), Counter[int]()
    for slot in slots:
        days[slot.opportunity_id] += 1
        seats[slot.opportunity_id] += slot.offered_capacity
    wanted = session.execute(
        select(Preference.opportunity_id, Preference.rank)
        .join(Leader, Leader.id == Preference.leader_id)
        .where(
            Preference.cohort_id == cohort.id,
            Leader.submitted_at.is_not(None),
            Leader.withdrawn_at.is_(None),
        )
    ).all()
    chosen = Counter(opportunity_id for opportunity_id, _ in wanted)
    first = Counter(opportunity_id for opportunity_id, rank in wanted if rank == 1)
    opportunities = session.scalars(
        select(Opportunity).where(Opportunity.cohort_id == cohort.id, Opportunity.status == "live")
    ).all()
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


def _runs(session: Session, cohort: Cohort, *, actor: str) -> tuple[RunLine, ...]:
    rows = session.execute(
        select(Assignment.match_run_id, func.count(Assignment.leader_id.distinct()))
        .where(Assignment.cohort_id == cohort.id)
        .group_by(Assignment.match_run_id)
    )
    placed = {run_id: number for run_id, number in rows}  # noqa: C416  # a row is no pair to mypy
    runs = session.scalars(
        select(MatchRun).where(MatchRun.cohort_id == cohort.id).order_by(MatchRun.id.desc())
    )
    return tuple(
        RunLine(
            id=run.id,
            kind=run.kind,
            status=run.status,
            objective=run.objective,
            seed=run.seed,
            requested_at=run.requested_at,
            proof=json.loads(run.result)["status"] if run.result else "",
            placed=placed.get(run.id, 0),
            seat_given=bool(run_input.given_in(run)),
            approval=approval_state(run, actor=actor),
        )
        for run in runs
    )


def _mail(session: Session, cohort: Cohort) -> OwedMail:
    rows = session.execute(
        select(Message.status, func.count(), func.min(Message.created_at))
        .where(Message.cohort_id == cohort.id)
        .group_by(Message.status)
    ).all()
    waiting = [since for status, _, since in rows if status in {"todo", "sending"}]
    return OwedMail(
        {status: number for status, number, _ in rows},
        min(waiting, default=None),
        returned_mail(session, cohort.id),
    )
