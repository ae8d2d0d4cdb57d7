"""A cohort in each state that a coordinator can find it in, with days that are always still to come."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from placement.db import unit_of_work
from placement.domain.matching import Problem, solve, told
from placement.models import Cohort, Invite, Leader, MatchRun, Message, Slot
from placement.services import confirmations, match_runs, repairs, withdrawals
from placement.services.scope import Scope
from tests.factories.opportunities import make_opportunity, make_slot
from tests.factories.people import make_coordinator, make_leader, make_partner, make_user
from tests.factories.preferences import make_date_answer, make_preference
from tests.factories.programmes import make_cohort, make_organisation
from tests.factories.runs import make_run
from tests.services.small_cohort import SENDER

# The pages look at the clock themselves. In June no clock changes.
JUNE = datetime(datetime.now(UTC).year + 1, 6, 10, 8, 30, tzinfo=UTC)
WEEK = timedelta(days=7)
NO_LIST = {
    "status": "infeasible",
    "stages": [],
    "gap": None,
    "seconds": 0.2,
    "diagnosis": [
        {
            "kind": "pins",
            "sentence": "No result keeps these pins and every rule.",
            "leaders": ["ada@people.example"],
            "slots": ["slot-1"],
            "remedy": "Take one of these pins away.",
        }
    ],
}


@dataclass(frozen=True)
class Found:
    """A cohort, its newest run (0 without one) and whom to sign in as."""

    cohort_id: int
    run_id: int
    email: str

    def url(self, path: str = "") -> str:
        """The address of a page; RUN in it becomes the run's."""
        return f"/coordinator/{self.cohort_id}/{path}".replace("RUN", str(self.run_id))


def now() -> datetime:
    """The present moment, as the pages see it."""
    return datetime.now(UTC)


def fill(session: Session, cohort: Cohort, *, leaders: int = 5) -> None:
    """Days for five, and people: the last two never answered, and the first can come on no date at all.

    Everybody wants the food parcels, which take two; the club needs more people than can go.
    """
    hospital = make_organisation(session, cohort=cohort, name=f"Seaport Hospital {cohort.id}")
    partner = make_partner(session, cohort=cohort, name=f"Seaport Food Bank {cohort.id}")
    offers = [
        make_opportunity(session, partner=partner, title=title)
        for title in ("Food parcels", "Memory café", "Youth club")
    ]
    for week, (offer, capacity, minimum) in enumerate(zip(offers, (2, 3, 9), (1, 1, 9), strict=True)):
        make_slot(
            session, opportunity=offer, starts_at=JUNE + week * WEEK, capacity=capacity, minimum=minimum
        )
    for number in range(leaders):
        user = make_user(
            session, name=f"Leader {number:03}", email=f"leader{number}.of{cohort.id}@people.example"
        )
        answered = number < leaders - 2
        leader = make_leader(
            session,
            cohort=cohort,
            user=user,
            organisation_id=hospital.id,
            submitted_at=now() if answered else None,
        )
        if answered:
            for rank, offer in enumerate(offers[:2], start=1):
                make_preference(session, leader=leader, opportunity=offer, rank=rank)
        if number == 0:
            for week in range(3):
                make_date_answer(session, leader=leader, day=(JUNE + week * WEEK).date(), answer="cannot")


def solved_now(session: Session, cohort: Cohort) -> int:
    """A run of `cohort` as it stands, solved and recorded; its id."""
    scope = Scope.system(session)
    run_id = match_runs.request_run(scope, cohort.id, seconds=20, now=now())
    solve_run(session, run_id)
    return run_id


def solve_run(session: Session, run_id: int) -> None:
    """Do what the worker does."""
    queued = match_runs.load_run(Scope.system(session), run_id)
    solution = solve(Problem.from_json(queued.problem), clock=time.monotonic, time_limit=20)
    assert match_runs.record_allocation(session, run_id, solution.to_json(), now=now())
    session.expire_all()


def explained_now(session: Session, cohort: Cohort) -> int:
    """The same with everything that is worked out beside a result."""
    run_id = match_runs.request_run(Scope.system(session), cohort.id, seconds=20, now=now())
    problem = Problem.from_json(match_runs.load_run(Scope.system(session), run_id).problem)
    solution = solve(problem, clock=time.monotonic, time_limit=20)
    found = told(problem, solution, clock=time.monotonic, until=time.monotonic() + 20)
    assert match_runs.record_allocation(session, run_id, found.to_json(), now=now())
    session.expire_all()
    return run_id


