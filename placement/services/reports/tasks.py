"""Declines that wait for a coordinator: who cannot come when and why, and who could take the seat."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased, joinedload

from placement.models import HeldAnswer, Invite, Placement, Task
from placement.services import news
from placement.services.kept import kept
from placement.services.reports.seats import SeatReport, candidates_now
from placement.services.scope import Scope
from placement.services.tasks import is_waiting, task_of, waiting

LOADED = (
    joinedload(Task.placement).joinedload(Placement.slot),
    joinedload(Task.placement).joinedload(Placement.leader),
    joinedload(Task.answer),
)
"""What a line shows of a task, read with it."""


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
        .options(*LOADED)
        .order_by(Placement.starts_at, Task.id)
    ).all()
    newest = _newest(scope.session, rows)
    lines = tuple(_line(row, newest.get(row.id, row.answer), waits=True) for row in rows)
    return TaskList(cohort.id, cohort.name, lines)


def task_details(scope: Scope, cohort_id: int, task_id: int, *, now: datetime) -> TaskLine:
    """One decline, also one that needs nobody any more."""
    row = task_of(scope, scope.cohort(cohort_id), task_id)
    answer = _newest(scope.session, [row]).get(row.id, row.answer)
    return _line(row, answer, waits=is_waiting(scope.session, row, now=now))


def seat_if_left(
    scope: Scope, cohort_id: int, task: TaskLine, *, seconds: float, now: datetime
) -> SeatReport:
    """Who could take the seat if the leader who declined left the day; nothing is written.

    They themselves are not among those who could.
    """
    session, cohort = scope.session, scope.cohort(cohort_id)

    def work() -> SeatReport:
        row = session.get_one(Placement, task.placement_id)
        with news.forgotten(session):
            row.status = "cancelled"
            row.slot.taken -= 1
            return candidates_now(session, cohort, row.slot, seconds=seconds, now=now)

    found = kept(session, cohort.id, "seat if left", task.placement_id, work=work, now=now)
    takers = tuple(one for one in found.takers if one.own.person.leader_id != task.leader_id)
    closed = found.closed or ("" if takers else "Nobody else could take it.")
    return SeatReport(found.day, found.free, takers, closed)


def _line(row: Task, answer: HeldAnswer, *, waits: bool) -> TaskLine:
    placement = row.placement
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


def _newest(session: Session, rows: Sequence[Task]) -> dict[int, HeldAnswer]:
    """The newest decline of the same invite, by task: it may say why where the first did not."""
    first = aliased(HeldAnswer)
    found = session.execute(
        select(Task.id, HeldAnswer)
        .join(first, first.id == Task.answer_id)
        .join(
            HeldAnswer,
            (HeldAnswer.invite_id == first.invite_id) & (HeldAnswer.sequence == first.sequence),
        )
        .where(
            Task.id.in_([row.id for row in rows]),
            HeldAnswer.partstat == "DECLINED",
            HeldAnswer.undone_at.is_(None),
        )
        .order_by(HeldAnswer.id)
    )
    return {task_id: answer for task_id, answer in found}  # noqa: C416  # a row is no pair to mypy
