"""A small cohort that is confirmed, mail that has gone, and repairs that are solved."""

import time
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from placement.domain.letters import thaw
from placement.domain.matching import Problem, solve
from placement.models import Invite, Leader, MatchRun, Message, Placement, Slot
from placement.services import confirmations, match_runs, outbox, repairs
from placement.services.repairs import RepairRuns
from placement.services.scope import Scope
from tests.factories.clock import FIRST_DAY, NOON
from tests.services.small_cohort import SENDER, SmallCohort, make_small_cohort, solved_run

LATER = NOON + timedelta(days=30)

Pairs = set[tuple[int, int]]


def confirmed_cohort(session: Session, *, sent: bool = True, first_day: datetime = FIRST_DAY) -> SmallCohort:
    """The small cohort with everybody placed and told: two at the food bank, two at the café."""
    small = make_small_cohort(session, first_day=first_day)
    confirmations.confirm_run(
        Scope.system(session), solved_run(session, small.cohort).id, sender=SENDER, now=NOON
    )
    if sent:
        send_all(session)
    session.expire_all()
    return small


def send_all(session: Session) -> list[Message]:
    """Let everything go that is owed, as the worker does; what went, in its order."""
    gone: list[int] = []
    while batch := outbox.claim_due(session, token="worker", now=LATER):
        for mail in batch:
            assert outbox.record_sent(session, mail.id, token="worker", now=NOON)
            gone.append(mail.id)
    session.expire_all()
    return [session.get_one(Message, number) for number in gone]


def solve_run(session: Session, run_id: int) -> MatchRun:
    """Solve one run and keep its result."""
    queued = match_runs.load_run(Scope.system(session), run_id)
    solution = solve(Problem.from_json(queued.problem), clock=time.monotonic, time_limit=20)
    assert match_runs.record_allocation(session, run_id, solution.to_json(), now=NOON)
    session.expire_all()
    return session.get_one(MatchRun, run_id)


def solved_repair(session: Session, small: SmallCohort) -> RepairRuns:
    """Both runs of a repair of the cohort as it stands."""
    runs = repairs.request_repair(Scope.system(session), small.cohort.id, seconds=20, now=NOON)
    solve_run(session, runs.repair)
    solve_run(session, runs.fresh)
    return runs


def live(session: Session) -> Pairs:
    """The pairs that stand."""
    session.expire_all()
    rows = session.scalars(select(Placement).where(Placement.status == "confirmed"))
    return {(row.leader_id, row.slot_id) for row in rows}


def at(session: Session, slot: Slot) -> list[Leader]:
    """Who is confirmed on a slot, in order."""
    ids = {leader for leader, slot_id in live(session) if slot_id == slot.id}
    return list(session.scalars(select(Leader).where(Leader.id.in_(ids)).order_by(Leader.id)))


def owed(session: Session, leader: Leader) -> list[tuple[str, str, str, int]]:
    """A leader's mails in their order: kind, status, method and SEQUENCE."""
    session.expire_all()
    rows = session.scalars(select(Message).where(Message.recipient == leader.user.email).order_by(Message.id))
    told = [(row, thaw(row.payload)) for row in rows]
    return [(row.kind, row.status, details.method, details.sequence) for row, details in told]


def invite_of(session: Session, leader: Leader) -> Invite:
    """The newest invite of a leader."""
    session.expire_all()
    rows = session.scalars(select(Invite).where(Invite.leader_id == leader.id).order_by(Invite.id))
    return rows.all()[-1]


def placement_of(invite: Invite) -> Placement:
    """The placement that an invite is of."""
    assert invite.placement is not None
    return invite.placement


def counts(session: Session) -> dict[str, int]:
    """How many rows there are of what changes write, and how many seats are taken."""
    session.expire_all()
    return {
        "live": len(live(session)),
        "placements": len(session.scalars(select(Placement.id)).all()),
        "invites": len(session.scalars(select(Invite.id)).all()),
        "messages": len(session.scalars(select(Message.id)).all()),
        "taken": sum(session.scalars(select(Slot.taken))),
    }