def _nothing(session: Session, cohort: Cohort) -> int:
    return 0


def _filled(session: Session, cohort: Cohort) -> int:
    fill(session, cohort)
    return 0


def _queued(session: Session, cohort: Cohort) -> int:
    fill(session, cohort)
    return match_runs.request_run(Scope.system(session), cohort.id, seconds=20, now=now())


def _solving(session: Session, cohort: Cohort) -> int:
    run_id = _queued(session, cohort)
    session.get_one(MatchRun, run_id).status = "solving"
    return run_id


def _failed(session: Session, cohort: Cohort) -> int:
    run_id = _queued(session, cohort)
    assert match_runs.fail_run(session, run_id, reason="No result within 60 seconds.", now=now())
    return run_id


def _infeasible(session: Session, cohort: Cohort) -> int:
    fill(session, cohort)
    return make_run(session, cohort=cohort, result=json.dumps(NO_LIST)).id


def _solved(session: Session, cohort: Cohort) -> int:
    fill(session, cohort)
    return solved_now(session, cohort)


def _explained(session: Session, cohort: Cohort) -> int:
    fill(session, cohort)
    return explained_now(session, cohort)


def _stale(session: Session, cohort: Cohort) -> int:
    run_id = _solved(session, cohort)
    slot = session.scalars(select(Slot).where(Slot.cohort_id == cohort.id).order_by(Slot.id)).first()
    assert slot is not None
    slot.capacity = 1
    return run_id


def _confirmed(session: Session, cohort: Cohort) -> int:
    """Confirmed: of the mails one is sent and answered, one failed, one was tried in vain, the rest wait."""
    run_id = _solved(session, cohort)
    confirmations.confirm_run(Scope.system(session), run_id, sender=SENDER, now=now())
    sent, failed, tried, *_ = session.scalars(
        select(Message).where(Message.cohort_id == cohort.id).order_by(Message.id)
    ).all()
    sent.status, sent.sent_at, sent.attempts = "sent", now(), 1
    session.get_one(Invite, sent.invite_id).partstat = "ACCEPTED"
    failed.status, failed.attempts, failed.last_error = "failed", 1, "550 5.1.1 no such mailbox"
    tried.attempts, tried.last_error, tried.due_at = 2, "451 try again later", now() + timedelta(minutes=5)
    return run_id


def _changed(session: Session, cohort: Cohort) -> int:
    """Confirmed; then the day of the food parcels was withdrawn: two lost their day, one seat is free."""
    run_id = _confirmed(session, cohort)
    slot = session.scalars(select(Slot).where(Slot.cohort_id == cohort.id).order_by(Slot.id)).first()
    assert slot is not None
    withdrawals.withdraw_slot(Scope.system(session), cohort.id, slot.id, sender=SENDER, now=now())
    return run_id


def _repair(session: Session, cohort: Cohort) -> int:
    """The same with a repair worked out."""
    _changed(session, cohort)
    runs = repairs.request_repair(Scope.system(session), cohort.id, seconds=20, now=now())
    solve_run(session, runs.repair)
    solve_run(session, runs.fresh)
    return runs.repair


STATES: Mapping[str, Callable[[Session, Cohort], int]] = {
    "empty": _nothing,
    "filled": _filled,
    "queued": _queued,
    "solving": _solving,
    "failed": _failed,
    "infeasible": _infeasible,
    "solved": _solved,
    "stale": _stale,
    "confirmed": _confirmed,
    "explained": _explained,
    "changed": _changed,
    "repair": _repair,
}


def found_in(app: Flask, state: str) -> Found:
    """A new cohort in `state`, with its coordinator."""
    with app.app_context(), unit_of_work() as session:
        cohort = make_cohort(session)
        coordinator = make_coordinator(
            session, cohort=cohort, user=make_user(session, name="Chloe Coordinator")
        )
        run_id = STATES[state](session, cohort)
        return Found(cohort.id, run_id, coordinator.user.email)


def leader_of(session: Session, found: Found, number: int) -> Leader:
    """One leader of a cohort, by their number."""
    leaders = session.scalars(
        select(Leader).where(Leader.cohort_id == found.cohort_id).order_by(Leader.id)
    ).all()
    return leaders[number]
