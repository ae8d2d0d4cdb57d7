"""Declines that wait for a coordinator: who cannot come when and why, and who could take the seat."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from placement.models import HeldAnswer, Invite, Placement, Task
from placement.services import news
from placement.services.reports.seats import SeatReport, seat_candidates
from placement.services.scope import Scope
from placement.services.tasks import is_waiting, task_of, waiting


@dataclass(frozen=True)
class TaskLine:
    """A decline of a placement that stands; `note` is the newest comment or reason."""

    id: int
    cohort_id: int
    placement_id: int
    leader_id: int
    leader: str
    slot_id: int
    title: str
    partner: str
    starts_at: datetime
    ends_at: datetime
    declined_at: datetime
    way: str
    note: str
    waits: bool


@dataclass(frozen=True)
class TaskList:
    """The declines of a cohort that wait, the next day first."""

    cohort_id: int
    cohort: str
    tasks: tuple[TaskLine, ...]


def task_list(scope: Scope, cohort_id: int, *, now: datetime) -> TaskList:
    """What waits for the coordinator of a cohort."""
    cohort = scope.cohort(cohort_id)
    rows = scope.session.scalars(
        select(Task)
        .join(Placement, Placement.id == Task.placement_id)
        .join(Invite, Invite.placement_id == Placement.id)
        .join(HeldAnswer, HeldAnswer.id == Task.answer_id)
        .where(Task.cohort_id == cohort.id, waiting(now))
        .order_by(Placement.starts_at, Task.id)
    )
    lines = tuple(_line(scope.session, row, waits=True) for row in rows)
    return TaskList(cohort.id, cohort.name, lines)


def task_details(scope: Scope, cohort_id: int, task_id: int, *, now: datetime) -> TaskLine:
    """One decline, also one that needs nobody any more."""
    row = task_of(scope, scope.cohort(cohort_id), task_id)
    return _line(scope.session, row, waits=is_waiting(scope.session, row, now=now))


def seat_if_left(
    scope: Scope, cohort_id: int, task: TaskLine, *, seconds: float, now: datetime
) -> SeatReport:
    """Who could take the seat if the leader who declined left the day; nothing is written.

    They themselves are not among those who could.
    """
    session, cohort = scope.session, scope.cohort(cohort_id)
    row = session.get_one(Placement, task.placement_id)
    with news.forgotten(session):
        row.status = "cancelled"
        row.slot.taken -= 1
        found = seat_candidates(scope, cohort.id, task.slot_id, seconds=seconds, now=now)
    takers = tuple(one for one in found.takers if one.own.person.leader_id != task.leader_id)
    closed = found.closed or ("" if takers else "Nobody else could take it.")
    return SeatReport(found.day, found.free, takers, closed)


def _line(session: Session, row: Task, *, waits: bool) -> TaskLine:
    placement, answer = row.placement, _newest(session, row)
    opportunity = placement.slot.opportunity
    return TaskLine(
        id=row.id,
        cohort_id=row.cohort_id,
        placement_id=placement.id,
        leader_id=row.leader_id,
        leader=placement.leader.name,
        slot_id=placement.slot_id,
        title=opportunity.title,
        partner=opportunity.partner.name,
        starts_at=placement.starts_at,
        ends_at=placement.ends_at,
        declined_at=answer.given_at,
        way=answer.way,
        note=answer.note,
        waits=waits,
    )


def _newest(session: Session, row: Task) -> HeldAnswer:
    """The newest decline of the same invite: it may say why where the first did not."""
    return (
        session.scalars(
            select(HeldAnswer)
            .where(
                HeldAnswer.invite_id == row.answer.invite_id,
                HeldAnswer.sequence == row.answer.sequence,
                HeldAnswer.partstat == "DECLINED",
                HeldAnswer.undone_at.is_(None),
            )
            .order_by(HeldAnswer.id.desc())
            .limit(1)
        ).first()
        or row.answer
    )
